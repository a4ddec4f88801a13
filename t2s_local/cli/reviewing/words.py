"""A rule under review, and what was decided about it, in words."""

import click

from t2s_local.cli.output import paragraph
from t2s_local.runs.finished.review import ReviewItem
from t2s_local.text.text import clip, counted, join_words, quoted, squeeze
from t2s_local.values.decision import Decision

_QUOTE = 200


def print_item(item: ReviewItem, *, place: str | None = None) -> None:
    """Print a rule in full, with its best quotes, what it rests on, what it lacks, and what was decided.

    Args:
        item: The rule.
        place: Where it stands in the order of questions; None outside of one.
    """
    named = item.id if item.skill is None else f"{item.skill}#{item.rule}"
    kind = "candidate" if item.skill is None else "in a skill"
    click.echo(paragraph(" · ".join(filter(None, (place, named, kind))), first=0))
    text = None if item.decision is None else item.decision.text
    when, do, because = (item.when, item.do, item.because) if text is None else (text.when, text.do, text.because)
    click.echo(paragraph(f"{when}: {do}"))
    if because:
        click.echo(paragraph(f"Why: {because}"))
    runs = f"{counted(item.support, 'run')} of {counted(item.task_support, 'task')}"
    click.echo(paragraph(f"Seen in {runs}. Level {item.level}: its effect was not measured."))
    if item.lacks:
        click.echo(paragraph(f"Lacks {join_words(item.lacks)}."))
    for quote in item.quotes:
        where = f"{quote.trajectory_id} step {quote.step}"
        click.echo(paragraph(f"{quoted(clip(squeeze(quote.text), _QUOTE))} ({where})", indent=6, first=4))
    if item.decision is not None:
        print_decision(item.decision, None)


def print_decision(decision: Decision, word: str | None) -> None:
    """Print a decision.

    Args:
        decision: The decision.
        word: What became of it; None where it is what it says.
    """
    why = "" if decision.reason is None else f", because {decision.reason}"
    said = decision.verdict if word is None else f"{word}: {decision.verdict}"
    click.echo(paragraph(f"{said.capitalize()} on {decision.at[:10]}{why}: {decision.says}"))
