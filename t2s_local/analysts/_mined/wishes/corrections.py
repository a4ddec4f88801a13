"""Corrections: where a user put the agent right or restricted it, in the user's own words."""

import json
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.wishes.course import Course, course, names
from t2s_local.analysts._mined.wishes.own_words import MOST_TURNS, own_words
from t2s_local.analysts._mined.wishes.trim import trimmed
from t2s_local.analysts._mined.wishes.weigh import ENOUGH, Weighed, weigh
from t2s_local.text.text import clip, quoted, squeeze
from t2s_local.values.lesson import Lesson, Refusal
from t2s_local.values.trajectory import Slice

SCRIPTED = "correction that is part of a scripted task"
NO_RULE = "correction without a rule"
UNHEARD = f"turn behind the first {MOST_TURNS:,} of a conversation"
_MOST_TOGETHER = 3
"""Sentences beside each other that may state one rule."""
_LONGEST_UNDONE = 100


def corrections(piece: Slice) -> Iterator[Lesson | Refusal]:
    """Yield a lesson for every time the user of *piece* put right what the agent did.

    The user of a sub-agent is the agent that started it, and whose words stand in an earlier result or answer is not
    the one who sends them: neither is a user's wish.
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
        if found is None:
            continue
        rule = trimmed(found, run.steps[at].text)
        if run.task_id is not None:
            yield Refusal(reason=SCRIPTED)
        elif rule is None:
            yield Refusal(reason=NO_RULE, detail=clip(squeeze(run.steps[at].text), 80))
        else:
            whole = next((one.text for one in found if rule in one.text), rule)
            yield _lesson(piece, at, rule, _of(whole, around), around)


def _turns_after_calls(piece: Slice) -> list[int]:
    """Return the places of the turns of *piece* before which the agent of the run had called something."""
    steps = piece.trajectory.steps
    first_call = next((at for at, step in enumerate(steps) if step.kind == "tool_call"), piece.stop)
    return [at for at in range(max(piece.start, first_call), piece.stop) if steps[at].kind == "user"]


def _found(said: Sequence[str], around: Course) -> tuple[Weighed, ...] | None:
    """Return the sentences beside each other that speak most for a rule; None where none speak enough for one."""
    runs = [said[start : start + _MOST_TOGETHER] for start in range(max(1, len(said) - _MOST_TOGETHER + 1))]
    size = sum(map(len, said))
    weighed = [weigh(run, around, n_characters=size) for run in runs if run]
    best = max(weighed, key=lambda one: one[0], default=None)
    return None if best is None or best[0] < ENOUGH else best[1]


def _lesson(piece: Slice, at: int, rule: str, of: str, around: Course) -> Lesson:
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
        when="in this project",
        do=f"The user said: {quoted(squeeze(rule))}{of}",
        because=None,
        polarity="correction",
        pattern="correction",
        evidence=quotes,
        trajectories=(run,),
        tools=tools,
    )


def _line_in(call: str, line: str | None) -> str | None:
    """Return *line* as it stands in the text of a *call*, where arguments may be JSON; None where it does not.

    An edit holds what was there before, too, which is not what it makes of it.
    """
    spelt = () if line is None else (line, json.dumps(line, ensure_ascii=False)[1:-1])
    return next((one for one in spelt if one in call), None)


def _of(said: str, around: Course) -> str:
    """Return what a sentence was said of, where it does not name that itself."""
    line = around.undone
    if line is None or not around.in_file:
        shared = {dropped: len(names(said) & names(dropped)) for dropped in around.dropped}
        line = min((one for one, count in shared.items() if count), key=lambda one: (-shared[one], one), default=None)
    if line is None or len(line) > _LONGEST_UNDONE:
        return ""
    return f", of {code(line)}"
