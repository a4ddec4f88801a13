"""Join two skills without losing a lesson: the result contains every lesson of both, identical lessons once."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.skills.evidence import PATH
from t2s_local.skills.lint import lint
from t2s_local.skills.patch.page import Block, Page
from t2s_local.skills.patch.patch import apply_patch
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.values.edit import Edit

_MARK = re.compile(r"\(R(\d+)(: \d[\d,]* runs?\))")
_NUMBERED = re.compile(r"\bR(\d+)\b")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_EXAMPLE = re.compile(r"\bexample", re.IGNORECASE)
_LINK = re.compile(r"^\s*(?:[-*+]\s+)?\[[^\]]*\]\([^)]*\)")
_SECTION = re.compile(r"^## R(\d+)\. ", re.MULTILINE)
_SAID = re.compile(r"\bthe user (?:said|asked|wants)\b")
"""Words of rules that a user stated; such rules are added before rules that were inferred."""
_LINKED = f"- [{PATH}]({PATH}): support, outcomes, trajectories and quotes behind each rule."


class Joined(NamedTuple):
    """Files of the remaining skill after the lessons of the other skill were added to it."""

    files: dict[str, bytes]
    n_added: int
    n_same: int
    """Number of lessons that both skills contain in the same words."""


class _Piece(NamedTuple):
    section: str
    text: str

    @property
    def key(self) -> str:
        """Words of the lesson, without list mark and rule number; lessons with equal words are identical."""
        return " ".join(_MARK.sub("", _ITEM.sub("", self.text)).split())


def join(winner: SkillSource, loser: SkillSource) -> Joined:
    """Add the lessons of *loser* to the files of *winner*.

    A lesson is left out only if *winner* contains it word for word. A general rule and a narrower rule are both kept,
    and so are a "do not" and its "do".

    Raises:
        InputError: code cannot join the two skills; the message says why.
    """
    _refuse_others(loser)
    text = _text(winner)
    mine = {piece.key for piece in _pieces(Page(path=MAIN, text=text))}
    theirs = list(_pieces(Page(path=MAIN, text=_text(loser))))
    new = [piece for piece in theirs if piece.key not in mine]
    shift = _highest(winner)
    files = dict(winner.raw)
    for piece in sorted(new, key=lambda one: not _SAID.search(one.text)):
        files = _added(files, piece._replace(text=_shifted(piece.text, shift)), loser.name)
    kept = {int(number) for piece in new for number, _ in _MARK.findall(piece.text)}
    files = _with_evidence(files, loser, kept, shift)
    made = SkillSource(name=winner.name, raw=files, sizes={path: len(data) for path, data in files.items()})
    broken = {one.rule for one in lint(made) if one.severity == "error"}
    if faults := sorted(broken - {one.rule for one in lint(winner) if one.severity == "error"}):
        message = f"joined they would break {', '.join(faults)} of `t2s lint`"
        raise InputError(message)
    return Joined(files, len(new), len(theirs) - len(new))


def _refuse_others(loser: SkillSource) -> None:
    others = [path for path in (*loser.raw, *loser.odd) if path != MAIN and not path.startswith("references/")]
    if others:
        message = f"{loser.name} has {others[0]}, which cannot be joined by code"
        raise InputError(message)


def _text(source: SkillSource) -> str:
    if isinstance(source.document, InputError):
        message = f"{source.name}: {source.document.message}"
        raise InputError(message)
    return source.texts[MAIN]


def _pieces(page: Page) -> Iterator[_Piece]:
    """Yield the list items and paragraphs of a skill's sections, except sections of examples and links to its files."""
    for section in page.sections:
        if section.depth == 1 or _EXAMPLE.search(section.title):
            continue
        for block in [one for one in page.blocks if section.body <= one.first < section.own]:
            text = page.source(block.first, block.last).strip("\n")
            if _is_outermost(block) and not _LINK.match(text):
                yield _Piece(section.title, text)


def _is_outermost(block: Block) -> bool:
    """Return whether a block is an item of an outermost list, or is in no list and no heading."""
    return block.kind == "list_item" if block.level == 1 else block.level == 0 and block.kind != "heading"


def _added(files: Mapping[str, bytes], piece: _Piece, other: str) -> dict[str, bytes]:
    """Add one lesson to the end of the section with the same title as in the other skill, or in a new section."""
    page = Page(path=MAIN, text=files[MAIN].decode())
    titles = [section.title for section in page.sections]
    if titles.count(piece.section) == 1:
        edit = Edit(op="append_to_section", section=piece.section, text=piece.text)
    else:
        title = piece.section if piece.section not in titles else f"{piece.section} of {other}"
        edit = Edit(op="add_section", text=f"## {title}\n\n{piece.text}")
    made = apply_patch(files, [edit], adds_only=True)
    if made.refused:
        message = f"a lesson of {other} finds no place: {made.refused[0].detail}"
        raise InputError(message)
    return {path: data for path, data in {**files, **made.after}.items() if data is not None}


def _with_evidence(files: dict[str, bytes], loser: SkillSource, kept: set[int], shift: int) -> dict[str, bytes]:
    """Add the evidence behind the added lessons, and the other reference files of the loser with links to them."""
    found = dict(files)
    for path, data in loser.raw.items():
        if path == PATH and kept:
            found[PATH] = found.get(PATH, b"# Evidence\n") + _evidence(data.decode("utf-8", "replace"), kept, shift)
        elif path not in (MAIN, PATH):
            place = f"references/{loser.name}-{path.removeprefix('references/').replace('/', '-')}"
            if place in found:
                message = f"{loser.name} has two files that would both become {place}"
                raise InputError(message)
            found = _linked(found, place, _numbered(data, shift))
    if PATH in found and PATH not in files:
        found = _added(found, _Piece("References", _LINKED), loser.name)
    return found


def _evidence(text: str, kept: set[int], shift: int) -> bytes:
    starts = [*(found.start() for found in _SECTION.finditer(text)), len(text)]
    sections = [text[start:end] for start, end in pairwise(starts)]
    chosen = [one for one in sections if (found := _SECTION.match(one)) and int(found[1]) in kept]
    lines = (_SECTION.sub(lambda found: f"## R{int(found[1]) + shift}. ", one) for one in chosen)
    return "".join(f"\n{one.rstrip()}\n" for one in lines).encode()


def _linked(files: dict[str, bytes], path: str, data: bytes) -> dict[str, bytes]:
    link = f"- [{path}]({path}): more of the skill that was joined with this one."
    return _added({**files, path: data}, _Piece("References", link), path)


def _numbered(data: bytes, shift: int) -> bytes:
    """Return a file with the numbers of its rules raised by *shift*; a file that is no text is unchanged."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return _NUMBERED.sub(lambda found: f"R{int(found[1]) + shift}", text).encode()


def _shifted(text: str, shift: int) -> str:
    return _MARK.sub(lambda found: f"(R{int(found[1]) + shift}{found[2]}", text)


def _highest(source: SkillSource) -> int:
    numbers = [int(one) for text in source.texts.values() for one in _NUMBERED.findall(text)]
    return max(numbers, default=0)
