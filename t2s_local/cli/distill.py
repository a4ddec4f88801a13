"""``t2s distill``: turn trajectories into skills."""

import shlex
from collections.abc import Callable
from pathlib import Path

import click

from t2s_local.cli.agents_md import as_option, check_file, file_of, file_option, rules_of_project
from t2s_local.cli.change_words import as_object, change_lines
from t2s_local.cli.distilling.hold_out import hold_out, hold_out_option, print_catches
from t2s_local.cli.distilling.shares import share_of
from t2s_local.cli.distilling.step_faults import STEPS_HELP, faults_in
from t2s_local.cli.fit_options import budget, fit_options, wishes
from t2s_local.cli.guiding.next_steps import after_run, workspace_option
from t2s_local.cli.harvest_choice import with_harvest
from t2s_local.cli.options import (
    command_line,
    format_option,
    json_option,
    map_option,
    project_settings,
    quiet_option,
    setting,
    verbose_option,
)
from t2s_local.cli.output import say
from t2s_local.cli.preview import preview
from t2s_local.cli.progress import Terminal
from t2s_local.cli.report import page_option, refuse_without_run, report_run
from t2s_local.cli.result_words import print_result, say_result, words_for_nothing
from t2s_local.errors import InputError, UsageError
from t2s_local.ports.analyst import Placement
from t2s_local.ports.tools import Tools
from t2s_local.runs.found_labels import label_hint
from t2s_local.runs.inputs import refuse_missing
from t2s_local.runs.job import Job
from t2s_local.runs.plugins import Choice, open_tools, say_nothing
from t2s_local.runs.result import RunResult
from t2s_local.runs.session import RunOutcome, run, run_share
from t2s_local.stages.extract.extract import Share
from t2s_local.values.layout import Layout

