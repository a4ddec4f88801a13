"""Accept the proposed edits that improve a skill on held-out recordings (level L1)."""

from collections.abc import Callable, Sequence
from pathlib import Path

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
from t2s_local.values.gates.results import GateLevel
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
    level: GateLevel = "L1"
    is_accepted: bool
    reason: str
    """The gate's reason, a short fixed word."""
    net: float | None
    """Net of the skill with this edit alone; None if no run has the situation of a rule of the skill."""
    current: float
    """Net of the skill without the edit."""
    n_runs: int
    """Number of held-out runs with the situation of a rule of the skill."""

    def in_words(self) -> str:
        """Return the level, both nets and the number of runs as a phrase."""
        if self.net is None:
            return f"level {self.level}: no run has the situation"
        return (
            f"level {self.level}: net {self.current:+.2f} before, {self.net:+.2f} after, {counted(self.n_runs, 'run')}"
        )


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
        folders = [_copied(library, name, place / "now" / name, None) for name in names]
        folders += [
            _copied(library, item.skill, place / str(number) / item.skill, item)
            for number, item in enumerate(proposals)
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
    answers = [
        Answer(
            name=one.id, verdict="accepted", reason=f"level L1, net {one.current:+.2f} before and {one.net:+.2f} after"
        )
        for one in judged
        if one.is_accepted
    ]
    if answers:
        with read_workspace(workspace) as store:
            decide(store, library, answers, at=at, unassessed=True)
    return tuple(judged)


def _gated(item: ProposedEdit, found: StrictRecorded) -> GatedEdit:
    return GatedEdit(
        id=item.id,
        is_accepted=found.verdict in ("accept", "accept_new_best"),
        reason=found.reason,
        net=found.net,
        current=found.current,
        n_runs=found.n_runs,
    )


def _copied(library: Path, name: str, target: Path, item: ProposedEdit | None) -> Path:
    """Copy a skill to *target*, with the proposed edit *item* unless it is None."""
    source = read_source(library / name)
    made = {} if item is None else apply_patch(source.raw, [item.edit]).after
    files = {path: data for path, data in {**source.raw, **made}.items() if data is not None}
    build_folder(target, files, programs=source.programs)
    return target
