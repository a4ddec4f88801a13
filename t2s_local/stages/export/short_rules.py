"""The rules of a skill as single lines, for a file of instructions that an agent reads whole."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from t2s_local.errors import InputError
from t2s_local.skills.evidence import PATH, parse_evidence
from t2s_local.skills.source import SkillSource
from t2s_local.values.value import Value

LONGEST = 300
"""Largest number of characters of a line; a longer rule is left out, and remains in its skill."""
OF_PROJECT = frozenset({"asked_again", "check", "correction", "left_behind", "lint_rule", "policy", "wish"})
"""Patterns of rules about a project or the wishes of its users, which apply to every task."""
_MARK = re.compile(r"\s*\((R\d+): \d[\d,]* runs?\)")
_REMEDY = re.compile(r"Do(?: \(\d[\d,]* runs?[^()]*\))?: ")


class ShortRule(Value, frozen=True, kw_only=True):
    """One rule of a skill, on one line."""

    number: str
    """Number of the rule in the skill, such as ``R1``."""
    text: str
    """Markdown text of the rule, without its number and counts."""
    patterns: frozenset[str]
    """Patterns by which the rule was found, from the evidence of the skill; empty if the evidence lists none."""

    @property
    def is_of_project(self) -> bool:
        """Return whether the rule is a fact of the project or a wish of its users."""
        return bool(self.patterns & OF_PROJECT)


def short_rules(source: SkillSource) -> tuple[ShortRule, ...]:
    """Return the numbered rules in the body of a skill, in their order; list items without a number are left out."""
    if isinstance(source.document, InputError):
        return ()
    claims = parse_evidence(source.texts.get(PATH, ""))
    patterns = {claim.rule: frozenset(claim.patterns) for claim in claims}
    found = []
    for paragraphs in _items(MarkdownIt("commonmark").parse(source.document.body)):
        marked = _MARK.search(paragraphs[0])
        if marked is not None:
            text = _line(_MARK.sub("", paragraphs[0]), paragraphs[1:])
            found.append(ShortRule(number=marked[1], text=text, patterns=patterns.get(marked[1], frozenset())))
    return tuple(found)


def _items(tokens: Sequence[Token]) -> Iterator[list[str]]:
    """Yield, for every item of an outermost list, its paragraphs, including those of nested lists."""
    depth, paragraphs = 0, list[str]()
    for token in tokens:
        if token.type == "list_item_open":
            depth += 1
            if depth == 1:
                paragraphs = []
        elif token.type == "inline" and depth:
            paragraphs.append(" ".join(token.content.split()))
        elif token.type == "list_item_close":
            depth -= 1
            if depth == 0 and paragraphs:
                yield paragraphs


def _line(head: str, below: Sequence[str]) -> str:
    """Return a rule as one line: its situation, and its remedy if the rule has the remedy in a paragraph below."""
    plain = head.replace("**", "").strip()
    remedy = next((text for text in below if _REMEDY.match(text)), None)
    return plain if remedy is None else f"{plain.removesuffix('.')}: {_REMEDY.sub('', remedy, count=1)}"
