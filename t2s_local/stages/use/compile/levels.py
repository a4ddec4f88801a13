"""Similarities of a task and the parts of a library, and the relation of two skills by their communities."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.stages.use.compile.rescue import Community
from t2s_local.stages.use.route.levels import combined, in_active_communities, min_max, unit_level
from t2s_local.text.text import normalise
from t2s_local.values.routing.library_index import SubUnit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix


class Levels:
    """Scores of system 23 for one task: scores of the parts, and of the skills from which parts are borrowed."""

    def __init__(self, index: LibraryIndex, vector: "FloatMatrix") -> None:
        """Compare *vector*, the unit vector of the task with shape ``(d,)``, with the parts and skills of *index*."""
        self.index = index
        self._similarities: FloatMatrix = np.maximum(index.unit_vectors @ vector, 0.0)
        texts = [normalise(unit.text) for unit in index.units]
        shared = Counter(text for _, text in {*zip(index.unit_owners.tolist(), texts, strict=True)})
        self._degrees = np.array([shared[text] for text in texts], np.int64)
        self._active = in_active_communities(vector, index.community_vectors, index.communities)
        n = len(index.skills)
        parts = unit_level(self._similarities, index.unit_owners, self._degrees, n)
        described = min_max(np.maximum(index.skill_vectors @ vector, 0.0))
        self.parents: NDArray[np.float64] = combined(described, parts, np.zeros(n), self._active)

    def units(self, row: int) -> list[tuple[SubUnit, float, int]]:
        """Return the parts of a skill, each with its similarity and the number of skills that contain it."""
        rows = np.flatnonzero(self.index.unit_owners == row)
        return [(self.index.units[at], float(self._similarities[at]), int(self._degrees[at])) for at in rows]

    def community(self, row: int, other: int) -> Community:
        """Return the relation of the community of skill *row* to the skill *other*; "none" without communities."""
        groups = self.index.communities
        if int(groups.max()) == 0:
            return "none"
        if groups[row] == groups[other]:
            return "same"
        return "active" if self._active[row] else "inactive"
