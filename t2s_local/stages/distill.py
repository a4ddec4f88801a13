"""The main job: trajectories in, skills out, every loss on the way named."""

from collections.abc import Mapping, Sequence

import msgspec

from t2s_local.ports import Analyst, Clusterer, Embedder, Evidence, Memory, Progress, Writer
from t2s_local.stages.cluster import cluster
from t2s_local.stages.compose import Composed, compose
from t2s_local.stages.dedupe import Unique, dedupe
from t2s_local.stages.embed import embed_lessons
from t2s_local.stages.extract import Extracted, extract
from t2s_local.stages.family import families
from t2s_local.stages.poison import judge, screen
from t2s_local.stages.slice import slice_all
from t2s_local.types import Clustering, Funnel, Lesson, Loss, Skill, Trajectory, tally


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """Who does the work: plug-ins behind their protocols."""

    analyst: Analyst
    embedder: Embedder
    clusterer: Clusterer
    writer: Writer


class Distilled(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of a run."""

    skills: tuple[Skill, ...]
    names: dict[str, tuple[str, ...]]
    """Skill name to the lessons behind it, for the next run."""
    clustering: Clustering
    lessons: tuple[Lesson, ...]
    """Every lesson, absorbed ones included."""
    funnel: Funnel


def distill(
    trajectories: Sequence[Trajectory],
    tools: Tools,
    *,
    memory: Memory,
    known_names: Mapping[str, Sequence[str]],
    min_support: int,
    progress: Progress,
    texts: str = "",
) -> Distilled:
    """Turn *trajectories* into skills.

    Args:
        trajectories: In any order; it does not show.
        tools: The plug-ins.
        memory: Where finished work is stored and looked up.
        known_names: Names earlier runs gave, each with its lessons.
        min_support: Trajectories a rule needs to enter a skill's body.
        progress: Told how far the run is.
        texts: As for :func:`t2s_local.stages.extract.extract`.

    Raises:
        ModelError: a model cannot be run.
    """
    screened = screen(trajectories)
    runs = sorted(screened.trajectories, key=lambda run: run.id)
    slices = slice_all(runs)
    extracted = extract(slices, tools.analyst, memory=memory, progress=progress, texts=texts)
    judged = judge(extracted.lessons, {run.id: run for run in runs})
    extracted = msgspec.structs.replace(
        extracted, lessons=judged.lessons, losses=tally((*screened.losses, *extracted.losses, *judged.losses))
    )
    progress.stage("embed", len(extracted.lessons))
    vectors = embed_lessons(extracted.lessons, tools.embedder)
    progress.step(len(extracted.lessons))
    unique = dedupe(extracted.lessons, vectors)
    progress.stage("cluster", len(unique.kept))
    rows = vectors[list(unique.rows)]
    known = {lesson.id: lesson for lesson in extracted.lessons}
    clustering = cluster(unique, rows, lessons=known, clusterer=tools.clusterer)
    grouped = families(clustering, unique, rows)
    progress.step(len(unique.kept))
    evidence = Evidence(
        lessons=known,
        absorbed=unique.absorbed,
        outcomes={run.id: run.outcome for run in runs},
        tasks={run.id: run.task for run in runs},
        labels={},
    )
    progress.stage("write", len(grouped))
    composed = compose(grouped, evidence, tools.writer, min_support=min_support, names=known_names)
    progress.step(len(grouped))
    return Distilled(
        skills=composed.skills,
        names={name: tuple(lessons) for name, lessons in composed.names.items()},
        clustering=clustering,
        lessons=extracted.lessons,
        funnel=_funnel(len(trajectories), len(slices), extracted, unique, clustering, composed),
    )


def _funnel(
    n_runs: int, n_slices: int, extracted: Extracted, unique: Unique, clustering: Clustering, composed: Composed
) -> Funnel:
    n_clustered = sum(len(group.lesson_ids) for group in clustering.clusters)
    losses = [
        *extracted.losses,
        Loss(stage="dedupe", reason="says the same as another lesson", count=len(unique.duplicates)),
        Loss(stage="cluster", reason="loose: nothing else says the same", count=len(clustering.loose)),
        *composed.losses,
    ]
    counts = {
        "trajectories": n_runs,
        "slices": n_slices,
        "lessons": len(extracted.lessons),
        "unique": len(unique.kept),
        "clustered": n_clustered,
        "in_skills": n_clustered - sum(loss.count for loss in composed.losses),
        "clusters": len(clustering.clusters),
        "skills": len(composed.skills),
    }
    return Funnel(counts=counts, losses=tally(loss for loss in losses if loss.count))
