"""``t2s distill`` and ``t2s demo``: trajectories in, skills out."""

import time
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import click
import msgspec

from t2s_local.cli.backends import tools_for
from t2s_local.cli.options import json_option, quiet_option, setting
from t2s_local.cli.output import print_json, say
from t2s_local.cli.progress import shown
from t2s_local.cli.read import account, seen_instead
from t2s_local.errors import NothingFoundError
from t2s_local.files import file_digest, files_under
from t2s_local.ports import Progress
from t2s_local.safety.names import machine_names
from t2s_local.safety.rules import read_rules
from t2s_local.skills.folder import check_library, write_library
from t2s_local.stages.distill import Tools
from t2s_local.stages.distill import distill as distill_stage
from t2s_local.stages.read import find, read
from t2s_local.stages.redact import Sanitised, sanitise
from t2s_local.stages.run import Manifest, RunResult, manifest, run_result
from t2s_local.stages.slice import slice_all
from t2s_local.text import join_words
from t2s_local.types import Trajectory
from t2s_local.workspace import Workspace, open_workspace

_paths = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_out = click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder the skills go to.")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    paths: tuple[Path, ...]
    out: Path
    labels: Path | None
    format_name: str | None
    workspace: Path
    min_support: int
    seed: int
    restart: bool
    quiet: bool
    allow: tuple[str, ...] = ()
    redact_extra: Path | None = None


