"""Choose the skills of a library for one task."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.runs.using.opening import open_index
from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.stages.use.route.ranking import ALL, rank_skills
from t2s_local.values.routing.ranking import RankedNode, RankedSkill, Ranking
from t2s_local.values.value import Value

_DIGITS = 4


class RouteJob(Value, frozen=True, kw_only=True):
    """Options of a person for choosing skills."""

    min_score: float | None = None
    """Score below which no skill is offered; None for the score in the index, or for no limit with *by_value*."""
    n_nodes: int | None = None
    """Number of parts of skills to choose; None to choose no parts."""
    by_value: bool = False
    """Whether skills are ranked by usefulness and recent adoption, too, and not by similarity alone."""
    category: str | None = None
    """With *by_value*: category of the task; None if unknown."""
    tools: tuple[str, ...] | None = None
    """With *by_value*: tools that the agent has; None if unknown."""


def route(library: Path, task: str, job: RouteJob, embedder: Embedder) -> Ranking:
    """Rank the skills of a library for a task.

    Args:
        library: Folder of skills, whoever wrote them.
        task: Text of the task.
        job: Options of the person.
        embedder: Embedder of the texts.

    Raises:
        BrokenChainError: usefulness counts, and the log of the library was changed.
        InputError: the library or its log cannot be read.
        NothingFoundError: the library contains no skill that may be used.
    """
    opened = open_index(library, embedder)
    index = opened.index
    least = 0.0 if job.by_value else index.min_score
    nearest: RankedSkill | None = None
    if job.by_value:
        ranked, nearest = _by_value(library, index, task, job, embedder)
    else:
        ranked = rank_skills(index, task, embedder)
    if job.min_score is not None:
        least = job.min_score
        ranked = tuple(msgspec.structs.replace(one, least=least) for one in ranked)
    fitting = _fitting(ranked, offers_all=len(index.skills) <= ALL)
    return Ranking(
        library=str(library),
        is_none=not fitting,
        nearest=ranked[0] if ranked else nearest,
        ranked=fitting,
        min_score=round(least, _DIGITS),
        n_skills=len(index.skills),
        n_shortlisted=len(ranked),
        nodes=() if job.n_nodes is None else _nodes(index, fitting, task, job.n_nodes, embedder),
        left_out=opened.left_out,
        n_aside=opened.n_aside,
    )


def _by_value(
    library: Path, index: LibraryIndex, task: str, job: RouteJob, embedder: Embedder
) -> tuple[tuple[RankedSkill, ...], RankedSkill]:
    """Return the skills to read by value, the best first, and the nearest skill, which may not be among them."""
    from t2s_local.runs.using.valuing import as_ranked, valued_skills
    from t2s_local.stages.use.route.value import by_value

    valued = valued_skills(library, index, task, embedder)
    chosen = by_value(valued, category=job.category, tools=job.tools)
    return tuple(map(as_ranked, chosen)), as_ranked(min(valued, key=lambda one: (-one.cosine, one.name)))


def _fitting(ranked: Sequence[RankedSkill], *, offers_all: bool) -> tuple[RankedSkill, ...]:
    """Return the ranked skills that are offered; none if no skill suits the task."""
    if all(one.score < one.least for one in ranked):
        return ()
    return tuple(one for one in ranked if offers_all or one.score >= one.least)


def _nodes(
    index: LibraryIndex, fitting: Sequence[RankedSkill], task: str, most: int, embedder: Embedder
) -> tuple[RankedNode, ...]:
    """Return the parts to read of the skills that suit the task, with the parts that they require."""
    from t2s_local.stages.use.route.nodes import rank_nodes
    from t2s_local.stages.use.route.topology import nodes_of

    nodes = nodes_of(index.units, requires={skill.name: skill.requires for skill in index.skills})
    names = {one.skill for one in fitting}
    return rank_nodes(nodes, task, embedder, most=most, among=names)
