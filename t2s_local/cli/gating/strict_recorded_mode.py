"""``t2s gate --mode strict`` without an evaluation command: judge skills by their net on held-out recordings."""

from collections.abc import Callable

import msgspec

from t2s_local.cli.gating.eval_options import chosen
from t2s_local.cli.options import command_line
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.skills import FINDINGS, skill_folders
from t2s_local.runs.gating.noting import note_results, strict_notes
from t2s_local.runs.gating.recorded import RecordedJob, measure_recorded
from t2s_local.stages.gates.modes.strict_recorded import StrictRecorded, judge
from t2s_local.stages.intake.catalogue import Report
from t2s_local.text.text import clip

_HEAD = ("SKILL", "NET", "CURRENT", "RUNS", "VERDICT", "WHY")


def gate_strict_recorded(
    job: RecordedJob, *, say_reading: Callable[[Report, int], None], is_noted: bool, as_json: bool
) -> int:
    """Judge skills by their net, print the verdicts, and return the exit code."""
    values = chosen()
    current = skill_folders([values["against"]])[:1] if values["against"] else []
    found = measure_recorded(msgspec.structs.replace(job, skills=(*current, *job.skills)), say_reading=say_reading)
    known = found.skills[0] if current else None
    judged = [
        judge(one, known, best=values["best"], allows_regression=values["allow_regression"])
        for one in found.skills[len(current) :]
    ]
    if is_noted:
        against = current[0] if current else None
        command = command_line()
        noted = strict_notes(judged, command=command, runs=job.runs, labels=job.labels, against=against, known=known)
        note_results(job.skills, noted)
    if as_json:
        print_json({"mode": "strict", "level": "L1", "n_runs": found.n_runs, "skills": judged, "notes": found.notes})
    else:
        _print(judged)
        for text in found.notes:
            say(f"{text[:1].upper()}{text[1:]}.")
        say("Level L1: nets of caught and contradicted recordings, no success rate. --eval-cmd measures scores (L3).")
    return FINDINGS if any(one.verdict == "reject" for one in judged) else 0


def _print(judged: list[StrictRecorded]) -> None:
    rows = [
        (
            one.skill,
            "-" if one.net is None else f"{one.net:+.2f}",
            f"{one.current:+.2f}",
            str(one.n_runs),
            one.verdict.replace("_", " "),
            one.reason.replace("_", " "),
        )
        for one in judged
    ]
    print_table(_HEAD, rows, right=frozenset({1, 2, 3}))
    for one in judged:
        for task in [task for task in one.tasks if task.after < task.before][:3]:
            change = f"net {task.before:+d} before, {task.after:+d} after"
            say(f"{one.skill}: worst on task {clip(task.task, 60)!r}: {change}.")
