"""Print a line after a command that suggests the next command."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.guiding.excerpt import excerpt
from t2s_local.cli.output import say
from t2s_local.config import defaults
from t2s_local.runs.job import Job
from t2s_local.runs.result import RunResult
from t2s_local.user_files.folders import conversations_workspace
from t2s_local.workspace import STORE

_AGENTS = "codex, cursor and gemini too"


def say_next(text: str) -> None:
    """Print *text*, a command in backquotes and its purpose, as the suggested next step."""
    say(f"Next: {text}")


def after_run(job: Job, result: RunResult) -> None:
    """Suggest the next step after a run: view and install skills, or list the candidates."""
    place = workspace_option(job.workspace)
    if result.skills:
        say_next(
            f"`t2s review {_word(job.out)}` asks you about each rule, then `t2s install {_word(job.out)} --to claude`"
            f" ({_AGENTS}) puts the skills where the agent reads them."
        )
    elif result.lessons:
        say_next(f"`t2s candidates{place}` shows every rule in full; `t2s review{place}` lets you accept one by hand.")
    else:
        say_next("`t2s read PATH -v` shows what the recordings hold; `t2s demo` shows what comes of others.")


def after_demo(job: Job, result: RunResult) -> None:
    """Print the folder of the demo's skills, the rules of one skill, and the suggested next step."""
    if result.skills:
        one = min(result.skills, key=lambda skill: len("".join(excerpt(skill))))
        say(f"The skills are in {job.out}/, a folder each. From {job.out}/{one.name}/SKILL.md:")
        for line in excerpt(one):
            click.echo(line, err=True)
    say_next(f"`t2s harvest` lists your own conversations; `t2s verify {_word(job.out)}` checks each quote of these.")


def after_harvest(project: Path | None) -> None:
    """Suggest the next step after a list of conversations; *project* is their only project, or None."""
    only = "" if project is None else f" --project {_word(project)}"
    say_next(f"`t2s distill --harvest{only} -o skills` turns these into skills.")


def after_install(names: Sequence[str], target: str, *, options: str) -> None:
    """Suggest the next step after skills were installed for *target*; *options* name its folder in commands."""
    back = f"t2s uninstall {' '.join(map(shlex.quote, names[:1]))} --from {_word(target)}{options}"
    say_next(f"start a new session of the agent, which reads them from there. `{back}` takes one out again.")


def workspace_option(folder: Path) -> str:
    """Return the option that names the workspace *folder*; empty if commands use that workspace by default."""
    here = Path(str(defaults()["workspace"]))
    is_found = folder == here or (folder == conversations_workspace() and not (here / STORE).exists())
    return "" if is_found else f" --workspace {_word(folder)}"


def _word(path: Path | str) -> str:
    return shlex.quote(str(path))
