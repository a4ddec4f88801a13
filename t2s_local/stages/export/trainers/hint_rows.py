"""Rows for prompt-completion trainers: each act of an agent after the text of a skill, or with two rules as hints.

Rows after the text follow SoftSkill (arXiv 2606.20333), rows with hints SGSD (arXiv 2605.28791).
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from t2s_local.skills.document import Document
from t2s_local.skills.source import SkillSource
from t2s_local.stages.export.trainers.rows import HintRow, PrefixRow, Rows
from t2s_local.stages.export.trainers.turns import Message, acts_of, context_of, turns_of
from t2s_local.text.text import content
from t2s_local.values.trajectory import Trajectory

_AGAINST = re.compile(r"\b(?:never|avoid|do not|don['’]t|must not|cannot|instead of)\b", re.IGNORECASE)
_HEADED = re.compile(r"\b(?:avoid|never|mistakes?|pitfalls?|do not|don['’]t|gotchas?)\b", re.IGNORECASE)
_NO_RULES = re.compile(r"^(?:when\b|use when\b|references?\b|see also\b|sources?\b|evidence\b)", re.IGNORECASE)
"""Headings of sections without rules."""
_SUPPORT = re.compile(r"\s*\(R\d+: [^()]*\)\s*$")
"""Number and support of a rule, as skills written by this project end the rule."""


class Hints(NamedTuple):
    """Rules of a skill, split into rules that say what to do (advice) and what not to do (mistakes)."""

    advice: tuple[str, ...]
    mistakes: tuple[str, ...]


def prefix_rows(runs: Sequence[Trajectory], source: SkillSource) -> Rows:
    """Return a row for every act in a successful run; its prompt begins with the text of the skill.

    Args:
        runs: Labelled and redacted runs; their order does not change the result.
        source: The skill.
    """
    rows, left_out, n_cut = list[PrefixRow](), Counter[str](), 0
    skill = Message(role="system", content=source.texts["SKILL.md"])
    for run in sorted(runs, key=lambda one: one.id):
        if run.outcome != "success":
            left_out["runs that did not succeed, as far as is known"] += 1
            continue
        turns = turns_of(run)
        for act in acts_of(turns):
            context = context_of(turns, act)
            n_cut += context.is_cut
            row = PrefixRow(
                prompt=_after(skill, context.messages),
                completion=(turns[act].message,),
                skill=source.name,
                trajectory=run.id,
                step=turns[act].step,
            )
            rows.append(row)
    return Rows(rows, left_out, n_cut)


def hint_rows(runs: Sequence[Trajectory], source: SkillSource) -> Rows:
    """Return a row for every act in a run that succeeded or failed, with the rules of the skill nearest to the act.

    Args:
        runs: Labelled and redacted runs; their order does not change the result.
        source: The skill.
    """
    rows, left_out, n_cut = list[HintRow](), Counter[str](), 0
    hints = hints_of(source)
    for run in sorted(runs, key=lambda one: one.id):
        if run.outcome not in {"success", "failure"}:
            left_out["runs that neither succeeded nor failed, as far as is known"] += 1
            continue
        turns = turns_of(run)
        for act in acts_of(turns):
            context = context_of(turns, act)
            if not context.messages:
                left_out["acts before any request"] += 1
                continue
            n_cut += context.is_cut
            about = " ".join(one.content for one in (*context.messages[-2:], turns[act].message))
            row = HintRow(
                prompt=context.messages,
                completion=(turns[act].message,),
                outcome=run.outcome,
                hint=_nearest(hints.advice, about),
                mistake=_nearest(hints.mistakes, about),
                skill=source.name,
                trajectory=run.id,
                step=turns[act].step,
            )
            rows.append(row)
    return Rows(rows, left_out, n_cut)


def hints_of(source: SkillSource) -> Hints:
    """Split the list items of a skill into advice and mistakes; both are empty if the skill cannot be parsed."""
    document = source.document
    if not isinstance(document, Document):
        return Hints((), ())
    items = dict[int, str]()
    under = dict[int, str]()
    heading = ""
    for passage in document.markdown.passages:
        if passage.kind == "heading":
            heading = passage.text
        elif passage.kind == "item" and passage.item is not None and not _NO_RULES.match(heading):
            items.setdefault(passage.item, _SUPPORT.sub("", passage.text))
            under.setdefault(passage.item, heading)
    against = [at for at, text in items.items() if _AGAINST.search(text) or _HEADED.search(under[at])]
    return Hints(tuple(text for at, text in items.items() if at not in against), tuple(items[at] for at in against))


def _nearest(rules: Sequence[str], about: str) -> str | None:
    """Return the rule with the largest share of its content words in *about*; None if no rule shares a word."""
    known = content(about)
    shares = [(len(content(rule) & known) / (1 + len(content(rule))), -at) for at, rule in enumerate(rules)]
    best = max(shares, default=(0.0, 0))
    return rules[-best[1]] if best[0] > 0 else None


def _after(skill: Message, messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return *messages* after the text of a skill; a leading system message is merged with that text."""
    if messages and messages[0].role == "system":
        joined = Message(role="system", content=f"{skill.content}\n\n{messages[0].content}")
        return (joined, *messages[1:])
    return (skill, *messages)
