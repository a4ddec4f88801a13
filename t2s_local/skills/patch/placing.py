"""Find the only place of an edit on a page, or refuse the edit and name the most similar place."""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from hashlib import sha256
from typing import NamedTuple

from t2s_local.skills.patch.fitting import beside_block, closing, fitted, in_lines_of, without_mark
from t2s_local.skills.patch.page import Block, Page, Section
from t2s_local.text.text import clip, join_words, squeeze
from t2s_local.values.edit import Edit

_LEAST_LIKE = 0.3
"""Smallest similarity, in [0, 1], of a title or text that a refusal names as the nearest."""
_LONGEST = 120
_INNER = " > "


class Refused(Exception):  # noqa: N818  # a refusal is an answer to the proposer, and no error
    """Refusal of an edit that has no place or is not allowed; the reason is a short fixed word."""

    def __init__(self, *, reason: str, detail: str, nearest: str | None = None) -> None:
        """Keep the reason, the detail as a clause, and the existing text most similar to the missing text."""
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.nearest = nearest


class Place(NamedTuple):
    """Place of an edit in the text of a page, in character offsets."""

    start: int
    stop: int
    """End of the text to replace; equal to *start* if nothing is replaced."""
    rests: tuple[int, int]
    """Start and end of the text that the edit's digest was computed from."""
    needs: tuple[int, int]
    """Start and end of the text that must remain for the edit to have a place."""
    text: str
    """New text, with the line breaks of the page."""
    turn: int = 0
    """Rank among the texts inserted at the same point: the text with the smallest rank comes first."""


def place(edit: Edit, page: Page) -> Place:
    """Return the place of *edit* on *page*.

    Raises:
        Refused: there is no place or more than one place, or its text was changed since the edit was proposed.
    """
    found = _PLACERS[edit.op](edit, page)
    if edit.digest is not None and edit.digest != digest_of(page.text[slice(*found.rests)]):
        detail = "the place was changed since the edit was made"
        raise Refused(reason="stale", detail=detail, nearest=clip(squeeze(page.text[slice(*found.rests)]), _LONGEST))
    return found


def resting_on(edit: Edit, page: Page) -> str:
    """Return the digest of the text that *edit* is based on.

    Raises:
        Refused: the edit has no place.
    """
    return digest_of(page.text[slice(*_PLACERS[edit.op](edit, page).rests)])


