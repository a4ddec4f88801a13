"""Review proposals about a library that no run of a workspace wrote, such as a library written by hand."""

from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.output import print_json, say
from t2s_local.cli.reviewing.prompt import utc_now
from t2s_local.cli.reviewing.words import print_decision, print_item
from t2s_local.errors import NothingFoundError
from t2s_local.runs.reviewing.deciding import Answer
from t2s_local.runs.reviewing.proposing import (
    decide_proposals,
    home_of,
    is_about_proposal,
    undo_proposal,
    waiting_proposals,
)
from t2s_local.runs.reviewing.reviewing import place_of
from t2s_local.skills.decisions import read_decisions
from t2s_local.text.text import counted
from t2s_local.workspace import STORE, read_workspace


def holds_only_proposals(library: Path, workspace: Path) -> bool:
    """Return whether *library* has waiting or decided proposals, and no run of *workspace* wrote the library."""
    if not library.is_dir() or not (
        waiting_proposals([library]) or any(map(is_about_proposal, read_decisions(home_of(library))))
    ):
        return False
    if not (workspace / STORE).exists():
        return True
    try:
        with read_workspace(workspace) as store:
            place_of(store, library)
    except NothingFoundError:
        return True
    return False


def review_proposals(library: Path, answers: Sequence[Answer], *, takes_back: bool, as_json: bool) -> int:
    """List the proposals about *library*, store answers about them, or undo the last answer; return the exit code.

    Raises:
        NothingFoundError: no proposal waits, or there is no answer to undo.
        T2SError: an answer cannot be stored.
        UsageError: no proposal has the name in an answer.
    """
    if takes_back or answers:
        given = [(answer.name, answer.verdict, answer.reason) for answer in answers]
        made = undo_proposal(library, at=utc_now()) if takes_back else decide_proposals(library, given, at=utc_now())
        for decision in made:
            if as_json:
                print_json(decision)
            else:
                print_decision(decision, "Taken back" if takes_back else None)
        return 0
    items = waiting_proposals([library])
    if not items:
        message = "nothing waits for a decision"
        raise NothingFoundError(message, path=library)
    for item in items:
        if as_json:
            print_json(item)
        else:
            print_item(item)
            click.echo()
    if not as_json:
        say(f"{library}: {counted(len(items), 'proposal')}. --accept, --reject and --pin take the ids.")
    return 0
