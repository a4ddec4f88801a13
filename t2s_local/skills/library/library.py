"""Write libraries: each skill completely or not at all, without touching the user's own, and with all versions kept.

Only the skills in the manifest belong to t2s; other files in the folder are ignored. Before a change the manifest
notes the planned state (``pending``), so that a run that was killed in between is not mistaken for an edit by the
user. New folders are built in a working folder beside their targets and then renamed. A manifest that another user's
t2s wrote is refused: t2s must not change a library that came with somebody's project.

Skills are meant to be shared and read by other programs, so their files get 0644 and their folders 0755; the library's
own folder, with earlier texts and the evidence log, gets 0600 and 0700 like the workspace.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.files import is_plain_name, reason_of, write_atomic
from t2s_local.skills.folder import FOLDER_MODE
from t2s_local.skills.library.applying import WORKING, apply, manifest_after, settle
from t2s_local.skills.library.manifest import (
    adopt_manifest,
    has_manifest,
    is_library,
    read_manifest,
    refuse_foreign,
)
from t2s_local.skills.library.own_folder import OLD_MANIFEST, OWN, OwnFolder, bytes_of, refuse, workspace_of
from t2s_local.skills.library.plan import NO_WISHES, Planner, Step, Wishes
from t2s_local.skills.library.survey import situations
from t2s_local.skills.library.takeover import taken_over
from t2s_local.skills.library.texts import Texts, digests_in
from t2s_local.skills.library.versions import SkillHistory, histories
from t2s_local.skills.source import SkillSource
from t2s_local.skills.working_folder import finish_left, has_left
from t2s_local.values.skill import Skill
from t2s_local.values.value import Value

__all__ = [
    "OLD_MANIFEST",
    "OWN",
    "WORKING",
    "Written",
    "adopt_library",
    "check_library",
    "edited_files",
    "is_library",
    "note_workspace",
    "refuse_deprecated",
    "workspace_of",
    "write_library",
]


class Written(Value, frozen=True, kw_only=True):
    """Names of skills by the result of writing them; each tuple is sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    """Skills edited by the user, with the new version merged into the edited version."""
    kept: tuple[str, ...] = ()
    """Skills edited or restored by the user, and left unchanged."""
    proposed: tuple[str, ...] = ()
    """Skills with a new version that waits because it cannot be merged with the current files."""
    waiting: tuple[str, ...] = ()
    """New skills that are not in the library yet, because a library gets only a few in a round of judged runs."""
    deprecated: tuple[str, ...] = ()
    """Skills set aside because no run supports them any more."""
    retired: tuple[str, ...] = ()
    """Skills set aside by `t2s govern`, and not written again."""
    moved: tuple[str, ...] = ()
    """Skills that the user moved to a folder of another name, and that are not written again."""
    unchanged: tuple[str, ...] = ()


def write_library(
    folder: Path,
    skills: Iterable[Skill],
    *,
    at: str,
    run: str | None = None,
    command: str = "t2s",
    wishes: Wishes = NO_WISHES,
) -> Written:
    """Update the skills of t2s in *folder* to *skills*; if they are up to date, nothing is written.

    Args:
        folder: Folder of skills; created if it does not exist.
        skills: Every skill that a run supports.
        at: Time of the change, ISO 8601.
        run: Id of the run.
        command: Command line, shown to other processes that wait for the library.
        wishes: A person's decisions about whole skills.

    Raises:
        LockedError: another process changes the library; the message names it.
        T2SError: the folder is a symbolic link, its list of skills is not one of t2s, or it cannot be written to.
            Nothing was changed.
    """
    wanted = {skill.name: skill for skill in sorted(skills, key=lambda skill: skill.name)}
    for skill in wanted.values():
        _refuse_paths(folder, skill)
    own = OwnFolder(folder)
    planner = Planner(Texts(own.texts), at=at, run=run, wishes=wishes)
    try:
        check_library(folder)
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(FOLDER_MODE)
        if (steps := _nothing_to_do(own, wanted, planner)) is not None:
            return _written(steps)
        with own.locked(command):
            return _written(_changed(own, wanted, planner, at=at))
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or folder) from error


