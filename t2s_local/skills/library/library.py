"""A library on a disk: skills written whole or not at all, the user's own left alone, and every version kept.

Only the skills in the manifest are ours; whatever else lies in the folder is not looked at. Before a change the
manifest notes what is about to be done (``pending``), so that a run that was killed half-way is not mistaken for
someone's edit. New folders are built in a working folder beside their targets and renamed in. A manifest that this
user's t2s did not write says nothing: what came with somebody's project is not ours to change.

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
from t2s_local.skills.library.manifest import adopt_manifest, has_manifest, read_manifest, refuse_foreign
from t2s_local.skills.library.own_folder import OLD_MANIFEST, OWN, OwnFolder, bytes_of, refuse
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
    """Names of the skills by what became of them; each sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    """Edited by the user, with the new version merged in."""
    kept: tuple[str, ...] = ()
    """Edited or brought back by the user, and left as they are."""
    proposed: tuple[str, ...] = ()
    """A new version waits, because it cannot be merged with what lies there."""
    deprecated: tuple[str, ...] = ()
    """Set aside, because no run supports them any more."""
    retired: tuple[str, ...] = ()
    """Set aside by `t2s govern`, and not written again."""
    moved: tuple[str, ...] = ()
    """Moved by the user to a folder of another name, and left alone there."""
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
    """Bring the skills of ours in *folder* to *skills*; where they are so already, nothing is written.

    Args:
        folder: Folder of skills; made where it does not exist.
        skills: Every skill that a run supports.
        at: Time of the change, ISO 8601.
        run: The run.
        command: Command line, as other processes that wait are told it.
        wishes: What a person decided about the skills.

    Raises:
        LockedError: another process changes the library; the message names it.
        T2SError: the folder is a symbolic link, its list of skills is none of ours, or it cannot be written to.
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
    """Refuse a folder that no skills can be written to; what lies in it beside our list is not looked at.

    Raises:
        T2SError: it is a link or no folder, or its list of skills cannot be read.
        InputError: its list of skills came from elsewhere.
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


def is_library(folder: Path) -> bool:
    """Return whether there is a list of our skills in *folder*."""
    return has_manifest(OwnFolder(folder))


def adopt_library(folder: Path) -> None:
    """Take the list of skills in *folder* for one that this user's t2s wrote.

    Raises:
        T2SError: there is none, or it cannot be read.
    """
    adopt_manifest(OwnFolder(folder))


def edited_files(skill: Path, source: SkillSource) -> tuple[str, ...] | None:
    """Files of *skill* that are not as we wrote them; None where its folder is no library that knows it.

    Raises:
        T2SError: there is a list of skills, and it cannot be read.
    """
    entry = read_manifest(OwnFolder(skill.absolute().parent)).skills.get(source.name)
    if entry is None or not entry.files:
        return None
    now = digests_in(source)
    return tuple(sorted(path for path in entry.files.keys() | now.keys() if entry.files.get(path) != now.get(path)))


def refuse_deprecated(folder: Path) -> None:
    """Refuse a skill that a library has set aside.

    Raises:
        T2SError: it has.
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
    """Note in a library where the recordings behind its skills are stored.

    Raises:
        T2SError: it cannot be written.
    """
    own = OwnFolder(folder)
    data = f"{workspace.resolve()}\n".encode("utf-8", "surrogateescape")
    if own.path.is_dir() and bytes_of(own.workspace) != data:
        write_atomic(own.workspace, data)


def workspace_of(folder: Path) -> Path | None:
    """Return where the recordings behind the skills of a library are stored; None where that is not known."""
    data = bytes_of(OwnFolder(folder).workspace)
    return None if data is None else Path(data.decode("utf-8", "surrogateescape").rstrip("\n"))


def _nothing_to_do(own: OwnFolder, wanted: Mapping[str, Skill], planner: Planner) -> list[Step] | None:
    """Return the steps of a change that changes nothing; None where there is something to do."""
    if not own.manifest.exists() or has_left(own.library, WORKING):
        return None
    manifest = read_manifest(own)
    if manifest.pending or bytes_of(own.old_manifest) is not None:
        return None
    steps = [planner.step(situation) for situation in situations(own, manifest, wanted)]
    is_change = any(step.touches or step.events for step in steps) or manifest_after(steps) != manifest
    return None if is_change else steps


def _changed(own: OwnFolder, wanted: Mapping[str, Skill], planner: Planner, *, at: str) -> list[Step]:
    """Change a library whose lock is held."""
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
    """Refuse a skill that would be written anywhere else than below its folder: names are data, and no paths."""
    for name in (skill.name, *(part for file in skill.files for part in file.path.split("/"))):
        if not is_plain_name(name):
            refuse(folder, f"a skill has a file or folder called {name!r}")
