"""Note results of gates in the libraries of the skills."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from t2s_local.skills.library.gates.notes import note
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.stages.gates.modes.strict_recorded import StrictRecorded
from t2s_local.values.gates.note import GateNote
from t2s_local.values.gates.results import SkillCatch
from t2s_local.values.gates.scores import MeasuredSkill
from t2s_local.values.gates.supports import SkillSupport


def note_results(skills: Sequence[Path], found: Sequence[GateNote]) -> None:
    """Store each result in the library of its skill; results of skills outside a t2s library are not stored.

    Args:
        skills: Folders of the skills.
        found: Results, one for each skill in the same order.

    Raises:
        T2SError: a library's own folder cannot be written.
    """
    libraries: dict[Path, list[GateNote]] = {}
    for folder, item in zip(skills, found, strict=True):
        libraries.setdefault(folder.absolute().parent, []).append(item)
    for library, items in libraries.items():
        own = OwnFolder(library)
        if own.path.is_dir():
            note(own, items)


def recorded_notes(
    found: Sequence[SkillCatch], *, command: tuple[str, ...], runs: Sequence[Path], labels: Path | None
) -> list[GateNote]:
    """Return notes on results of level L1, with the paths of the recordings so that they can be measured again."""
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    return [
        GateNote(
            skill=item.skill,
            mode="recorded",
            level="L1",
            digest=item.digest,
            verdict=item.verdict,
            figures=recorded_figures(item),
            command=command,
            folder=str(Path.cwd()),
            runs=tuple(str(path.absolute()) for path in runs),
            labels=None if labels is None else str(labels.absolute()),
            at=now,
        )
        for item in found
    ]


def recorded_figures(item: SkillCatch) -> dict[str, float | int | None]:
    """Return the counts and the net of a result of level L1 by name."""
    return {
        "caught": item.caught.n,
        "failures": item.caught.of,
        "contradicts": item.contradicts.n,
        "successes": item.contradicts.of,
        "net": item.net,
    }


def measured_notes(found: Sequence[MeasuredSkill], *, mode: str, command: tuple[str, ...]) -> list[GateNote]:
    """Return notes on results of level L3 for the libraries of the skills."""
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    return [
        GateNote(
            skill=item.skill,
            mode=mode,
            level="L3",
            digest=item.digest,
            verdict=item.verdict,
            reason=item.reason,
            figures=measured_figures(item),
            command=command,
            folder=str(Path.cwd()),
            at=now,
        )
        for item in found
    ]


def measured_figures(item: MeasuredSkill) -> dict[str, float | int | None]:
    """Return figures of a result of level L3 by name: count and mean of each arm, tasks that gained and that lost."""
    names = ("before", "after", "placebo")
    means = {f"mean_{name}": arm.mean for name, arm in zip(names, item.arms, strict=False)}
    counts = {f"n_{name}": arm.n for name, arm in zip(names, item.arms, strict=False)}
    return {**counts, **means, "better": item.n_better, "worse": item.n_worse, **item.figures}


def strict_notes(
    found: Sequence[StrictRecorded],
    *,
    command: tuple[str, ...],
    runs: Sequence[Path],
    labels: Path | None,
    against: Path | None,
    known: SkillCatch | None,
) -> list[GateNote]:
    """Return notes on verdicts by the net of level L1, with all paths so that the nets can be measured again.

    Args:
        found: The verdicts.
        command: Arguments of the command.
        runs: Held-out recordings.
        labels: File or folder with the labels of the recordings; None if there are none.
        against: Folder of the skill with which the judged skills were compared; None for no skill.
        known: Result of the skill in *against*; None for no skill.
    """
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    return [
        GateNote(
            skill=item.skill,
            mode="strict",
            level="L1",
            digest=item.digest,
            verdict=item.verdict,
            reason=item.reason,
            figures=strict_figures(item),
            command=command,
            folder=str(Path.cwd()),
            runs=tuple(str(path.absolute()) for path in runs),
            labels=None if labels is None else str(labels.absolute()),
            against=None if against is None else str(against.absolute()),
            against_digest=None if known is None else known.digest,
            at=now,
        )
        for item in found
    ]


def strict_figures(item: StrictRecorded) -> dict[str, float | int | None]:
    """Return both nets and the number of runs of a verdict of level L1 by name."""
    return {"net": item.net, "current": item.current, "runs": item.n_runs}


def support_notes(found: Sequence[SkillSupport], *, command: tuple[str, ...]) -> list[GateNote]:
    """Return notes on results of level L2 for the libraries of the skills."""
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    return [
        GateNote(
            skill=item.skill,
            mode="logprob",
            level="L2",
            digest=item.digest,
            verdict=item.verdict,
            figures={
                "runs": item.n_runs,
                "above": item.n_above,
                "support": item.support,
                "placebo": item.placebo,
            },
            command=command,
            folder=str(Path.cwd()),
            at=now,
        )
        for item in found
    ]
