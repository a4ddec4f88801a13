"""Results of level L2: gains in a local model's log-likelihood of the recorded actions, due to a skill."""

from typing import Literal

from t2s_local.values.trajectory import Outcome
from t2s_local.values.value import Value


class RunSupport(Value, frozen=True, kw_only=True):
    """A recorded action that followed the situation of a rule, scored with and without the rule as advice."""

    run: str
    rule: str
    outcome: Outcome | None
    support: float | None
    """Mean gain per token over no advice, in nats, each clipped to 3; None if no token could be scored."""
    placebo: float | None
    """Mean gain with advice on unrelated work of the same number of tokens; None if no token could be scored."""
    polarity: Literal[-1, 0, 1] | None
    """Sign of the outcome times sign of the support; 0 for a support within 0.05 of 0; None without a support."""


class SkillSupport(Value, frozen=True, kw_only=True):
    """A skill scored with a local model."""

    skill: str
    path: str
    digest: str
    n_runs: int
    """Number of successful runs that could be scored."""
    n_above: int
    """Number of successful runs whose support is above the placebo's gain."""
    n_below: int
    n_unscored: int
    """Number of runs with a situation of a rule in which no token of an action could be scored."""
    support: float | None
    """Mean support over the successful runs; None if there are none."""
    placebo: float | None
    p_value: float | None
    """P value of the exact two-sided sign test over the successful runs."""
    verdict: Literal["supported", "no_evidence", "not_applicable"]
    runs: tuple[RunSupport, ...]
    """Scored actions, the worst first."""
