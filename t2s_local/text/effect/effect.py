"""Measure the effect of advice under a local model: the gain in likelihood of the action that worked, level L2.

The gain is compared with that of a placebo: advice on unrelated work with the same number of words.
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
"""Least lead of advice over its placebo and over no advice, in nats per token (calibrated: decision 0608)."""
KNOWN = 0.35
"""Mean surprise, in nats per token, up to which a model expects the action without advice, which can add little."""
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
        """Text of the advice as it is put before the action in the scoring model's input."""
        return f"Advice: When {self.when}: {self.do}\n\n"

    @property
    def placebo(self) -> "Advice":
        """Advice on unrelated work with the same number of words, for comparison."""
        return Advice(
            when=_as_long(_OTHER_SITUATION, self.when),
            do=_as_long(_OTHER_ACTION, self.do),
        )


class Ballot(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded action that worked, with the situation before it, whose likelihood advice is tested on."""

    run: TrajectoryId
    before: str
    """Text of the situation, which the model evaluates once."""
    action: str
    """Text of the action that worked, which the model scores as a continuation."""
    spans: tuple[tuple[int, int], ...]
    """Scored parts of *action*, in characters: those that differ from the failed action, ids of one run left out."""

    def continuation(self, advice: Advice | None) -> Continuation:
        """Return the action as a continuation to score, after *advice*; None for no advice."""
        return Continuation(given="" if advice is None else advice.text, text=self.action, spans=self.spans)


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of several pieces of advice on one recorded action (ballot), in nats per token."""

    supports: tuple[float, ...]
    """Mean gain of each piece of advice over no advice."""
    placebos: tuple[float, ...]
    """Mean gain of the placebo of each piece of advice."""
    surprise: float
    """Mean negative log-likelihood of the action without advice: high if the model does not expect the action."""


def ballot_of(*, run: TrajectoryId, task: str, before: str, got: str, action: str) -> Ballot | None:
    """Return the ballot (situation and scored parts) of an action that worked; None if no part of *action* is scored.

    Args:
        run: The run that contains the action.
        task: Text of the run's task.
        before: The earlier action that failed; empty if there was none.
        got: The result of the earlier action.
        action: The action that worked.
    """
    typed, done = typed_as(before), typed_as(action)
    spans = changed_spans(typed, done)
    if not spans:
        return None
    head = f"Task: {cut(task, _TASK)}\n\n{typed}\n{cut(got, WHOLE)}\n\n"
    return Ballot(run=run, before=head, action=done, spans=spans)


def typed_as(action: str) -> str:
    """Return *action* on one line, shortened to the length that is scored."""
    return cut(action, _ACTION)


def scores(judge: Engine, ballot: Ballot, advice: Sequence[Advice]) -> Scores | None:
    """Return the scores of *advice* and its placebos on *ballot*; None if the judge cannot score it.

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
    """Return the mean effect of a piece of advice, from support, placebo and surprise on each ballot (at least one)."""
    support, placebo, surprise = (sum(column) / len(found) for column in zip(*found, strict=True))
    is_known = surprise <= KNOWN
    return Effect(support=round(support, 3), placebo=round(placebo, 3), n_runs=len(found), is_known=is_known)


def has_effect(effect: Effect) -> bool:
    """Return whether advice clearly beats its placebo and no advice, or the model expects the action without advice."""
    return effect.is_known or effect.support > max(effect.placebo, 0.0) + MARGIN


def support_of(found: Sequence[float], without: Sequence[float]) -> float:
    """Return the mean gain per token of log-probabilities *found* over those without advice, each clipped to 3 nats."""
    gains = [min(_CLIP, max(-_CLIP, one - other)) for one, other in zip(found, without, strict=True)]
    return sum(gains) / len(gains)


def _as_long(words: str, text: str) -> str:
    """Return *words*, repeated or cut to the number of words in *text*."""
    return " ".join(islice(cycle(words.split()), len(text.split())))
