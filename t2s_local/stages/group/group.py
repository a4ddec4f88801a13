"""Stage that groups lessons into clusters and families: a cluster is one rule, a family is one subject of work."""

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from t2s_local.ports.grouping import Clusterer, Embedder
from t2s_local.ports.services import Progress
from t2s_local.ports.writer import Background
from t2s_local.stages.group.claims import split_family
from t2s_local.stages.group.cluster import cluster
from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.embed import embed_distinct
from t2s_local.stages.group.stated.attach import attached, both, together, twins, with_twins
from t2s_local.stages.group.statements import Statements
from t2s_local.stages.group.subjects import scope
from t2s_local.stages.group.subjects.families import families
from t2s_local.stages.group.subjects.regroup import join_subjects, part, rehome
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.stages.review.review import Apart
from t2s_local.values.cluster import Cluster, Clustering, Family
from t2s_local.values.lesson import Lesson, LessonId, supporting_runs, supporting_tasks

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


class Grouped(msgspec.Struct, frozen=True, kw_only=True):
    """Lessons of a run, grouped."""

    unique: Unique
    clustering: Clustering
    """Clusters of one rule each, including the lessons that other lessons absorbed."""
    families: tuple[Family, ...]
    """The same clusters, by subject."""


def group(
    background: Background,
    embedder: Embedder,
    clusterer: Clusterer,
    progress: Progress,
    *,
    accepted: frozenset[LessonId] = frozenset(),
    allowed: frozenset[LessonId] = frozenset(),
    apart: Sequence[Apart] = (),
    rule_names: RuleNames | None = None,
) -> Grouped:
    """Group the lessons of *background*; their vectors, 1 kB a lesson, are freed afterwards.

    Lessons that code found are grouped as if there were no model. A model's lesson about the same step counts as a
    wording of the code's lesson; other lessons of a model are grouped alone, and join a family on their subject.

    Args:
        background: The lessons, and the known facts about their trajectories.
        embedder: Source of the vectors.
        clusterer: Method of grouping.
        progress: Receiver of the progress.
        accepted: Lessons that a person accepted: none of them is loose.
        allowed: Risky lessons among the accepted lessons: they are rules of their own, and change no other rule.
        apart: Sets of lessons that a person judged: no rule mixes lessons of a set with lessons of other remedies.
        rule_names: Names of rules, computed once a run.

    Raises:
        InterruptedRunError: the user wants the run to stop.
    """
    way = _Way(embedder, clusterer, progress, accepted, apart, Statements(), rule_names or RuleNames())
    own, rest = _parted(background, allowed)
    if not own.lessons:
        return _by_origin(rest, way)
    return _joined(_by_origin(rest, way), _grouped(own, way), background, {}, way.rule_names)


class _Way(NamedTuple):
    """Settings and tools of grouping."""

    embedder: Embedder
    clusterer: Clusterer
    progress: Progress
    accepted: frozenset[LessonId]
    apart: Sequence[Apart]
    statements: Statements
    rule_names: RuleNames


def _parted(background: Background, chosen: Container[LessonId]) -> tuple[Background, Background]:
    """Return *background* twice: with only the lessons in *chosen*, and with only the other lessons."""
    lessons = background.lessons
    own = {one: lesson for one, lesson in lessons.items() if one in chosen}
    rest = {one: lesson for one, lesson in lessons.items() if one not in chosen}
    return msgspec.structs.replace(background, lessons=own), msgspec.structs.replace(background, lessons=rest)


def _by_origin(background: Background, way: _Way) -> Grouped:
    """Group the lessons that code found, then the lessons of a model."""
    stated, counted = _parted(background, {one for one, lesson in background.lessons.items() if lesson.is_stated})
    if not stated.lessons or not counted.lessons:
        return _grouped(background, way)
    first = _grouped(counted, way)
    found = twins(stated.lessons.values(), counted.lessons.values())
    _, rest = _parted(stated, found)
    return _joined(first, _grouped(rest, way), background, found, way.rule_names)


