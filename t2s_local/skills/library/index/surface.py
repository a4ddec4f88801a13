"""Build the part of an index that ranking skills needs, from the entries of the skills."""

from collections.abc import Mapping, Sequence

import numpy as np

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.communities import central, communities
from t2s_local.skills.library.index.entries import IndexEntry
from t2s_local.skills.library.index.index import DESCRIPTION, SITUATION, TASK, StoredPostings, Surface
from t2s_local.skills.library.index.packed_rows import pack, rows_of
from t2s_local.skills.library.index.terms import Postings, postings, task_postings


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
        rows=memoryview(b"".join(entry.own_rows + entry.task_rows for entry in entries)),
        owners=np.repeat(np.arange(len(kinds)), [len(one) for one in kinds]).astype(np.int32).tobytes(),
        kinds=bytes(kind for one in kinds for kind in one),
        words=_stored(words),
        task_words=_stored(task_words),
        groups=groups.astype(np.int32).tobytes(),
        group_rows=b"".join(pack(embedder.embed(named))),
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


def _stored(found: Postings) -> StoredPostings:
    return StoredPostings(
        terms=found.term.tobytes(),
        owners=found.owner.tobytes(),
        weights=found.weight.tobytes(),
        n_owners=found.n_owners,
        mean_length=found.mean_length,
    )