@click.command()
@_paths
@_out
@setting("model")
@setting("embedder")
@setting("algorithm")
@click.option("--format", "format_name", help="Format of the files; found out by content where it is not given.")
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says who succeeded.")
@setting("workspace")
@setting("min_support")
@setting("seed")
@click.option("--allow", multiple=True, metavar="RULE", help="Redaction rule that is not applied; may be repeated.")
@click.option("--redact-extra", type=click.Path(path_type=Path), help="File of further redaction rules.")
@click.option("--dry-run", is_flag=True, help="Read and count; write nothing.")
@click.option("--restart", is_flag=True, help="Do the work again instead of taking up what is stored.")
@json_option
@quiet_option
def distill(
    *,
    paths: tuple[Path, ...],
    out: Path,
    model: str,
    embedder: str,
    algorithm: str,
    format_name: str | None,
    labels: Path | None,
    workspace: str,
    min_support: int,
    seed: int,
    allow: tuple[str, ...],
    redact_extra: Path | None,
    dry_run: bool,
    restart: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Turn the trajectories in PATHS into Agent Skills in a folder.

    PATHS are files and folders of recorded runs, in any of the formats t2s reads. The same command again takes up
    where it stopped; on the same input it does no work and writes the same bytes.
    """
    job = Job(
        paths=paths,
        out=out,
        labels=labels,
        format_name=format_name,
        workspace=Path(workspace),
        min_support=min_support,
        seed=seed,
        restart=restart,
        quiet=quiet,
        allow=allow,
        redact_extra=redact_extra,
    )
    tools = tools_for(model=model, embedder=embedder, algorithm=algorithm)
    return preview(job, tools, as_json=as_json) if dry_run else run(job, tools, as_json=as_json)


@click.command()
@click.option("-o", "--out", default="skills-demo", type=click.Path(path_type=Path), help="Folder the skills go to.")
@setting("workspace")
@json_option
@quiet_option
def demo(*, out: Path, workspace: str, as_json: bool, quiet: bool) -> int:
    """Turn the trajectories that ship with t2s into skills."""
    with resources.as_file(resources.files("t2s_local").joinpath("samples")) as samples:
        job = Job(
            paths=(samples,),
            out=out,
            labels=samples / "labels.csv",
            format_name=None,
            workspace=Path(workspace),
            min_support=3,
            seed=0,
            restart=False,
            quiet=quiet,
        )
        return run(job, tools_for(model="none", embedder="static", algorithm="auto"), as_json=as_json)


def run(job: Job, tools: Tools, *, as_json: bool) -> int:
    """Run a job, write its skills and print where they are."""
    began = time.monotonic()
    check_library(job.out)
    plan = _manifest(job, tools)
    with open_workspace(job.workspace, command="t2s distill") as workspace, shown(quiet=job.quiet) as progress:
        stored = None if job.restart else workspace.run(plan.id)
        if stored is not None and stored.result is not None:
            result = msgspec.json.decode(stored.result, type=RunResult)
        else:
            result = _work(job, tools, plan, workspace, progress)
        written = write_library(job.out, result.skills)
    if not job.quiet:
        _say_result(result)
    _print(job, plan, result, seconds=time.monotonic() - began, as_json=as_json)
    if written.removed and not job.quiet:
        say(f"Removed, for lack of support: {', '.join(written.removed)}.")
    return 3 if result.report.quarantined else 0


def preview(job: Job, tools: Tools, *, as_json: bool) -> int:
    """Read a job's input and say what a run would work on."""
    readings = read(job.paths, format_name=job.format_name, labels=job.labels)
    slices = slice_all(readings.trajectories)
    counts = {
        "files": readings.report.n_files,
        "trajectories": len(readings.trajectories),
        "slices": len(slices),
        "units": len(tools.analyst.plan(slices)),
    }
    for line in account(readings.report, n_trajectories=len(readings.trajectories)):
        say(line)
    if as_json:
        print_json(counts)
    else:
        click.echo(" · ".join(f"{count} {name}" for name, count in counts.items()))
    return 3 if readings.report.quarantined else 0


def _manifest(job: Job, tools: Tools) -> Manifest:
    files = find(job.paths).files
    labels = None
    if job.labels is not None:
        named = [path for path in files_under(job.labels) if isinstance(path, Path)]
        labels = "".join(file_digest(path) for path in named)
    return manifest(
        tools,
        inputs=tuple((str(path), file_digest(path)) for path in files),
        labels=labels,
        format_name=job.format_name,
        min_support=job.min_support,
        seed=job.seed,
        allow=job.allow,
        redact_extra=None if job.redact_extra is None else file_digest(job.redact_extra),
    )


def _work(job: Job, tools: Tools, plan: Manifest, workspace: Workspace, progress: Progress) -> RunResult:
    workspace.start_run(plan.id, msgspec.json.encode(plan), now=time.time())
    progress.stage("read")
    readings = read(job.paths, format_name=job.format_name, labels=job.labels)
    if not readings.trajectories:
        for line in account(readings.report, n_trajectories=0):
            say(line)
        message = f"no trajectory in {seen_instead(readings.report)}"
        raise NothingFoundError(message, path=join_words(map(str, job.paths)), hint="See the README for the formats.")
    progress.step(len(readings.trajectories))
    clean = _sanitised(job, readings.trajectories)
    workspace.put_trajectories(clean.trajectories)
    distilled = distill_stage(
        clean.trajectories,
        tools,
        memory=workspace,
        known_names=workspace.names(),
        min_support=job.min_support,
        progress=progress,
        texts=clean.digest,
    )
    result = run_result(distilled, readings.report, tools, device="cpu", redactions=clean.redactions)
    workspace.put_names(result.names)
    workspace.finish_run(plan.id, msgspec.json.encode(result), now=time.time())
    return result


def _sanitised(job: Job, trajectories: Sequence[Trajectory]) -> Sanitised:
    extra = () if job.redact_extra is None else read_rules(job.redact_extra)
    return sanitise(trajectories, allow=frozenset(job.allow), extra=extra, names=machine_names())


def _say_result(result: RunResult) -> None:
    for line in account(result.report, n_trajectories=result.funnel.counts["trajectories"]):
        say(line)
    say(" → ".join(f"{count} {name.replace('_', ' ')}" for name, count in result.funnel.counts.items()))
    if result.redactions:
        counts = ", ".join(f"{count} {rule}" for rule, count in result.redactions.items())
        say(f"Redacted: {counts}.")
    for loss in result.funnel.losses:
        say(f"  {loss.stage:>8}: {loss.count} × {loss.reason}")
    say(f"Grouped by {result.algorithm}.")
    if not result.skills:
        say("No skill was written: no rule has enough support. --min-support lowers what is asked for.")


def _print(job: Job, plan: Manifest, result: RunResult, *, seconds: float, as_json: bool) -> None:
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
