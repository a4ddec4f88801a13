"""The gate of level L2 with log-probabilities given by hand."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from t2s_local.engines import llamacpp
from t2s_local.engines.scripted import Scripted, load
from t2s_local.gates.logprob import Logprob, placebo_of, polarity_of
from t2s_local.ports.engine import Continuation
from t2s_local.text.effect.effect import support_of
from t2s_local.values.gates.results import GatedRule, GatedSkill
from t2s_local.values.gates.supports import SkillSupport
from t2s_local.values.trajectory import Outcome
from t2s_local.weights.fit import Wishes
from tests.gates.test_recorded import RULE, run


class ByHand(Scripted):
    """A scripted engine whose scores are given, by the words before what is scored."""

    def __init__(self, gain: Callable[[str], float]) -> None:
        """Give every token -2, and *gain* of the words more."""
        super().__init__(lambda _: "", name="by hand", context=4096)
        self._gain = gain

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Score three tokens of each continuation."""
        del situation
        return tuple((-2.0 + self._gain(one.given),) * 3 for one in continuations)


def measured(n: int, gain: Callable[[str], float], *, outcome: Outcome = "success") -> SkillSupport:
    gate = Logprob(ByHand(gain))
    skill = GatedSkill(name="deploying", path="deploying", digest="0", text="", rules=(RULE,))
    runs = [run(number, outcome, "deploy", "deploy --wait") for number in range(n)]
    found: Iterator[SkillSupport] = gate.measure([skill], [(gate.observe(one), one.outcome) for one in runs])
    return next(found)


@pytest.mark.parametrize(
    ("gains", "support"),
    [((10, -1, 0.4), 0.80), ((0.05, 0.04, 0.03), 0.04), ((0.05,) * 3, 0.05), ((-10, -10), -3.0)],
)
def test_support_is_the_mean_of_clipped_gains(gains: tuple[float, ...], support: float) -> None:
    assert support_of(gains, (0.0,) * len(gains)) == pytest.approx(support)


def test_polarity_is_the_sign_of_the_outcome_times_that_of_the_support() -> None:
    assert (polarity_of("success", 0.80), polarity_of("failure", 0.80)) == (1, -1)
    assert (polarity_of("success", 0.04), polarity_of("success", sum([0.05] * 3) / 3)) == (0, 0)
    assert polarity_of("failure", -3.0) == 1


def test_six_runs_above_the_placebo_support_a_rule_and_five_do_not() -> None:
    six, five = (measured(n, lambda given: 0.5 if "deploy" in given else 0.1 if given else 0.0) for n in (6, 5))
    assert (six.p_value, six.verdict, six.support, six.placebo) == (0.03125, "supported", 0.5, 0.1)
    assert (five.p_value, five.verdict) == (0.0625, "no_evidence")


def test_a_placebo_that_does_as_much_is_no_evidence() -> None:
    found = measured(8, lambda given: 0.3 if given else 0.0)
    assert (found.support, found.placebo, found.p_value, found.verdict) == (0.3, 0.3, None, "no_evidence")


def test_a_rule_with_its_condition_behind_the_order_is_scored_in_its_own_words() -> None:
    told = GatedRule(name="R1", line=1, situation="Run `deploy --wait` when the lock is held.", orders=())
    runs = [run(number, "success", "deploy", "deploy --wait") for number in range(6)]
    gate = Logprob(ByHand(lambda given: 0.5 if "when the lock is held" in given else 0.0))
    skill = GatedSkill(name="deploying", path="deploying", digest="0", text="", rules=(told,))
    (found,) = gate.measure([skill], [(gate.observe(one), one.outcome) for one in runs])
    assert (found.n_above, found.support) == (6, 0.5)


def test_actions_of_failed_runs_support_nothing() -> None:
    found = measured(8, lambda given: 0.5 if "deploy" in given else 0.0, outcome="failure")
    assert (found.verdict, found.support, {one.polarity for one in found.runs}) == ("not_applicable", None, {-1})


def test_a_placebo_has_as_many_tokens_as_the_rule() -> None:
    engine = load([""])
    advice = "Advice: When `deploy` fails: run `deploy --wait` and look at what it says."
    assert engine.count_tokens(placebo_of(advice, engine)) == engine.count_tokens(advice)


@pytest.mark.model
def test_a_real_model_supports_the_rule_that_the_runs_followed(real_model: Path) -> None:
    skill = GatedSkill(name="deploying", path="deploying", digest="0", text="", rules=(RULE,))
    runs = [run(number, "success", "deploy", "deploy --wait") for number in range(6)]
    engine = llamacpp.load(real_model, wishes=Wishes(context=1024, sequences=1))
    try:
        gate = Logprob(engine)
        (found,) = gate.measure([skill], [(gate.observe(one), one.outcome) for one in runs])
    finally:
        engine.close()
    assert (found.verdict, found.n_above) == ("supported", 6)
