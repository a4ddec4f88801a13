"""Compare a library as it is, after the proposed changes, and without each of its skills (a Pareto front)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.errors import T2SError
from t2s_local.runs.governing.facts import LibraryFacts, facts_of, vectors_of
from t2s_local.runs.governing.govern import GovernJob, proposals_of
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.stages.govern.pareto import Bank, Choice, choose, coverage, diversity
from t2s_local.stages.govern.standing import NOTHING_KNOWN
from t2s_local.stages.govern.usage.usage import task_digest
from t2s_local.stages.intake.read_all import gather
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

CURRENT, GOVERNED = "as it is", "as proposed"
_MOST = 200
"""Number of skills that are left out one at a time, at most, in the order of their names."""


class Front(Value, frozen=True, kw_only=True):
    """Banks (sets of skills) that were compared, and the chosen bank."""

    banks: tuple[Bank, ...]
    choice: Choice
    removes: tuple[str, ...]
    """Names of the skills that are not in the chosen bank."""
    utility: str
    """Definition of utility, in words."""
    n_lessons: int
    """Number of held-out requests that coverage is a share of."""


def front_of(library: Path, job: GovernJob, heldout: Sequence[Path]) -> Front:
    """Compare banks (sets of skills) of a library, and choose one of them.

    Args:
        library: Folder of skills.
        job: Names of the rules and of the embedder.
        heldout: Recordings of tasks that are not in the log; empty if coverage is not asked for.

    Raises:
        InputError: the library, its log or a recording cannot be read.
        NothingFoundError: there is no skill.
        T2SError: a task of the held-out recordings is in the log.
        UsageError: the embedder is not known.
    """
    facts = facts_of(library, with_utilities=job.rules == "skemex", adopt=job.adopt)
    vectors = vectors_of(facts.members, job.embedder)
    requests = _requests(heldout, facts.tasks) if heldout else []
    lessons = load_embedder(job.embedder).embed(requests) if requests else np.empty((0, vectors.shape[1]), np.float32)
    sets = dict(_sets(facts, job))
    banks = tuple(_bank(name, rows, facts, vectors, lessons) for name, rows in sets.items())
    choice = choose(banks, CURRENT)
    return Front(
        banks=banks,
        choice=choice,
        removes=tuple(one.name for row, one in enumerate(facts.members) if row not in sets[choice.chosen]),
        utility="L1 proxy: successes less failures of the runs that used its skills, a run",
        n_lessons=len(requests),
    )


def _sets(facts: LibraryFacts, job: GovernJob) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the name of each bank, and the indices of its skills in the list of all skills."""
    every = tuple(range(len(facts.members)))
    yield CURRENT, every
    leaving = {one.skill for one in proposals_of(facts, job) if one.kind != "mature"}
    if leaving:
        yield GOVERNED, tuple(row for row in every if facts.members[row].name not in leaving)
    for row in every[:_MOST] if len(every) > 1 else ():
        yield f"without {facts.members[row].name}", tuple(other for other in every if other != row)


def _bank(name: str, rows: Sequence[int], facts: LibraryFacts, vectors: "FloatMatrix", lessons: "FloatMatrix") -> Bank:
    known = [facts.standings.get(facts.members[row].name, NOTHING_KNOWN) for row in rows]
    n_trials = sum(one.n_trials for one in known)
    helped = sum(one.n_success - one.n_failure for one in known)
    chosen = vectors[list(rows)]
    return Bank(
        name=name,
        utility=helped / n_trials if n_trials else None,
        diversity=diversity(chosen),
        coverage=coverage(chosen, lessons),
    )


def _requests(heldout: Sequence[Path], tasks: frozenset[str]) -> list[str]:
    """Return the requests of the user in held-out recordings, each once, sorted.

    Raises:
        T2SError: skills of the library were used on one of the tasks, so it is not held out.
    """

    def keep(run: Trajectory) -> tuple[str | None, str | None, str]:
        return task_digest(run), run.task, run.task_id or run.task or run.id

    entries, _ = gather(heldout, keep=keep)
    for entry in entries:
        known, _, name = entry.value
        if known in tasks:
            message = f"the task {name!r} is in the log and among the held-out recordings"
            raise T2SError(message, hint="Hold out recordings of other tasks.")
    return sorted({request for entry in entries if (request := entry.value[1])})
