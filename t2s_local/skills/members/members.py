"""List the skills in a library, including skills set aside, each with its current files and all versions."""

from functools import cached_property
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.skills.decisions import read_decisions, wishes_of
from t2s_local.skills.library.library import check_library
from t2s_local.skills.library.manifest import OwnedSkill, read_manifest, without_skills
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.texts import Texts, Tree, digests_in, tree_digest
from t2s_local.skills.library.versions import SkillHistory, histories
from t2s_local.skills.source import MAIN, SkillSource, read_source

_OURS = "joined"
"""Kind of a version that t2s merged from two skills; a later run treats it like an edit by the user."""


class Member(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One skill of a library."""

    name: str
    source: SkillSource
    """Current files, from the skill's folder or from the folder of skills set aside."""
    history: SkillHistory
    is_ours: bool
    """Whether t2s wrote the current files, and nobody changed or pinned them."""
    is_there: bool
    """Whether agents can read the skill, because it is not set aside."""
    texts: Texts

    @cached_property
    def digest(self) -> str:
        """Digest of the current files."""
        return tree_digest(Tree(files=digests_in(self.source), programs=self.source.programs))

    @cached_property
    def versions(self) -> dict[str, SkillSource]:
        """Every version by digest: the current files first, then stored versions, newest first."""
        found = {self.digest: self.source}
        for event in reversed(self.history.events):
            tree = None if event.digest in found else self.texts.tree(event.digest)
            main = None if tree is None or MAIN not in tree.files else self.texts.text(tree.files[MAIN])
            if main is not None:
                found[event.digest] = SkillSource(name=self.name, raw={MAIN: main}, sizes={MAIN: len(main)})
        return found


def members_of(library: Path, *, home: Path | None = None) -> tuple[Member, ...]:
    """Return the skills in *library* by name; folders that cannot be read as a skill are left out.

    Args:
        library: Folder of skills.
        home: Folder of the decisions about the library; None for the library itself.

    Raises:
        InputError: the folder, its list of skills or its log cannot be read, or another user's t2s wrote the list.
        NothingFoundError: the folder contains no skill.
        T2SError: the path is no folder, or cannot be a library.
    """
    if not library.is_dir():
        message = "no such folder" if not library.exists() else "not a folder"
        raise InputError(message, path=library, hint="Name a folder of skills.")
    check_library(library)
    own = OwnFolder(library)
    known, entries, texts = histories(own), read_manifest(own).skills, Texts(own.texts)
    pinned = wishes_of(read_decisions(home or library)).pinned
    found: dict[str, Member] = {}
    for folder, is_there in ((library, True), (own.deprecated, False)):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name not in found and not path.is_symlink() and (path / MAIN).is_file():
                source, history = read_source(path), known.get(path.name, SkillHistory())
                found[path.name] = Member(
                    name=path.name,
                    source=source,
                    history=history,
                    is_ours=path.name not in pinned and _is_ours(entries.get(path.name), history, source),
                    is_there=is_there,
                    texts=texts,
                )
    if not found:
        raise without_skills(library)
    return tuple(found[name] for name in sorted(found))


def libraries_in(folder: Path) -> tuple[Path, ...]:
    """Return *folder* itself if it contains a skill, otherwise the libraries directly below it."""
    if not folder.is_dir() or _has_skill(folder):
        return (folder,)
    below = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.is_symlink()]
    return tuple(path for path in below if not path.name.startswith(".") and _has_skill(path)) or (folder,)


def _has_skill(folder: Path) -> bool:
    return any((path / MAIN).is_file() for path in folder.iterdir() if path.is_dir() and not path.is_symlink())


def _is_ours(entry: OwnedSkill | None, history: SkillHistory, source: SkillSource) -> bool:
    """Return whether t2s wrote the current files of a skill, in a run or by merging two skills.

    A skill that a user wrote before t2s changed it counts as the user's, even after it was set aside and restored.
    """
    if entry is None or not entry.files or source.odd:
        return False
    now = digests_in(source)
    if history.events and history.events[0].kind == "edited":
        return False
    last = history.last
    tree = Tree(files=now, programs=source.programs)
    is_joined = last is not None and last.kind == _OURS and last.digest == tree_digest(tree)
    return now == entry.files or is_joined
