"""``t2s demo``: turn the trajectories that ship with t2s into skills."""

from importlib import resources
from pathlib import Path

import click

from t2s_local.cli.distill import distill_job
from t2s_local.cli.guiding.next_steps import after_demo
from t2s_local.cli.options import command_line, json_option, quiet_option, setting, verbose_option
from t2s_local.cli.output import say
from t2s_local.cli.report import page_option
from t2s_local.config import Settings
from t2s_local.runs.job import Job
from t2s_local.runs.plugins import Choice, open_tools, say_nothing


@click.command()
@click.option("-o", "--out", default="skills-demo", type=click.Path(path_type=Path), help="Folder the skills go to.")
@click.option("--model", default="none", show_default=True, help="Model that takes part, as for `t2s distill`.")
@setting("workspace")
@page_option
@json_option
@verbose_option
@quiet_option
def demo(*, out: Path, model: str, workspace: str, page: Path | None, as_json: bool, verbose: bool, quiet: bool) -> int:
    """Turn the trajectories that ship with t2s into skills."""
    with resources.as_file(resources.files("t2s_local").joinpath("samples")) as samples:
        settings = Settings()
        job = Job(
            paths=(samples,),
            out=out,
            labels=samples / "labels.csv",
            workspace=Path(workspace),
            min_support=settings.min_support,
            seed=settings.seed,
            command=command_line(),
        )
        choice = Choice(model=model, embedder=settings.embedder, algorithm=settings.algorithm)
        with open_tools(choice, say=say, detail=say if verbose else say_nothing) as tools:
            return distill_job(job, tools, page=page, as_json=as_json, quiet=quiet, verbose=verbose, closing=after_demo)
