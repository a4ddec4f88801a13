"""Pieces of a skill that tell one thing each, with their places, and what each names."""

import re
from collections.abc import Iterator, Mapping

from t2s_local.skills.evidence import PATH as EVIDENCE
from t2s_local.skills.patch.page import Block, Page, Section
from t2s_local.skills.patch.paths import REFERENCES
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.statements import is_about_use
from t2s_local.text.lesson_words import MESSAGE, code_spans, runs_in
from t2s_local.text.text import content, mask, squeeze
from t2s_local.values.value import Value

_SHOWN = re.compile(r"\b(?:examples?|references?|see also|changelog|history)\b", re.IGNORECASE)
"""Titles of sections that show or list, and tell nothing to do."""
_MARK = re.compile(r"\s*\((R\d+): \d[\d,]* runs?\)")
_NAME = re.compile(r"[A-Za-z_][\w.\[\]-]*\Z")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
WAY = " > "


class Unit(Value, frozen=True, kw_only=True):
    """A list item with all below it, or a paragraph."""

    path: str
    section: str | None
    """Its section as edits name it; None before the first heading."""
    source: str
    """Its text as it lies, without the line break at its end."""
    text: str
    """The same on one line, without the number of a rule."""
    line: int
    """1-based."""
    names: frozenset[str]
    """Tools, programs and arguments it names."""
    words: frozenset[str]
    """Its telling words, without endings."""


def pages_of(texts: Mapping[str, str]) -> tuple[Page, ...]:
    """Return the pages of a skill that tell what to do: SKILL.md, and references but for the evidence."""
    told = [path for path in sorted(texts) if path.startswith(REFERENCES) and path.endswith(".md") and path != EVIDENCE]
    return tuple(Page(path=path, text=texts[path]) for path in (MAIN, *told) if path in texts)


def units_of(page: Page, tools: frozenset[str]) -> tuple[Unit, ...]:
    """Return the units of *page*, in order; *tools* are names that count without marks of code too."""
    found = []
    for block, section in _told(page):
        source = page.source(block.first, block.last).rstrip("\r\n")
        text = squeeze(_MARK.sub("", source.lstrip(" -*+0123456789.)")))
        found.append(
            Unit(
                path=page.path,
                section=None if section is None else name_of(section, page),
                source=source,
                text=text,
                line=block.first + 1,
                names=names_in(text, tools),
                words=content(mask(text)),
            )
        )
    return tuple(found)


def name_of(section: Section, page: Page) -> str:
    """Name a section as edits do: by its title, or by its way where others have the title too."""
    n_alike = sum(one.title.casefold() == section.title.casefold() for one in page.sections)
    return section.title if n_alike == 1 else WAY.join((*section.parents, section.title))


def tells_nothing(section: Section) -> bool:
    """Return whether a section says when a skill is used, or only shows and lists."""
    return is_about_use(section.title) or bool(_SHOWN.search(section.title))


def names_in(text: str, tools: frozenset[str]) -> frozenset[str]:
    """Return what *text* names in code, commands by their program, and the *tools* it names anywhere.

    What a message quotes is not named by the text itself.
    """
    said = MESSAGE.sub(" ", text)
    found = {word for word in _WORD.findall(said) if word in tools}
    for span in code_spans(said):
        if _NAME.match(span):
            found.add(span)
        else:
            found.update(f"{run.program} {run.subcommand or ''}".strip() for run in runs_in(span))
    return frozenset(found)


def _told(page: Page) -> Iterator[tuple[Block, Section | None]]:
    """Yield the outermost items and paragraphs, each with its section."""
    sections = list(page.sections)
    at = -1
    for block in page.blocks:
        while at + 1 < len(sections) and sections[at + 1].first <= block.first:
            at += 1
        section = sections[at] if at >= 0 else None
        is_item = block.kind == "list_item" and block.level == 1
        if (is_item or (block.kind == "paragraph" and block.level == 0)) and not (section and tells_nothing(section)):
            yield block, section
