"""Parse the list items of a skill into rules: a situation, an order, and quoted words of recordings."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby

from t2s_local.errors import InputError
from t2s_local.skills.document import Passage
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.statements import rule_in
from t2s_local.text.lesson_words import CODE, MESSAGE, code_spans
from t2s_local.values.value import Value

LINK_ALONE = re.compile(r"\[[^\]]*\]\([^)]*\)(?::|$)")
"""A list item that begins with a link to a file and only describes the file."""
_APART = re.compile(
    r":\s+|\*\*\s*(?=\(|$)|,\s+(?=(?:run|use|install|call|set|pass|give|leave|look|do|write|add|take)\b)"
)
"""Text between the situation of a rule and its order."""


class SkillItem(Value, frozen=True, kw_only=True, dict=True, gc=True):
    """One outermost list item, with all passages nested in it."""

    passages: tuple[Passage, ...]
    section: str

    @property
    def line(self) -> int:
        """First line of the item."""
        return self.passages[0].line

    @cached_property
    def text(self) -> str:
        """Text of all passages of the item, joined by spaces."""
        return " ".join(passage.text for passage in self.passages)

    @cached_property
    def rule(self) -> str | None:
        """Number of the rule, such as ``R1``; None if the item has no number."""
        return next(filter(None, (rule_in(passage.text) for passage in self.passages)), None)

    @cached_property
    def situation(self) -> str:
        """Part of the item that says when the rule applies; the whole first passage if it cannot be split."""
        first = self.passages[0].text
        found = _APART.search(_veiled(first))
        return first[: found.start()] if found else first

    @cached_property
    def order(self) -> str:
        """Rest of the item after the situation, which says what to do."""
        return self.text[len(self.situation) :]

    @property
    def messages(self) -> list[str]:
        """Words of recordings that the situation quotes."""
        return MESSAGE.findall(self.situation)

    @property
    def occasions(self) -> list[str]:
        """Code spans in the situation, outside of quotations: tools or commands in use when the rule applies."""
        return code_spans(MESSAGE.sub(" ", self.situation))


def items(source: SkillSource) -> tuple[SkillItem, ...]:
    """Return the outermost list items in the body of *source*; none if the body cannot be parsed."""
    return () if isinstance(source.document, InputError) else tuple(_items(source.document.markdown.passages))


def _items(passages: tuple[Passage, ...]) -> Iterator[SkillItem]:
    section = ""
    for (number, is_heading), group in groupby(passages, key=lambda one: (one.item, one.kind == "heading")):
        found = tuple(group)
        if is_heading:
            section = found[-1].text
        elif number is not None:
            yield SkillItem(passages=found, section=section)


def _veiled(text: str) -> str:
    """Return *text* with each character of code and quotations replaced by a dot, so that no position changes."""
    veiled = MESSAGE.sub(lambda found: "." * len(found.group()), text)
    return CODE.sub(lambda found: "." * len(found.group()), veiled)
