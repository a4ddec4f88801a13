"""Word the edits that runs suggest for skills."""

from collections import Counter
from collections.abc import Iterator, Sequence

import click

from t2s_local.cli.output import paragraph
from t2s_local.cli.result_words import question_lines
from t2s_local.runs.deepening.applying import GatedEdit
from t2s_local.runs.deepening.deepening import DeepenOutcome
from t2s_local.runs.reviewing.items import LEAST_CONFIDENCE
from t2s_local.stages.deepen.deepen import Noted
from t2s_local.text.text import clip, counted, join_words, squeeze
from t2s_local.values.edit import ProposedEdit

_LONGEST = 300
_SHOWN = 3
"""Number of rules without a proposal that are listed; further rules are only counted."""
_GATES = {
    "L1": "Measured on held-out recordings (level L1: recordings, no success rate):",
    "L2": "Measured with a local model on held-out recordings (level L2: likelihoods, no success rate):",
    "L3": "Measured with your own program (level L3: scores with the edit and without):",
}
_HEADS = {
    "failed": "Says what runs speak against (no edit replaces it: no rule, or an edit elsewhere, says what holds):",
    "held": "Says what runs bear out:",
    "unseen": "Names what no run shows (that proves nothing; it stays):",
}


def print_deepened(outcome: DeepenOutcome, *, verbose: bool) -> None:
    """Print the proposed edits of skills, then the rules that lead to no edit.

    Args:
        outcome: Result of comparing skills with runs.
        verbose: Whether every rule without a proposal is listed.
    """
    found = outcome.found
    for proposal in found.proposals:
        click.echo("\n".join(proposal_lines(proposal)))
        click.echo()
    for finding, head in _HEADS.items():
        notes = [note for note in found.noted if note.finding == finding]
        if notes:
            click.echo(head)
            click.echo("\n".join(line for note in notes for line in _note_lines(note)))
            click.echo()
    if found.left:
        shown = found.left if verbose else found.left[:_SHOWN]
        click.echo("Not proposed:")
        for left in shown:
            click.echo(paragraph(f"{clip(left.says, _LONGEST)} ({counted(left.support, 'run')}; {left.reason})"))
        if len(found.left) > len(shown):
            click.echo(paragraph(f"… and {counted(len(found.left) - len(shown), 'more rule')}; -v names each."))
        click.echo()


def proposal_lines(proposal: ProposedEdit) -> list[str]:
    """Return lines on the change of a proposed edit and its evidence."""
    where = proposal.edit.path if proposal.edit.section is None else f"“{proposal.edit.section}”"
    if proposal.change == "reinforce":
        return _counted_lines(proposal, where)
    verb = "Add to" if proposal.change == "add" else "Revise in"
    lines = [paragraph(f"{proposal.id} · {verb} {where}", first=0)]
    if proposal.gives_way is not None:
        lines.append(paragraph(f"- {clip(proposal.gives_way, _LONGEST)}", indent=4, first=2))
    lines.append(paragraph(f"+ {clip(proposal.edit.text.lstrip(' -*+0123456789.)'), _LONGEST)}", indent=4, first=2))
    if proposal.contradiction is not None:
        lines.append(paragraph(f"Why: {proposal.contradiction}"))
    lines += [
        paragraph(f"{quote.trajectory_id} step {quote.step}: “{clip(quote.text, 120)}”")
        for quote in proposal.quotes[:1]
    ]
    lines.append(paragraph(rests_on(proposal)))
    return lines


def _counted_lines(proposal: ProposedEdit, where: str) -> list[str]:
    """Return lines on an edit that only raises counts."""
    is_ours = proposal.number is not None
    kept, what = (f"{proposal.number} of its evidence", "more run") if is_ours else ("the library's log", "run")
    said = clip(squeeze(proposal.edit.text).lstrip(" -*+0123456789.)"), _LONGEST)
    return [
        paragraph(f"{proposal.id} · Count for a rule in {where}", first=0),
        paragraph(f"= {said}", indent=4, first=2),
        paragraph(f"Borne out by {counted(len(proposal.runs), what)}; the count goes to {kept}. No word changes."),
        paragraph(rests_on(proposal)),
    ]


def rests_on(proposal: ProposedEdit) -> str:
    """Return a phrase on the number of runs and tasks that support a proposed edit."""
    worked = f"worked or held in {proposal.n_worked}"
    said = " Words of a user." if proposal.is_said else ""
    return (
        f"Rests on {counted(proposal.support, 'run')}, {worked}: confidence {proposal.confidence:.2f}, level"
        f" {proposal.level}.{said}"
    )


def print_gated(gated: Sequence[GatedEdit]) -> None:
    """Print the gate's verdict on each proposed edit."""
    if not gated:
        return
    click.echo(_GATES[gated[0].level])
    for one in gated:
        word = "accepted" if one.is_accepted else "waits"
        click.echo(paragraph(f"{one.id}: {word} ({one.reason.replace('_', ' ')}; {one.in_words()})"))
    click.echo()


def unsure(outcome: DeepenOutcome) -> str:
    """Return a phrase on the edits that a review shows only with the option ``--all``; empty if there are none."""
    few = sum(item.confidence < LEAST_CONFIDENCE - 1e-9 for item in outcome.found.proposals)
    return f" ({counted(few, 'edit')} with a confidence below {LEAST_CONFIDENCE}: with --all)" if few else ""


def _note_lines(note: Noted) -> Iterator[str]:
    yield paragraph(f"{note.skill}/{note.path}:{note.line}: {clip(note.text, _LONGEST)}", indent=4, first=2)
    runs = ", ".join(note.trajectory_ids[:3])
    more = f" ({runs}{', …' if len(note.trajectory_ids) > 3 else ''})" if note.finding == "failed" else ""
    yield paragraph(f"{note.said[0].upper()}{note.said[1:]}{more}.", indent=4)


def summary(outcome: DeepenOutcome) -> str:
    """Return a sentence with the numbers of runs, skills and proposed edits."""
    found = outcome.found
    counts = {finding: sum(note.finding == finding for note in found.noted) for finding in _HEADS}
    changes = Counter(proposal.change for proposal in found.proposals)
    looked = (
        f"{counted(outcome.n_trajectories, 'run')} held against {counted(len(outcome.skills), 'skill')}"
        f" ({counted(found.n_pieces, 'statement')})"
    )
    if not outcome.n_lessons:
        return (
            f"{looked}: the runs taught no lesson, so there is nothing to propose. Looked up were orders of calls,"
            f" prohibitions and names in the text: {counts['failed']} spoken against, {counts['unseen']} never seen."
        )
    wanted = join_words(
        [
            counted(changes["add"], "addition"),
            counted(changes["revise"], "revision"),
            counted(changes["reinforce"], "higher count"),
        ]
    )
    stated = f" A model stated {counted(outcome.n_stated, 'lesson')}." if outcome.analyst == "llm" else ""
    return (
        f"{looked}: {wanted} proposed, {counts['held']} borne out, {counts['failed']} spoken against,"
        f" {counts['unseen']} never seen, {len(found.left)} not proposed, {len(found.refused)} refused."
        f"{stated}"
    )


def model_words(outcome: DeepenOutcome) -> list[str]:
    """Return lines on the model's questions that have no useful answer or were not asked, and advice about it."""
    lines = question_lines(outcome.parked, outcome.n_unasked)
    return lines if outcome.advice is None else [*lines, outcome.advice]
