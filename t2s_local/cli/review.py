"""``t2s review``: show rules, skills and edits to a person, who decides about each."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.options import json_lines_option, stored_workspace, workspace_behind
from t2s_local.cli.output import paragraph, print_json, say
from t2s_local.cli.reviewing.prompt import Sitting, utc_now
from t2s_local.cli.reviewing.proposals import holds_only_proposals, review_proposals
from t2s_local.cli.reviewing.words import print_decision, print_item
from t2s_local.errors import InterruptedRunError, NothingFoundError, UsageError
from t2s_local.runs.reviewing.deciding import Answer, decide, undo
from t2s_local.runs.reviewing.items import (
    LEAST_CONFIDENCE,
    EditItem,
    Item,
    ProposalItem,
    ProposedEditItem,
    RuleItem,
    SkillItem,
)
from t2s_local.runs.reviewing.reviewing import Review, review_of
from t2s_local.text.text import counted, join_words
from t2s_local.values.decision import Decision
from t2s_local.workspace import Workspace, read_workspace


@click.command()
@click.argument("library", required=False, type=click.Path(path_type=Path))
@click.option("--list", "as_list", is_flag=True, help="List what waits instead of asking about each.")
@click.option("--all", "with_all", is_flag=True, help="Also what was decided about before, and unsure edits.")
@click.option("--rejected", is_flag=True, help="Only what was rejected.")
@click.option(
    "--accept", multiple=True, metavar="ID", help="Accept a rule at any support, all rules of a skill, or an edit."
)
@click.option("--reject", multiple=True, metavar="ID", help="Reject it: it stays out, however it is worded.")
@click.option("--pin", multiple=True, metavar="ID", help="Accept it and keep its words as they are.")
@click.option("--why", "reason", help="With --accept, --reject or --pin: the reason, in your words.")
@click.option("--unassessed", is_flag=True, help="With --accept: also edits that no gate has scored.")
@click.option("--undo", "takes_back", is_flag=True, help="Take the last answer back.")
@stored_workspace
@json_lines_option
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
    unassessed: bool,
    takes_back: bool,
    workspace: str,
    as_json: bool,
) -> int:
    """Decide about the rules, skills and edits of LIBRARY, the folder that was written last by default.

    On a terminal each is shown with its quotes and asked about; elsewhere, and with --list, they are listed. A
    decision holds for later runs too, over other recordings and in other words: what you rejected stays out, what you
    accepted enters at any support, what you pinned keeps its words. The next `t2s distill` applies it.

    ID is the id of a rule, which stays from run to run; SKILL#R2, as its page numbers it now; SKILL for all of its
    rules; or SKILL@3: a new version of a skill that you edited, which waits. An edit is written at once; your version
    is kept, and --undo brings it back. The same holds for an edit that `t2s deepen` proposes, SKILL@e1f2a3b4; one with
    a confidence below 0.55 is shown with --all alone. Lessons with a risky action are held back until you accept
    them; they are marked as risky.
    """
    answers = [
        *(Answer(name=name, verdict="accepted", reason=reason) for name in accept),
        *(Answer(name=name, verdict="rejected", reason=reason) for name in reject),
        *(Answer(name=name, verdict="pinned", reason=reason) for name in pin),
    ]
    _check(answers, reason=reason, unassessed=unassessed, accepts=bool(accept))
    if takes_back and (answers or as_list or with_all or rejected):
        message = "--undo takes the last answer back, and does nothing else"
        raise UsageError(message, hint="`t2s review --undo` alone; --all --list shows what was decided.")
    behind = workspace_behind(library, workspace)
    if library is not None and holds_only_proposals(library, behind):
        return review_proposals(library, answers, takes_back=takes_back, as_json=as_json)
    with read_workspace(behind) as store:
        if takes_back:
            _told(undo(store, library, at=utc_now()), "Taken back", as_json=as_json)
            _say_next(review_of(store, library))
            return 0
        if answers:
            made = decide(store, library, answers, at=utc_now(), unassessed=unassessed)
            _told(made, None, as_json=as_json)
            _say_next(review_of(store, library))
            return 0
        found = review_of(store, library)
        if rejected:
            rejections = _rejected(found.decisions)
            if not rejections:
                say("Nothing is rejected.")
            return _told(rejections, None, as_json=as_json)
        shown = found.items if with_all else _waiting(found.items)
        if as_list or as_json or not sys.stdin.isatty():
            return _list(found, shown, as_json=as_json)
        return _ask(found, shown, store, library)


def _check(answers: Sequence[Answer], *, reason: str | None, unassessed: bool, accepts: bool) -> None:
    if reason is not None and not answers:
        message = "--why gives the reason of a decision"
        raise UsageError(message, hint="Name a rule with --accept, --reject or --pin.")
    if unassessed and not accepts:
        message = "--unassessed goes with --accept"
        raise UsageError(message, hint="Name an edit with --accept SKILL@3; --list shows those that wait.")


def _rejected(decisions: Sequence[Decision]) -> list[Decision]:
    """Return the rejections that no later decision about the same item replaced."""
    last = {item.id: item for item in decisions}
    return [item for item in last.values() if item.verdict == "rejected"]


def _waiting(items: Sequence[Item]) -> list[Item]:
    """Return undecided items: skills with an undecided rule are included, edits with low confidence are not."""
    open_rules = [item for item in items if isinstance(item, RuleItem) and item.decision is None]
    skills = {item.skill for item in open_rules}
    unsure = {item.id for item in items if isinstance(item, ProposedEditItem) and not item.is_likely}
    waiting = [item for item in items if item.decision is None and item.id not in unsure]
    return [item for item in waiting if not isinstance(item, SkillItem) or item.id in skills]


def _list(found: Review, items: Sequence[Item], *, as_json: bool) -> int:
    if as_json:
        for item in items:
            print_json(item)
        return 0
    _refuse_empty(items)
    for item in items:
        print_item(item)
        click.echo()
    say(f"{found.library}: {_amounts(items)}. --accept, --reject and --pin take the ids.")
    _say_unsure(found, items)
    return 0


def _say_unsure(found: Review, shown: Sequence[Item]) -> None:
    """Print how many undecided edits are left out for their low confidence."""
    unsure = [
        item
        for item in found.items
        if isinstance(item, ProposedEditItem) and not item.is_likely and item.decision is None and item not in shown
    ]
    if unsure:
        many = counted(len(unsure), "more edit")
        say(f"{many} with a confidence below {LEAST_CONFIDENCE} not shown; --all shows them too.")


def _refuse_empty(items: Sequence[Item]) -> None:
    if not items:
        message = "nothing waits for a decision"
        raise NothingFoundError(message, hint="--all shows what was decided about, too.")


def _amounts(items: Sequence[Item]) -> str:
    """Return a phrase with the numbers of items to judge."""
    rules = [item for item in items if isinstance(item, RuleItem)]
    n_risky = sum(item.risk is not None for item in rules)
    kinds = {
        "edit": sum(isinstance(item, EditItem | ProposedEditItem) for item in items),
        "proposal": sum(isinstance(item, ProposalItem) for item in items),
        "skill": sum(isinstance(item, SkillItem) for item in items),
        "rule of skills": sum(item.skill is not None for item in rules),
        "candidate": sum(item.skill is None and item.risk is None for item in rules),
        "risky lesson": n_risky,
    }
    return join_words([_counted(n, what) for what, n in kinds.items() if n])


def _counted(n: int, what: str) -> str:
    return f"{counted(n, 'rule')} of skills" if what == "rule of skills" else counted(n, what)


def _told(made: Sequence[Decision], word: str | None, *, as_json: bool) -> int:
    for decision in made:
        if as_json:
            print_json(decision)
        else:
            print_decision(decision, word)
    return 0


def _ask(found: Review, items: Sequence[Item], store: Workspace, library: Path | None) -> int:
    _refuse_empty(items)
    applied = "The next `t2s distill` applies them; only versions that wait and skills you edit are written at once."
    click.echo(paragraph(f"{found.library}: {_amounts(items)}. `?` explains the answers. {applied}", first=0))
    sitting = Sitting(store, library, found.decisions)
    sitting.ask(items)
    _say_unsure(found, items)
    click.echo(paragraph(f"{counted(sitting.n_made, 'decision')} made.", first=0))
    if sitting.n_made:
        _say_next(found)
    return InterruptedRunError.exit_code if sitting.is_interrupted else 0


def _say_next(found: Review) -> None:
    if found.again:
        say(f"Next: {shlex.join(found.again)}")
