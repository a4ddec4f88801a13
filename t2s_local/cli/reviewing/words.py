"""A rule, a skill or an edit under review, and what was decided about it, in words."""

from collections.abc import Sequence

import click

from t2s_local.cli.output import capitalised, ended, paragraph
from t2s_local.runs.reviewing.items import EditItem, Item, RuleItem, SkillItem
from t2s_local.text.text import clip, counted, join_words, quoted, squeeze
from t2s_local.values.decision import Decision

_QUOTE = 200
_LINES = 40
"""Lines of a difference that are shown."""
EXPLAINED = {
    "accept": "it enters a skill, at any support",
    "reject": "it stays out of later runs too, in whatever words it comes back",
    "edit": "give it your own words in your editor; they are pinned",
    "pin": "accept it, and keep these words as they are",
    "later": "decide nothing now; so does Enter",
    "undo": "take your last answer back",
    "quit": "end; what you decided is kept",
}
OF_SKILLS = {
    "accept": "all of its rules stay, at any support",
    "reject": "all of its rules stay out of later runs too",
    "edit": "change its SKILL.md in your editor; later runs keep your changes",
    "pin": "keep its folder byte for byte as it is",
    "later": "ask about each of its rules; so does Enter",
}
OF_EDITS = {
    "accept": "write the new version; yours is kept as a version of its own",
    "reject": "keep your version; this new one does not wait again",
    "edit": "join both in your editor",
    "pin": "keep your version, whatever later runs come to",
}


def print_item(item: Item, *, place: str | None = None, with_quotes: bool = True) -> None:
    """Print what there is to judge, and what was decided about it.

    Args:
        item: A rule, a skill or an edit.
        place: Where it stands in the order of questions; None outside of one.
        with_quotes: Whether the best quotes of a rule are printed as well.
    """
    if isinstance(item, SkillItem):
        _print_skill(item, place)
    elif isinstance(item, EditItem):
        _print_edit(item, place)
    else:
        _print_rule(item, place, with_quotes=with_quotes)
    if item.decision is not None:
        print_decision(item.decision, None)


def _print_rule(item: RuleItem, place: str | None, *, with_quotes: bool) -> None:
    named = item.id if item.skill is None else f"{item.skill}#{item.rule}"
    kind = "RISKY, held back" if item.risk else "candidate, in no skill" if item.skill is None else "in a skill"
    click.echo(_head(place, named, kind))
    text = None if item.decision is None else item.decision.text
    when, do, because = (item.when, item.do, item.because) if text is None else (text.when, text.do, text.because)
    click.echo(paragraph(capitalised(f"{when}: {do}")))
    if because:
        click.echo(paragraph(f"Why: {ended(because)}"))
    click.echo(
        paragraph(f"Seen in {counted(item.support, 'run')} of {counted(item.task_support, 'task')}. {_level(item)}")
    )
    if item.lacks:
        click.echo(paragraph(f"Lacks {join_words(item.lacks)}."))
    for quote in item.quotes if with_quotes else ():
        where = f"{quote.trajectory_id} step {quote.step}"
        click.echo(paragraph(f"{quoted(clip(squeeze(quote.text), _QUOTE))} ({where})", indent=6, first=4))


def print_answer(made: Sequence[Decision]) -> None:
    """Print what became of an answer, in a line."""
    first = made[0]
    what = f" {counted(len(made), 'rule')} of {first.skill}" if first.with_skill else ""
    words = f" in your words: {first.says}" if first.text is not None and not first.with_skill else ""
    click.echo(paragraph(ended(f"{capitalised(first.verdict)}{what}{words}")))


def _level(item: RuleItem) -> str:
    if item.effect is None:
        return f"Its effect was not measured (level {item.level})."
    found = item.effect
    return (
        f"It made what worked likelier to a local model by {found.support:+.2f} nats a token, other advice"
        f" by {found.placebo:+.2f}, in {counted(found.n_runs, 'run')} (level {item.level})."
    )


def _print_skill(item: SkillItem, place: str | None) -> None:
    click.echo(_head(place, item.id, f"skill of {counted(item.n_rules, 'rule')}"))
    click.echo(paragraph(item.description))
    click.echo(paragraph(f"Rests on {counted(item.support, 'run')}. Its rules come next, one by one."))


def _print_edit(item: EditItem, place: str | None) -> None:
    click.echo(_head(place, item.id, "a new version waits"))
    why = "" if item.reason is None else f": {item.reason}"
    click.echo(paragraph(f"The skill is left as it lies in {item.library}{why}."))
    click.echo(paragraph("From your version (-) to the new one (+), which no gate has scored (unassessed):"))
    for line in item.diff[:_LINES]:
        click.echo(paragraph(line, indent=6, first=4))
    if len(item.diff) > _LINES:
        rest = len(item.diff) - _LINES
        click.echo(paragraph(f"… and {counted(rest, 'more line')}; `t2s library diff {item.library}/{item.skill}`"))


def _head(place: str | None, named: str, kind: str) -> str:
    return paragraph(" · ".join(filter(None, (place, named, kind))), first=0)


def print_decision(decision: Decision, word: str | None) -> None:
    """Print a decision.

    Args:
        decision: The decision.
        word: What became of it; None where it is what it says.
    """
    why = "" if decision.reason is None else f", because {decision.reason}"
    said = decision.verdict if word is None else f"{word}: {decision.verdict}"
    click.echo(paragraph(f"{capitalised(said)} on {decision.at[:10]}{why}: {decision.says} ({decision.id})"))
