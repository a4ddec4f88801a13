"""``t2s audit``: check skills by the audit's book of rules, or a workflow file against recordings."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from click.core import ParameterSource

from t2s_local.cli.auditing.words import print_audits
from t2s_local.cli.auditing.workflow import compare_workflow
from t2s_local.cli.options import Decorator, json_option, setting, verbose_option
from t2s_local.cli.output import print_json, say
from t2s_local.cli.reading_words import account
from t2s_local.cli.skills import FINDINGS, print_book, skill_folders
from t2s_local.errors import InputError, NothingFoundError, T2SError, UsageError
from t2s_local.runs.auditing.auditing import AuditJob, audit_skills
from t2s_local.runs.auditing.stored import StoredTrajectories, stored_trajectories, workspaces_of
from t2s_local.skills.installing.agent_folders import AGENTS, project_folder, user_folder
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.audit import book
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.stages.check.audit.recorded.later import LaterRuns
from t2s_local.stages.gates.split import APART
from t2s_local.stages.graph.rendering import FORM
from t2s_local.stages.intake.read_all import read
from t2s_local.text.text import join_words
from t2s_local.values.trajectory import Trajectory


def _runs(name: str, said: str) -> Decorator:
    """Return an option that names recordings, and may be repeated."""
    return click.option(name, multiple=True, type=click.Path(path_type=Path), help=f"{said}; may be given again.")


@click.command()
@click.argument("paths", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))
@_runs("--train", "Runs the skills were learned from")
@_runs("--heldout", "Runs that nothing was learned from, such as later ones")
@_runs("--pdi", "Runs of repeated attempts, whose index PDI is printed")
@click.option("--project", type=click.Path(path_type=Path), help="Folder of the project the skills are about.")
@click.option(
    "--installed",
    metavar="AGENT|DIR",
    help=f"Agent ({', '.join(AGENTS)}), or the folder it reads skills from, to compare with.",
)
@click.option("--harness", is_flag=True, help="Look at provenance, triggers, granted tools and evidence too.")
@_runs("--runs", "Recordings that a workflow is compared with")
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@click.option("--list", "as_list", is_flag=True, help="Print the rule book and stop.")
@setting("workspace")
@json_option
@verbose_option
def audit(
    paths: tuple[Path, ...],
    *,
    train: tuple[Path, ...],
    heldout: tuple[Path, ...],
    pdi: tuple[Path, ...],
    project: Path | None,
    installed: str | None,
    harness: bool,
    runs: tuple[Path, ...],
    labels: Path | None,
    as_list: bool,
    workspace: str,
    as_json: bool,
    verbose: bool,
) -> int:
    """Say what is wrong with skills, by one book of rules; lint, scan and verify are run too.

    SKILL_DIR is a skill's folder, or a folder of skills. With --train, skills are held against the runs behind them,
    and with --heldout against later ones: a rule is stale where its situation came again and nothing it names did.
    Exit code 4 when a rule of the book that is an error is broken, or lint, scan or verify fails.

    With --runs, SKILL_DIR is an intermediate file of `t2s graph --ir`, or a skill rendered from one, and its workflow
    is compared with recordings: coverage is the share of recorded transitions that it has. ΔW names a transition that
    it lacks, ΔS parts of it that do not agree, ΔA a tool or path that no recording names.
    """
    if as_list:
        print_book(book(), as_json=as_json)
        return 0
    if runs:
        return compare_workflow(_form(paths), runs, labels=labels, as_json=as_json)
    if named := [path for path in paths if path.is_file() and path.name != MAIN]:
        message = "no skill, and no recordings to compare a workflow with"
        raise UsageError(message, path=named[0], hint="Name the folder of a skill; or add --runs RUNS.")
    skills = skill_folders(paths)
    facts, later = _facts(train, heldout, labels, verbose=verbose)
    attempts = RecordedFacts(runs=_read(pdi, labels, verbose=verbose)) if pdi else None
    here = Path(workspace)
    is_named = click.get_current_context().get_parameter_source("workspace") not in _UNNAMED
    places = [here] if is_named else workspaces_of(skills, here)
    with ExitStack() as opened:
        stored = _stored(places, opened, is_named=is_named)
        job = AuditJob(
            facts=facts,
            attempts=attempts,
            later=later,
            project=_folder(project),
            installed=tuple(_installed(installed, project)),
            with_harness=harness,
            stored=stored,
        )
        found = audit_skills(skills, job)
    if as_json:
        print_json(found)
    else:
        print_audits(found, verbose=verbose)
    return FINDINGS if any(item.n_grave for item in found) else 0


_UNNAMED = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)


def _folder(project: Path | None) -> Path | None:
    """Return the folder of the project; None if none is named.

    Raises:
        InputError: there is no such folder.
    """
    if project is not None and not project.is_dir():
        message = "no such folder"
        raise InputError(message, path=project, hint="Name the folder of a project.")
    return project


def _installed(target: str | None, project: Path | None) -> list[Path]:
    """Return the folders of the skills that an agent has, for the user and in the project; empty if it has none.

    Raises:
        NothingFoundError: the named folder contains no skill.
    """
    if target is None:
        return []
    if target not in AGENTS:
        return skill_folders([Path(target)])
    places = [user_folder(target, home=Path.home(), environment=os.environ)]
    places += [project_folder(target, project)] if project is not None else []
    return [folder for place in places if place.is_dir() for folder in skill_folders([place])]


def _stored(places: Sequence[Path], opened: ExitStack, *, is_named: bool) -> StoredTrajectories | None:
    """Open the workspaces at *places*; an unreadable one is reported, and is an error only if the user named it.

    Raises:
        T2SError: the named workspace cannot be read.
    """
    try:
        return opened.enter_context(stored_trajectories(places)) if places else None
    except T2SError as error:
        if is_named:
            raise
        say(f"{error}: no quote is checked.")
        return None


def _form(paths: Sequence[Path]) -> Path:
    """Return the named workflow file, or the workflow file in the named skill."""
    if len(paths) != 1:
        message = "--runs compares one workflow with recordings"
        raise UsageError(message, hint="Name one intermediate file, or one skill that was rendered from one.")
    named = paths[0]
    if not named.is_dir():
        return named
    if not (named / FORM).is_file():
        message = f"a skill without {FORM}" if (named / MAIN).is_file() else "a folder, and no intermediate file"
        raise UsageError(message, path=named, hint="Leave --runs out: `t2s audit SKILL_DIR` audits skills of any kind.")
    return named / FORM


def _facts(
    train: Sequence[Path], heldout: Sequence[Path], labels: Path | None, *, verbose: bool
) -> tuple[RecordedFacts | None, LaterRuns | None]:
    """Return the facts of the training runs and of the held-out runs; None for runs that are not named.

    Raises:
        T2SError: a task or a run is in both the training runs and the held-out runs.
    """
    learned, kept = (_read(paths, labels, verbose=verbose) if paths else () for paths in (train, heldout))
    _refuse_shared(learned, kept)
    facts = RecordedFacts(runs=learned, heldout=kept) if learned else None
    return facts, LaterRuns(runs=kept) if kept else None


def _read(paths: Sequence[Path], labels: Path | None, *, verbose: bool) -> tuple[Trajectory, ...]:
    found = read(paths, labels=labels)
    for line in account(found.report, n_trajectories=len(found.trajectories), verbose=verbose):
        say(line)
    if not found.trajectories:
        message = f"no runs in {found.report.seen}"
        raise NothingFoundError(message, path=join_words(map(str, paths)), hint="`t2s read` shows what there is.")
    return found.trajectories


def _refuse_shared(learned: Sequence[Trajectory], kept: Sequence[Trajectory]) -> None:
    """Check that no run that was learned from is in the test.

    Raises:
        T2SError: a run, a task or a conversation is in both sets.
    """
    sides = [{key for run in runs for key in (run.id, run.task_id, run.session_id) if key} for runs in (learned, kept)]
    if shared := sorted(sides[0] & sides[1]):
        message = f"{shared[0]} is among the training runs and among the held-out runs"
        raise T2SError(message, hint=APART)
