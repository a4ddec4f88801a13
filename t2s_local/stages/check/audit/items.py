"""The rules of a skill as its lists have them: a situation, what to do in it, and the words of recordings in it."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby

from t2s_local.errors import InputError
from t2s_local.skills.document import Passage
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.statements import rule_in
from t2s_local.text.lesson_words import MESSAGE, code_spans
from t2s_local.values.value import Value

LINK_ALONE = re.compile(r"\[[^\]]*\]\([^)]*\)(?::|$)")
"""An item that is a link to a file and says what is in it."""
_APART = re.compile(
    r":\s+|\*\*\s*(?=\(|$)|,\s+(?=(?:run|use|install|call|set|pass|give|leave|look|do|write|add|take)\b)"
)
"""Where a situation ends and what is to be done begins."""


class SkillItem(Value, frozen=True, kw_only=True, dict=True):
    """One outermost item of a list, with what stands below it."""

    passages: tuple[Passage, ...]
    section: str

    @property
    def line(self) -> int:
        """Line it begins on."""
        return self.passages[0].line

    @cached_property
    def text(self) -> str:
        """Everything in it, as it is written."""
        return " ".join(passage.text for passage in self.passages)

    @cached_property
    def rule(self) -> str | None:
        """Number it bears, such as ``R1``."""
        return next(filter(None, (rule_in(passage.text) for passage in self.passages)), None)

    @cached_property
    def situation(self) -> str:
        """Part of it that says when it holds; the whole first passage where nothing parts it."""
        first = self.passages[0].text
        found = _APART.search(_veiled(first))
        return first[: found.start()] if found else first

    @cached_property
    def order(self) -> str:
        """Rest of it: what to do."""
        return self.text[len(self.situation) :]

    @property
    def messages(self) -> list[str]:
        """Words of recordings that its situation quotes."""
        return MESSAGE.findall(self.situation)

    @property
    def occasions(self) -> list[str]:
        """Code in its situation, outside of quotations: what is used when it holds."""
        return code_spans(MESSAGE.sub(" ", self.situation))


def items(source: SkillSource) -> tuple[SkillItem, ...]:
    """Return the items of the lists in the body of *source*, those of the references aside."""
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
    """Return *text* with everything in code or quotations written as dots, at the same places."""
    veiled = MESSAGE.sub(lambda found: "." * len(found.group()), text)
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", lambda found: "." * len(found.group()), veiled)
