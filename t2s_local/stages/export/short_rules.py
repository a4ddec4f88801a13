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
"""Characters of a line; a rule that takes more is for a skill."""
OF_PROJECT = frozenset({"asked_again", "check", "correction", "left_behind", "lint_rule", "policy", "wish"})
"""Patterns that tell how a project is worked on or what its users want, whatever the task."""
_MARK = re.compile(r"\s*\((R\d+): \d[\d,]* runs?\)")
_REMEDY = re.compile(r"Do(?: \(\d[\d,]* runs?[^()]*\))?: ")


class ShortRule(Value, frozen=True, kw_only=True):
    """One rule in one line."""

    number: str
    """Its number in the skill, such as ``R1``."""
    text: str
    """Markdown, without its number and counts."""
    patterns: frozenset[str]
    """How it was found, as the evidence of the skill says; empty where that says nothing."""

    @property
    def is_of_project(self) -> bool:
        """Return whether it is a fact of the project or a wish of its users."""
        return bool(self.patterns & OF_PROJECT)


def short_rules(source: SkillSource) -> tuple[ShortRule, ...]:
    """Return the rules in the body of a skill, in its order; those without a number of their own are none."""
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
    """Yield the paragraphs of every item of an outermost list, those of lists in it included."""
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
    """Join a situation and what to do in it, where the rule has them apart."""
    plain = head.replace("**", "").strip()
    remedy = next((text for text in below if _REMEDY.match(text)), None)
    return plain if remedy is None else f"{plain.removesuffix('.')}: {_REMEDY.sub('', remedy, count=1)}"