_out = click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder the skills go to.")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--harvest", "harvests", is_flag=True, help="Take what is new of the conversations on this machine.")
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    help="With --harvest: only conversations about this folder, or project of this name.",
)
@click.option(
    "--since", metavar="TIME", help="With --harvest: of what is new, only what changed since: 2026-01-31, 7d."
)
@click.option(
    "--into",
    type=click.Choice(["project"]),
    help="With --harvest: write skills of a project into the project, where its agent looks for them.",
)
@_out
@setting("model")
@fit_options
@setting("analyst")
@setting("writer")
@setting("judge_model")
@setting("embedder")
@setting("algorithm")
@format_option
@map_option
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says who succeeded.")
@setting("workspace")
@setting("min_support")
@setting("seed")
@setting("executor")
@setting("actors")
@setting("gpus_per_actor")
@click.option("--address", metavar="HOST:PORT", help="With --executor ray: a cluster of Ray that runs already.")
@click.option("--allow", multiple=True, metavar="RULE", help="Redaction rule that is not applied; may be repeated.")
@click.option("--redact-extra", type=click.Path(path_type=Path), help="File of further redaction rules.")
@click.option("--redact-names", is_flag=True, help="Redact names of people in prose too; needs the extra [pii].")
@click.option(
    "--no-keep-text",
    "keep_text",
    flag_value=False,
    default=True,
    help="Once the skills are written, keep only digests: the same command then does all work again.",
)
@as_option
@file_option
@click.option("--review", is_flag=True, help="Write only rules that were accepted in `t2s review`.")
@click.option("--steps", type=click.Path(path_type=Path), help=STEPS_HELP)
@click.option(
    "--focus",
    is_flag=True,
    help="Ask a model about tasks that end differently or badly alone; what that loses was not measured with a model.",
)
@page_option
@hold_out_option
@click.option("--dry-run", is_flag=True, help="Read, try a part, say what the run will take; make no run.")
@click.option(
    "--restart", is_flag=True, help="Do the work again from the start; the old result stays until it is done."
)
@click.option("--allow-changed", is_flag=True, help="Go on though files, model or settings of a stopped run changed.")
@click.option("--shard", metavar="I/N", help="Do only the I-th of N shares, without skills; see `t2s runs merge`.")
@json_option
@verbose_option
@quiet_option
def distill(
    *,
    paths: tuple[Path, ...],
    harvests: bool,
    project: Path | None,
    since: str | None,
    into: str | None,
    out: Path,
    model: str,
    analyst: str,
    writer: str,
    judge_model: str,
    embedder: str,
    algorithm: str,
    format_name: str | None,
    layout: Layout | None,
    labels: Path | None,
    workspace: str,
    min_support: int,
    seed: int,
    executor: str,
    actors: int,
    gpus_per_actor: float,
    address: str | None,
    allow: tuple[str, ...],
    redact_extra: Path | None,
    redact_names: bool,
    keep_text: bool,
    form: str | None,
    file: Path | None,
    review: bool,
    steps: Path | None,
    focus: bool,
    page: Path | None,
    dry_run: bool,
    restart: bool,
    allow_changed: bool,
    shard: str | None,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Turn the trajectories in PATHS into Agent Skills in a folder.

    PATHS are files and folders of recorded runs, in any of the formats t2s reads. The same command again takes up
    where it stopped; on the same input it does no work and writes the same bytes.

    With --harvest, PATHS may be left out. The conversations `t2s harvest` finds are listed with their sizes; the run
    is made when some are new or have grown since this workspace took them (exit code 10 when none are). It reads
    those and all it took before, of --project where that is given, so that skills of earlier runs stay; what was
    learned from what has not changed is remembered. Conversations that are gone from the disk no longer count. Without
    --project, every project gets a library of its own below the folder (or, with --into project, in the project), and
    what holds in several goes to the library `common`. Unless --workspace is named, it is the user's own.

    With --as agents-md, facts of the project and wishes of its users are also written as a marked block of lines to
    --file, or to AGENTS.md in the output folder; no line outside the block is touched.
    """
    _check_input(paths, labels, harvests=harvests, narrowed=not (project is None and since is None and into is None))
    check_file(form, file, is_of_many=harvests and project is None)
    if decided := project_settings():
        say(decided)
    job = Job(
        paths=paths,
        out=out,
        labels=labels,
        format_name=format_name,
        layout=layout,
        workspace=Path(workspace),
        min_support=min_support,
        seed=seed,
        command=command_line(),
        restart=restart,
        allow_changed=allow_changed,
        allow=allow,
        redact_extra=redact_extra,
        redact_names=redact_names,
        keep_text=keep_text,
        budget=budget(),
        review=review,
        hold_out=hold_out(),
        focus=focus,
    )
    share = None if shard is None else share_of(shard)
    if harvests:
        job = with_harvest(job, project=project, since=since, into_projects=into is not None, quiet=quiet)
    placement = Placement(actors=actors, gpus_per_actor=gpus_per_actor, address=address)
    choice = Choice(
        model=model,
        embedder=embedder,
        algorithm=algorithm,
        analyst=analyst,
        writer=writer,
        judge_model=judge_model,
        seed=seed,
        executor=executor,
        placement=placement,
        faults={} if steps is None else faults_in(steps),
        wishes=wishes(),
    )
    refuse_without_run(page, has_run=not dry_run and shard is None)
    with open_tools(choice, say=say, detail=say if verbose else say_nothing) as tools:
        if dry_run:
            return preview(job, tools, as_json=as_json, quiet=quiet, verbose=verbose)
        if share is not None:
            return _distill_share(job, tools, share, quiet=quiet, verbose=verbose)
        lines = None if form is None else file or out / "AGENTS.md"
        return distill_job(job, tools, lines=lines, page=page, as_json=as_json, quiet=quiet, verbose=verbose)


def distill_job(
    job: Job,
    tools: Tools,
    *,
    as_json: bool,
    lines: Path | None = None,
    page: Path | None = None,
    quiet: bool = False,
    verbose: bool = False,
    closing: Callable[[Job, RunResult], None] = after_run,
) -> int:
    """Run a job, print the folders of its skills, and return the exit code.

    Args:
        job: The job.
        tools: The plug-ins.
        as_json: Whether the result is printed as JSON.
        lines: File of instructions that also gets the rules of the project; None to write no such file.
        page: File for the report page; None to write no report page.
        quiet: Whether no progress is shown.
        verbose: Whether everything that was left out is listed.
        closing: Prints the suggested next command.
    """
    with words_for_nothing(verbose=verbose):
        outcome = run(job, tools, Terminal(quiet=quiet))
    if not job.keep_text:
        say("No text is kept: this run cannot be resumed, explained or verified.")
    if not quiet:
        _say_outcome(job, outcome, verbose=verbose)
        print_catches(outcome.catches)
    changes = as_object(outcome.libraries, outcome.result.clusters, outcome.previous)
    print_result(outcome, changes=changes, as_json=as_json)
    if lines is not None:
        skills = {skill.name: skill for skill in outcome.result.skills}
        for item in outcome.libraries:
            target = file_of(Path(item.folder)) if job.places else lines
            rules_of_project([skills[name] for name in item.skills], target, as_json=as_json)
    report_run(job.workspace, outcome.id, page)
    if not quiet:
        closing(job, outcome.result)
    return InputError.exit_code if outcome.result.report.quarantined else 0


def _say_outcome(job: Job, outcome: RunOutcome, *, verbose: bool) -> None:
    """Print the result of a run and its changes."""
    if verbose and outcome.compared is not None:
        say(outcome.compared)
    place = workspace_option(job.workspace)
    say_result(outcome.result, candidates=f"t2s candidates{place}", verbose=verbose)
    if (hint := label_hint(job, outcome.result.report)) is not None:
        say(hint)
    for line in change_lines(outcome.libraries, outcome.result.clusters, outcome.previous, verbose=verbose):
        say(line)


def _distill_share(job: Job, tools: Tools, share: Share, *, quiet: bool, verbose: bool) -> int:
    """Run a share of a job, print how to merge the shares, and return the exit code."""
    with words_for_nothing(verbose=verbose):
        done = run_share(job, tools, share, Terminal(quiet=quiet))
    say(f"Share {share.number} of {share.of} is done: {done.n_units} units.")
    say(f"`t2s runs merge {shlex.quote(str(job.workspace))} --workspace …` takes it over.")
    return InputError.exit_code if done.report.quarantined else 0


def _check_input(paths: tuple[Path, ...], labels: Path | None, *, harvests: bool, narrowed: bool) -> None:
    if not paths and not harvests:
        message = "no PATHS to read"
        raise UsageError(message, hint="Name files or folders, or take what is on this machine with --harvest.")
    if narrowed and not harvests:
        message = "--project, --since and --into go with --harvest"
        raise UsageError(message, hint="Add --harvest, or name the files that you mean.")
    refuse_missing((*paths, *([] if labels is None else [labels])))
