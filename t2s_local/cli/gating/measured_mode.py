"""The modes of ``t2s gate`` that run the user's evaluation command."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import click

from t2s_local.cli.gating.eval_options import chosen, evaluation, listed_tasks
from t2s_local.cli.gating.measured_words import print_measured
from t2s_local.cli.options import command_line
from t2s_local.cli.output import print_json, say
from t2s_local.cli.skills import FINDINGS, skill_folders
from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.runs.gating.measured import TRIALS, EvalMode, MeasuredJob, measure_evaluated
from t2s_local.runs.gating.noting import measured_notes, note_results
from t2s_local.runs.gating.recorded import RecordedJob, held_out_tasks
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.safety.characters import one_line
from t2s_local.text.text import counted

_REJECTED = frozenset({"reject", "remove", "inert"})
CACHE = "gate_scores.jsonl"
"""Name of the file in the workspace that stores scores."""


def gate_measured(
    mode: str, read: RecordedJob, *, workspace: Path, embedder: str, seed: int, is_noted: bool, as_json: bool
) -> int:
    """Score skills with the user's command, print the verdicts, and return the exit code.

    Args:
        mode: The mode.
        read: The skills, and the held-out runs, whose tasks are used if no file of tasks is named.
        workspace: Folder that scores are stored in.
        embedder: Name of the embedder.
        seed: Seed of the first trial; each further trial uses the next number.
        is_noted: Whether results are noted in the skills' libraries.
        as_json: Whether the result is printed as JSON.
    """
    known = cast(EvalMode, mode)
    values = chosen()
    if known == "replay" and not values["eval_cmd"]:
        return _unassessed(read.skills, as_json=as_json)
    options = evaluation(f"--mode {mode}", without="--mode recorded (L1) and --mode logprob (L2)")
    single = [skill_folders([values[name]])[0] if values[name] else None for name in ("against",)]
    job = MeasuredJob(
        mode=known,
        skills=read.skills,
        tasks=_tasks(values["tasks"], read),
        options=options,
        trials=values["trials"] or TRIALS[known],
        seed=seed,
        cache=workspace / CACHE,
        against=single[0],
        library=_library(values["library"]),
        metric=values["metric"],
        w=values["w"],
        best=values["best"],
        allows_regression=values["allow_regression"],
        rejects_ties=values["ties"] == "reject",
        with_placebo=not values["no_placebo"],
        embedder=load_embedder(embedder) if known == "marginal" else None,
    )
    found = measure_evaluated(job, say_plan=_say_plan)
    if is_noted:
        note_results(read.skills, measured_notes(found.skills, mode=mode, command=command_line()))
    if as_json:
        print_json(
            {
                "mode": mode,
                "level": "L3",
                "n_trials": found.n_trials,
                "missing": found.missing,
                "skills": found.skills,
            }
        )
    else:
        print_measured(found, mode=mode)
    verdicts = {skill.verdict for skill in found.skills}
    return FINDINGS if verdicts & _REJECTED else NothingFoundError.exit_code if verdicts == {"insufficient"} else 0


def _unassessed(skills: Sequence[Path], *, as_json: bool) -> int:
    """Print that changes were not measured because there is no evaluation command, and return the exit code."""
    if as_json:
        found = [{"skill": folder.name, "path": str(folder), "verdict": "unassessed"} for folder in skills]
        print_json({"mode": "replay", "level": None, "skills": found})
    else:
        for folder in skills:
            click.echo(one_line(f"{folder.name}  unassessed"))
        say("Nothing was measured: --eval-cmd names your own program; --mode recorded (L1) needs recordings alone.")
    return 0


def _say_plan(n_trials: int, n_arms: int) -> None:
    say(f"{counted(n_trials, 'trial')} in {counted(n_arms, 'arm')}; those measured before are not run again.")


def _tasks(file: Path | None, read: RecordedJob) -> tuple[str, ...]:
    """Return the tasks in *file*, or of the held-out runs if *file* is None.

    Raises:
        UsageError: neither a file nor held-out runs are named.
    """
    if file is not None:
        return listed_tasks(file)
    if not read.runs:
        message = "no tasks to measure on"
        raise UsageError(message, hint="Name a file with a task a line, --tasks FILE, or held-out runs, --runs RUNS.")
    return held_out_tasks(read)


def _library(folder: Path | None) -> Path | None:
    """Return the folder of the library to compare with; None if none is named.

    Raises:
        InputError: there is no such folder, or it contains no skill.
    """
    if folder is not None:
        skill_folders([folder])
    return folder
