"""The effect of advice under a local model: how much likelier it makes what worked, level L2.

Scores are compared with those of a placebo: advice about other work, of as many words.
"""

from collections.abc import Sequence
from itertools import cycle, islice

import msgspec

from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation, Engine
from t2s_local.text.effect.shown import WHOLE, changed_spans, cut
from t2s_local.values.lesson import Effect
from t2s_local.values.trajectory import TrajectoryId

MARGIN = 0.65
"""How much more than its placebo, and than no advice, advice must do, in nats a token (calibrated: decision 0608)."""
KNOWN = 0.35
"""Mean surprise, in nats a token, up to which a model knows what worked by itself: there is little left to support."""
_CLIP = 3.0
_TASK = 300
_ACTION = 300
_OTHER_SITUATION = "a long table is printed for readers who look at a report with two sources that disagree"
_OTHER_ACTION = (
    "Print the first rows only, put the result into the first sentence, trust the source that was changed last, and"
    " keep the words short so that a reader who has little time can follow them to the end."
)


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """Advice before an action: a situation and an order."""

    when: str
    do: str

    @property
    def text(self) -> str:
        """The words, as they are given to the model that scores."""
        return f"Advice: When {self.when}: {self.do}\n\n"

    @property
    def placebo(self) -> "Advice":
        """Advice about other work, of as many words."""
        return Advice(
            when=_as_long(_OTHER_SITUATION, self.when),
            do=_as_long(_OTHER_ACTION, self.do),
        )


class Ballot(msgspec.Struct, frozen=True, kw_only=True):
    """Action that worked in one run, on which advice is scored."""

    run: TrajectoryId
    before: str
    """The situation, evaluated once."""
    action: str
    """What worked, as it is continued with."""
    spans: tuple[tuple[int, int], ...]
    """The part of it that counts: what differs from what failed, ids of one run aside."""

    def continuation(self, advice: Advice | None) -> Continuation:
        """Return what worked, after *advice*."""
        return Continuation(given="" if advice is None else advice.text, text=self.action, spans=self.spans)


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of several pieces of advice on one ballot, in nats a token."""

    supports: tuple[float, ...]
    placebos: tuple[float, ...]
    """Of the placebo of each."""
    surprise: float
    """How little the model expects what worked without any advice."""


def ballot_of(*, run: TrajectoryId, task: str, before: str, got: str, action: str) -> Ballot | None:
    """Return a ballot on *action*; None where nothing in it could be scored.

    Args:
        run: The run it was taken in.
        task: What the run was asked for.
        before: What was done first and failed; empty where nothing was.
        got: What came back.
        action: What worked.
    """
    typed, done = typed_as(before), typed_as(action)
    spans = changed_spans(typed, done)
    if not spans:
        return None
    head = f"Task: {cut(task, _TASK)}\n\n{typed}\n{cut(got, WHOLE)}\n\n"
    return Ballot(run=run, before=head, action=done, spans=spans)


def typed_as(action: str) -> str:
    """Return *action* on one line, as long as it is scored."""
    return cut(action, _ACTION)


def scores(judge: Engine, ballot: Ballot, advice: Sequence[Advice]) -> Scores | None:
    """Score *advice* and its placebos on *ballot*; None where the judge cannot.

    Raises:
        ModelError: the judge cannot be run.
    """
    placebos = dict.fromkeys(one.placebo for one in advice)
    asked = [None, *advice, *placebos]
    try:
        without, *others = judge.score(ballot.before, [ballot.continuation(one) for one in asked])
    except ModelError as error:
        if "cannot score" in error.message:
            return None
        raise
    gains = [support_of(found, without) for found in others]
    by_placebo = dict(zip(placebos, gains[len(advice) :], strict=True))
    return Scores(
        supports=tuple(gains[: len(advice)]),
        placebos=tuple(by_placebo[one.placebo] for one in advice),
        surprise=-sum(without) / len(without),
    )


def effect_of(found: Sequence[tuple[float, float, float]]) -> Effect:
    """Join what one piece of advice scored on several ballots: support, placebo and surprise of each; at least one."""
    support, placebo, surprise = (sum(column) / len(found) for column in zip(*found, strict=True))
    is_known = surprise <= KNOWN
    return Effect(support=round(support, 3), placebo=round(placebo, 3), n_runs=len(found), is_known=is_known)


def has_effect(effect: Effect) -> bool:
    """Return whether advice does more than its placebo and than no advice; always where the model needs none."""
    return effect.is_known or effect.support > max(effect.placebo, 0.0) + MARGIN


def support_of(found: Sequence[float], without: Sequence[float]) -> float:
    """Return the mean gain a token of log-probabilities over those without advice, each clipped to 3 nats."""
    gains = [min(_CLIP, max(-_CLIP, one - other)) for one, other in zip(found, without, strict=True)]
    return sum(gains) / len(gains)


def _as_long(words: str, text: str) -> str:
    """As many of *words*, from the first again after the last, as *text* has."""
    return " ".join(islice(cycle(words.split()), len(text.split())))
