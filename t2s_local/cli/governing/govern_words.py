"""Word proposals about a library."""

import shlex

import click

from t2s_local.cli.output import ended, paragraph, print_table, say
from t2s_local.runs.governing.front import Front
from t2s_local.runs.governing.govern import Governing
from t2s_local.text.text import counted, join_words
from t2s_local.values.decision import Proposal

_MOST = 8
_VERBS = {
    "deprecate": "deprecate {skill}",
    "archive": "archive {skill}",
    "mature": "call {skill} mature",
    "merge": "join {skill} with {into}",
    "rollback": "go back to the library of {skill}",
}


def proposal_line(one: Proposal) -> str:
    """Return a line with the proposal, its reason, and whether t2s or the user wrote the skill."""
    what = _VERBS[one.kind].format(skill=one.skill, into=one.into)
    whose = "" if one.is_ours or one.kind == "rollback" else " Not t2s's own: only you can accept it."
    return f"{one.id}: {what}. {ended(one.reason[0].upper() + one.reason[1:])}{whose}"


def print_governing(found: Governing, *, is_dry: bool) -> None:
    """Print proposals that were carried out or wait, and skills with too little evidence."""
    for one in found.done:
        click.echo(paragraph(f"Done: {proposal_line(one)}", first=0))
    for one in found.waiting:
        _print_proposed(one, found.library)
    for line in _remarks(found):
        say(line)
    library = shlex.quote(found.library)
    if is_dry:
        say("Nothing was written.")
    elif found.waiting:
        say(f"Next: `t2s review {library}` asks about each; --accept ID and --reject ID take the ids.")
    elif found.done:
        say(f"`t2s library rollback {library}/SKILL` brings a skill back.")


def _print_proposed(one: Proposal, library: str) -> None:
    click.echo(paragraph(f"Proposed: {proposal_line(one)}", first=0))
    for name, number in one.versions:
        click.echo(f"  t2s library rollback {shlex.quote(f'{library}/{name}')} --to {number}")
    if one.leaves:
        click.echo(paragraph(f"It archives {join_words(one.leaves)}, which came later."))


def _remarks(found: Governing) -> list[str]:
    lines = []
    if not found.done and not found.waiting:
        lines.append("Nothing to change.")
    if found.refused:
        lines.append(f"Not done: {'; '.join(found.refused)}.")
    if found.insufficient:
        named = [f"{one.skill} {one.n_trials}/{found.min_trials}" for one in found.insufficient]
        more = [f"{len(named) - _MOST} more"] if len(named) > _MOST else []
        lines.append(f"Insufficient evidence: {join_words([*named[:_MOST], *more])} trials.")
    if found.rejected:
        lines.append(f"You rejected before: {join_words(found.rejected)}.")
    if found.ephemeral:
        lines.append(f"For one task only, left alone without --adopt: {join_words(found.ephemeral)}.")
    if found.n_backwards:
        lines.append(f"The clock went back {counted(found.n_backwards, 'time')} in the log; its order of lines counts.")
    seen = f"{counted(found.n_skills, 'skill')}, {found.n_aside} set aside, {counted(found.n_events, 'event')}"
    lines.append(f"{seen}. Level L1 (recorded): outcomes are those of whole runs.")
    return lines


def print_front(found: Front) -> None:
    """Print the banks (sets of skills) with their figures, with marks for banks on the Pareto front, and the choice."""
    rows = [
        (
            one.name,
            *("-" if value is None else f"{value:.2f}" for value in (one.utility, one.diversity, one.coverage)),
            "front" if one.name in found.choice.front else "allowed" if one.name in found.choice.allowed else "",
        )
        for one in found.banks
    ]
    print_table(("LIBRARY", "UTILITY", "DIVERSITY", "COVERAGE", ""), rows, right=frozenset({1, 2, 3}))
    lacks = f", which lacks {join_words(found.removes)}" if found.removes else ""
    say(f"Chosen: the library {found.choice.chosen}{lacks}.")
    if found.banks[0].utility is None:
        say("No run that used a skill has a known end, so no other library is allowed: `t2s usage` notes runs.")
    covers = f"Coverage is of {counted(found.n_lessons, 'held-out request')}." if found.n_lessons else ""
    say(f"Utility is an {found.utility}. {covers or 'Coverage is not known: --heldout RUNS names other recordings.'}")
