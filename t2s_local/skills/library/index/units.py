"""Split a skill into parts that make sense by themselves: rules, prohibitions, commands and sections."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from t2s_local.errors import InputError
from t2s_local.skills.document import tokens_of
from t2s_local.skills.evidence import PATH as EVIDENCE
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.text.text import squeeze
from t2s_local.values.routing.library_index import SubUnit, UnitKind

if TYPE_CHECKING:
    from markdown_it.token import Token

_FORBIDS = re.compile(r"(?i)\W*(?:(?:please )?(?:never|do not|don['’]t|avoid|must not|no longer)\b)")
_FORBIDDING = re.compile(r"(?i)\b(?:never|avoid|do not|don['’]t|prohibited|forbidden|anti-?patterns?)\b")
_LIST = ("bullet_list_open", "ordered_list_open")
_LITERAL = ("fence", "code_block")
_LINK = re.compile(r"[\s\d.)*+-]*\[[^\]]*\]\((?![a-z]+:)[^)]*\)")
_OTHER = re.compile(r"(?:\.\./)+([a-z0-9][a-z0-9-]*)(?:/|$)")


def sub_units(source: SkillSource) -> tuple[SubUnit, ...]:
    """Return the parts of a skill: first the parts of SKILL.md, then the parts of its other Markdown files.

    The front matter, the list of evidence and list items that only link to files of the skill are no parts.
    """
    found: list[SubUnit] = []
    others = sorted(path for path in source.texts if path.endswith(".md") and path not in (MAIN, EVIDENCE))
    for path in (MAIN, *others):
        text, first = _body(source, path)
        found += _Splitter(source.name, path, text, first).units()
    return tuple(found)


def required(source: SkillSource) -> tuple[str, ...]:
    """Return the names of the skills that a skill links to as ``../name/``, or names in ``metadata.requires``."""
    about = source.front.get("metadata")
    said = str(about.get("requires", "")) if isinstance(about, dict) else ""
    named = {word for word in re.split(r"[\s,]+", said) if word}
    for markdown in source.markdown.values():
        named |= {match[1] for link in markdown.links if (match := _OTHER.match(link.target))}
    return tuple(sorted(named - {source.name}))


def _body(source: SkillSource, path: str) -> tuple[str, int]:
    """Return a Markdown file without its front matter, and the number of its first line."""
    if path != MAIN:
        return source.texts[path], 1
    return ("", 1) if isinstance(source.document, InputError) else (source.document.body, source.document.body_line)


class _Splitter:
    """Splitter of one file, in one pass over its top-level blocks."""

    def __init__(self, skill: str, path: str, text: str, first_line: int) -> None:
        self._skill, self._path, self._first = skill, path, first_line
        self._tokens = tokens_of(text)
        self._lines = text.split("\n")
        self._heading = ""
        self._open: tuple[int, int] | None = None
        """First line of a section under way and the line after it, both from 0 in the text."""

    def units(self) -> Iterator[SubUnit]:
        for at, token in enumerate(self._tokens):
            if token.map is None or token.level > (1 if token.type == "list_item_open" else 0):
                continue
            start, end = token.map
            if token.type == "heading_open":
                yield from self._closed()
                self._heading = squeeze(self._tokens[at + 1].content)
            elif token.type in _LITERAL:
                yield from self._closed()
                yield from self._unit("command", start, end)
            elif token.type in _LIST:
                yield from self._closed()
            elif token.type == "list_item_open":
                yield from self._item(self._tokens[at:], start, end)
            elif token.type != "hr":
                self._open = (start if self._open is None else self._open[0], end)
        yield from self._closed()

    def _item(self, tokens: Sequence["Token"], start: int, end: int) -> Iterator[SubUnit]:
        said = next((token.content for token in tokens if token.type == "inline"), "")
        if _LINK.match(said):
            return
        forbids = _FORBIDS.match(said) is not None or _FORBIDDING.search(self._heading) is not None
        yield from self._unit("prohibition" if forbids else "rule", start, end)

    def _closed(self) -> Iterator[SubUnit]:
        """Yield the open section, and close it."""
        if self._open is not None:
            yield from self._unit("section", *self._open)
        self._open = None

    def _unit(self, kind: UnitKind, start: int, end: int) -> Iterator[SubUnit]:
        lines = self._lines[start:end]
        while lines and not lines[-1].strip():
            lines.pop()
        if lines:
            yield SubUnit(
                skill=self._skill,
                path=self._path,
                line=self._first + start,
                kind=kind,
                heading=self._heading,
                text="\n".join(lines),
            )
