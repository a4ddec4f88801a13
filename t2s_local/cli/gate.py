"""``t2s gate``: measure the value of skills at one of four levels of evidence."""

from contextlib import ExitStack
from pathlib import Path

import click
import msgspec

from t2s_local.cli.gating.calibration import calibrate_judge as calibrated
from t2s_local.cli.gating.eval_options import chosen, eval_options
from t2s_local.cli.gating.logprob_mode import gate_logprob
from t2s_local.cli.gating.measured_mode import gate_measured
from t2s_local.cli.gating.recorded_words import is_decided, print_recorded
from t2s_local.cli.gating.strict_recorded_mode import gate_strict_recorded
from t2s_local.cli.options import command_line, json_option, setting
from t2s_local.cli.output import print_json, say
from t2s_local.cli.reading_words import account
from t2s_local.cli.skills import FINDINGS, skill_folders
from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.runs.auditing.stored import stored_trajectories, workspaces_of
from t2s_local.runs.gating.noting import note_results, recorded_notes
from t2s_local.runs.gating.recorded import RecordedJob, measure_recorded
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.stages.intake.catalogue import Report

MODES = ("recorded", "logprob", "strict", "deploy", "marginal", "loo", "replay")


@click.command()
@click.argument("paths", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))
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
@eval_options
@setting("workspace")
@setting("embedder")
@setting("model")
@setting("seed")
@click.option("--calibrate-judge", is_flag=True, help="Measure whether --model could judge skills, and stop.")
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
    model: str,
    seed: int,
    calibrate_judge: bool,
    no_note: bool,
    as_json: bool,
) -> int:
    """Measure what skills are worth. Exit code 4 when a skill is rejected, 10 when nothing is decided.

    SKILL_DIR is a skill's folder, or a folder of skills.

    With --mode recorded (level L1), each rule is held against recordings that nothing was learned from: failures it
    would have caught, because its situation came and its action did not, and successes that contradict it. A task or
    a conversation that is also among the training runs is an error. The result is noted in the library of a skill.

    With --mode logprob (level L2), a local model scores the call that followed a rule's situation in runs that
    succeeded: with the rule's words, without them, and with as many tokens about other work.

    The other modes (level L3) run your own program once a trial. --eval-cmd has {skill}, a copy of the skill's folder
    (an empty one for the arm without a skill, a folder of skills with marginal and loo), {task} and {seed}; the last
    line that it prints is a score from 0 to 1. What prints none, fails or takes too long is missing and never 0.
    Scores are kept in the workspace, so that the same command goes on where it was stopped.

    \b
    strict    accept only what scores above --against (or no skill) and above a placebo, and lowers no task;
              from 20 trials an arm on, and where chance would bring the gain in at most 5 of 100 cases;
              without --eval-cmd by the net of --runs (level L1)
    deploy    the same with 5 trials a task, before a skill is handed out
    marginal  what a skill adds to those of --library; the best fifth of the candidates that gain
    loo       leave each skill of a library out: keep, rewrite or remove
    replay    a changed skill on the tasks it was changed for: 3 points for a failure that became a success
    """  # noqa: D301 - click takes the control character for "keep these lines"
    if calibrate_judge:
        return calibrated(model, as_json=as_json)
    skills = tuple(skill_folders(paths))
    with ExitStack() as opened:
        places = workspaces_of(skills, Path(workspace))
        stored = opened.enter_context(stored_trajectories(places)) if places else None
        job = RecordedJob(skills=skills, runs=runs, labels=labels, train=train, stored=stored)
        if mode == "logprob":
            return gate_logprob(job, model=model, say_reading=_say_reading, is_noted=not no_note, as_json=as_json)
        if mode == "strict" and runs and not chosen()["eval_cmd"]:
            return gate_strict_recorded(job, say_reading=_say_reading, is_noted=not no_note, as_json=as_json)
        if mode != "recorded":
            return gate_measured(
                mode,
                job,
                workspace=Path(workspace),
                embedder=embedder,
                seed=seed,
                is_noted=not no_note,
                as_json=as_json,
            )
        return _gate_recorded(job, embedder=embedder, is_noted=not no_note, as_json=as_json)


def _gate_recorded(job: RecordedJob, *, embedder: str, is_noted: bool, as_json: bool) -> int:
    if not job.runs:
        message = "--mode recorded needs recordings"
        raise UsageError(message, hint="Name those that nothing was learned from: --runs RUNS.")
    job = msgspec.structs.replace(job, embedder=load_embedder(embedder))
    found = measure_recorded(job, say_reading=_say_reading)
    if is_noted:
        noted = recorded_notes(found.skills, command=command_line(), runs=job.runs, labels=job.labels)
        note_results(job.skills, noted)
    if as_json:
        skills, notes = found.skills, found.notes
        print_json({"mode": "recorded", "level": "L1", "n_runs": found.n_runs, "skills": skills, "notes": notes})
    else:
        print_recorded(found)
    if any(skill.verdict == "reject" for skill in found.skills):
        return FINDINGS
    return 0 if is_decided(found.skills) else NothingFoundError.exit_code


def _say_reading(report: Report, n_runs: int) -> None:
    for line in account(report, n_trajectories=n_runs):
        say(line)
