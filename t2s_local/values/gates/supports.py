"""Results of level L2: how much likelier a skill makes the recorded actions, for a local model."""

from typing import Literal

from t2s_local.values.trajectory import Outcome
from t2s_local.values.value import Value


class RunSupport(Value, frozen=True, kw_only=True):
    """One recorded action after a situation of a rule."""

    run: str
    rule: str
    outcome: Outcome | None
    support: float | None
    """Mean gain a token over no advice, in nats, each clipped to 3; None where no token could be scored."""
    placebo: float | None
    """The same of words about other work, with as many tokens."""
    polarity: Literal[-1, 0, 1] | None
    """Sign of the outcome times the sign of the support; 0 for a support within 0.05 of 0."""


class SkillSupport(Value, frozen=True, kw_only=True):
    """A skill under a local model."""

    skill: str
    path: str
    digest: str
    n_runs: int
    """Runs that succeeded and could be scored."""
    n_above: int
    """Among them, with a support above the placebo's."""
    n_below: int
    n_unscored: int
    """Runs with a situation of a rule in which no token of an action could be scored."""
    support: float | None
    """Mean over the runs that succeeded; None without one."""
    placebo: float | None
    p_value: float | None
    """Exact two-sided sign test over these runs."""
    verdict: Literal["supported", "no_evidence", "not_applicable"]
    runs: tuple[RunSupport, ...]
    """The worst first."""
