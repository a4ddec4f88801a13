"""Index of a library: vectors, words, parts and communities of its skills, and the form in which it is stored."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from t2s_local.skills.library.index.packed_rows import PackedRows, packed_rows, rows_of
from t2s_local.skills.library.index.terms import Postings
from t2s_local.values.routing.library_index import IndexedSkill, SubUnit
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.skills.library.index.entries import IndexEntry
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

DESCRIPTION, SITUATION, TASK = 0, 1, 2
"""Kinds of vectors: of the description of a skill, of the situation of a rule, of a task behind a skill."""


class StoredPostings(Value, frozen=True, kw_only=True):
    """Stored form of postings."""

    terms: bytes
    owners: bytes
    weights: bytes
    n_owners: int
    mean_length: float


class Surface(Value, frozen=True, kw_only=True):
    """Stored part of an index that ranking skills needs; arrays are bytes."""

    skills: tuple[IndexedSkill, ...]
    rows: memoryview
    """Packed vectors; they are not copied when they are read."""
    owners: bytes
    kinds: bytes
    words: StoredPostings
    task_words: StoredPostings
    groups: bytes
    group_rows: bytes
    min_score: float
    """Score below which no skill fits a task."""
    least: bytes


class LibraryIndex(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Index of a library; skills are numbered in the order of their names."""

    skills: tuple[IndexedSkill, ...]
    rows: PackedRows
    """Packed vectors, skill by skill: description, situations of rules, and tasks."""
    owners: "IntMatrix"
    """Number of the skill of each vector, shape ``(r,)``, ascending."""
    kinds: "NDArray[np.uint8]"
    """Kind of each vector, shape ``(r,)``."""
    words: Postings
    """Terms of the skills."""
    task_words: Postings
    """Terms of the tasks, numbered in the order of their vectors."""
    communities: "IntMatrix"
    """Community of each skill, shape ``(n,)``."""
    community_vectors: "FloatMatrix"
    """Vector of the names of each community's most central skills, shape ``(k, d)``."""
    min_score: float
    """Score below which a skill whose tasks are unknown does not fit a task."""
    least: "FloatMatrix"
    """Score below which each skill does not fit a task, shape ``(n,)``."""
    deep: Callable[[], bytes]
    """Function that returns the packed entries of the skills; called when the parts of skills are first used."""

    @property
    def dimensions(self) -> int:
        """Return the number of dimensions of the vectors."""
        return int(self.rows.numbers.shape[1])

    @cached_property
    def entries(self) -> "tuple[IndexEntry, ...]":
        """Entries of the skills."""
        from t2s_local.skills.library.index.entries import IndexEntry

        return msgspec.msgpack.decode(self.deep(), type=tuple[IndexEntry, ...])

    @cached_property
    def units(self) -> tuple[SubUnit, ...]:
        """Parts of all skills, by skill, file and line."""
        return tuple(unit for entry in self.entries for unit in entry.units)

    @cached_property
    def unit_owners(self) -> "IntMatrix":
        """Number of the skill of each part, shape ``(u,)``, ascending."""
        return np.repeat(np.arange(len(self.entries)), [len(entry.units) for entry in self.entries])

    @cached_property
    def unit_vectors(self) -> "FloatMatrix":
        """Vectors of the parts, shape ``(u, d)``, unit rows."""
        return rows_of(b"".join(entry.unit_rows for entry in self.entries), self.dimensions)

    @cached_property
    def skill_vectors(self) -> "FloatMatrix":
        """Vectors of the descriptions, shape ``(n, d)``, unit rows."""
        return self.rows.unpacked(self.kinds == DESCRIPTION)

    def units_of(self, skill: int) -> tuple[SubUnit, ...]:
        """Return the parts of the skill with this number."""
        return self.entries[skill].units


def index_from(surface: Surface, deep: Callable[[], bytes], dimensions: int) -> LibraryIndex:
    """Return the index that is stored as *surface* and *deep*."""
    return LibraryIndex(
        skills=surface.skills,
        rows=packed_rows(surface.rows, dimensions),
        owners=np.frombuffer(surface.owners, np.int32),
        kinds=np.frombuffer(surface.kinds, np.uint8),
        words=_postings(surface.words),
        task_words=_postings(surface.task_words),
        communities=np.frombuffer(surface.groups, np.int32),
        community_vectors=rows_of(surface.group_rows, dimensions),
        min_score=surface.min_score,
        least=np.frombuffer(surface.least, np.float32),
        deep=deep,
    )


def _postings(stored: StoredPostings) -> Postings:
    return Postings(
        term=np.frombuffer(stored.terms, np.uint32),
        owner=np.frombuffer(stored.owners, np.int32),
        weight=np.frombuffer(stored.weights, np.float32),
        n_owners=stored.n_owners,
        mean_length=stored.mean_length,
    )
