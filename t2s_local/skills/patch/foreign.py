"""Read and apply foreign patches: lists of the eight operations, or whole files to write and paths to remove."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from t2s_local.errors import InputError
from t2s_local.skills.patch.bonds import broken_bond
from t2s_local.skills.patch.page import Page
from t2s_local.skills.patch.patch import Patched, apply_patch
from t2s_local.skills.patch.paths import most_lines, refuse_path
from t2s_local.skills.patch.placing import Refused
from t2s_local.skills.patch.safeguards import broken_rule
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.values.edit import Edit
from t2s_local.values.value import Value

GRAVE = frozenset({"path", "git", "link", "script", "name", "description"})
"""Reasons of refusals after which no part of a patch is applied."""
_FRONT_KEYS = ("name", "description")
_ALIASES = {"file": "path", "target": "anchor", "content": "text"}
"""Alternative names of fields in published patches, with the name used here."""
_MORE = frozenset({"reason", "rationale", "evidence", "confidence"})
"""Fields of an operation that explain it and change nothing."""


class ForeignPatch(Value, frozen=True, kw_only=True):
    """Content of a patch file."""

    edits: tuple[Edit, ...] = ()
    upserts: dict[str, str] = msgspec.field(default_factory=dict)
    """Text of whole files to write, by path."""
    removed: tuple[str, ...] = ()
    summary: str | None = None


def read_patch(data: bytes) -> ForeignPatch:
    """Parse a patch file.

    Raises:
        InputError: the patch has neither of the two known forms.
    """
    try:
        found = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        message = f"no JSON ({error})"
        raise InputError(message, hint=_HINT) from error
    if isinstance(found, dict) and ("upsert_files" in found or "delete_paths" in found):
        return _whole_files(found)
    listed = found.get("edits", found.get("operations")) if isinstance(found, dict) else found
    if not isinstance(listed, list) or not listed:
        message = "holds no edits"
        raise InputError(message, hint=_HINT)
    summary = found.get("summary") if isinstance(found, dict) else None
    return ForeignPatch(edits=tuple(map(_edit, listed)), summary=summary if isinstance(summary, str) else None)


_HINT = 'Write {"edits": [{"op": "append_to_section", "section": "Steps", "text": "…"}]}, or {"upsert_files": …}.'


def apply_foreign(source: SkillSource, patch: ForeignPatch, *, keep_headings: bool = False) -> Patched:
    """Apply a patch to the skill *source*.

    Raises:
        Refused: the patch changes a path outside the skill, a link, a script, the name or the description, or breaks
            a rule of the format; no part of it is applied.
    """
    paths = [*(edit.path for edit in patch.edits), *patch.upserts, *patch.removed]
    for path in paths:
        _refuse_link(path, source)
        try:
            refuse_path(path, source.raw, is_new=path not in source.raw)
        except Refused as error:
            if error.reason in GRAVE:
                raise
    if patch.edits:
        return apply_patch(source.raw, patch.edits, keep_headings=keep_headings)
    return _written(source, patch)


def _written(source: SkillSource, patch: ForeignPatch) -> Patched:
    changes: dict[str, bytes | None] = {path: text.encode() for path, text in patch.upserts.items()}
    for path in patch.removed:
        if path not in source.raw or path == MAIN:
            detail = f"there is no {path}" if path not in source.raw else f"a skill without {MAIN} is none"
            raise Refused(reason="missing_file", detail=detail)
        changes[path] = None
    if MAIN in patch.upserts:
        _refuse_front(source.texts.get(MAIN, ""), patch.upserts[MAIN])
    for path, text in patch.upserts.items():
        lines, most = Page(path=path, text=text).n_lines, most_lines(path)
        if lines >= most and lines > Page(path=path, text=source.texts.get(path, "")).n_lines:
            raise Refused(reason="limit", detail=f"{path} would have {lines} lines, fewer than {most} are meant")
    after: dict[str, bytes | None] = {**source.raw, **changes}
    made = [Edit(op="create", path=path, text=text) for path, text in patch.upserts.items() if path not in source.raw]
    gone = [Edit(op="delete_file", path=path) for path in patch.removed]
    fault = broken_bond([*made, *gone], source.raw, after)
    if fault is not None:
        raise Refused(reason=fault.reason, detail=fault.detail)
    breach = broken_rule(source.raw, {path: data for path, data in after.items() if data is not None})
    if breach is not None:
        raise Refused(reason=breach.rule, detail=f"{breach.path} {breach.message}")
    changed = {path: data for path, data in sorted(changes.items()) if source.raw.get(path) != data}
    return Patched(before={path: source.raw.get(path) for path in changed}, after=changed, applied=(), refused=())


def _refuse_link(path: str, source: SkillSource) -> None:
    for odd in source.odd:
        if path == odd or path.startswith(f"{odd}/"):
            raise Refused(reason="link", detail=f"{path!r} is or lies behind a link, {odd}")


def _refuse_front(old: str, new: str) -> None:
    """Check that name and description in the front matter are byte for byte unchanged."""
    before, after = _front_lines(old), _front_lines(new)
    for key in _FRONT_KEYS:
        if before.get(key) != after.get(key):
            raise Refused(reason=key, detail=f"it changes the {key}, which no edit does")


def _front_lines(text: str) -> dict[str, str]:
    """Return the unparsed lines of each key of the front matter."""
    page = Page(path=MAIN, text=text)
    found: dict[str, str] = {}
    key = ""
    for line in page.lines[1 : max(page.head - 1, 1)]:
        if line[:1] not in (" ", "\t", "#", "\r", "\n", "-"):
            key = line.partition(":")[0].strip()
            found[key] = ""
        found[key] = found.get(key, "") + line.rstrip("\r\n") + "\n"
    return found


def _whole_files(found: Mapping[str, Any]) -> ForeignPatch:
    upserts, removed = found.get("upsert_files", {}), found.get("delete_paths", [])
    if isinstance(upserts, list):
        upserts = dict(_file(item) for item in upserts)
    is_whole = isinstance(upserts, dict) and all(isinstance(text, str) for text in upserts.values())
    if not is_whole or not isinstance(removed, list) or not all(isinstance(path, str) for path in removed):
        message = "upsert_files is no object of paths and texts, or delete_paths no list of paths"
        raise InputError(message, hint=_HINT)
    summary = found.get("summary")
    return ForeignPatch(upserts=upserts, removed=tuple(removed), summary=summary if isinstance(summary, str) else None)


def _file(item: object) -> tuple[str, str]:
    if isinstance(item, dict):
        path, text = item.get("path"), item.get("content", item.get("text"))
        if isinstance(path, str) and isinstance(text, str):
            return path, text
    message = "a file of upsert_files without a path or a content"
    raise InputError(message, hint=_HINT)


def _edit(item: object) -> Edit:
    if not isinstance(item, dict):
        message = "an edit is no object"
        raise InputError(message, hint=_HINT)
    fields = {_ALIASES.get(name, name): value for name, value in item.items() if name not in _MORE}
    fields = {name: value for name, value in fields.items() if value is not None}
    try:
        return msgspec.convert(fields, type=Edit)
    except msgspec.ValidationError as error:
        message = f"an edit cannot be read ({error})"
        raise InputError(message, hint=_HINT) from error


def words_of_refusals(made: Patched) -> Iterable[str]:
    """Yield one line for every refused edit of a patch."""
    for one in made.refused:
        nearest = "" if one.nearest is None else f"; nearest is “{one.nearest}”"
        yield f"{one.edit.op} in {one.edit.path} refused ({one.reason}): {one.detail}{nearest}"
