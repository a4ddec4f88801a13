"""Borrow parts of skills that were not chosen, and attach each to the chosen skill that it supports (SkillRAE).

The figures are from arXiv 2605.10114 unless decision 0922 names another figure; none of its code is used.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from t2s_local.text.text import jaccard, spoken
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE

LEAST_PARENT, LEAST_PART = 0.35, 0.12
"""Least score of a skill from which a part is borrowed, and least strength (similarity ÷ degree) of the part."""
MOST_RESCUED = 3
PARTS_EACH = 3
"""Number of parts of each skill that are considered, the most similar first."""
REDUNDANT = 0.6
"""Jaccard index of words from which on a part repeats text that is in the context already."""
_QUERY, _FIT, _PRIOR, _SAME, _NEAR, _MARGIN = 0.15, 0.45, 0.10, 0.15, 0.15, 0.10
_OTHER_ACTIVE = 0.4
_INACTIVE = 0.08
LEAST_ATTACHED = 0.12
_LEAST_BRIDGE, _BRIDGE_GAP = 0.16, 0.03
MOST_CUES = 2
"""Largest number of parts attached to one skill."""
LONGEST_CUE = 400
"""Largest number of characters of an attached part; 220 in SkillRAE, which does not keep sentences whole."""

Community = Literal["same", "active", "inactive", "none"]
"""Relation of the community of a part's skill to a chosen skill: the same community, the other of the two communities
nearest to the task (``active``), a farther community, or ``none`` if the library has no communities.
"""


class Rescuable(Value, frozen=True, kw_only=True):
    """A part of a skill that was not chosen."""

    place: str
    """Place as ``skill#line``."""
    parent: str
    """Name of the skill that contains the part."""
    parent_score: float
    """Score of the skill for the task, from 0 to 1."""
    strength: float
    """Similarity of the part and the task, divided by the number of skills with the same part."""
    text: str


class Attached(Value, frozen=True, kw_only=True):
    """A part with the chosen skills that it supports."""

    place: str
    skill: str
    """Name of the chosen skill that the part supports best."""
    score: float
    bridge: str | None = None
    """Name of a second chosen skill that the part supports nearly as well; None if there is none."""


def pool_size(n_chosen: int) -> int:
    """Return the number of skills, next in rank after the chosen skills, from which parts are borrowed."""
    return max(10, 4 * n_chosen)


def rescued(parts: Sequence[Rescuable], inside: Sequence[str]) -> tuple[Rescuable, ...]:
    """Return the parts to borrow: at most three, of different skills, the strongest first.

    Args:
        parts: Parts of skills that were not chosen, in any order.
        inside: Texts that the context contains already.
    """
    known = [spoken(text) for text in inside]
    found: list[Rescuable] = []
    for part in sorted(parts, key=lambda part: (-round(part.strength, 6), -round(part.parent_score, 6), part.place)):
        words = spoken(part.text)
        if (
            part.parent_score >= LEAST_PARENT - TOLERANCE
            and part.strength >= LEAST_PART - TOLERANCE
            and all(part.parent != other.parent for other in found)
            and all(jaccard(words, other, empty=0.0) < REDUNDANT - TOLERANCE for other in known)
        ):
            found.append(part)
            known.append(words)
        if len(found) == MOST_RESCUED:
            break
    return tuple(found)


def affinity(*, query: float, fit: float, prior: float, community: Community) -> float:
    """Return how well a part supports a chosen skill, before the margin over the second-best skill.

    Args:
        query: Jaccard index of the part and the task.
        fit: Jaccard index of the part and the skill's profile or best parts.
        prior: Score of the skill, min-max scaled over the chosen skills.
        community: Community of the part's skill as seen from the chosen skill.
    """
    near = {"same": 1.0, "active": _OTHER_ACTIVE, "inactive": 0.0, "none": 0.0}[community]
    found = _QUERY * query + _FIT * fit + _PRIOR * prior + _SAME * (community == "same") + _NEAR * near
    return found - _INACTIVE * (community == "inactive")


def attach(place: str, affinities: Mapping[str, float]) -> Attached | None:
    """Return a part with the chosen skill that it supports best; None if it supports none.

    Args:
        place: Place of the part.
        affinities: Affinity of the part with each chosen skill, by the skill's name; at least one.
    """
    ranked = sorted(affinities.items(), key=lambda item: (-round(item[1], 9), item[0]))
    (skill, top), second = ranked[0], ranked[1] if len(ranked) > 1 else None
    score = top + _MARGIN * (top - (second[1] if second is not None else 0.0))
    if score < LEAST_ATTACHED - TOLERANCE:
        return None
    is_bridge = (
        second is not None and second[1] >= _LEAST_BRIDGE - TOLERANCE and top - second[1] <= _BRIDGE_GAP + TOLERANCE
    )
    return Attached(
        place=place, skill=skill, score=score, bridge=second[0] if second is not None and is_bridge else None
    )
