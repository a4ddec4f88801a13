"""Store the files of every version of a library's skills by digest, and the list of files of each version."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from t2s_local.files import write_atomic
from t2s_local.skills.library.own_folder import bytes_of
from t2s_local.skills.source import LARGEST_FILE, SkillSource
from t2s_local.values.skill import Digests, Skill
from t2s_local.values.value import Value


class Tree(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Digests of the files of one version."""

    files: Digests
    programs: tuple[str, ...] = ()
    """Paths of executable files."""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of *data*, in hex."""
    return hashlib.sha256(data).hexdigest()


def digests_of(skill: Skill) -> Digests:
    """Return the SHA-256 of each file of a skill that is not written yet, by path."""
    return {file.path: sha256(file.text.encode()) for file in sorted(skill.files, key=lambda file: file.path)}


def digests_in(source: SkillSource) -> Digests:
    """Return the SHA-256 of each file in a skill's folder, by path."""
    return {path: sha256(data) for path, data in source.raw.items()}


def is_whole(source: SkillSource) -> bool:
    """Return whether a folder contains only plain files that are not too large to store."""
    return not source.odd and all(size <= LARGEST_FILE for size in source.sizes.values())


def tree_digest(tree: Tree) -> str:
    """Return the digest of a version from the digests of its files."""
    return sha256(_encoded(tree))


class Texts:
    """Folder that stores texts by digest; stored texts are never changed or removed."""

    def __init__(self, folder: Path) -> None:
        """Use *folder*, which is created when the first text is stored."""
        self._folder = folder

    def keep(self, tree: Tree, files: Mapping[str, bytes]) -> str:
        """Store a version.

        Args:
            tree: Digests of the files of the version.
            files: Content of these files, by path.

        Returns:
            The digest of the version.

        Raises:
            T2SError: a text cannot be written.
        """
        for path in tree.files:
            self._put(files[path])
        return self._put(_encoded(tree))

    def tree(self, digest: str) -> Tree | None:
        """Return the list of files of a version; None if it is not stored or does not match its digest."""
        data = self.text(digest)
        try:
            return None if data is None else msgspec.json.decode(data, type=Tree)
        except msgspec.DecodeError:
            return None

    def text(self, digest: str) -> bytes | None:
        """Return a text; None if it is not stored or does not match its digest."""
        data = bytes_of(self._folder / digest)
        return data if data is not None and sha256(data) == digest else None

    def files(self, digests: Digests) -> dict[str, bytes | None]:
        """Return texts by path; None for a text that is not stored."""
        return {path: self.text(digest) for path, digest in digests.items()}

    def _put(self, data: bytes) -> str:
        digest = sha256(data)
        if not (self._folder / digest).exists():
            write_atomic(self._folder / digest, data)
        return digest


def _encoded(tree: Tree) -> bytes:
    return msgspec.json.encode(tree, order="deterministic")
