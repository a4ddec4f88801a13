"""``t2s candidates``: list the rules that are in no skill, with the reasons."""

from pathlib import Path

import click

from t2s_local.cli.completion import complete_run
from t2s_local.cli.options import json_lines_option, setting, stored_workspace
from t2s_local.cli.output import capitalised, ended, paragraph, print_json, say
from t2s_local.errors import NothingFoundError
from t2s_local.runs.finished.candidates import CandidateRule, NearestRule
from t2s_local.runs.finished.candidates import candidates as candidates_of
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.text.text import clip, counted, join_words, quoted, squeeze
from t2s_local.values.lesson import Quote
from t2s_local.workspace import read_workspace

_SHOWN = 20
_QUOTE = 160


@click.command()
@click.argument("run", required=False, shell_complete=complete_run)
@click.option("--all", "with_all", is_flag=True, help=f"Show all of them, not the first {_SHOWN}.")
@click.option("--project", metavar="P", help="Only rules that runs of a project show: its name, or a folder of it.")
@stored_workspace
@setting("embedder")
@json_lines_option
def candidates(
    *, run: str | None, with_all: bool, project: str | None, workspace: str, embedder: str, as_json: bool
) -> int:
    """List the rules of RUN, the newest by default, that are in no skill: what they say, and what they lack.

    Those that lack least come first. --json prints JSON Lines, always all of them.
    """
    with read_workspace(Path(workspace)) as store:
        found = candidates_of(store, run, embedder=embedder, load=load_embedder, project=project)
    if as_json:
        for item in found:
            print_json(item)
        return 0
    if not found:
        of = "the run" if project is None else f"project {project}"
        message = f"every rule of {of} is in a skill"
        raise NothingFoundError(message)
    shown = found if with_all else found[:_SHOWN]
    for number, item in enumerate(shown, 1):
        _show(number, item)
    if len(found) > len(shown):
        say(f"… and {len(found) - len(shown)} more; --all shows them")
    say("`t2s why ID` shows where a rule comes from.")
    return 0


def _show(number: int, item: CandidateRule) -> None:
    runs = f"{counted(item.support, 'run')}, {counted(item.task_support, 'task')}"
    first, *rest = item.lines
    click.echo(paragraph(f"{number}. {capitalised(first)}", indent=3, first=0))
    for line in rest:
        click.echo(paragraph(ended(line), indent=3))
    facts = [item.id, runs, join_words(item.projects), f"lacks {join_words(item.lacks)}"]
    click.echo(paragraph(" · ".join(filter(None, facts)), indent=3))
    for quote in item.quotes:
        click.echo(paragraph(_quote(quote), indent=3))
    if item.nearest is not None:
        click.echo(paragraph(_near(item.nearest), indent=3))
    click.echo()


def _quote(quote: Quote) -> str:
    return f"{quote.trajectory_id} step {quote.step}: {quoted(clip(squeeze(quote.text), _QUOTE))}"


def _near(nearest: NearestRule) -> str:
    home = "another candidate" if nearest.skill is None else f"in {nearest.skill}"
    return f"Nearest ({home}, cosine {nearest.cosine:.2f}): {clip(squeeze(nearest.says), _QUOTE)}"
