"""``t2s gate``: what skills are worth, at four honest levels."""

from contextlib import ExitStack
from pathlib import Path

import click

from t2s_local.cli.gating.recorded_words import print_recorded
from t2s_local.cli.options import command_line, json_option, setting
from t2s_local.cli.output import print_json, say
from t2s_local.cli.reading_words import account
from t2s_local.cli.skills import FINDINGS, skill_folders
from t2s_local.errors import UsageError
from t2s_local.runs.auditing.stored import stored_trajectories, workspaces_of
from t2s_local.runs.gating.noting import note_results, recorded_notes
from t2s_local.runs.gating.recorded import RecordedJob, measure_recorded
from t2s_local.runs.plugins import load_embedder
from t2s_local.stages.intake.catalogue import Report

MODES = ("recorded",)


@click.command()
@click.argument("paths", metavar="SKILL_DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--runs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Held-out recordings, that nothing was learned from; may be given again.",
)
@click.option("--mode", type=click.Choice(MODES), default="recorded", show_default=True, help="What is measured.")
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@click.option(
    "--train", multiple=True, type=click.Path(path_type=Path), help="Runs the skills were learned from, to see a leak."
)
@setting("workspace")
@setting("embedder")
@click.option("--no-note", is_flag=True, help="Keep no result beside the library of the skills.")
@json_option
def gate(
    paths: tuple[Path, ...],
    *,
    runs: tuple[Path, ...],
    mode: str,
    labels: Path | None,
    train: tuple[Path, ...],
    workspace: str,
    embedder: str,
    no_note: bool,
    as_json: bool,
) -> int:
    """Measure what skills are worth. Exit code 4 when a skill is rejected.

    SKILL_DIR is a skill's folder, or a folder of skills.

    With --mode recorded (level L1), each rule is held against recordings that nothing was learned from: failures it
    would have caught, because its situation came and its action did not, and successes that contradict it. A task or
    a conversation that is also among the training runs is an error. The result is noted in the library of a skill.
    """
    skills = tuple(skill_folders(paths))
    if not runs:
        message = f"--mode {mode} needs recordings"
        raise UsageError(message, hint="Name those that nothing was learned from: --runs RUNS.")
    with ExitStack() as opened:
        places = workspaces_of(skills, Path(workspace))
        stored = opened.enter_context(stored_trajectories(places)) if places else None
        job = RecordedJob(
            skills=skills, runs=runs, labels=labels, train=train, stored=stored, embedder=load_embedder(embedder)
        )
        found = measure_recorded(job, say_reading=_say_reading)
    if not no_note:
        note_results(skills, recorded_notes(found.skills, command=command_line()))
    if as_json:
        print_json({"mode": mode, "level": "L1", "n_runs": found.n_runs, "skills": found.skills, "notes": found.notes})
    else:
        print_recorded(found)
    return FINDINGS if any(skill.verdict == "reject" for skill in found.skills) else 0


def _say_reading(report: Report, n_runs: int) -> None:
    for line in account(report, n_trajectories=n_runs):
        say(line)
