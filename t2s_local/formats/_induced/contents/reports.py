"""Reports in Markdown whose sections list the fields of a record."""

import re

from t2s_local.formats._induced.contents.cells import cell
from t2s_local.records.json import Record

_FRONT = re.compile(r"---[ \t]*\n((?:[^\n]{0,4000}\n){0,80}?)---[ \t]*\n")
_LINE = re.compile(r"([^\W\d][\w.\- ]{0,60}): ?(.*)")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_ITEM = re.compile(r"^[-*] +(?:\*\*|`|_)?([^\W\d][\w.\- /]{0,60})(?:\*\*|`|_)?:(?:\*\*|_)? ?", re.MULTILINE)
_FEWEST = 2
_NUMBERED = re.compile(r"[^\d]{0,20}\d{1,5}[.:)]?")
TITLE = "@title"
"""Key of the heading of a section, unless it only counts the sections."""
ABOUT = "@about"
SECTIONS = "@sections"


def report(text: str) -> Record | None:
    """Return a report as what is said of it above and its sections; None if a text in it is no list of fields."""
    front = _FRONT.match(text)
    about = {} if front is None else _front(front[1])
    body = text if front is None else text[front.end() :]
    marks = list(_HEADING.finditer(body))
    if len(marks) < _FEWEST or body[: marks[0].start()].strip():
        return None
    stops = [*(mark.start() for mark in marks[1:]), len(body)]
    texts = [(mark[1], body[mark.end() : stop]) for mark, stop in zip(marks, stops, strict=True)]
    found = [_section(title, text) for title, text in texts if text.strip()]
    listed = [one for one in found if one is not None]
    if len(listed) < _FEWEST or len(listed) < len(found):
        return None
    first = listed[0]
    is_about = bool(texts[0][1].strip()) and not about and not (first.keys() & listed[-1].keys() - {TITLE})
    return {ABOUT: first if is_about else about, SECTIONS: listed[1:] if is_about else listed}


def _front(text: str) -> Record:
    pairs = [found for line in text.splitlines() if (found := _LINE.fullmatch(line)) is not None]
    return {found[1]: cell(found[2].strip()) for found in pairs}


def _section(title: str, text: str) -> Record | None:
    """Return the fields that a section lists; None if it has other text or a field twice."""
    marks = list(_ITEM.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        return None
    stops = [*(mark.start() for mark in marks[1:]), len(text)]
    made: Record = {} if _NUMBERED.fullmatch(title.strip()) else {TITLE: title.strip()}
    for mark, stop in zip(marks, stops, strict=True):
        if mark[1] in made:
            return None
        if said := text[mark.end() : stop].strip("\n"):
            made[mark[1]] = cell(said)
    return made
