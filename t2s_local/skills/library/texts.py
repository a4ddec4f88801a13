"""Texts of a library by digest: the files of every version of its skills, and which files a version has."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from t2s_local.files import write_atomic
from t2s_local.skills.library.own_folder import bytes_of
from t2s_local.skills.source import LARGEST_FILE, SkillSource
from t2s_local.values.skill import Skill
from t2s_local.values.value import Value

Digests = dict[str, str]
"""SHA-256 of each file by its path in the skill."""


class Tree(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The files of one version."""

    files: Digests
    programs: tuple[str, ...] = ()
    """Files that may be run."""


def sha256(data: bytes) -> str:
    """SHA-256 of *data*, in hex."""
    return hashlib.sha256(data).hexdigest()


def digests_of(skill: Skill) -> Digests:
    """SHA-256 of the files *skill* will have, by path."""
    return {file.path: sha256(file.text.encode()) for file in sorted(skill.files, key=lambda file: file.path)}


def digests_in(source: SkillSource) -> Digests:
    """SHA-256 of the files that lie in a folder, by path."""
    return {path: sha256(data) for path, data in source.raw.items()}


def is_whole(source: SkillSource) -> bool:
    """Return whether a folder holds plain files alone, none too large to be kept."""
    return not source.odd and all(size <= LARGEST_FILE for size in source.sizes.values())


def tree_digest(tree: Tree) -> str:
    """Identify a version by its files."""
    return sha256(_encoded(tree))


class Texts:
    """A folder of texts by digest; nothing in it is ever changed or removed."""

    def __init__(self, folder: Path) -> None:
        """Use *folder*, which need not exist before something is kept."""
        self._folder = folder

    def keep(self, tree: Tree, files: Mapping[str, bytes]) -> str:
        """Keep a version.

        Args:
            tree: Its files by digest.
            files: What is in them, by path.

        Returns:
            The digest of the version.

        Raises:
            T2SError: it cannot be written.
        """
        for path in tree.files:
            self._put(files[path])
        return self._put(_encoded(tree))

    def tree(self, digest: str) -> Tree | None:
        """Return the files of a version; None where the version is not kept, or is not what its digest says."""
        data = self.text(digest)
        try:
            return None if data is None else msgspec.json.decode(data, type=Tree)
        except msgspec.DecodeError:
            return None

    def text(self, digest: str) -> bytes | None:
        """Return a text; None where it is not kept, or is not what its digest says."""
        data = bytes_of(self._folder / digest)
        return data if data is not None and sha256(data) == digest else None

    def files(self, digests: Digests) -> dict[str, bytes | None]:
        """Return texts by path; None for those that are not kept."""
        return {path: self.text(digest) for path, digest in digests.items()}

    def _put(self, data: bytes) -> str:
        digest = sha256(data)
        if not (self._folder / digest).exists():
            write_atomic(self._folder / digest, data)
        return digest


def _encoded(tree: Tree) -> bytes:
    return msgspec.json.encode(tree, order="deterministic")
