"""Compute Metric Freedom F (arXiv 2604.01608): do different outputs get different scores?

If very different outputs have similar scores, the metric is free; if scores follow outputs closely, it is rigid and F
is near 0. The meaning of F for the worth of a skill is disputed: two versions of one paper interpret it in opposite
ways. So F is printed, and decides nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from t2s_local.ports.grouping import Embedder
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE
from t2s_local.vectors.permutations import N_ORDERS, correlation, p_value, rank_matrix

if TYPE_CHECKING:
    from t2s_local.vectors.permutations import Matrix

LEAST_RUNS, LEAST_PROBLEMS = 4, 2
"""Least number of scored runs of a problem, and least number of such problems."""
SCORES = {"success": 1.0, "partial": 0.5, "failure": 0.0}
"""Scores of runs whose labels have no score, by outcome."""


class ScoredRun(Value, frozen=True, kw_only=True):
    """Output and score of one run of a problem."""

    problem: str
    output: str
    score: float


class ProblemFreedom(Value, frozen=True, kw_only=True):
    """Metric Freedom on one problem."""

    problem: str
    n_runs: int
    freedom: float | None
    """1 - Mantel's r, in [0, 2]; None if all scores or all outputs are equal."""
    p_value: float | None
    """Share of orders of the runs in which Mantel's r is at least as large as measured; None if r is not defined."""
    reason: Literal["constant_scores", "constant_outputs"] | None = None
    distance: Literal["number", "cosine"] = "cosine"
    """Distance between outputs: their difference if all are numbers, else 1 - the cosine of their vectors."""


class Freedom(Value, frozen=True, kw_only=True):
    """Metric Freedom over all problems."""

    freedom: float | None
    """Mean freedom of the problems with a defined freedom; None if there are none."""
    p_value: float | None
    """Share of 10,000 draws of a random order in every problem in which the mean r is at least as large as measured."""
    n_problems: int
    n_defined: int
    problems: tuple[ProblemFreedom, ...]
    """Problems with a defined freedom, the highest first, then all other problems."""
    level: str = "L1"


class _Ranks(NamedTuple):
    outputs: "Matrix"
    scores: "Matrix"


def scored_run(run: Trajectory) -> ScoredRun | None:
    """Return the last output and the score of *run*; None if its task or score is unknown, or it has no output."""
    score = run.score if run.score is not None else SCORES.get(run.outcome or "")
    said = [step.text.strip() for step in run.steps if step.kind in {"assistant", "tool_call"} and step.text.strip()]
    if run.task_id is None or score is None or not said:
        return None
    return ScoredRun(problem=run.task_id, output=said[-1], score=score)


def lacking(runs: Sequence[ScoredRun]) -> str | None:
    """Return a sentence on the runs that are missing to compute freedom; None if there are enough."""
    sizes = Counter(run.problem for run in runs)
    n_large = sum(size >= LEAST_RUNS for size in sizes.values())
    if n_large >= LEAST_PROBLEMS:
        return None
    return (
        f"{n_large} of {len(sizes)} problems have {LEAST_RUNS} scored runs, {LEAST_PROBLEMS} problems are needed;"
        f" the most runs that one has are {max(sizes.values(), default=0)}"
    )


def freedom_of(runs: Sequence[ScoredRun], embedder: Embedder, *, seed: int = 0) -> Freedom:
    """Return the freedom of the metric on every problem with enough runs, and over all these problems.

    Args:
        runs: Scored runs; their order does not change the result.
        embedder: Embeds outputs that are no numbers.
        seed: Seed of the random orders.
    """
    by_problem = defaultdict[str, list[ScoredRun]](list)
    for run in sorted(runs, key=lambda one: (one.problem, one.output, one.score)):
        by_problem[run.problem].append(run)
    found, ranks = list[ProblemFreedom](), list[_Ranks]()
    for problem, members in sorted(by_problem.items()):
        if len(members) >= LEAST_RUNS:
            told, both = _of_problem(problem, members, embedder, seed=seed)
            found.append(told)
            ranks += [both] if told.freedom is not None else []
    defined = [told.freedom for told in found if told.freedom is not None]
    ordered = sorted(found, key=lambda told: (told.freedom is None, -(told.freedom or 0.0), told.problem))
    return Freedom(
        freedom=sum(defined) / len(defined) if defined else None,
        p_value=_p_of_mean(ranks, seed=seed) if ranks else None,
        n_problems=len(found),
        n_defined=len(defined),
        problems=tuple(ordered),
    )


def _of_problem(
    problem: str, runs: Sequence[ScoredRun], embedder: Embedder, *, seed: int
) -> tuple[ProblemFreedom, _Ranks]:
    import numpy as np

    scores = np.array([run.score for run in runs], dtype=np.float64)
    numbers = [_number(run.output) for run in runs]
    is_number = all(number is not None for number in numbers)
    if is_number:
        values = np.array(numbers, dtype=np.float64)
        apart = np.abs(values[:, None] - values[None, :])
    else:
        vectors = embedder.embed([run.output for run in runs]).astype(np.float64)
        alike = np.array([[one.output == other.output for other in runs] for one in runs])
        apart = np.where(alike, 0.0, np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0))
    ranks = _Ranks(rank_matrix(apart), rank_matrix(np.abs(scores[:, None] - scores[None, :])))
    reason: Literal["constant_scores", "constant_outputs"] | None = None
    if not ranks.outputs.any():
        reason = "constant_outputs"
    if not ranks.scores.any():
        reason = "constant_scores"
    told = ProblemFreedom(
        problem=problem,
        n_runs=len(runs),
        freedom=None if reason else 1.0 - correlation(*ranks),
        p_value=None if reason else p_value(*ranks, seed=seed),
        reason=reason,
        distance="number" if is_number else "cosine",
    )
    return told, ranks


def _p_of_mean(ranks: Sequence[_Ranks], *, seed: int) -> float:
    import numpy as np

    recorded = sum(correlation(*both) for both in ranks)
    drawn = np.zeros(N_ORDERS)
    for number, both in enumerate(ranks):
        dice = np.random.default_rng([seed, number])
        orders = np.argsort(dice.random((N_ORDERS, len(both.scores))), axis=1)
        mixed = both.scores[orders[:, :, None], orders[:, None, :]]
        size = np.sqrt((both.outputs**2).sum() * (both.scores**2).sum())
        drawn += (mixed * both.outputs).sum(axis=(1, 2)) / size
    return float((1 + (drawn >= recorded - TOLERANCE).sum()) / (1 + N_ORDERS))


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
