"""The main job: trajectories in, skills out, every loss on the way named."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from t2s_local.ports.analyst import Analyst
from t2s_local.ports.grouping import Clusterer, Embedder
from t2s_local.ports.services import Progress, Shelf
from t2s_local.ports.writer import Evidence, Writer
from t2s_local.stages.compose.compose import Composed, compose
from t2s_local.stages.compose.independence import origins
from t2s_local.stages.extract.extract import Extracted, extract
from t2s_local.stages.extract.judge import judge
from t2s_local.stages.group.cluster import cluster
from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.stages.group.families import families
from t2s_local.stages.intake.corpus import Corpus
from t2s_local.stages.intake.intake import Intake
from t2s_local.values.cluster import Clustering, Family
from t2s_local.values.funnel import Funnel, Loss, tally
from t2s_local.values.lesson import Lesson, LessonId, Parked
from t2s_local.values.skill import Skill


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """Who does the work: plug-ins behind their protocols."""

    analyst: Analyst
    embedder: Embedder
    clusterer: Clusterer
    writer: Writer
    device: Callable[[], str] = lambda: "cpu"
    """Says, when the work is done, what a model ran on."""
    tokens: Callable[[], int] = lambda: 0
    """Counts the tokens a model has written so far."""
    executor: str = "local"
    """Name of what the analyst works on."""


class Distilled(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of a run."""

    skills: tuple[Skill, ...]
    names: dict[str, tuple[str, ...]]
    """Skill name to the lessons behind it, for the next run."""
    clustering: Clustering
    lessons: tuple[Lesson, ...]
    """Every lesson, absorbed ones included."""
    funnel: Funnel
    parked: tuple[str, ...] = ()
    """Questions that got no answer of use: the recording, its steps, what was asked, and why."""


def distill(
    intake: Intake,
    tools: Tools,
    *,
    shelf: Shelf,
    known_names: Mapping[str, Sequence[str]],
    min_support: int,
    progress: Progress,
) -> Distilled:
    """Turn the trajectories that were taken in into skills.

    Args:
        intake: What is known of the trajectories.
        tools: The plug-ins.
        shelf: Where the trajectories are, and where finished work is stored and looked up.
        known_names: Names earlier runs gave, each with its lessons.
        min_support: Trajectories a rule needs to enter a skill's body.
        progress: Told how far the run is.

    Raises:
        InterruptedRunError: the user wants the run to stop.
        ModelError: a model cannot be run.
    """
    corpus = intake.corpus(shelf)
    extracted = extract(corpus, tools.analyst, memory=shelf, progress=progress, texts=intake.texts)
    judged = judge(extracted.lessons, corpus)
    extracted = msgspec.structs.replace(
        extracted, lessons=judged.lessons, losses=tally((*intake.losses, *extracted.losses, *judged.losses))
    )
    known = {lesson.id: lesson for lesson in extracted.lessons}
    unique, clustering, grouped = _grouped(known, tools, progress)
    evidence = Evidence(
        lessons=known,
        absorbed=unique.absorbed,
        outcomes={run.id: run.outcome for run in intake.outlines},
        tasks={run.id: run.task for run in intake.outlines},
        labels={},
        origins=origins(intake.outlines),
    )
    composed = compose(
        grouped,
        evidence,
        tools.writer,
        min_support=min_support,
        names=known_names,
        memory=shelf,
        progress=progress,
    )
    return Distilled(
        skills=composed.skills,
        names={name: tuple(lessons) for name, lessons in composed.names.items()},
        clustering=clustering,
        lessons=extracted.lessons,
        funnel=_funnel(intake, extracted, unique, clustering, composed),
        parked=tuple(_named(item, corpus) for item in extracted.parked),
    )


def _named(item: Parked, corpus: Corpus) -> str:
    source = corpus.outlines[item.trajectory_id].source
    return f"{source}, steps {item.start} to {item.stop - 1}, {item.question} question: {item.reason}"


def _grouped(
    lessons: Mapping[LessonId, Lesson], tools: Tools, progress: Progress
) -> tuple[Unique, Clustering, tuple[Family, ...]]:
    """What says the same, and what is about one subject; the vectors, 1 kB a lesson, go when this is known."""
    progress.stage("embed", len(lessons))
    vectors = embed_lessons(tuple(lessons.values()), tools.embedder)
    progress.step(len(lessons))
    unique = dedupe(tuple(lessons.values()), vectors)
    progress.stage("cluster", len(unique.kept))
    rows = vectors[list(unique.rows)]
    clustering = cluster(unique, rows, lessons=lessons, clusterer=tools.clusterer)
    grouped = families(clustering, unique, rows)
    progress.step(len(unique.kept))
    return unique, clustering, grouped


def _funnel(intake: Intake, extracted: Extracted, unique: Unique, clustering: Clustering, composed: Composed) -> Funnel:
    n_clustered = sum(len(group.lesson_ids) for group in clustering.clusters)
    losses = [
        *extracted.losses,
        Loss(stage="dedupe", reason="says the same as another lesson", count=len(unique.duplicates)),
        Loss(stage="cluster", reason="loose: nothing else says the same", count=len(clustering.loose)),
        *composed.losses,
        *(Loss(stage="write", reason=item.reason, count=item.count) for made in composed.skills for item in made.notes),
    ]
    counts = {
        "trajectories": intake.n_trajectories,
        "slices": sum(len(outline.cuts) - 1 for outline in intake.outlines if outline.cuts),
        "lessons": len(extracted.lessons),
        "unique": len(unique.kept),
        "clustered": n_clustered,
        "in_skills": n_clustered - sum(loss.count for loss in composed.losses),
        "clusters": len(clustering.clusters),
        "skills": len(composed.skills),
    }
    return Funnel(counts=counts, losses=tally(loss for loss in losses if loss.count))