def _joined(
    first: Grouped, other: Grouped, background: Background, found: Mapping[LessonId, LessonId], read: RuleNames
) -> Grouped:
    """Return both groupings as one; each model's lesson in *found* joins the code's lesson on the same step."""
    clusters = with_twins(first.clustering.clusters, found)
    families = (*attached(first.families, clusters), *other.families)
    return Grouped(
        unique=both(first.unique, other.unique, found),
        clustering=together(first.clustering, other.clustering, (*clusters.values(), *other.clustering.clusters)),
        families=scope.apart(join_subjects(families, background, read), background) if other.families else families,
    )


def _grouped(background: Background, way: _Way) -> Grouped:
    lessons = tuple(background.lessons.values())
    way.progress.stage("embed", len(lessons))
    vectors, places = embed_distinct(lessons, way.embedder)
    way.progress.step(len(lessons))
    unique = dedupe(lessons, vectors, places=places, statements=way.statements)
    way.progress.stage("cluster", len(unique.kept))
    rows = vectors[[places[row] for row in unique.rows]]
    grouped = group_vectors(
        background,
        unique,
        rows,
        way.clusterer,
        accepted=way.accepted,
        apart=way.apart,
        statements=way.statements,
        rule_names=way.rule_names,
    )
    way.progress.step(len(unique.kept))
    return grouped


def group_vectors(
    background: Background,
    unique: Unique,
    rows: "FloatMatrix",
    clusterer: Clusterer,
    *,
    accepted: frozenset[LessonId] = frozenset(),
    apart: Sequence[Apart] = (),
    statements: Statements | None = None,
    rule_names: RuleNames | None = None,
) -> Grouped:
    """Group lessons whose vectors are known.

    Args:
        background: The lessons, and the known facts about their trajectories.
        unique: The lessons without duplicates.
        rows: Vectors of ``unique.kept``, in that order.
        clusterer: Groups the rows.
        accepted: As for :func:`group`.
        apart: As for :func:`group`.
        statements: Store of parsed lessons; None for a new store.
        rule_names: Names of rules that were computed already.
    """
    said, read = statements or Statements(), rule_names or RuleNames()
    clustering = cluster(
        unique, rows, lessons=background.lessons, clusterer=clusterer, accepted=accepted, statements=said
    )
    whole = [_with_absorbed(family, unique) for family in families(clustering, unique, rows)]
    ruled = [in_rules(family, background, said, apart) for family in join_subjects(whole, background, read)]
    parted = part(rehome(ruled, background, read), background, read)
    subjects = scope.apart(join_subjects(parted, background, read), background)
    by_subject = tuple(in_rules(family, background, said, apart) for family in subjects)
    clusters = sorted(
        (item for family in by_subject for item in family.clusters), key=lambda item: (-item.support, item.id)
    )
    return Grouped(
        unique=unique,
        clustering=msgspec.structs.replace(clustering, clusters=tuple(clusters)),
        families=by_subject,
    )


def _with_absorbed(family: Family, unique: Unique) -> Family:
    """Return *family* with each absorbed lesson after the lesson that absorbed it."""
    return msgspec.structs.replace(
        family, clusters=tuple(_cluster_with_absorbed(item, unique.absorbed) for item in family.clusters)
    )


def _cluster_with_absorbed(item: Cluster, absorbed: Mapping[LessonId, tuple[LessonId, ...]]) -> Cluster:
    ids = dict.fromkeys(lesson_id for kept in item.lesson_ids for lesson_id in (kept, *absorbed.get(kept, ())))
    return msgspec.structs.replace(item, lesson_ids=tuple(ids))


def in_rules(family: Family, background: Background, statements: Statements, apart: Sequence[Apart] = ()) -> Family:
    """Cut the clusters of *family* into rules, and count the support of each from all its lessons."""
    members = [
        [(lesson, statements.of(lesson).claim) for lesson in background.members((item,))] for item in family.clusters
    ]
    split = split_family(family, members, apart=apart)
    return msgspec.structs.replace(
        split, clusters=tuple(_counted(item, background.members((item,))) for item in split.clusters)
    )


def _counted(item: Cluster, lessons: tuple[Lesson, ...]) -> Cluster:
    runs = supporting_runs(lessons)
    tasks = supporting_tasks(lessons)
    return msgspec.structs.replace(item, support=len(runs), task_support=len(tasks))