def digest_of(text: str) -> str:
    """Return the SHA-256 of *text*, in hex."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def section_of(title: str, page: Page) -> Section:
    """Return the section with a title, or with a path of titles such as ``A > B``.

    Raises:
        Refused: there is no such section, or more than one.
    """
    wanted = _title(title)
    whole = [item for item in page.sections if _title(item.title) == wanted]
    found = whole or [item for item in page.sections if _is_way(title, item)]
    if len(found) == 1:
        return found[0]
    if found:
        ways = join_words(f"“{_INNER.join((*item.parents, item.title))}” in line {item.first + 1}" for item in found)
        raise Refused(reason="ambiguous", detail=f"more than one section is called “{title}”", nearest=ways)
    detail = f"{page.path} has no section “{clip(title, _LONGEST)}”"
    raise Refused(
        reason="missing_section", detail=detail, nearest=_nearest(title, [item.title for item in page.sections])
    )


def _is_way(title: str, section: Section) -> bool:
    wanted = [_title(part) for part in title.split(_INNER)]
    way = [_title(part) for part in (*section.parents, section.title)]
    return len(wanted) > 1 and way[-len(wanted) :] == wanted


def _title(title: str) -> str:
    return squeeze(title.strip().lstrip("#").strip("*_ ")).casefold()


def _insert(edit: Edit, page: Page, *, is_after: bool) -> Place:
    block = _block(edit, page)
    depth = _depth_at(block, page)
    _refuse_heading(edit.text, least=depth + 1)
    start, stop = page.starts[block.first], page.starts[block.last]
    at = stop if is_after else start
    text = beside_block(edit.text, block, page, is_after=is_after)
    return Place(at, at, (start, stop), (start, stop), text)


def _depth_at(block: Block, page: Page) -> int:
    """Return the depth of the section around *block*, or the depth of a heading; 0 before the first heading."""
    return max(((one.first, one.depth) for one in page.sections if one.first <= block.first), default=(0, 0))[1]


def _append(edit: Edit, page: Page) -> Place:
    section = _named_section(edit, page)
    _refuse_heading(edit.text, least=section.depth + 1)
    last = page.trimmed(section.body, section.own)
    inside = [block for block in page.blocks if section.body <= block.first < section.own]
    at = page.starts[last]
    text = closing(edit.text, inside, page, last=last)
    heading = (page.starts[section.first], page.starts[section.body])
    return Place(at, at, heading, heading, text)


def _replace(edit: Edit, page: Page) -> Place:
    first, last = _range(edit, page)
    start, stop = _span(edit, page, first, last)
    if edit.section is not None:
        _refuse_heading(edit.text, least=section_of(edit.section, page).depth + 1)
    heads = [one for one in page.sections if page.starts[one.first] < stop and start < page.starts[one.body]]
    if heads:
        detail = f"it would change the heading “{heads[0].title}”"
        raise Refused(reason="heading", detail=detail, nearest=heads[0].title)
    return Place(start, stop, (start, stop), (start, stop), in_lines_of(edit.text, page))


def _add_section(edit: Edit, page: Page) -> Place:
    made = Page(path="", text=edit.text.strip("\r\n"))
    if not made.sections or made.sections[0].first:
        detail = "the text of a new section begins with its heading"
        raise Refused(reason="no_heading", detail=detail)
    new = made.sections[0]
    around = None if edit.section is None else section_of(edit.section, page)
    if around is not None and min(one.depth for one in made.sections) < around.depth:
        detail = f"its heading stands above “{around.title}”, which it is to follow"
        raise Refused(reason="heading", detail=detail, nearest=around.title)
    if any(_title(one.title) == _title(new.title) and one.depth == new.depth for one in page.sections):
        raise Refused(reason="exists", detail=f"there is a section “{new.title}” already", nearest=new.title)
    end = page.n_lines if around is None else around.last
    last = page.trimmed(page.head, end)
    at = page.starts[last]
    rests = (0, len(page.text)) if around is None else (page.starts[around.first], page.starts[around.last])
    needs = (at, at) if around is None else (rests[0], page.starts[around.body])
    return Place(at, at, rests, needs, fitted(edit.text, page, before=last, is_apart=True), turn=1)


def _delete_section(edit: Edit, page: Page) -> Place:
    section = _named_section(edit, page)
    rests = (page.starts[section.first], page.starts[section.last])
    return Place(*rests, rests, rests, "")


_PLACERS: dict[str, Callable[[Edit, Page], Place]] = {
    "insert_after": lambda edit, page: _insert(edit, page, is_after=True),
    "insert_before": lambda edit, page: _insert(edit, page, is_after=False),
    "append_to_section": _append,
    "replace_in_section": _replace,
    "add_section": _add_section,
    "delete_section": _delete_section,
}


def _named_section(edit: Edit, page: Page) -> Section:
    if edit.section is None:
        raise Refused(
            reason="missing_section", detail="it names no section", nearest=_first([one.title for one in page.sections])
        )
    return section_of(edit.section, page)


def _range(edit: Edit, page: Page) -> tuple[int, int]:
    """Return the first line and the exclusive last line of the range to search for an anchor."""
    if edit.section is None:
        return page.head, page.n_lines
    section = section_of(edit.section, page)
    return section.first, section.last


def _block(edit: Edit, page: Page) -> Block:
    """Return the only innermost block with the anchor's text; an item is returned instead of its first paragraph."""
    anchor = squeeze(edit.anchor or "")
    first, last = _range(edit, page)
    inside = [block for block in page.blocks if first <= block.first < last]
    texts = {block: squeeze(page.source(block.first, block.last)) for block in inside}
    heads = {block: squeeze(without_mark(page.lines[block.first])) for block in inside if block.kind == "list_item"}
    whole = [block for block in inside if anchor in (texts[block], heads.get(block))]
    bearing = whole or [block for block in inside if anchor and anchor in texts[block]]
    items = {block.first: block for block in bearing if block.kind == "list_item"}
    kept = [block for block in bearing if block.kind != "paragraph" or not _heads(block, items)]
    found = [block for block in kept if not any(_is_within(other, block) for other in kept)]
    if len(found) == 1:
        return found[0]
    if found:
        raise _ambiguous(edit, [block.first + 1 for block in found])
    raise _missing(edit, page, texts.values())


