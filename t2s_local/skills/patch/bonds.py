"""Bonds between edits: a file that is made and the link to it, a file that goes and the links to it."""

import posixpath
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from t2s_local.skills.document import parse_markdown
from t2s_local.skills.source import MAIN
from t2s_local.values.edit import Edit, RefusedEdit


def broken_bond(
    chosen: Sequence[Edit], files: Mapping[str, bytes], after: Mapping[str, bytes | None]
) -> RefusedEdit | None:
    """Return an edit that cannot be made without another one that is not made; None where all bonds hold.

    Args:
        chosen: Edits that are to be made, the best supported first.
        files: The skill as it is.
        after: The skill as it would be; None for files that are gone.
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
    """Return the files of the skill that a text in *path* links to; addresses and what leads out are left out."""
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
