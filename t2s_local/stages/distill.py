"""Distil trajectories into skills, the main job of the project, and count every loss on the way."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from t2s_local.ports.services import Progress, TrajectoryStore
from t2s_local.ports.tools import Tools
from t2s_local.ports.writer import Background, RuleBackground
from t2s_local.stages.compose.compose import Composed, compose
from t2s_local.stages.compose.independence import origins
from t2s_local.stages.extract.addresses import own_addresses
from t2s_local.stages.extract.extract import extract
from t2s_local.stages.extract.judge import judge
from t2s_local.stages.group.group import Grouped, group
from t2s_local.stages.group.identity import inherited_ids, renamed
from t2s_local.stages.intake.corpus import Corpus
from t2s_local.stages.intake.intake import Intake
from t2s_local.stages.naming.harnesses.harnesses import bound_rules, harnesses_of
from t2s_local.stages.naming.naming import labels
from t2s_local.stages.naming.projects import project_names
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.stages.review.review import (
    NO_DECISIONS,
    KnownDecisions,
    accepted_lessons,
    lessons_apart,
    rejected_lessons,
    rejection,
)
from t2s_local.values.cluster import Candidate, Cluster, ClusterId, Clustering
from t2s_local.values.decision import Decision
from t2s_local.values.funnel import Funnel, Loss, tally
from t2s_local.values.lesson import HeldLesson, Lesson, LessonId, Parked
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import TrajectoryId

KnownClusters = Callable[[Iterable[Lesson]], Mapping[ClusterId, Iterable[LessonId]]]
"""Function that returns the clusters of an earlier run, with their lessons, for the lessons of the present run."""


_READING = 0.8
"""Share of the time for model questions that analysts may use; the rest is for wording the skills."""


class Distilled(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a run produced."""

    skills: tuple[Skill, ...]
    names: dict[str, tuple[str, ...]]
    """Skill name to the lessons behind the skill, for the next run."""
    clustering: Clustering
    """All clusters, including every cluster that a skill names."""
    lessons: tuple[Lesson, ...]
    """All lessons, including duplicates that were absorbed by other lessons."""
    funnel: Funnel
    candidates: tuple[Candidate, ...] = ()
    """Clusters that are in no skill, each with the reason."""
    stored_under: dict[LessonId, str] = msgspec.field(default_factory=dict)
    """Lesson to the store key of the result of the unit of work that the lesson comes from."""
    parked: tuple[str, ...] = ()
    """Model questions without a usable answer, as text: the recording, the steps, the question and the reason."""
    n_unasked: int = 0
    """Number of model questions left for a later run, because the time for questions was over."""
    n_unworded: int = 0
    """Number of skills whose wording was left for a later run."""
    held: tuple[HeldLesson, ...] = ()
    """Lessons with a risky action, and rules that `t2s scan` finds grave; no skill contains them."""
    rejected: dict[LessonId, str] = msgspec.field(default_factory=dict)
    """Lessons in no cluster that a person rejected, each with a phrase about the rejection."""
    projects: dict[LessonId, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Lesson, including held lessons, to the sorted names of the projects whose runs show the lesson."""


def distill(
    intake: Intake,
    tools: Tools,
    *,
    shelf: TrajectoryStore,
    known_clusters: KnownClusters,
    known_names: Mapping[str, Sequence[str]],
    min_support: int,
    progress: Progress,
    decisions: KnownDecisions = NO_DECISIONS,
    accepted_alone: bool = False,
    unasked: frozenset[TrajectoryId] = frozenset(),
    may_ask: Callable[[float], bool] = lambda _: True,
) -> Distilled:
    """Turn the trajectories of *intake* into skills.

    Args:
        intake: The result of reading the input.
        tools: The plug-ins.
        shelf: Store of the trajectories and of finished work.
        known_clusters: Returns the clusters of an earlier run, whose ids are kept.
        known_names: Names of skills from earlier runs, each with its lessons.
        min_support: Number of trajectories that a rule needs to enter a skill's body.
        progress: Receives the progress of the run.
        decisions: Decisions of a person about rules of earlier runs.
        accepted_alone: Whether only rules that a person accepted enter a skill.
        unasked: Runs about which no model is asked.
        may_ask: Returns whether less than the given share of the time for questions is over.

    Raises:
        InterruptedRunError: the user wants the run to stop.
        ModelError: a model cannot be run.
    """
    corpus = intake.corpus(shelf)
    extracted = extract(
        corpus,
        tools.analyst,
        memory=shelf,
        progress=progress,
        redaction=intake.redaction_digest,
        unasked=unasked,
        may_ask=lambda: may_ask(_READING),
    )
    decided = decisions.each(extracted.lessons)
    judged = judge(extracted.lessons, corpus, accepted=accepted_lessons(decided))
    corpus.release()
    background = Background(
        lessons={lesson.id: lesson for lesson in judged.lessons},
        outcomes={run.id: run.outcome for run in intake.outlines},
        tasks={run.id: run.task for run in intake.outlines},
        origins=origins(intake.outlines),
        projects=project_names(intake.outlines),
        harnesses=harnesses_of(intake.outlines),
        tools={run.id: run.tools for run in intake.outlines if run.tools},
        days={run.id: run.day for run in intake.outlines if run.day is not None},
    )
    rule_names = RuleNames()
    grouped = group(
        background,
        tools.embedder,
        tools.clusterer,
        progress,
        accepted=accepted_lessons(decided),
        allowed=judged.allowed,
        apart=lessons_apart(decided),
        rule_names=rule_names,
    )
    clusters = grouped.clustering.clusters
    reviewed = decisions.among(clusters, decided, accepted_alone=accepted_alone)
    composed = compose(
        grouped.families,
        RuleBackground(
            **msgspec.structs.asdict(background),
            labels=labels(clusters, background, rule_names),
            bound=bound_rules(clusters, background),
            accepted=frozenset(item.id for item in clusters if reviewed.is_accepted(item)),
            words={one: found.text for one, found in reviewed.decisions.items() if found.text is not None},
            addresses=own_addresses(judged.lessons, corpus),
        ),
        tools.writer,
        min_support=min_support,
        names=known_names,
        duplicates=frozenset(pair.absorbed for pair in grouped.unique.duplicates),
        memory=shelf,
        progress=progress,
        reviewed=reviewed,
        may_ask=lambda: may_ask(1.0),
        rule_names=rule_names,
    )
    ids = inherited_ids(clusters, known_clusters(judged.lessons))
    losses = tally((*intake.losses, *extracted.losses, *judged.losses))
    return Distilled(
        skills=tuple(_with_ids(skill, ids) for skill in composed.skills),
        names={name: tuple(lessons) for name, lessons in composed.names.items()},
        clustering=renamed(grouped.clustering, ids),
        lessons=judged.lessons,
        funnel=_funnel(intake, judged.lessons, losses, grouped, composed),
        candidates=tuple(_candidate(item, ids) for item in composed.candidates),
        stored_under=extracted.stored_under,
        parked=tuple(_named(item, corpus) for item in extracted.parked),
        n_unasked=extracted.n_unasked,
        n_unworded=composed.n_unworded,
        held=tuple(sorted((*judged.held, *composed.held))),
        rejected=_rejected(decided, clusters),
        projects=_projects(extracted.lessons, background.projects),
    )


def _rejected(decided: Mapping[LessonId, Decision], clusters: Iterable[Cluster]) -> dict[LessonId, str]:
    inside = {one for cluster in clusters for one in cluster.lesson_ids}
    return {one: rejection(decided[one]) for one in sorted(rejected_lessons(decided) - inside)}


def _projects(lessons: Iterable[Lesson], projects: Mapping[TrajectoryId, str]) -> dict[LessonId, tuple[str, ...]]:
    found = {lesson.id: {projects[run] for run in lesson.trajectory_ids if run in projects} for lesson in lessons}
    return {one: tuple(sorted(names)) for one, names in sorted(found.items()) if names}


def _with_ids(skill: Skill, ids: Mapping[ClusterId, ClusterId]) -> Skill:
    """Return *skill* with the cluster ids inherited from an earlier run."""
    return msgspec.structs.replace(skill, cluster_ids=tuple(ids[item] for item in skill.cluster_ids))


def _candidate(found: Candidate, ids: Mapping[ClusterId, ClusterId]) -> Candidate:
    """Return *found* with the cluster id inherited from an earlier run."""
    return msgspec.structs.replace(found, cluster_id=ids[found.cluster_id])


def _named(item: Parked, corpus: Corpus) -> str:
    source = corpus.outlines[item.trajectory_id].source
    return f"{source}, steps {item.start} to {item.stop - 1}, {item.question} question: {item.reason}"


def _funnel(
    intake: Intake, lessons: Sequence[Lesson], losses: Iterable[Loss], grouped: Grouped, composed: Composed
) -> Funnel:
    n_duplicates, n_loose = len(grouped.unique.duplicates), len(grouped.clustering.loose)
    n_clustered = len(grouped.unique.kept) - n_loose
    every = [
        *losses,
        Loss(stage="dedupe", reason="says the same as another lesson", count=n_duplicates),
        Loss(stage="cluster", reason="loose: nothing else says the same", count=n_loose),
        *composed.losses,
        *(Loss(stage="write", reason=item.reason, count=item.count) for made in composed.skills for item in made.notes),
    ]
    counts = {
        "trajectories": intake.n_trajectories,
        "slices": sum(len(outline.cuts) - 1 for outline in intake.outlines if outline.cuts),
        "lessons": len(lessons),
        "unique": len(grouped.unique.kept),
        "clustered": n_clustered,
        "in_skills": n_clustered - sum(loss.count for loss in composed.losses),
        "clusters": len(grouped.clustering.clusters),
        "skills": len(composed.skills),
    }
    return Funnel(counts=counts, losses=tally(loss for loss in every if loss.count))