def check_library(folder: Path) -> None:
    """Check that skills can be written to a folder; of its files only the list of skills is read.

    Raises:
        T2SError: the folder is a link or no folder, or its list of skills cannot be read.
        InputError: another user's t2s wrote its list of skills.
    """
    if folder.is_symlink():
        hint = f"Name the folder itself: -o {folder.resolve()}"
        message = "a symbolic link: skills are written to real folders"
        raise T2SError(message, path=folder, hint=hint)
    if not folder.exists():
        return
    if not folder.is_dir():
        refuse(folder, "not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        refuse(folder, "cannot be written to")
    own = OwnFolder(folder)
    refuse_foreign(own)
    read_manifest(own)


def adopt_library(folder: Path) -> None:
    """Mark the list of skills in *folder* as written by this user's t2s.

    Raises:
        T2SError: there is no list, or it cannot be read.
    """
    adopt_manifest(OwnFolder(folder))


def edited_files(skill: Path, source: SkillSource) -> tuple[str, ...] | None:
    """Return the files of *skill* that were changed since t2s wrote them; None if it is in no library's list.

    Raises:
        T2SError: the list of skills exists and cannot be read.
    """
    entry = read_manifest(OwnFolder(skill.absolute().parent)).skills.get(source.name)
    if entry is None or not entry.files:
        return None
    now = digests_in(source)
    return tuple(sorted(path for path in entry.files.keys() | now.keys() if entry.files.get(path) != now.get(path)))


def refuse_deprecated(folder: Path) -> None:
    """Check that the skill in *folder* is not set aside by its library.

    Raises:
        T2SError: the skill is set aside.
    """
    whole = folder.absolute()
    own = OwnFolder(whole.parent)
    is_aside = (whole.parent.name, whole.parent.parent.name) == (own.deprecated.name, OWN)
    if not is_aside and not whole.exists() and has_manifest(own):
        is_aside = histories(own).get(whole.name, SkillHistory()).is_aside
    if is_aside:
        message = "set aside: `t2s library log` says why"
        raise T2SError(message, path=folder, hint="`t2s library rollback LIBRARY/SKILL` brings it back.")


def note_workspace(folder: Path, workspace: Path) -> None:
    """Note in a library the workspace that stores the recordings behind its skills.

    Raises:
        T2SError: the note cannot be written.
    """
    own = OwnFolder(folder)
    data = f"{workspace.resolve()}\n".encode("utf-8", "surrogateescape")
    if own.path.is_dir() and bytes_of(own.workspace) != data:
        write_atomic(own.workspace, data)


def _nothing_to_do(own: OwnFolder, wanted: Mapping[str, Skill], planner: Planner) -> list[Step] | None:
    """Return the steps if the library is up to date; None if anything has to be written."""
    if not own.manifest.exists() or has_left(own.library, WORKING):
        return None
    manifest = read_manifest(own)
    if manifest.pending or bytes_of(own.old_manifest) is not None:
        return None
    steps = [planner.step(situation) for situation in situations(own, manifest, wanted)]
    is_change = any(step.touches or step.events for step in steps) or manifest_after(steps) != manifest
    return None if is_change else steps


def _changed(own: OwnFolder, wanted: Mapping[str, Skill], planner: Planner, *, at: str) -> list[Step]:
    """Change a library under the caller's lock, and return the steps."""
    finish_left(own.library, WORKING)
    manifest = taken_over(own, settle(own, read_manifest(own)), at=at)
    steps = [planner.step(situation) for situation in situations(own, manifest, wanted)]
    apply(own, manifest, steps)
    return steps


def _written(steps: Sequence[Step]) -> Written:
    names: dict[str, list[str]] = {}
    for step in steps:
        names.setdefault(step.fate, []).append(step.name)
    return Written(**{fate: tuple(sorted(found)) for fate, found in names.items()})


def _refuse_paths(folder: Path, skill: Skill) -> None:
    """Check that all names in a skill are plain, so that every file is written below the skill's folder."""
    for name in (skill.name, *(part for file in skill.files for part in file.path.split("/"))):
        if not is_plain_name(name):
            refuse(folder, f"a skill has a file or folder called {name!r}")
