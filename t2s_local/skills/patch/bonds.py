"""Check that edits that create or remove a file come with the edits of the links to that file."""

import posixpath
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from t2s_local.skills.document import parse_markdown
from t2s_local.skills.source import MAIN
from t2s_local.values.edit import Edit, RefusedEdit


def broken_bond(
    chosen: Sequence[Edit], files: Mapping[str, bytes], after: Mapping[str, bytes | None]
) -> RefusedEdit | None:
    """Return an edit that would leave a broken link or an unlinked new file; None if there is no such edit.

    Args:
        chosen: Edits to apply, the best supported first.
        files: Current files of the skill.
        after: Files after the edits; None for removed files.
    """
    there = {path for path, data in after.items() if data is not None}
    for edit in chosen:
        missing = sorted(links_to(edit.text, edit.path) - there)
        if missing:
            gone = missing[0] in files
            detail = f"it links to {missing[0]}, {'which another edit removes' if gone else 'which no edit makes'}"
            return RefusedEdit(edit=edit, reason="half_pair", detail=detail)
    for edit in chosen:
        if edit.op == "create" and not any(
            edit.path in links_to(_text(after[path]), path)
            for path in there
            if path != edit.path and path.endswith(".md")
        ):
            detail = f"no page links to {edit.path}"
            return RefusedEdit(edit=edit, reason="half_pair", detail=detail, nearest=MAIN)
        if edit.op == "delete_file":
            linking = sorted(
                path for path in there if path.endswith(".md") and edit.path in links_to(_text(after[path]), path)
            )
            if linking:
                detail = f"{linking[0]} still links to {edit.path}"
                return RefusedEdit(edit=edit, reason="half_pair", detail=detail, nearest=linking[0])
    return None


def links_to(text: str, path: str) -> frozenset[str]:
    """Return the files of the skill that a text in *path* links to, without web addresses and paths outside."""
    found = set()
    for link in parse_markdown(text).links:
        target = unquote(link.target).partition("#")[0]
        if target and ":" not in target and not target.startswith(("/", "~", "\\")):
            file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if not file.startswith("..") and "." in posixpath.basename(file):
                found.add(file)
    return frozenset(found)


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")
