"""Corrections: a user corrects or restricts the agent, quoted in the user's own words."""

import json
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.wishes.course import Course, course, is_stopped, names
from t2s_local.analysts._mined.wishes.order import as_order
from t2s_local.analysts._mined.wishes.own_words import MOST_TURNS, own_words
from t2s_local.analysts._mined.wishes.trim import trimmed
from t2s_local.analysts._mined.wishes.weigh import ENOUGH, Weighed, weigh
from t2s_local.text.lesson_words import ANYWHERE
from t2s_local.text.text import clip, squeeze
from t2s_local.values.lesson import Lesson, Refusal
from t2s_local.values.trajectory import Slice

SCRIPTED = "correction that is part of a scripted task"
NO_RULE = "correction without a rule"
UNCLEAR = "correction that only its conversation explains"
UNHEARD = f"turn behind the first {MOST_TURNS:,} of a conversation"
_MOST_TOGETHER = 3
"""Most consecutive sentences that may state one rule."""
_LONGEST_UNDONE = 100


def corrections(piece: Slice) -> Iterator[Lesson | Refusal]:
    """Yield a lesson for every message in which the user of *piece* corrects the agent.

    Messages to a sub-agent come from another agent, and sentences copied from an earlier result or answer are not the
    user's: neither states a wish of the user.
    """
    run, turns = piece.trajectory, _turns_after_calls(piece)
    if run.parent_id is not None or not turns:
        return
    said = own_words(run)
    last = max(said, default=piece.stop)
    if len(said) == MOST_TURNS and (n_unheard := sum(at > last for at in turns)):
        yield Refusal(reason=UNHEARD, count=n_unheard)
    for at in turns:
        if at not in said:
            continue
        around = course(run.steps, at)
        found = _found(said[at], around)
        if found is not None:
            yield _judged(piece, at, found, around)


def _judged(piece: Slice, at: int, found: Sequence[Weighed], around: Course) -> Lesson | Refusal:
    """Return the lesson of the sentences *found* in the user's message at step *at*, or the reason to refuse them."""
    run = piece.trajectory
    text = run.steps[at].text
    rule = trimmed(found, text)
    if run.task_id is not None:
        return Refusal(reason=SCRIPTED)
    if rule is None:
        return Refusal(reason=NO_RULE, detail=clip(squeeze(text), 80))
    whole = next((one.text for one in found if rule in one.text), rule)
    line = _of(whole, around)
    is_undone = line is not None and around.in_file and line == (around.undone or "").strip()
    order = as_order(rule, around, line=line, below=around.below if is_undone else None, is_undone=is_undone)
    if order is None:
        return Refusal(reason=UNCLEAR, detail=clip(squeeze(rule), 80))
    return _lesson(piece, at, rule, order, around)


def _turns_after_calls(piece: Slice) -> list[int]:
    """Return the step indices of user messages in *piece* after the first call of the run, or after a person's stop."""
    steps = piece.trajectory.steps
    first_call = next((at for at, step in enumerate(steps) if step.kind == "tool_call"), piece.stop)
    said = [at for at in range(max(piece.start, 1), piece.stop) if steps[at].kind == "user"]
    return [at for at in said if at > first_call or is_stopped(steps, at)]


def _found(said: Sequence[str], around: Course) -> tuple[Weighed, ...] | None:
    """Return up to three consecutive sentences with the most evidence for a rule; None if all have too little."""
    runs = [said[start : start + _MOST_TOGETHER] for start in range(max(1, len(said) - _MOST_TOGETHER + 1))]
    size = sum(map(len, said))
    weighed = [weigh(run, around, n_characters=size) for run in runs if run]
    best = max(weighed, key=lambda one: one[0], default=None)
    return None if best is None or best[0] < ENOUGH else best[1]


def _lesson(piece: Slice, at: int, rule: str, order: str, around: Course) -> Lesson:
    run = piece.trajectory
    quotes = [quote(piece, at, rule, role="correction")]
    tools = []
    if around.last_call is not None:
        call = run.steps[around.last_call]
        quotes.append(quote(piece, around.last_call, _line_in(call.text, around.undone) or call.text, role="action"))
        tools = [call.tool] if call.tool else []
    if around.next_call is not None and (shown := _line_in(run.steps[around.next_call].text, around.redone)):
        quotes.append(quote(piece, around.next_call, shown, role="fix"))
    return lesson(
        when=ANYWHERE,
        do=order,
        because=None,
        polarity="correction",
        pattern="correction",
        evidence=quotes,
        trajectories=(run,),
        tools=tools,
    )


def _line_in(call: str, line: str | None) -> str | None:
    """Return *line* as the text of a *call* spells it, in plain text or in JSON; None if the call lacks it.

    The text of an edit contains the replaced lines too, which are no result of the edit.
    """
    spelt = () if line is None else (line, json.dumps(line, ensure_ascii=False)[1:-1])
    return next((one for one in spelt if one in call), None)


def _of(said: str, around: Course) -> str | None:
    """Return the agent's line that a sentence is about; None if it is unknown or too long to quote."""
    line = around.undone
    if line is None or not around.in_file:
        shared = {dropped: len(names(said) & names(dropped)) for dropped in around.dropped}
        line = min((one for one, count in shared.items() if count), key=lambda one: (-shared[one], one), default=None)
    return None if line is None or len(line) > _LONGEST_UNDONE or "`" in line else line.strip()
