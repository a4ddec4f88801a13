"""Index of a library: vectors, words, parts and communities of its skills, and the file it is kept in."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.communities import central, communities
from t2s_local.skills.library.index.entries import IndexEntry, rows_of
from t2s_local.skills.library.index.terms import Postings, postings, task_postings
from t2s_local.values.routing.library_index import IndexedSkill, SubUnit
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    rows: bytes
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
    """Index of a library; skills are numbered by their names' order."""

    skills: tuple[IndexedSkill, ...]
    rows: "FloatMatrix"
    """Vectors, shape ``(r, d)``, unit rows: of each skill the description, the situations of rules, and tasks."""
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
    """Returns the packed entries of the skills, which are decoded when the parts of skills are first asked for."""

    @cached_property
    def entries(self) -> tuple[IndexEntry, ...]:
        """Entries of the skills."""
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
        return rows_of(b"".join(entry.unit_rows for entry in self.entries), self.rows.shape[1])

    @cached_property
    def skill_vectors(self) -> "FloatMatrix":
        """Vectors of the descriptions, shape ``(n, d)``, unit rows."""
        found: FloatMatrix = self.rows[self.kinds == DESCRIPTION]
        return found

    def units_of(self, skill: int) -> tuple[SubUnit, ...]:
        """Return the parts of the skill with this number."""
        return self.entries[skill].units


def surface_of(entries: Sequence[IndexEntry], embedder: Embedder) -> Surface:
    """Return the part of an index that ranking needs, from the entries of all skills by name; without least scores."""
    d = embedder.dimensions
    own = [rows_of(entry.own_rows, d) for entry in entries]
    asked = [rows_of(entry.task_rows, d) for entry in entries]
    described = np.array([rows[0] for rows in own], np.float32).reshape(-1, d)
    groups = communities(described)
    words = postings([merged_terms(entry) for entry in entries])
    task_words = task_postings([task for entry in entries for task in entry.task_terms], words)
    kinds = [[DESCRIPTION] + [SITUATION] * (len(a) - 1) + [TASK] * len(b) for a, b in zip(own, asked, strict=True)]
    named = [
        ", ".join(entries[row].skill.name.replace("-", " ") for row in central(described, groups, group))
        for group in range(int(groups.max()) + 1 if len(groups) else 0)
    ]
    return Surface(
        skills=tuple(entry.skill for entry in entries),
        rows=b"".join(entry.own_rows + entry.task_rows for entry in entries),
        owners=np.repeat(np.arange(len(kinds)), [len(one) for one in kinds]).astype(np.int32).tobytes(),
        kinds=bytes(kind for one in kinds for kind in one),
        words=_stored(words),
        task_words=_stored(task_words),
        groups=groups.astype(np.int32).tobytes(),
        group_rows=embedder.embed(named).astype(np.float16).tobytes(),
        min_score=0.0,
        least=np.zeros(len(entries), np.float32).tobytes(),
    )


def merged_terms(entry: IndexEntry, *, without: int | None = None) -> Mapping[int, float]:
    """Return the terms of a skill and of the tasks behind it, without the task of number *without*."""
    found = dict(entry.own_terms)
    for at, task in enumerate(entry.task_terms):
        if at != without:
            for term, weight in task.items():
                found[term] = found.get(term, 0.0) + weight
    return found


def index_from(surface: Surface, deep: Callable[[], bytes], dimensions: int) -> LibraryIndex:
    """Return the index that is stored as *surface* and *deep*."""
    return LibraryIndex(
        skills=surface.skills,
        rows=rows_of(surface.rows, dimensions),
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


def _stored(found: Postings) -> StoredPostings:
    return StoredPostings(
        terms=found.term.tobytes(),
        owners=found.owner.tobytes(),
        weights=found.weight.tobytes(),
        n_owners=found.n_owners,
        mean_length=found.mean_length,
    )


def _postings(stored: StoredPostings) -> Postings:
    return Postings(
        term=np.frombuffer(stored.terms, np.uint32),
        owner=np.frombuffer(stored.owners, np.int32),
        weight=np.frombuffer(stored.weights, np.float32),
        n_owners=stored.n_owners,
        mean_length=stored.mean_length,
    )
