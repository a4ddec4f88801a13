"""Split a skill into pieces (list items and paragraphs), each with its place and the names that it mentions."""

import re
from collections.abc import Iterator, Mapping

from t2s_local.skills.evidence import PATH as EVIDENCE
from t2s_local.skills.patch.page import Block, Page, Section
from t2s_local.skills.patch.paths import REFERENCES
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.statements import is_about_use
from t2s_local.text.lesson_words import CODE, MESSAGE, code_spans, runs_in
from t2s_local.text.text import content, mask, squeeze
from t2s_local.values.value import Value

_SHOWN = re.compile(r"\b(?:examples?|references?|see also|changelog|history)\b", re.IGNORECASE)
"""Titles of sections that contain examples or lists, but no instructions."""
_MARK = re.compile(r"\s*\((R\d+): \d[\d,]* runs?\)")
_NAME = re.compile(r"[A-Za-z_][\w.\[\]-]*\Z")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_SHORTEST = 3
"""Fewest words of a quotation that counts as a message."""
WAY = " > "
"""Separator between the titles of nested sections in the path of a section."""


class Unit(Value, frozen=True, kw_only=True):
    """Piece of a skill: an outermost list item with everything nested in it, or a paragraph."""

    path: str
    section: str | None
    """Name of the section with the piece, as edits refer to the section; None before the first heading."""
    source: str
    """Text of the piece as written in the file, without the line break at its end."""
    text: str
    """Text of the piece on one line, without list mark and rule number."""
    line: int
    """First line of the piece, counted from 1."""
    names: frozenset[str]
    """Tools, programs and arguments that the piece names."""
    words: frozenset[str]
    """Content words of the piece, without endings."""
    messages: tuple[frozenset[str], ...] = ()
    """Content words of each message that the piece quotes."""
    number: str | None = None
    """Number of the rule in the evidence of the skill, such as ``R2``; None for a piece without a number."""


def pages_of(texts: Mapping[str, str]) -> tuple[Page, ...]:
    """Return the pages of a skill that contain instructions: SKILL.md, then the references except the evidence."""
    told = [path for path in sorted(texts) if path.startswith(REFERENCES) and path.endswith(".md") and path != EVIDENCE]
    return tuple(Page(path=path, text=texts[path]) for path in (MAIN, *told) if path in texts)


def units_of(page: Page, tools: frozenset[str]) -> tuple[Unit, ...]:
    """Return the pieces of *page*, in order; names in *tools* are found even without code marks."""
    found = []
    for block, section in _told(page):
        source = page.source(block.first, block.last).rstrip("\r\n")
        mark = _MARK.search(source)
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
                messages=messages_in(text),
                number=None if mark is None else mark[1],
            )
        )
    return tuple(found)


def name_of(section: Section, page: Page) -> str:
    """Return the name of a section as edits use it: its title, or its path of titles if the title is not unique."""
    n_alike = sum(one.title.casefold() == section.title.casefold() for one in page.sections)
    return section.title if n_alike == 1 else WAY.join((*section.parents, section.title))


def tells_nothing(section: Section) -> bool:
    """Return whether a section has no instructions: it says when to use the skill, or lists examples or references."""
    return is_about_use(section.title) or bool(_SHOWN.search(section.title))


def names_in(text: str, tools: frozenset[str]) -> frozenset[str]:
    """Return the names in *text*: names and programs in code spans, and names in *tools* anywhere.

    Names inside a quoted message do not count.
    """
    said = MESSAGE.sub(" ", text)
    found = {word for word in _WORD.findall(said) if word in tools}
    for span in code_spans(said):
        if _NAME.match(span):
            found.add(span)
        else:
            found.update(f"{run.program} {run.subcommand or ''}".strip() for run in runs_in(span))
    return frozenset(found)


def messages_in(text: str) -> tuple[frozenset[str], ...]:
    """Return the content words of each message of at least three words that *text* quotes outside of code."""
    quoted = [curly or straight for curly, straight in _QUOTED.findall(CODE.sub("<name>", text))]
    return tuple(told for one in quoted if len(one.split()) >= _SHORTEST and (told := content(mask(one))))


def _told(page: Page) -> Iterator[tuple[Block, Section | None]]:
    """Yield the outermost list items and paragraphs of sections with instructions, each with its section."""
    sections = list(page.sections)
    at = -1
    for block in page.blocks:
        while at + 1 < len(sections) and sections[at + 1].first <= block.first:
            at += 1
        section = sections[at] if at >= 0 else None
        is_item = block.kind == "list_item" and block.level == 1
        if (is_item or (block.kind == "paragraph" and block.level == 0)) and not (section and tells_nothing(section)):
            yield block, section
