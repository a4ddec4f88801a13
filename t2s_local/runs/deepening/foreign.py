"""Import a foreign patch: check it as a whole, and store the patched skill as a version that waits."""

from pathlib import Path

import msgspec

from t2s_local.errors import InputError, NothingFoundError, T2SError
from t2s_local.files import open_regular, reason_of
from t2s_local.skills.library.library import note_workspace
from t2s_local.skills.library.one_skill.history import files_diff
from t2s_local.skills.library.one_skill.proposed_edits import propose_version
from t2s_local.skills.patch.foreign import apply_foreign, read_patch
from t2s_local.skills.patch.patch import Patched
from t2s_local.skills.patch.placing import Refused
from t2s_local.skills.source import LARGEST_FILE, SkillSource, read_source
from t2s_local.stages.check.scan import at_or_above, scan
from t2s_local.workspace import open_workspace

COMMAND = "t2s deepen --patch"


class PatchOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of importing a foreign patch: the patched files, the refused edits and the diff."""

    library: str
    skill: str
    made: Patched
    diff: tuple[str, ...]
    """Lines of a unified diff from the current skill to the version that waits."""


def take_patch(library: Path, name: str, file: Path, *, keep_headings: bool, workspace: Path, at: str) -> PatchOutcome:
    """Store the patched skill as a version that waits for a person; the skill itself is not changed.

    Args:
        library: Folder that contains the skill's folder.
        name: Name of the skill's folder.
        file: The patch.
        keep_headings: Whether an edit that removes a heading is refused.
        workspace: Workspace that the waiting version is reviewed from; created if it does not exist.
        at: Time, ISO 8601.

    Raises:
        InputError: the patch cannot be read, or its format is not known.
        NothingFoundError: the patch changes nothing, and no edit of it was refused.
        T2SError: the patch changes a place no patch may change, would do harm, or cannot be stored; nothing is written.
    """
    source = read_source(library / name)
    try:
        patch = read_patch(_bytes(file))
        made = apply_foreign(source, patch, keep_headings=keep_headings)
    except InputError as error:
        raise InputError(error.message, path=file, hint=error.hint) from error
    except Refused as error:
        message = f"refused ({error.reason}): {error.detail}"
        raise T2SError(message, path=file, hint="Nothing was written.") from error
    if made.after:
        _refuse_harm(source, made, file)
        with open_workspace(workspace, command=COMMAND):
            propose_version(library, name, made, reason="a patch from elsewhere", at=at, command=COMMAND)
            note_workspace(library, workspace)
    elif not made.refused:
        message = "changes nothing"
        raise NothingFoundError(message, path=file)
    return PatchOutcome(
        library=str(library),
        skill=name,
        made=made,
        diff=tuple(files_diff(source.raw, {**source.raw, **made.after}, name)),
    )


def _refuse_harm(source: SkillSource, made: Patched, file: Path) -> None:
    """Refuse a patch that adds a risk which `t2s scan` rates as high.

    Raises:
        T2SError: the patched skill has such a risk and the skill before did not.
    """
    raw = {path: data for path, data in sorted({**source.raw, **made.after}.items()) if data is not None}
    after = msgspec.structs.replace(source, raw=raw, sizes={path: len(data) for path, data in raw.items()})
    known = {(risk.path, risk.rule, risk.message) for risk in scan(source)}
    for risk in at_or_above(scan(after), "high"):
        if (risk.path, risk.rule, risk.message) not in known:
            message = f"refused ({risk.rule}): {risk.path} {risk.message}"
            raise T2SError(message, path=file, hint="Nothing was written; `t2s scan --list` explains the rule.")


def _bytes(file: Path) -> bytes:
    try:
        with open_regular(file) as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(reason_of(error), path=file) from error
    if len(data) > LARGEST_FILE:
        message = f"larger than {LARGEST_FILE:,} bytes"
        raise InputError(message, path=file)
    return data
