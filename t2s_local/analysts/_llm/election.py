"""Election by effect: the words that make what worked more likely, and more than words about something else do."""

from collections.abc import Sequence

import msgspec

from t2s_local.analysts._llm.shown import WHOLE, changed_spans, cut
from t2s_local.analysts._llm.situation import Situation
from t2s_local.analysts._llm.wording import LessonWords
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation, Engine
from t2s_local.text.commands import is_shell, without_cd
from t2s_local.values.lesson import Effect, Refusal
from t2s_local.values.trajectory import Step

NO_EFFECT = "no effect: words about something else do as much"
PLACEBOS = (
    LessonWords(cause="", when="a long table is printed", do="Print the first rows only."),
    LessonWords(cause="", when="a report is written for readers", do="Put the result into the first sentence."),
    LessonWords(cause="", when="two sources disagree about a date", do="Trust the one that was changed last."),
)
"""Advice of the usual length about other work: what words do because they are words."""
MARGIN = 0.1
"""How much more than a placebo, and than no advice, an effect must be, in nats a token."""
KNOWN = 0.35
"""Mean surprise, in nats a token, up to which a model knows what worked by itself: there is little left to support."""
_CLIP = 3.0
_TASK = 300
_ACTION = 300


class Elected(msgspec.Struct, frozen=True, kw_only=True):
    """The candidate that was elected, with its effect; None where nothing could be measured."""

    words: LessonWords
    effect: Effect | None


class Ballot(msgspec.Struct, frozen=True, kw_only=True):
    """What candidates of one situation are scored on."""

    before: str
    """The situation, evaluated once."""
    action: str
    """What worked, as it is continued with."""
    spans: tuple[tuple[int, int], ...]
    """The part of it that counts."""

    def continuation(self, advice: LessonWords | None) -> Continuation:
        """Return what worked, after *advice*."""
        given = "" if advice is None else f"Advice: When {advice.when}: {advice.do}\n\n"
        return Continuation(given=given, text=self.action, spans=self.spans)


def ballot(situation: Situation) -> Ballot | None:
    """Return what candidates for *situation* are scored on; None where nothing worked that could be scored."""
    if not situation.remedy:
        return None
    steps = situation.piece.trajectory.steps
    action = _as_typed(steps[situation.remedy[0]])
    before = "" if situation.before is None else _as_typed(steps[situation.before])
    spans = changed_spans(before, action)
    got = "" if situation.got is None else cut(steps[situation.got].text, WHOLE)
    task = cut(situation.piece.request or "", _TASK)
    return Ballot(before=f"Task: {task}\n\n{before}\n{got}\n\n", action=action, spans=spans) if spans else None


def elect(candidates: Sequence[LessonWords], on: Ballot | None, judge: Engine | None) -> Elected | Refusal:
    """Elect one of *candidates*, of which there is at least one, the likeliest first.

    Args:
        candidates: Words that code's checks let through.
        on: What they are scored on; None where nothing can be scored.
        judge: Who scores; None where no engine at hand can.

    Raises:
        ModelError: the judge cannot be run.
    """
    first = Elected(words=candidates[0], effect=None)
    if on is None or judge is None:
        return first
    asked = [None, *PLACEBOS, *candidates]
    try:
        without, *others = judge.score(on.before, [on.continuation(advice) for advice in asked])
    except ModelError as error:
        if "cannot score" in error.message:
            return first
        raise
    supports = [_support(found, without) for found in others]
    placebo = max(supports[: len(PLACEBOS)])
    own = supports[len(PLACEBOS) :]
    best = max(range(len(own)), key=lambda at: (own[at], -at))
    is_known = -sum(without) / len(without) <= KNOWN
    effect = Effect(support=round(own[best], 3), placebo=round(placebo, 3), n_runs=1, is_known=is_known)
    if own[best] <= max(placebo, 0.0) + MARGIN and not is_known:
        return Refusal(reason=NO_EFFECT, detail=candidates[best].do)
    return Elected(words=candidates[best], effect=effect)


def _support(found: Sequence[float], without: Sequence[float]) -> float:
    gains = [min(_CLIP, max(-_CLIP, one - other)) for one, other in zip(found, without, strict=True)]
    return sum(gains) / len(gains)


def _as_typed(step: Step) -> str:
    name = "$" if step.tool is None or is_shell(step.tool) else step.tool
    return f"{name} {cut(without_cd(step.text), _ACTION)}"
