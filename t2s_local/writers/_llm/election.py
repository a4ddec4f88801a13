"""Choice of the wording of a rule with the largest effect on runs that the wording does not come from."""

from collections.abc import Sequence

import msgspec

from t2s_local.ports.engine import Engine
from t2s_local.text.effect.effect import Ballot, effect_of, scores
from t2s_local.values.lesson import Effect
from t2s_local.writers._llm.candidates import Candidate


class ElectedWords(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen wording, as its index among the candidates, and its effect."""

    at: int
    effect: Effect


def elect(candidates: Sequence[Candidate], ballots: Sequence[Ballot], judge: Engine) -> ElectedWords | None:
    """Choose one of *candidates*; the first is replaced only by a wording with a larger effect on the same runs.

    Args:
        candidates: The present wording of a rule first; wordings of no run, such as a rewording, last.
        ballots: Actions that worked in runs of the rule.
        judge: The model that scores.

    Returns:
        None if the present wording cannot be scored on a run that it does not come from.

    Raises:
        ModelError: the judge cannot be run.
    """
    found = [(ballot, scores(judge, ballot, [one.advice for one in candidates])) for ballot in ballots]
    rows = [
        {
            number: (told.supports[at], told.placebos[at], told.surprise)
            for number, (ballot, told) in enumerate(found)
            if told is not None and one.may_be_scored_on(ballot)
        }
        for at, one in enumerate(candidates)
    ]
    if not rows or not rows[0]:
        return None
    best = 0
    for at in range(1, len(rows)):
        shared = sorted(rows[best].keys() & rows[at].keys())
        if shared and _gain(rows[at], shared) > _gain(rows[best], shared):
            best = at
    return ElectedWords(at=best, effect=effect_of(list(rows[best].values())))


def _gain(row: dict[int, tuple[float, float, float]], ballots: Sequence[int]) -> float:
    return sum(row[number][0] - row[number][1] for number in ballots) / len(ballots)
