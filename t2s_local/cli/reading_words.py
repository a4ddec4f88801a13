"""Word the report on reading: trajectories, and files and records that were left out, with the reasons."""

from collections import Counter
from collections.abc import Sequence

from t2s_local.ports.format import Drift, Passed
from t2s_local.stages.intake.catalogue import Report
from t2s_local.text.text import clip, counted

UNSURE = 0.6
"""Certainty below which a file of an unknown format is shown as a warning (decision 0103)."""
_SHOWN = 20
"""Number of lines of one kind on stderr; further lines are only counted."""
_FEW = 3
"""Largest number of files or kinds of records that are all listed; otherwise only the most frequent are."""
_LONGEST_KIND = 48
_VERBOSE = "(-v names each)"


def account(report: Report, *, n_trajectories: int, verbose: bool = False) -> list[str]:
    """Return lines on everything that was read or left out, with the reasons.

    Args:
        report: Report on every part of every file.
        n_trajectories: Number of trajectories.
        verbose: Whether every file without a trajectory and every kind of record without a step has its own line.
    """
    trajectories = "trajectory" if n_trajectories == 1 else "trajectories"
    return [
        *left_out(report, verbose=verbose),
        f"{n_trajectories:,} {trajectories} from {counted(report.n_files, 'file')}",
    ]


def left_out(report: Report, *, verbose: bool = False) -> list[str]:
    """Return lines on records that were left out, joined, cut or labelled; arguments as for :func:`account`."""
    lines = [f"{item.path}{'' if item.line is None else f':{item.line}'}: {item.reason}" for item in report.quarantined]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"… and {len(lines) - _SHOWN} more that could not be read"]
    lines += _without_trajectory(report, verbose=verbose)
    lines += _without_step(report.passed, verbose=verbose)
    lines += _drifted(report.drift)
    lines += _guessed(report)
    if report.n_collapsed:
        lines.append(f"{counted(report.n_collapsed, 'repeated run')} left out")
    if report.n_joined:
        lines.append(f"{counted(report.n_joined, 'recording')} joined to the run they go on")
    if report.n_branches:
        lines.append(f"{counted(report.n_branches, 'run')} cut to what differs from the run they branch off")
    if report.n_labelled_beside:
        lines.append(
            f"{counted(report.n_labelled_beside, 'run')} labelled by files that lie among the inputs (`--labels FILE`"
            " names others)"
        )
    elif report.n_labelled or report.n_labels_unmatched:
        verb = "matches" if report.n_labels_unmatched == 1 else "match"
        unmatched = f", {counted(report.n_labels_unmatched, 'label')} {verb} no run"
        lines.append(f"{counted(report.n_labelled, 'run')} labelled{unmatched if report.n_labels_unmatched else ''}")
    if report.n_labels_conflicting:
        unlabelled = counted(report.n_labels_conflicting, "run")
        lines.append(f"{unlabelled} left unlabelled because labels disagree or name several runs")
    return lines


def _without_trajectory(report: Report, *, verbose: bool) -> list[str]:
    """Return lines on files without a trajectory: by name if they are few, otherwise by their most frequent content."""
    if verbose or len(report.unrecognised) <= _FEW:
        return [f"{item.path}: no trajectory, {item.seen}" for item in report.unrecognised]
    kinds = Counter(item.seen for item in report.unrecognised)
    return [f"{counted(len(report.unrecognised), 'file')} without a trajectory: {_most(kinds)} {_VERBOSE}"]


def _without_step(passed: Sequence[Passed], *, verbose: bool) -> list[str]:
    """Return lines on records without a step: every kind if they are few, otherwise the most frequent kinds."""
    kinds = Counter({item.record: item.count for item in passed})
    if verbose:
        return [f"Records without a step: {count:,} {kind}" for kind, count in kinds.items()]
    if len(kinds) <= _FEW:
        return [f"Passed over, as they hold no step of a run: {_most(kinds)} records"] if kinds else []
    total = counted(kinds.total(), "record")
    return [f"Passed over: {total} of {len(kinds)} kinds that hold no step of a run: {_most(kinds)} {_VERBOSE}"]


def _drifted(drift: Sequence[Drift]) -> list[str]:
    """Return lines on kinds of records that no reader knows yet, one for each kind and version."""
    lines = [
        f"{' '.join(filter(None, (one.agent, one.version)))} writes `{clip(one.record, _LONGEST_KIND)}` records"
        f" that are not read yet: {one.count:,}"
        for one in drift[:_SHOWN]
    ]
    if len(drift) > _SHOWN:
        lines.append(f"… and {counted(len(drift) - _SHOWN, 'more kind')} of records that are not read yet")
    return lines


def _most(kinds: Counter[str]) -> str:
    """Return a phrase with the most frequent *kinds* and the number of others."""
    ranked = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = _FEW if len(ranked) > _FEW + 1 else len(ranked)
    named = [f"{count:,} {clip(kind, _LONGEST_KIND)}" for kind, count in ranked[:shown]]
    if rest := ranked[shown:]:
        named.append(f"{sum(count for _, count in rest):,} of {len(rest)} other kinds")
    return "; ".join(named)


def _guessed(report: Report) -> list[str]:
    """Return lines on files the fallback reader is unsure of, with the reasons, and the number of the other files."""
    unsure = [guess for guess in report.guesses if guess.certainty < UNSURE]
    lines = []
    for guess in unsure[:_SHOWN]:
        sureness = f"read as an unknown format, {100 * guess.certainty:.0f} % sure"
        lines.append(f"Warning: {guess.path}: {sureness}: {'; '.join(guess.reasons)}")
    if len(unsure) > _SHOWN:
        lines.append(f"Warning: {counted(len(unsure) - _SHOWN, 'more file')} of an unknown format read with doubt")
    if sure := len(report.guesses) - len(unsure):
        lines.append(f"{counted(sure, 'file')} of an unknown format, at least {100 * UNSURE:.0f} % sure")
    return lines
