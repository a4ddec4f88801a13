"""Apply edits to a skill: each edit is applied at its only possible place, or refused with a reason.

Edits are applied to files in memory; :mod:`t2s_local.skills.library` writes the files. Every edit is placed on the
unchanged page, so the order of the edits makes no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from t2s_local.skills.patch.bonds import broken_bond
from t2s_local.skills.patch.fitting import counted_on, is_numbered
from t2s_local.skills.patch.page import Page
from t2s_local.skills.patch.paths import most_lines, refuse_path
from t2s_local.skills.patch.placing import Place, Refused, digest_of, place
from t2s_local.skills.patch.safeguards import broken_rule, patched, refuse_breaking, refuse_unclosed
from t2s_local.values.edit import Edit, RefusedEdit

_FILES = frozenset({"create", "delete_file"})


class Patched(msgspec.Struct, frozen=True, kw_only=True):
    """Result of applying edits to a skill."""

    before: dict[str, bytes | None]
    """Old content of the changed files, by path; None for files that did not exist."""
    after: dict[str, bytes | None]
    """New content of the same files, by path; None for removed files."""
    applied: tuple[Edit, ...]
    """Applied edits, best supported first."""
    refused: tuple[RefusedEdit, ...]
    """Refused edits, best supported first."""


class _Placed(NamedTuple):
    edit: Edit
    place: Place | None
    """Place on the page; None if the edit creates or removes a whole file."""
    page: Page


def apply_patch(
    files: Mapping[str, bytes], edits: Iterable[Edit], *, keep_headings: bool = False, adds_only: bool = False
) -> Patched:
    """Apply *edits* to a skill, and return the changed files, the applied edits and the refused edits.

    Args:
        files: Every file of the skill, by path.
        edits: Edits in any order; equal edits count once, with the larger support.
        keep_headings: Whether edits that remove a heading are refused.
        adds_only: Whether edits that remove or replace text are refused.
    """
    refused: dict[str, RefusedEdit] = {}
    open_edits: list[_Placed] = []
    for edit in _ranked(edits):
        try:
            open_edits.append(_placed(edit, files, keep_headings=keep_headings, adds_only=adds_only))
        except Refused as error:
            refused[edit.id] = _refusal(edit, error)
    while True:
        chosen, held = _chosen(open_edits, files)
        after = _after(chosen, files)
        fault = broken_bond([one.edit for one in chosen], files, after) or _fault(chosen, files, after)
        if fault is None:
            break
        refused[fault.edit.id] = fault
        open_edits = [one for one in open_edits if one.edit.id != fault.edit.id]
    refused |= {one.edit.id: one for one in held}
    changed = {path: data for path, data in sorted(after.items()) if files.get(path) != data}
    return Patched(
        before={path: files.get(path) for path in changed},
        after=changed,
        applied=tuple(one.edit for one in chosen),
        refused=tuple(sorted(refused.values(), key=lambda one: (-one.edit.support, one.edit.id))),
    )


def take_back(files: Mapping[str, bytes], made: Patched) -> dict[str, bytes]:
    """Return the files of a skill, by path, with edits undone.

    Raises:
        Refused: a file that the edits changed was changed again after them.
    """
    for path, data in made.after.items():
        if files.get(path) != data:
            raise Refused(reason="stale", detail=f"{path} was changed since the edits were made")
    whole = {**files, **{path: data for path, data in made.before.items() if data is not None}}
    return {path: data for path, data in sorted(whole.items()) if path not in made.before or made.before[path] == data}


def _ranked(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits, each once, by support, largest first, then by id."""
    best: dict[str, Edit] = {}
    for edit in edits:
        known = best.get(edit.id)
        if known is None or (known.support, known.text) < (edit.support, edit.text):
            best[edit.id] = edit
    return sorted(best.values(), key=lambda one: (-one.support, one.id))


def _placed(edit: Edit, files: Mapping[str, bytes], *, keep_headings: bool, adds_only: bool) -> _Placed:
    refuse_path(edit.path, files, is_new=edit.op == "create")
    _refuse_removal(edit, keep_headings=keep_headings, adds_only=adds_only)
    refuse_unclosed(edit.text)
    if edit.op == "create":
        if edit.path in files:
            raise Refused(reason="exists", detail=f"{edit.path} is there already", nearest=edit.path)
        if not edit.text.strip():
            raise Refused(reason="empty", detail="a file without text")
        return _Placed(edit, None, Page(path=edit.path, text=""))
    page = Page(path=edit.path, text=_decoded(edit.path, files[edit.path]))
    if edit.op == "delete_file":
        if edit.digest is not None and edit.digest != digest_of(page.text):
            raise Refused(reason="stale", detail=f"{edit.path} was changed since the edit was made")
        return _Placed(edit, None, page)
    if edit.op not in ("delete_section", "replace_in_section") and not edit.text.strip():
        raise Refused(reason="empty", detail="an addition without text")
    found = place(edit, page)
    refuse_breaking(page, [found])
    return _Placed(edit, found, page)


