"""What a run of the main job says when it is over."""

from collections.abc import Mapping

import click

from t2s_local.analysts.llm import advice
from t2s_local.cli.account import left_out
from t2s_local.cli.job import Job
from t2s_local.cli.output import print_json, say
from t2s_local.runs.manifest import Manifest
from t2s_local.runs.result import READING, RunResult

_SHOWN = 5


def say_result(result: RunResult, *, verbose: bool) -> None:
    """Say on stderr what went in, what came out and what was lost on the way.

    Args:
        result: What the run came to.
        verbose: Name every file and every kind of record that was left out.
    """
    for line in left_out(result.report, verbose=verbose):
        say(line)
    say(" → ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in result.funnel.counts.items()))
    if result.redactions:
        counts = ", ".join(f"{count:,} {rule}" for rule, count in result.redactions.items())
        say(f"Redacted: {counts}.")
    for loss in result.funnel.losses:
        if loss.stage != READING:
            say(f"  {loss.stage:>8}: {loss.count:,} × {loss.reason}")
    say(f"Grouped by {result.algorithm}.")
    for line in told_of_model(result):
        say(line)
    if not result.skills:
        say(f"No skill was written: {_why_none(result)}")


def _why_none(result: RunResult) -> str:
    if not result.funnel.counts["lessons"]:
        return "no lesson was found."
    return "no rule has enough support. --min-support lowers what is asked for."


def told_of_model(result: RunResult) -> list[str]:
    """What a run with a model says about it: the questions it never answered, and whether it reads badly."""
    lines = [f"No answer of use: {item}" for item in result.parked[:_SHOWN]]
    if len(result.parked) > _SHOWN:
        lines.append(
            f"… and {len(result.parked) - _SHOWN} more questions without an answer of use; --json has them all"
        )
    stated = result.by_analyst.get(result.analyst, 0)
    told = advice(stated, result.funnel.losses) if result.analyst == "llm" else None
    return lines if told is None else [*lines, told]


def print_result(
    job: Job,
    plan: Manifest,
    result: RunResult,
    *,
    changes: Mapping[str, object],
    seconds: float,
    as_json: bool,
) -> None:
    """Print the folders of the skills, one a line, or everything as one JSON object."""
    if not as_json:
        for skill in result.skills:
            click.echo(str(job.out / skill.name))
        return
    print_json(
        {
            "run": plan.id,
            "skills": [
                {
                    "name": skill.name,
                    "path": str(job.out / skill.name),
                    "lessons": len(skill.lesson_ids),
                    "support": skill.support,
                    "trajectories": result.funnel.counts["trajectories"],
                }
                for skill in result.skills
            ],
            "changes": changes,
            "funnel": {"counts": result.funnel.counts, "losses": result.funnel.losses},
            "skipped": {
                "quarantined": result.report.quarantined,
                "unrecognised": result.report.unrecognised,
            },
            "redactions": result.redactions,
            "parked": result.parked,
            "analyst": result.analyst,
            "writer": result.writer,
            "embedder": result.embedder,
            "device": result.device,
            "seconds": round(seconds, 3),
        }
    )
