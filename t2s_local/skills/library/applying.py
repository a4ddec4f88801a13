"""Carry out a change of a library, and complete the records of an interrupted change."""

import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from t2s_local.files import PRIVATE_FILE, PRIVATE_FOLDER
from t2s_local.skills.folder import build_folder, overlay_folder
from t2s_local.skills.library.evidence_log import append, read_log
from t2s_local.skills.library.manifest import LibraryManifest, OwnedSkill, Pending, note
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.plan import Step
from t2s_local.skills.library.survey import lying
from t2s_local.skills.library.texts import Texts, digests_in
from t2s_local.skills.library.versions import write_index
from t2s_local.skills.working_folder import change

WORKING = ".t2s-library."
"""Beginning of the names of working folders."""


def settle(own: OwnFolder, manifest: LibraryManifest) -> LibraryManifest:
    """Update manifest and log to the state an interrupted change reached; the caller holds the lock."""
    if not manifest.pending:
        return manifest
    skills = dict(manifest.skills)
    for name, pending in manifest.pending.items():
        source = lying(own.library, name)
        if (None if source is None else digests_in(source)) != pending.lies:
            continue
        if not _is_told(own, pending):
            append(own.log, pending.events)
        if pending.skill is None:
            skills.pop(name, None)
        else:
            skills[name] = pending.skill
    settled = LibraryManifest(skills=skills)
    note(own, settled)
    write_index(own)
    return settled


def apply(own: OwnFolder, manifest: LibraryManifest, steps: Sequence[Step]) -> None:
    """Carry out *steps* under the caller's lock; if the process is killed, each skill is either old or new.

    Raises:
        T2SError: a file cannot be written.
        OSError: a file or folder cannot be written or renamed.
    """
    texts = Texts(own.texts)
    for kept in (kept for step in steps for kept in step.kept):
        texts.keep(kept.tree, kept.files)
    touching = [step for step in steps if step.touches]
    if touching:
        note(own, msgspec.structs.replace(manifest, pending={step.name: step.pending for step in touching}))
        _move_in(own, touching)
    events = [event for step in steps for event in step.events]
    if events:
        append(own.log, events)
    note(own, manifest_after(steps, without(manifest.skills, {step.name for step in steps})))
    write_index(own)
    own.old_manifest.unlink(missing_ok=True)
    for step in touching:
        if not step.is_set_aside and (own.deprecated / step.name).is_dir():
            shutil.rmtree(own.deprecated / step.name)


def without(entries: Mapping[str, OwnedSkill], names: Collection[str]) -> dict[str, OwnedSkill]:
    """Return *entries* without the skills in *names*."""
    return {name: entry for name, entry in entries.items() if name not in names}


def _move_in(own: OwnFolder, steps: Sequence[Step]) -> None:
    """Build the changed folders in a working folder, then rename each into its place."""
    with change(own.library, WORKING) as under_way:
        for step in steps:
            _build(own, step, under_way.prepared(step.name))
        for step in steps:
            if step.is_set_aside:
                under_way.remove(step.name)
            else:
                under_way.put(step.name)


def manifest_after(steps: Iterable[Step], untouched: Mapping[str, OwnedSkill] | None = None) -> LibraryManifest:
    """Return the manifest after *steps*.

    Args:
        steps: All steps of the change.
        untouched: Entries of skills without a step.
    """
    entries = {step.name: step.entry for step in steps if step.entry is not None}
    return LibraryManifest(skills=dict(sorted({**(untouched or {}), **entries}.items())))


def _is_told(own: OwnFolder, pending: Pending) -> bool:
    """Return whether the log contains all events of an interrupted change."""
    known = {msgspec.json.encode(msgspec.structs.replace(event, prev=None)) for event in read_log(own.log)}
    return all(msgspec.json.encode(event) in known for event in pending.events)


def _build(own: OwnFolder, step: Step, prepared: Path) -> None:
    """Build the new folder of a skill, or copy a skill that is set aside to the folder of deprecated skills."""
    target = own.library / step.name
    if step.is_set_aside:
        own.deprecated.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        _copy_privately(target, own.deprecated / step.name)
    elif step.is_overlay:
        overlay_folder(target, prepared, step.files or {})
    else:
        files = {path: data for path, data in (step.files or {}).items() if data is not None}
        build_folder(prepared, files, programs=step.programs)


def _copy_privately(folder: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(folder, target, symlinks=True)
    for path in (target, *target.rglob("*")):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