def _refuse_removal(edit: Edit, *, keep_headings: bool, adds_only: bool) -> None:
    if adds_only and edit.op in ("delete_section", "delete_file", "replace_in_section"):
        raise Refused(reason="adds_only", detail="nothing that is there may go")
    if keep_headings and edit.op in ("delete_section", "delete_file"):
        raise Refused(reason="heading", detail="no heading may go", nearest=edit.section)


def _decoded(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(reason="no_text", detail=f"{path} is no text in UTF-8") from error


def _chosen(ranked: Sequence[_Placed], files: Mapping[str, bytes]) -> tuple[list[_Placed], list[RefusedEdit]]:
    """Choose edits without overlaps (the better supported edit wins) and without files that get too long."""
    chosen: list[_Placed] = []
    held: list[RefusedEdit] = []
    grown: dict[str, int] = {}
    for one in ranked:
        rival = next((other for other in chosen if _overlap(one, other)), None)
        if rival is not None:
            detail = f"it overlaps an edit with support {rival.edit.support}, {rival.edit.id}"
            held.append(RefusedEdit(edit=one.edit, reason="overlap", detail=detail))
            continue
        grows = _growth(one)
        before = one.page.n_lines if one.edit.path in files else 0
        lines = before + grown.get(one.edit.path, 0) + grows
        most = most_lines(one.edit.path)
        if grows > 0 and lines >= most:
            detail = f"{one.edit.path} would have {lines} lines, fewer than {most} are meant"
            held.append(RefusedEdit(edit=one.edit, reason="limit", detail=detail))
            continue
        grown[one.edit.path] = grown.get(one.edit.path, 0) + grows
        chosen.append(one)
    return chosen, held


def _growth(one: _Placed) -> int:
    """Return the number of lines that an edit adds to its file; negative if it removes lines."""
    if one.place is None:
        return Page(path="", text=one.edit.text).n_lines if one.edit.op == "create" else -one.page.n_lines
    gone = one.page.text[one.place.start : one.place.stop]
    return one.place.text.count("\n") - gone.count("\n")


def _overlap(one: _Placed, other: _Placed) -> bool:
    """Return whether two edits change the same place, or one removes text that the other needs."""
    if one.edit.path != other.edit.path:
        return False
    if one.place is None or other.place is None:
        return True
    first, second = one.place, other.place
    return _reaches(first, second) or _reaches(second, first)


def _reaches(one: Place, other: Place) -> bool:
    """Return whether *one* removes text that *other* changes, needs, or is inserted into."""
    if one.start == one.stop:
        return False
    is_inside = one.start < other.start < one.stop or (other.stop > other.start and _meet(one, other.start, other.stop))
    return is_inside or _meet(one, *other.needs)


def _meet(one: Place, start: int, stop: int) -> bool:
    return one.start < stop and start < one.stop


def _after(chosen: Sequence[_Placed], files: Mapping[str, bytes]) -> dict[str, bytes | None]:
    after: dict[str, bytes | None] = dict(files)
    for path in {one.edit.path for one in chosen}:
        here = [one for one in chosen if one.edit.path == path]
        if here[0].edit.op in _FILES:
            text = here[0].edit.text.strip("\r\n")
            after[path] = f"{text}\n".encode() if here[0].edit.op == "create" else None
        else:
            after[path] = patched(here[0].page.text, _places(here)).encode()
    return after


def _places(here: Sequence[_Placed]) -> list[Place]:
    """Return the places of edits of one page; numbered items inserted at the same point get consecutive numbers."""
    found: list[Place] = []
    for one in here:
        if one.place is not None:
            n_before = sum(other.start == other.stop == one.place.start and is_numbered(other.text) for other in found)
            found.append(one.place._replace(text=counted_on(one.place.text, n_before)))
    return found


def _fault(
    chosen: Sequence[_Placed], files: Mapping[str, bytes], after: Mapping[str, bytes | None]
) -> RefusedEdit | None:
    """Return the refusal of an edit that makes the edits break a page or a rule; None if all can be applied."""
    for path in sorted({one.edit.path for one in chosen}):
        here = [one for one in chosen if one.edit.path == path and one.place is not None]
        if len(here) > 1:
            try:
                refuse_breaking(here[0].page, _places(here))
            except Refused as error:
                return _refusal(here[-1].edit, error)
    if not chosen:
        return None
    fault = broken_rule(files, {path: data for path, data in after.items() if data is not None})
    if fault is None:
        return None
    blamed = [one.edit for one in chosen if one.edit.path == fault.path] or [one.edit for one in chosen]
    return RefusedEdit(edit=blamed[-1], reason=fault.rule, detail=fault.message)


def _refusal(edit: Edit, error: Refused) -> RefusedEdit:
    return RefusedEdit(edit=edit, reason=error.reason, detail=error.detail, nearest=error.nearest)
