"""Files of a skill in memory, read from disk or not written yet, for the rules to check."""

import os
import stat
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from t2s_local.errors import InputError
from t2s_local.files import open_regular, printable, reason_of
from t2s_local.values.skill import Skill

if TYPE_CHECKING:
    from t2s_local.skills.document import Document, Markdown

MAIN = "SKILL.md"
LARGEST_FILE = 1_000_000
"""Largest size of a file in bytes that is read; larger files are only reported."""
MOST_FILES = 1_000
"""Largest number of files in a folder that is read as a skill."""


class SkillSource(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The files of one skill, raw and parsed."""

    name: str
    """Name of the folder."""
    raw: dict[str, bytes]
    """Content of each file by path relative to the folder, with ``/``, sorted; oversize files are left out."""
    sizes: dict[str, int]
    odd: tuple[str, ...] = ()
    """Paths that are neither plain files nor folders: symbolic links, sockets, pipes."""
    programs: tuple[str, ...] = ()
    """Paths of the files that are executable for their owner."""

    @cached_property
    def texts(self) -> dict[str, str]:
        """Decoded text of the files in UTF-8, by path."""
        found = {}
        for path, data in self.raw.items():
            text = _decoded(data)
            if text is not None:
                found[path] = text
        return found

    @cached_property
    def document(self) -> "Document | InputError":
        """Parsed SKILL.md, or the error if it cannot be parsed."""
        from t2s_local.skills.document import parse_document

        if MAIN not in self.texts:
            message = "there is no SKILL.md" if MAIN not in self.sizes else "not UTF-8 text, or too large"
            return InputError(message)
        try:
            return parse_document(self.texts[MAIN])
        except InputError as error:
            return error

    @cached_property
    def front(self) -> dict[str, object]:
        """Parsed front matter; empty if it is missing or cannot be parsed."""
        return {} if isinstance(self.document, InputError) else self.document.front

    @cached_property
    def markdown(self) -> "dict[str, Markdown]":
        """Parsed Markdown files, by path; for SKILL.md only the body."""
        from t2s_local.skills.document import parse_markdown

        found = {}
        for path, text in self.texts.items():
            if path == MAIN and not isinstance(self.document, InputError):
                found[path] = self.document.markdown
            elif path.endswith(".md"):
                found[path] = parse_markdown(text)
        return found


def source_of(skill: Skill) -> SkillSource:
    """Return the source of a skill that is not written yet."""
    raw = {file.path: file.text.encode("utf-8", "surrogatepass") for file in sorted(skill.files, key=lambda f: f.path)}
    return SkillSource(name=skill.name, raw=raw, sizes={path: len(data) for path, data in raw.items()})


def read_source(folder: Path) -> SkillSource:
    """Read the skill in *folder*; symbolic links are listed and not followed.

    Raises:
        InputError: there is no such folder, it cannot be listed, or it contains more than 1,000 files.
    """
    raw: dict[str, bytes] = {}
    sizes: dict[str, int] = {}
    odd: list[str] = []
    programs: list[str] = []
    for path in _paths(folder):
        name = printable(path.relative_to(folder).as_posix())
        if path.is_symlink() or not path.is_file():
            odd.append(name)
            continue
        data = _read(path)
        if path.stat().st_mode & stat.S_IXUSR:
            programs.append(name)
        sizes[name] = len(data) if len(data) <= LARGEST_FILE else path.stat().st_size
        raw[name] = data if len(data) <= LARGEST_FILE else b""
    name = printable(folder.absolute().name)
    return SkillSource(name=name, raw=raw, sizes=sizes, odd=tuple(odd), programs=tuple(programs))


def _paths(folder: Path) -> list[Path]:
    if not folder.is_dir():
        message = "no such folder" if not folder.exists() else "not a folder"
        raise InputError(message, path=folder, hint="Name folders that hold a SKILL.md.")
    failed: list[OSError] = []
    found: list[Path] = []
    for top, folders, names in os.walk(folder, onerror=failed.append):
        links = [name for name in folders if Path(top, name).is_symlink()]
        found += [Path(top, name) for name in (*names, *links)]
        if len(found) > MOST_FILES:
            message = f"more than {MOST_FILES} files"
            raise InputError(message, path=folder, hint="Name one skill's folder.")
    if failed:
        raise InputError(reason_of(failed[0]), path=failed[0].filename) from failed[0]
    return sorted(found)


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
