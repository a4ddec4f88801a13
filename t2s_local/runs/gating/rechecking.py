"""Measure the noted gate results of a skill again, if the recordings of the measurement still exist."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import T2SError
from t2s_local.runs.gating.noting import recorded_figures, strict_figures
from t2s_local.runs.gating.recorded import RecordedJob, measure_recorded
from t2s_local.skills.evidence import PATH
from t2s_local.skills.library.gates.notes import read_notes
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.rulebook import Finding
from t2s_local.skills.source import MAIN, read_source
from t2s_local.stages.gates.modes.strict_recorded import judge
from t2s_local.stages.gates.rules import gated_skill
from t2s_local.values.gates.note import GateNote
from t2s_local.values.gates.results import SkillCatch

_EFFECT = "Effect under a local model (L2)"
"""Beginning of the line in the evidence of a rule that states its effect."""


class Rechecked(NamedTuple):
    """Findings on noted figures that are wrong, and notes on all other figures."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def recheck(folder: Path) -> Rechecked:
    """Measure the noted figures of level L1 of a skill again, and list the figures that cannot be measured again.

    Raises:
        InputError: the skill cannot be read.
        T2SError: the library's file of results was damaged or changed.
    """
    source = read_source(folder)
    digest = gated_skill(source, folder).digest
    findings: list[Finding] = []
    notes: list[str] = []
    for noted in read_notes(OwnFolder(folder.absolute().parent)):
        if noted.skill != source.name:
            continue
        name = f"{source.name}: the {noted.level} figures of `t2s gate --mode {noted.mode}`"
        if noted.digest != digest:
            notes.append(f"{name} are of an earlier text of the skill: gate it again.")
        elif noted.level == "L1":
            _recheck(noted, folder, name, findings, notes)
        else:
            needs = "a model" if noted.level == "L2" else "your own program"
            command = f"cd {shlex.quote(noted.folder)} && {shlex.join(noted.command)}"
            notes.append(f"{name} cannot be measured again here, for they need {needs}. To repeat them: {command}")
    n_effects = source.texts.get(PATH, "").count(_EFFECT)
    if n_effects:
        notes.append(
            f"{source.name}: {n_effects} L2 figures in its evidence cannot be measured again here, for they need the"
            " model that wrote it. `t2s gate --mode logprob` measures its rules on other runs."
        )
    return Rechecked(tuple(findings), tuple(notes))


def _recheck(noted: GateNote, folder: Path, name: str, findings: list[Finding], notes: list[str]) -> None:
    labels = None if noted.labels is None else Path(noted.labels)
    paths = tuple(map(Path, noted.runs))
    against = None if noted.against is None else Path(noted.against)
    gone = [path for path in (*paths, labels, against) if path is not None and not path.exists()]
    if gone or not paths:
        where = f": {gone[0]} is gone" if gone else ""
        notes.append(f"{name} cannot be measured again{where}.")
        return
    try:
        skills = (folder,) if against is None else (folder, against)
        found = measure_recorded(RecordedJob(skills=skills, runs=paths, labels=labels)).skills
    except T2SError as error:
        notes.append(f"{name} cannot be measured again: {error}.")
        return
    if len(found) > 1 and noted.against_digest is not None and found[1].digest != noted.against_digest:
        notes.append(f"{name} cannot be measured again: the skill that it was compared with has changed.")
        return
    now = _figures(found, noted)
    wrong = [f"{key} {noted.figures.get(key)} is {now[key]}" for key in now if noted.figures.get(key) != now[key]]
    if wrong:
        message = f"the L1 figures that were noted do not come again: {', '.join(wrong)}"
        findings.append(Finding(path=MAIN, line=None, rule="gate-wrong", severity="error", message=message))
    else:
        notes.append(f"{name} come again.")


def _figures(found: Sequence[SkillCatch], noted: GateNote) -> dict[str, float | int | None]:
    """Return the figures of a skill, and of the skill that it was compared with if there is one, as they are noted."""
    if noted.mode == "recorded":
        return recorded_figures(found[0])
    known = found[1] if len(found) > 1 else None
    return strict_figures(judge(found[0], known, best=None, allows_regression=True))
