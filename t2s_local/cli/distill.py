"""``t2s distill`` and ``t2s demo``: trajectories in, skills out."""

from importlib import resources
from pathlib import Path

import click

from t2s_local.cli.backends import tools_for
from t2s_local.cli.engine import fit_options
from t2s_local.cli.harvested import with_harvest
from t2s_local.cli.job import Job, share_of
from t2s_local.cli.options import json_option, project_settings, quiet_option, setting, verbose_option
from t2s_local.cli.output import say
from t2s_local.cli.preview import preview
from t2s_local.cli.work import run
from t2s_local.errors import UsageError
from t2s_local.ports.analyst import Placement

_out = click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder the skills go to.")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--harvest", "harvests", is_flag=True, help="Take what is new of the conversations on this machine.")
@click.option(
    "--project", type=click.Path(path_type=Path), help="With --harvest: only conversations about this folder."
)
@click.option(
    "--since", metavar="TIME", help="With --harvest: of what is new, only what changed since: 2026-01-31, 7d."
)
@_out
@setting("model")
@fit_options
@setting("embedder")
@setting("algorithm")
@click.option("--format", "format_name", help="Format of the files; found out by content where it is not given.")
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
    out: Path,
    model: str,
    embedder: str,
    algorithm: str,
    format_name: str | None,
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
    learned from what has not changed is remembered. Conversations that are gone from the disk no longer count.
    """
    _check_input(paths, harvests=harvests, narrowed=project is not None or since is not None)
    if decided := project_settings():
        say(decided)
    job = Job(
        paths=paths,
        out=out,
        labels=labels,
        format_name=format_name,
        workspace=Path(workspace),
        min_support=min_support,
        seed=seed,
        restart=restart,
        allow_changed=allow_changed,
        share=None if shard is None else share_of(shard),
        quiet=quiet,
        verbose=verbose,
        allow=allow,
        redact_extra=redact_extra,
        redact_names=redact_names,
        keep_text=keep_text,
    )
    if harvests:
        job = with_harvest(job, project=project, since=since)
    placement = Placement(actors=actors, gpus_per_actor=gpus_per_actor, address=address)
    tools = tools_for(
        model=model, embedder=embedder, algorithm=algorithm, seed=seed, executor=executor, placement=placement
    )
    return preview(job, tools, as_json=as_json) if dry_run else run(job, tools, as_json=as_json)


def _check_input(paths: tuple[Path, ...], *, harvests: bool, narrowed: bool) -> None:
    if not paths and not harvests:
        message = "no PATHS to read"
        raise UsageError(message, hint="Name files or folders, or take what is on this machine with --harvest.")
    if narrowed and not harvests:
        message = "--project and --since go with --harvest"
        raise UsageError(message, hint="Add --harvest, or name the files that you mean.")


@click.command()
@click.option("-o", "--out", default="skills-demo", type=click.Path(path_type=Path), help="Folder the skills go to.")
@setting("workspace")
@json_option
@verbose_option
@quiet_option
def demo(*, out: Path, workspace: str, as_json: bool, verbose: bool, quiet: bool) -> int:
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
            verbose=verbose,
        )
        return run(job, tools_for(model="none", embedder="static", algorithm="auto"), as_json=as_json)
