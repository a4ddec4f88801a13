"""``t2s review``: a person reads rules and decides about each."""

import shlex
import sys
from pathlib import Path

import click

from t2s_local.cli.options import json_option, setting
from t2s_local.cli.output import paragraph, print_json, say
from t2s_local.cli.reviewing.prompt import prompted, utc_now
from t2s_local.cli.reviewing.words import print_decision, print_item
from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.runs.finished.review import Review, ReviewItem, decide, review_of, undo
from t2s_local.text.text import counted
from t2s_local.values.decision import Decision, Verdict
from t2s_local.workspace import Workspace, read_workspace


@click.command()
@click.argument("library", required=False, type=click.Path(path_type=Path))
@click.option("--list", "as_list", is_flag=True, help="List the rules instead of asking about each.")
@click.option("--all", "with_all", is_flag=True, help="Also those that were decided about before.")
@click.option("--rejected", is_flag=True, help="Only those that were rejected.")
@click.option("--accept", multiple=True, metavar="ID", help="Accept a rule: it enters its skill at any support.")
@click.option("--reject", multiple=True, metavar="ID", help="Reject a rule: it stays out, however it is worded.")
@click.option("--pin", multiple=True, metavar="ID", help="Accept a rule and keep its words as they are.")
@click.option("--why", "reason", help="With --accept, --reject or --pin: the reason, in your words.")
@click.option("--undo", "takes_back", is_flag=True, help="Take the last decision back.")
@setting("workspace")
@json_option
def review(
    *,
    library: Path | None,
    as_list: bool,
    with_all: bool,
    rejected: bool,
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    pin: tuple[str, ...],
    reason: str | None,
    takes_back: bool,
    workspace: str,
    as_json: bool,
) -> int:
    """Decide about the rules of LIBRARY, the one that was written last by default.

    On a terminal each rule is shown with its quotes and asked about; elsewhere, and with --list, they are listed. A
    decision holds for later runs too, over other recordings and in other words: what you rejected stays out, what
    you accepted enters at any support, what you pinned keeps its words. The next `t2s distill` applies it.
    """
    asked: list[tuple[Verdict, str]] = [
        *(("accepted", name) for name in accept),
        *(("rejected", name) for name in reject),
        *(("pinned", name) for name in pin),
    ]
    if reason is not None and not asked:
        message = "--why gives the reason of a decision"
        raise UsageError(message, hint="Name a rule with --accept, --reject or --pin.")
    with read_workspace(Path(workspace)) as store:
        if takes_back:
            return _told([undo(store, library)], "Taken back", as_json=as_json)
        if asked:
            made = [
                decide(store, library, name, verdict=verdict, at=utc_now(), reason=reason) for verdict, name in asked
            ]
            _told(made, None, as_json=as_json)
            _say_next(review_of(store, library))
            return 0
        found = review_of(store, library)
        if rejected:
            return _told([item for item in found.decisions if item.verdict == "rejected"], None, as_json=as_json)
        shown = [item for item in found.items if with_all or item.decision is None]
        if as_list or as_json or not sys.stdin.isatty():
            return _list(shown, as_json=as_json)
        return _ask(found, shown, store, library)


def _list(items: list[ReviewItem], *, as_json: bool) -> int:
    if as_json:
        for item in items:
            print_json(item)
        return 0
    if not items:
        message = "no rule waits for a decision"
        raise NothingFoundError(message, hint="--all lists those that were decided about, too.")
    for item in items:
        print_item(item)
        click.echo()
    say(f"{counted(len(items), 'rule')}. --accept, --reject and --pin take the ids.")
    return 0


def _told(made: list[Decision], word: str | None, *, as_json: bool) -> int:
    for decision in made:
        if as_json:
            print_json(decision)
        else:
            print_decision(decision, word)
    return 0


def _ask(found: Review, items: list[ReviewItem], store: Workspace, library: Path | None) -> int:
    if not items:
        message = "no rule waits for a decision"
        raise NothingFoundError(message, hint="--all asks about those that were decided about, too.")
    click.echo(paragraph(f"{counted(len(items), 'rule')} of {found.library}.", first=0))
    n_made = prompted(items, store, library)
    click.echo(paragraph(f"{counted(n_made, 'decision')} made.", first=0))
    if n_made:
        _say_next(found)
    return 0


def _say_next(found: Review) -> None:
    if found.again:
        say(f"Next: {shlex.join(found.again)}")
