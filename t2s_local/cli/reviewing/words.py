"""Word a rule, a skill or an edit under review, and the decision about it."""

from collections.abc import Sequence

import click

from t2s_local.cli.deepening.words import rests_on
from t2s_local.cli.output import capitalised, ended, paragraph
from t2s_local.runs.reviewing.items import EditItem, Item, ProposalItem, ProposedEditItem, RuleItem, SkillItem
from t2s_local.text.text import clip, counted, join_words, quoted, squeeze
from t2s_local.values.decision import Decision

_QUOTE = 200
_LINES = 40
"""Number of lines of a diff that are shown."""
EXPLAINED = {
    "accept": "it enters a skill, at any support",
    "reject": "it stays out of later runs too, in whatever words it comes back",
    "edit": "give it your own words in your editor; they are pinned",
    "pin": "accept it, and keep these words as they are",
    "later": "decide nothing now; so does Enter",
    "more": "show the steps around its quotes, however many lines they are",
    "undo": "take your last answer back",
    "quit": "end; what you decided is kept",
}
OF_SKILLS = {
    "more": "show all of its rules",
    "accept": "all of its rules stay, at any support",
    "reject": "all of its rules stay out of later runs too",
    "edit": "change its SKILL.md in your editor; later runs keep your changes",
    "pin": "keep its folder byte for byte as it is",
    "later": "ask about each of its rules; so does Enter",
}
OF_PROPOSALS = {
    "accept": "do it now; nothing is deleted",
    "reject": "leave the skill as it is; it is not proposed again",
    "pin": "leave the skill as it is, whatever later runs come to",
    "edit": "change the skill in your editor instead",
}
PROPOSED = {
    "deprecate": "deprecate {about} for its outcomes",
    "archive": "archive {about} for want of room",
    "mature": "call {about} mature",
    "merge": "join {about} with {into}, which stays",
    "rollback": "go back to {about}",
}
OF_EDITS = {
    "more": "show all that differs",
    "accept": "write the new version; yours is kept as a version of its own",
    "reject": "keep your version; this new one does not wait again",
    "edit": "join both in your editor",
    "pin": "keep your version, whatever later runs come to",
}
OF_PROPOSED_EDITS = {
    "more": "show all that differs",
    "accept": "make the edit; the skill as it was is kept as a version of its own",
    "reject": "leave the skill as it is; this edit is not proposed again",
    "edit": "change the whole page in your editor instead",
    "pin": "the same as accept",
}


def print_item(item: Item) -> None:
    """Print an item to judge with its best quotes, and the decision about it."""
    for line in item_lines(item):
        click.echo(line)
    if isinstance(item, RuleItem):
        for line in quote_lines(item, longest=_QUOTE):
            click.echo(line)


def item_lines(item: Item, *, place: str | None = None, most: int = _LINES) -> list[str]:
    """Return lines on an item to judge and the decision about it, without the quotes of a rule.

    Args:
        item: A rule, a skill or an edit.
        place: Position of the item in the order of questions; None outside a review.
        most: Number of lines of a diff to show.
    """
    if isinstance(item, SkillItem):
        lines = _of_skill(item, place)
    elif isinstance(item, EditItem):
        lines = _of_edit(item, place, most)
    elif isinstance(item, ProposalItem):
        lines = _of_proposal(item, place)
    elif isinstance(item, ProposedEditItem):
        lines = _of_proposed_edit(item, place, most)
    else:
        lines = _of_rule(item, place)
    decided = [] if item.decision is None else [decision_line(item.decision, None)]
    return [line for text in (*lines, *decided) for line in text.splitlines()]


def rules_lines(item: SkillItem) -> list[str]:
    """Return lines with every rule of a skill, as its page words it."""
    return [
        line
        for number, words in enumerate(item.rules, 1)
        for at, text in enumerate(words)
        for line in (
            paragraph(f"{number}. {text}", indent=5, first=2) if at == 0 else paragraph(text, indent=5)
        ).splitlines()
    ]


def quote_lines(item: RuleItem, *, longest: int) -> list[str]:
    """Return lines with the best quotes of a rule, each cut to *longest* characters."""
    return [
        line
        for quote in item.quotes
        for line in paragraph(
            f"{quoted(clip(squeeze(quote.text), longest))} ({quote.trajectory_id} step {quote.step})", indent=6, first=4
        ).splitlines()
    ]


def _of_rule(item: RuleItem, place: str | None) -> list[str]:
    kind = "RISKY, held back" if item.risk else "candidate, in no skill" if item.skill is None else "in a skill"
    named = item.skill if item.skill is None or item.rule is None else f"{item.skill}#{item.rule}"
    text = None if item.decision is None else item.decision.text
    because = () if text is None or not text.because else (f"Why: {text.because}",)
    first, *rest = item.lines if text is None else (f"{text.when}: {text.do}", *because)
    seen = f"Seen in {counted(item.support, 'run')} of {counted(item.task_support, 'task')}. {_level(item)}"
    return [
        _head(place, named, item.id, kind),
        paragraph(capitalised(first)),
        *(paragraph(ended(line)) for line in rest),
        paragraph(seen),
        *([paragraph(f"Lacks {'; '.join(item.lacks)}.")] if item.lacks else []),
    ]


