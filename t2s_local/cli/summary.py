"""What a run of the main job says when it is over."""

import click

from t2s_local.analysts.llm import advice
from t2s_local.cli.job import Job
from t2s_local.cli.output import print_json, say
from t2s_local.cli.read import account
from t2s_local.stages.run import Manifest, RunResult


def say_result(result: RunResult) -> None:
    """Say on stderr what went in, what came out and what was lost on the way."""
    for line in account(result.report, n_trajectories=result.funnel.counts["trajectories"]):
        say(line)
    say(" → ".join(f"{count} {name.replace('_', ' ')}" for name, count in result.funnel.counts.items()))
    if result.redactions:
        counts = ", ".join(f"{count} {rule}" for rule, count in result.redactions.items())
        say(f"Redacted: {counts}.")
    for loss in result.funnel.losses:
        say(f"  {loss.stage:>8}: {loss.count} × {loss.reason}")
    say(f"Grouped by {result.algorithm}.")
    told = advice(result.funnel.counts["lessons"], result.funnel.losses) if result.analyst == "llm" else None
    if told is not None:
        say(told)
    if not result.skills:
        say("No skill was written: no rule has enough support. --min-support lowers what is asked for.")


def print_result(job: Job, plan: Manifest, result: RunResult, *, seconds: float, as_json: bool) -> None:
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
            "funnel": {"counts": result.funnel.counts, "losses": result.funnel.losses},
            "skipped": {
                "quarantined": result.report.quarantined,
                "unrecognised": result.report.unrecognised,
            },
            "redactions": result.redactions,
            "analyst": result.analyst,
            "writer": result.writer,
            "embedder": result.embedder,
            "device": result.device,
            "seconds": round(seconds, 3),
        }
    )
