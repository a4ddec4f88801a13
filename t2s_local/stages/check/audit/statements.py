"""Statements of a skill: its own sentences and code blocks, without sections of examples and without quotations."""

import re
from collections.abc import Iterator

from msgspec import structs

from t2s_local.errors import InputError
from t2s_local.skills.document import Fence, Passage
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.text.lesson_words import CODE, MESSAGE
from t2s_local.values.value import Value

_EXAMPLE = re.compile(r"\b(?:examples?|sample|demonstration|for instance)\b", re.IGNORECASE)
_WHEN = re.compile(r"\bwhen\b.*\buse\b|\buse\b.*\bwhen\b|\btriggers?\b|\bscope\b", re.IGNORECASE)
_SHOWS = re.compile(r"\(\d[\d,]* runs?[);]|\b(?:and the like|for example|for instance|such as|e\.g\.)", re.IGNORECASE)
_MARK = re.compile(r"\((R\d+): \d[\d,]* runs?\)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z`*\"“(])")


class Statement(Value, frozen=True, kw_only=True):
    """A passage or a code block with words of the skill itself."""

    line: int
    text: str
    """Text without link targets and without the words in typographic quotation marks, which come from a recording."""
    section: str
    """The heading above the statement; empty before the first heading below the title."""
    rule: str | None = None
    """Number of the rule that the statement belongs to, such as ``R1``; None if the statement belongs to no rule."""
    item: int | None = None
    is_numbered: bool = False
    is_code: bool = False
    """Whether the statement is a fenced code block."""

    @property
    def is_recorded(self) -> bool:
        """Return whether the statement shows what runs did: it contains a number of runs, or words such as "e.g."."""
        return bool(_SHOWS.search(self.text))

    @property
    def is_situation(self) -> bool:
        """Return whether the statement is in a section on when to use the skill, and so orders nothing."""
        return is_about_use(self.section)

    @property
    def sentences(self) -> list[str]:
        """Sentences of the statement; a dot inside code ends no sentence."""
        if self.is_code:
            return [self.text]
        held: list[str] = []

        def hold(found: re.Match[str]) -> str:
            held.append(found.group())
            return f"`{len(held) - 1}`"

        parts = _END.split(CODE.sub(hold, self.text))
        return [re.sub(r"`(\d+)`", lambda found: held[int(found[1])], part) for part in parts]


def statements(source: SkillSource) -> tuple[Statement, ...]:
    """Return the statements in the body of *source*, in order; none if the body cannot be parsed.

    Sections with "example" or a similar word in their title are left out, since they show a single run.
    """
    if isinstance(source.document, InputError):
        return ()
    markdown = source.document.markdown
    blocks: list[Passage | Fence] = sorted((*markdown.passages, *markdown.fences), key=lambda block: block.line)
    return tuple(_ruled(list(_statements(blocks))))


def _statements(blocks: list[Passage | Fence]) -> Iterator[Statement]:
    section, is_shown = "", False
    for number, block in enumerate(blocks):
        if isinstance(block, Fence):
            if not is_shown:
                yield Statement(line=block.line, text=block.text, section=section, is_code=True)
        elif block.kind == "heading":
            section = block.text if number else ""
            is_shown = bool(_EXAMPLE.search(section))
        elif not is_shown and (text := _plain(block.text)):
            yield Statement(
                line=block.line,
                text=text,
                section=section,
                rule=rule_in(block.text),
                item=block.item,
                is_numbered=block.is_numbered,
            )


def _ruled(found: list[Statement]) -> Iterator[Statement]:
    """Yield *found* with the rule number of each list item copied to all statements of the item."""
    rules = {one.item: one.rule for one in found if one.item is not None and one.rule is not None}
    for one in found:
        yield one if one.item is None else structs.replace(one, rule=rules.get(one.item))


def is_about_use(section: str) -> bool:
    """Return whether a heading announces when to use the skill."""
    return bool(_WHEN.search(section))


def rule_in(text: str) -> str | None:
    """Return the last rule number in *text*, such as ``R1``; None if there is none."""
    marks = _MARK.findall(text)
    return marks[-1] if marks else None


def _plain(text: str) -> str:
    return " ".join(_MARK.sub("", MESSAGE.sub("“…”", _LINK.sub(r"\1", text))).split())


def framing(source: SkillSource) -> Iterator[tuple[int, str]]:
    """Yield the name, the description and the title of a skill, each after its line, without quoted words."""
    if isinstance(source.document, InputError):
        return
    lines = source.texts[MAIN].split("\n")
    for key in ("name", "description"):
        value = source.front.get(key)
        if isinstance(value, str):
            line = next((number for number, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)
            yield line, MESSAGE.sub("“…”", value)
    titles = [heading for heading in source.document.markdown.headings if heading.level == 1]
    yield from ((heading.line, MESSAGE.sub("“…”", heading.title)) for heading in titles[:1])
