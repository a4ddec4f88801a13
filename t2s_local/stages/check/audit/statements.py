"""The statements of a skill: its sentences that tell what to do, without its examples and what it quotes."""

import re
from collections.abc import Iterator

from msgspec import structs

from t2s_local.errors import InputError
from t2s_local.skills.document import Fence, Passage
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.text.lesson_words import MESSAGE
from t2s_local.values.value import Value

_EXAMPLE = re.compile(r"\b(?:examples?|sample|demonstration|for instance)\b", re.IGNORECASE)
_WHEN = re.compile(r"\bwhen\b.*\buse\b|\buse\b.*\bwhen\b|\btriggers?\b|\bscope\b", re.IGNORECASE)
_SHOWS = re.compile(r"\(\d[\d,]* runs?[);]|\b(?:and the like|for example|for instance|such as|e\.g\.)", re.IGNORECASE)
_MARK = re.compile(r"\((R\d+): \d[\d,]* runs?\)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z`*\"“(])")
_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


class Statement(Value, frozen=True, kw_only=True):
    """A passage or a block of code in which a skill tells something itself."""

    line: int
    text: str
    """Without links' targets; what stands in typographic quotation marks, the words of a recording, is left out."""
    section: str
    """The heading above it; empty before the first heading below the title."""
    rule: str | None = None
    """Number of the rule it belongs to, such as ``R1``."""
    item: int | None = None
    is_numbered: bool = False
    is_code: bool = False
    """Return whether it is a fenced block."""

    @property
    def is_recorded(self) -> bool:
        """Return whether it shows what runs did: it says how many did so, or calls what it names an example."""
        return bool(_SHOWS.search(self.text))

    @property
    def is_situation(self) -> bool:
        """Return whether it stands under a heading that says when a skill is used, and so orders nothing."""
        return is_about_use(self.section)

    @property
    def sentences(self) -> list[str]:
        """Its sentences; dots in code end none."""
        if self.is_code:
            return [self.text]
        held: list[str] = []

        def hold(found: re.Match[str]) -> str:
            held.append(found.group())
            return f"`{len(held) - 1}`"

        parts = _END.split(_SPAN.sub(hold, self.text))
        return [re.sub(r"`(\d+)`", lambda found: held[int(found[1])], part) for part in parts]


def statements(source: SkillSource) -> tuple[Statement, ...]:
    """Return the statements in the body of *source*, in order; none where it cannot be taken apart.

    Sections that bear an example in their title are left out: they show one run, and say so.
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
    """Give all that stands in one list item the number of the rule that the item bears."""
    rules = {one.item: one.rule for one in found if one.item is not None and one.rule is not None}
    for one in found:
        yield one if one.item is None else structs.replace(one, rule=rules.get(one.item))


def is_about_use(section: str) -> bool:
    """Return whether a heading says that what follows is when the skill is used."""
    return bool(_WHEN.search(section))


def rule_in(text: str) -> str | None:
    """Return the number of the rule that *text* bears, such as ``R1``; None where it bears none."""
    marks = _MARK.findall(text)
    return marks[-1] if marks else None


def _plain(text: str) -> str:
    return " ".join(_MARK.sub("", MESSAGE.sub("“…”", _LINK.sub(r"\1", text))).split())


def framing(source: SkillSource) -> Iterator[tuple[int, str]]:
    """Yield what says for what a skill is, with its line: name, description and title; quotations are left out."""
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
