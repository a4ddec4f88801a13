"""Check which files of a skill edits may change, and how many lines each may have."""

import posixpath
from collections.abc import Container

from t2s_local.files import is_plain_name
from t2s_local.skills.patch.placing import Refused
from t2s_local.skills.rules_files import MOST_LINES
from t2s_local.skills.source import MAIN

REFERENCES = "references/"
MOST_REFERENCE_LINES = 300
_SCRIPTS = "scripts/"


def refuse_path(path: str, files: Container[str], *, is_new: bool) -> None:
    """Check that an edit may change *path*: only SKILL.md and Markdown files in references/ may be edited.

    Args:
        path: Path of the file in the skill.
        files: The files of the skill.
        is_new: Whether the edit creates the file.

    Raises:
        Refused: the file is elsewhere or outside the skill, is a script, or does not exist.
    """
    parts = path.replace("\\", "/").split("/")
    if not path or posixpath.isabs(path) or "\\" in path or ".." in parts or ":" in parts[0]:
        raise Refused(reason="path", detail=f"{path!r} leads out of the skill")
    if any(part.casefold() == ".git" for part in parts):
        raise Refused(reason="git", detail=f"{path!r} is no file of the skill but of its repository")
    if path.startswith(_SCRIPTS):
        raise Refused(reason="script", detail=f"{path!r} is a script, which a page may name and no edit changes")
    if not is_new and path not in files:
        raise Refused(reason="missing_file", detail=f"there is no {path}", nearest=MAIN)
    name = path.removeprefix(REFERENCES)
    if path != MAIN and (name == path or not is_plain_name(name) or not name.endswith(".md")):
        detail = f"{path!r} is neither {MAIN} nor a Markdown file of {REFERENCES}"
        raise Refused(reason="path", detail=detail, nearest=MAIN)


def most_lines(path: str) -> int:
    """Return the largest number of lines that a file may have."""
    return MOST_LINES if path == MAIN else MOST_REFERENCE_LINES
