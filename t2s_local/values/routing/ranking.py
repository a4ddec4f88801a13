"""Choice of skills and of parts of skills for one task."""

from t2s_local.values.routing.library_index import LeftOut
from t2s_local.values.value import Value


class RankedSkill(Value, frozen=True, kw_only=True):
    """A skill with its score for a task."""

    skill: str
    score: float
    """Score from 0 to 1, rounded to 4 decimals."""
    least: float
    """Least score with which the skill suits a task, rounded to 4 decimals."""
    reason: str
    parts: dict[str, float]
    """Partial scores from which the score was computed, by name, rounded to 4 decimals."""


class RankedNode(Value, frozen=True, kw_only=True):
    """A part of a skill that an agent should read for a task."""

    place: str
    """Place of the part, as ``skill#line``."""
    title: str
    score: float | None
    """Score from 0 to 1, rounded to 4 decimals; None for a part that only a chosen part needs."""
    required_by: str | None = None
    """Place of the chosen part that needs this part; None for a chosen part."""


class Ranking(Value, frozen=True, kw_only=True):
    """Skills of a library ranked for a task."""

    level: str = "L0"
    library: str
    is_none: bool
    """Whether no skill fits the task, because the best score is below the least score of its skill."""
    nearest: RankedSkill | None
    """The skill with the best score; None if no skill was scored."""
    ranked: tuple[RankedSkill, ...]
    """Skills that fit, the best first; empty if none fits."""
    min_score: float
    """Least score of skills whose tasks are unknown; each other skill has a least score of its own."""
    n_skills: int
    """Number of skills that may be used."""
    n_shortlisted: int
    """Number of skills that were ranked; all of them if there are at most 20."""
    nodes: tuple[RankedNode, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    n_aside: int = 0