def _heads(block: Block, items: dict[int, Block]) -> bool:
    return block.first in items and items[block.first].level < block.level


def _is_within(inner: Block, outer: Block) -> bool:
    return inner != outer and outer.first <= inner.first and inner.last <= outer.last and inner.level > outer.level


def _span(edit: Edit, page: Page, first: int, last: int) -> tuple[int, int]:
    """Return start and end of the only match of the text to replace; white space may differ for a whole block."""
    anchor = (edit.anchor or "").strip("\r\n")
    start, stop = page.starts[first], page.starts[last]
    pattern = r"(?:\r\n?|\n)".join(map(re.escape, re.split(r"\r\n?|\n", anchor)))
    found = [hit.start() for hit in re.finditer(f"(?={pattern})", page.text[start:stop])] if anchor else []
    if len(found) > 1:
        raise _ambiguous(edit, [page.line_at(start + at) + 1 for at in found])
    if found:
        hit = re.compile(pattern).match(page.text, start + found[0])
        if hit is not None and hit.end() <= stop:
            return hit.start(), hit.end()
    blocks = [block for block in page.blocks if first <= block.first < last and block.kind != "list_item"]
    texts = {block: squeeze(page.source(block.first, block.last)) for block in blocks}
    whole = [block for block in blocks if texts[block] == squeeze(anchor)] if anchor else []
    if len(whole) != 1:
        raise _missing(edit, page, texts.values()) if not whole else _ambiguous(edit, [one.first + 1 for one in whole])
    end = page.starts[whole[0].last]
    return page.starts[whole[0].first], end - len(page.text[:end]) + len(page.text[:end].rstrip("\r\n"))


def _refuse_heading(text: str, *, least: int) -> None:
    """Check that a text has no heading that would end the section it is inserted into."""
    for one in Page(path="", text=text).sections:
        if one.depth < least:
            detail = f"its heading “{one.title}” would end the section"
            raise Refused(reason="heading", detail=detail, nearest=one.title)


def _ambiguous(edit: Edit, lines: Sequence[int]) -> Refused:
    where = join_words(f"line {line}" for line in lines[:5])
    detail = f"“{clip(squeeze(edit.anchor or ''), _LONGEST)}” stands in more than one place"
    return Refused(reason="ambiguous", detail=detail, nearest=where)


def _missing(edit: Edit, page: Page, texts: Iterable[str]) -> Refused:
    where = page.path if edit.section is None else f"section “{edit.section}”"
    detail = f"“{clip(squeeze(edit.anchor or ''), _LONGEST)}” does not stand in {where}"
    return Refused(reason="missing_anchor", detail=detail, nearest=_nearest(squeeze(edit.anchor or ""), list(texts)))


def _nearest(wanted: str, known: Sequence[str]) -> str | None:
    close = get_close_matches(wanted[:1000], [text[:1000] for text in known], n=1, cutoff=_LEAST_LIKE)
    return clip(close[0], _LONGEST) if close else _first(known)


def _first(known: Sequence[str]) -> str | None:
    return clip(known[0], _LONGEST) if known else None
