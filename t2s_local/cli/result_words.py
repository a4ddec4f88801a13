"""Print the result of a run of the main job."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click

from t2s_local.cli.guiding.summary import loss_lines, summary_lines
from t2s_local.cli.output import print_json, say
from t2s_local.cli.reading_words import account, left_out
from t2s_local.runs.result import RunResult
from t2s_local.runs.session import NoTrajectoryError, RunOutcome
from t2s_local.safety.redaction.secrets import SEEN_AGAIN
from t2s_local.text.text import counted

_SHOWN = 5
_SKIPPED = 20
_LONGEST = 240
"""Largest number of characters of a candidate that are shown."""


def say_result(result: RunResult, *, candidates: str, verbose: bool) -> None:
    """Print the result of a run and everything that was left out on stderr.

    Args:
        result: Result of the run.
        candidates: Command that lists the rules in no skill.
        verbose: Whether every omitted file and kind of record, and counts and losses of every stage are listed.
    """
    for line in left_out(result.report, verbose=verbose):
        say(line)
    for line in summary_lines(result, candidates=candidates):
        say(line)
    for line in loss_lines(result) if verbose else ():
        say(line)
    if result.redactions:
        say(redaction_line(result.redactions))
    for line in (*focus_lines(result), *model_lines(result), *_held_lines(result)):
        say(line)


def redaction_line(counts: Mapping[str, int]) -> str:
    """Return a line on the number of places that were redacted, by the name of the rule."""
    again = counts.get(SEEN_AGAIN, 0)
    named = [f"{count:,} {rule}" for rule, count in counts.items() if rule != SEEN_AGAIN]
    repeated = [f"{counted(again, 'place')} that {'repeats' if again == 1 else 'repeat'} one of them"] if again else []
    return f"Redacted, before anything was stored: {', '.join([*named, *repeated])}."


def focus_lines(result: RunResult) -> list[str]:
    """Return lines on the share of runs a model was asked about, and on the other tasks with their priority."""
    focus = result.focus
    if focus is None:
        return []
    alone = " There was no model to ask: code reads every run." if result.analyst == "mined" else ""
    if focus.reason is not None:
        return [f"In focus is everything, since {focus.reason}.{alone}"]
    skipped = [task for task in focus.tasks if not task.is_asked]
    share = focus.n_characters_asked / max(1, focus.n_characters)
    asked = f"{focus.n_asked:,} of {counted(focus.n_runs, 'run')}, {100 * share:.0f} % of the text"
    named = ", ".join(f"{task.task} ({task.priority:.2f})" for task in skipped[:_SKIPPED])
    more = f", and {len(skipped) - _SKIPPED} more, which --json has" if len(skipped) > _SKIPPED else ""
    return [f"In focus are {asked}.{alone}", f"Not in focus, with their priority: {named}{more}."]


def model_lines(result: RunResult) -> list[str]:
    """Return lines on the model of a run: its unanswered questions, and advice if it reads badly."""
    lines = question_lines(result.parked, result.n_unasked)
    if result.n_unworded:
        skills = counted(result.n_unworded, "skill")
        lines.append(f"{skills} without the model's words. The same command asks for them.")
    return lines if result.advice is None else [*lines, result.advice]


def question_lines(parked: Sequence[str], n_unasked: int) -> list[str]:
    """Return lines on the questions to a model without a useful answer, and on those that were not asked."""
    lines = [f"No answer of use: {item}" for item in parked[:_SHOWN]]
    if len(parked) > _SHOWN:
        lines.append(f"… and {len(parked) - _SHOWN} more questions without an answer of use; --json has them all")
    if n_unasked:
        asked = counted(n_unasked, "question")
        lines.append(f"The time for questions was over: {asked} left. The same command asks them.")
    return lines


def _held_lines(result: RunResult) -> list[str]:
    """Return lines on the lessons that are held back because their action is risky."""
    ordered = sorted(result.held, key=lambda item: (-item.n_runs, item))
    lines = [
        f"Candidate, not written: {_short(item.text)} ({counted(item.n_runs, 'run')}; {item.reason})"
        for item in ordered
    ]
    more = len(lines) - _SHOWN
    return (
        lines if more <= 0 else [*lines[:_SHOWN], f"… and {more} more candidates that are risky; --json has them all"]
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def print_result(outcome: RunOutcome, *, changes: Mapping[str, object], as_json: bool) -> None:
    """Print the folders of the skills, one in each line, or the whole result as one JSON object.

    A skill that waits, or that `t2s govern` set aside, has no folder.
    """
    result = outcome.result
    if not as_json:
        absent = {name for item in outcome.libraries for name in (*item.written.waiting, *item.written.retired)}
        for skill in result.skills:
            if skill.name not in absent:
                click.echo(str(outcome.folders[skill.name]))
        return
    print_json(
        {
            "run": outcome.id,
            "skills": [
                {
                    "name": skill.name,
                    "path": str(outcome.folders[skill.name]),
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
            "stated": result.by_analyst,
            "parked": result.parked,
            "unasked": {"questions": result.n_unasked, "skills": result.n_unworded},
            "held": result.held,
            "focus": result.focus,
            "analyst": result.analyst,
            "writer": result.writer,
            "embedder": result.embedder,
            "device": result.device,
            "seconds": round(outcome.seconds, 3),
        }
    )


@contextmanager
def words_for_nothing(*, verbose: bool) -> Iterator[None]:
    """Print the report on reading if the block finds no trajectory."""
    try:
        yield
    except NoTrajectoryError as error:
        for line in account(error.report, n_trajectories=0, verbose=verbose):
            say(line)
        raise
