"""Accept the proposed edits that a gate speaks for; at level L1 those that improve a skill on held-out recordings."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.runs.gating.recorded import RecordedJob, measure_recorded
from t2s_local.runs.reviewing.deciding import Answer, decide
from t2s_local.skills.folder import build_folder
from t2s_local.skills.patch.patch import apply_patch
from t2s_local.skills.source import read_source
from t2s_local.stages.gates.modes.strict_recorded import StrictRecorded, judge
from t2s_local.stages.intake.catalogue import Report
from t2s_local.text.text import counted
from t2s_local.user_files.scratch import scratch
from t2s_local.values.edit import ProposedEdit
from t2s_local.values.value import Value
from t2s_local.workspace import read_workspace


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """Recordings that edits are measured on."""

    runs: tuple[Path, ...]
    train: tuple[Path, ...]
    """Recordings the edits were learned from; a task or conversation that is also in *runs* is refused."""
    labels: Path | None
    embedder: Embedder


class GatedEdit(Value, frozen=True, kw_only=True):
    """Verdict of the gate on a proposed edit."""

    id: str
    level: Literal["L1", "L2", "L3"] = "L1"
    is_accepted: bool
    reason: str
    """The gate's reason, a short fixed word."""
    net: float | None
    """Figure of the skill with this edit alone; None if nothing could be measured.

    L1: net; L2: how much likelier the new rules make recorded actions, in nats a token; L3: mean score.
    """
    current: float | None
    """The same figure without the edit; at level L2 the gain of the placebo."""
    n_runs: int
    """Number of held-out runs that were measured; at level L3, number of trials with the edit."""

    def in_words(self) -> str:
        """Return the level, both figures and the number of runs as a phrase."""
        if self.net is None or self.current is None:
            lacking = "no trial has a score" if self.level == "L3" else "no run has the situation"
            return f"level {self.level}: {lacking}"
        signed = "" if self.level == "L3" else "+"
        figures = f"{self.current:{signed}.2f} before, {self.net:{signed}.2f} after"
        if self.level == "L2":
            figures = f"{self.net:+.2f} nats a token, placebo {self.current:+.2f}"
        name = {"L1": "net ", "L2": "", "L3": "mean score "}[self.level]
        noun = "trial" if self.level == "L3" else "run"
        return f"level {self.level}: {name}{figures}, {counted(self.n_runs, noun)}"


def apply_supported(
    library: Path,
    proposals: Sequence[ProposedEdit],
    held: HeldOut,
    *,
    workspace: Path,
    at: str,
    say_reading: Callable[[Report, int], None],
) -> tuple[GatedEdit, ...]:
    """Measure each edit by itself on held-out recordings, and accept edits that raise the net and lower no task's net.

    Args:
        library: Folder of the skills.
        proposals: Edits that wait in the library.
        held: The held-out recordings, and the recordings the edits were learned from.
        workspace: Workspace of the run that proposed the edits.
        at: Time, ISO 8601.
        say_reading: Called with the report on every file and the number of runs.

    Returns:
        Every edit with its verdict, in the order given.

    Raises:
        NothingFoundError: there is no held-out run.
        T2SError: a task or a conversation is in both sets, or an edit cannot be applied; edits accepted before remain.
    """
    names = sorted({item.skill for item in proposals})
    with scratch("deepen-") as place:
        folders = [copied(library, name, place / "now" / name, None) for name in names]
        folders += [
            copied(library, item.skill, place / str(number) / item.skill, item) for number, item in enumerate(proposals)
        ]
        job = RecordedJob(
            skills=tuple(folders), runs=held.runs, labels=held.labels, train=held.train, embedder=held.embedder
        )
        found = measure_recorded(job, say_reading=say_reading).skills
    now = dict(zip(names, found, strict=False))
    judged = [
        _gated(item, judge(one, now[item.skill], best=None, allows_regression=False))
        for item, one in zip(proposals, found[len(names) :], strict=True)
    ]
    accept(library, judged, workspace=workspace, at=at)
    return tuple(judged)


def accept(library: Path, judged: Sequence[GatedEdit], *, workspace: Path, at: str) -> None:
    """Accept the edits that passed, each with its figures as the reason.

    Raises:
        T2SError: an edit cannot be applied; edits accepted before remain.
    """
    answers = [Answer(name=one.id, verdict="accepted", reason=one.in_words()) for one in judged if one.is_accepted]
    if answers:
        with read_workspace(workspace) as store:
            decide(store, library, answers, at=at, unassessed=True)


def _gated(item: ProposedEdit, found: StrictRecorded) -> GatedEdit:
    return GatedEdit(
        id=item.id,
        is_accepted=found.verdict in ("accept", "accept_new_best"),
        reason=found.reason,
        net=found.net,
        current=found.current,
        n_runs=found.n_runs,
    )


def copied(library: Path, name: str, target: Path, item: ProposedEdit | None) -> Path:
    """Copy a skill to *target*, with the proposed edit *item* unless it is None."""
    source = read_source(library / name)
    made = {} if item is None else apply_patch(source.raw, [item.edit]).after
    files = {path: data for path, data in {**source.raw, **made}.items() if data is not None}
    build_folder(target, files, programs=source.programs)
    return target
