"""Result of calibrating a model as a judge of skills."""

from typing import Literal

from t2s_local.values.value import Value


class DefectCount(Value, frozen=True, kw_only=True):
    """Pairs with one kind of defect."""

    defect: str
    n: int
    n_right: int
    """Pairs in which the judge named the skill without the defect, in both orders."""


class Calibration(Value, frozen=True, kw_only=True):
    """Counts of how often a model distinguishes a skill from a copy of it with one planted defect: level L0."""

    level: Literal["L0"] = "L0"
    model: str
    n: int
    n_right: int
    n_first: int
    """Number of the 2 n answers that named the skill shown first; about n if the order has no influence."""
    n_unread: int
    """Answers that named neither skill."""
    p_value: float
    """Exact one-sided probability of at least *n_right* right pairs by chance."""
    let_through: float
    """Share of the defects that the judge did not notice."""
    verdict: Literal["passes", "fails"]
    defects: tuple[DefectCount, ...]