def print_answer(made: Sequence[Decision]) -> None:
    """Print a line on the effect of an answer."""
    first = made[0]
    what = f" {counted(len(made), 'rule')} of {first.skill}" if first.with_skill else ""
    words = f" in these words: {first.says}" if first.text is not None and not first.with_skill else ""
    click.echo(paragraph(ended(f"{capitalised(first.verdict)}{what}{words}")))


def _level(item: RuleItem) -> str:
    if item.effect is None:
        return f"Its effect was not measured (level {item.level})."
    found = item.effect
    return (
        f"It made what worked likelier to a local model by {found.support:+.2f} nats a token, other advice"
        f" by {found.placebo:+.2f}, in {counted(found.n_runs, 'run')} (level {item.level})."
    )


def _of_skill(item: SkillItem, place: str | None) -> list[str]:
    has, whose = ("has", "its") if item.n_decided == 1 else ("have", "their")
    takes = f"{item.n_decided} of its rules {has} an answer already; [a]ccept, [r]eject or [p]in takes {whose} place."
    return [
        _head(place, item.id, f"skill of {counted(item.n_rules, 'rule')}"),
        paragraph(item.description),
        paragraph(
            f"Rests on {counted(item.support, 'run')}. Its rules come next, unless you answer for all of them here."
        ),
        *([paragraph(takes)] if item.n_decided else []),
    ]


def _of_proposed_edit(item: ProposedEditItem, place: str | None, most: int) -> list[str]:
    rest = len(item.diff) - most
    where = item.edit.path if item.edit.section is None else f"{item.edit.path}, “{item.edit.section}”"
    return [
        *_of_counts(item, place, where),
        *(paragraph(line, indent=6, first=4) for line in item.diff[:most]),
        *([paragraph(f"… and {counted(rest, 'more line')}")] if rest > 0 else []),
        *([paragraph(f"It cannot be made: {item.refusal}.")] if item.refusal is not None else []),
        *([paragraph(f"Why: {item.contradiction}")] if item.contradiction is not None else []),
        paragraph(rests_on(item)),
        *(
            paragraph(f"{one.trajectory_id} step {one.step}: {quoted(clip(squeeze(one.text), _QUOTE))}")
            for one in item.quotes
        ),
    ]


def _of_counts(item: ProposedEditItem, place: str | None, where: str) -> list[str]:
    """Return the head of a proposed edit and, if the edit only raises counts, a line on what it counts."""
    if item.change != "reinforce":
        return [_head(place, item.id, f"an edit of {where} is proposed")]
    kept, what = ("the library's log", "run") if item.number is None else (f"{item.number} of its evidence", "more run")
    return [
        _head(place, item.id, f"a higher count for a rule of {where} is proposed"),
        paragraph(clip(squeeze(item.edit.text), _QUOTE)),
        paragraph(f"Borne out by {counted(len(item.runs), what)}; the count goes to {kept}. No word changes."),
    ]


def _of_edit(item: EditItem, place: str | None, most: int) -> list[str]:
    why = "" if item.reason is None else f": {item.reason}"
    rest = len(item.diff) - most
    more = f"… and {counted(rest, 'more line')}; `t2s library diff {item.library}/{item.skill}`"
    head = "a new skill waits" if item.is_new else "a new version waits"
    lies = "The skill is not in" if item.is_new else "The skill is left as it lies in"
    shown = "Its files" if item.is_new else "From your version (-) to the new one (+)"
    return [
        _head(place, item.id, head),
        paragraph(f"{lies} {item.library}{why}."),
        paragraph(f"{shown}, which no gate has scored (unassessed):"),
        *(paragraph(line, indent=6, first=4) for line in item.diff[:most]),
        *([paragraph(more)] if rest > 0 else []),
    ]


def _of_proposal(item: ProposalItem, place: str | None) -> list[str]:
    one = item.proposal
    about = f"the library as it was at {one.skill}" if one.kind == "rollback" else one.skill
    takes = [f"{name} to version {number}" for name, number in one.versions]
    return [
        _head(place, item.id, PROPOSED[one.kind].format(about=about, into=one.into)),
        paragraph(ended(capitalised(one.reason))),
        *([paragraph(f"It takes {join_words(takes)}.")] if takes else []),
        *([paragraph(f"It archives {join_words(one.leaves)}, which came later.")] if one.leaves else []),
        paragraph(f"Rests on recorded runs (level {item.level}). Nothing is deleted; --undo takes an answer back."),
    ]


def _head(*parts: str | None) -> str:
    return paragraph(" · ".join(filter(None, parts)), first=0)


def print_decision(decision: Decision, word: str | None) -> None:
    """Print a decision in the words of :func:`decision_line`."""
    click.echo(decision_line(decision, word))


def decision_line(decision: Decision, word: str | None) -> str:
    """Return a line on a decision.

    Args:
        decision: The decision.
        word: Word before the verdict for the effect of an answer; None to state the verdict only.
    """
    why = "" if decision.reason is None else f", because {decision.reason}"
    said = decision.verdict if word is None else f"{word}: {decision.verdict}"
    return paragraph(f"{capitalised(said)} on {decision.at[:10]}{why}: {decision.says} ({decision.id})")
