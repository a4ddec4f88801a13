"""``t2s cluster``: show the lessons of a run in groups, with the figures behind the grouping."""

from pathlib import Path

import click
import msgspec

from t2s_local.cli.completion import complete_run
from t2s_local.cli.options import json_option, setting, stored_workspace
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.ports.grouping import Selection
from t2s_local.runs.finished.regroup import regroup
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.plugins import load_clusterer
from t2s_local.safety.characters import one_line
from t2s_local.stages.group.explain import Explanation, explain
from t2s_local.stages.group.membership import memberships
from t2s_local.stages.group.stability import DISSOLVED, VALID
from t2s_local.text.text import clip, squeeze
from t2s_local.values.cluster import Cluster, Clustering
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.workspace import read_workspace

_WIDTH = 90
_HEAD = ("CLUSTER", "RUNS", "TASKS", "LESSONS", "ALIKE", "STABLE", "SAYS")


@click.command()
@click.argument("run", required=False, shell_complete=complete_run)
@stored_workspace
@setting("embedder")
@setting("algorithm")
@click.option("--min-cluster-size", type=click.IntRange(min=2), help="Fewest lessons in a group; by their number.")
@click.option("--selection", type=click.Choice(["eom", "leaf"]), help="HDBSCAN: stable branches, or the finest.")
@click.option("--epsilon", type=click.FloatRange(min=0.0), help="HDBSCAN: branches nearer than this stay together.")
@click.option("--explain", "explained", metavar="ID", help="Say why the lesson or cluster ID lies where it lies.")
@json_option
def cluster(
    *,
    run: str | None,
    workspace: str,
    embedder: str,
    algorithm: str,
    min_cluster_size: int | None,
    selection: Selection | None,
    epsilon: float | None,
    explained: str | None,
    as_json: bool,
) -> int:
    """Group the lessons of RUN, the newest by default, and show the groups. Nothing is written.

    ALIKE is the mean cosine of the lessons of a group. STABLE says how much the group stays the same when a fifth of
    all lessons is left out: a mean Jaccard index; below 0.6 a group should not be trusted.
    """
    clusterer = load_clusterer(algorithm, min_cluster_size=min_cluster_size, selection=selection, epsilon=epsilon)
    with read_workspace(Path(workspace)) as store:
        found = regroup(store, run, load_embedder(embedder), clusterer)
    if explained is not None:
        explanation = explain(explained, found.unique, found.vectors, found.clustering, found.lessons)
        _print_explanation(explanation, as_json=as_json)
    elif as_json:
        kept = [lesson.id for lesson in found.unique.kept]
        strengths = memberships(kept, found.vectors, found.clustering.clusters)
        counts = {"lessons": len(found.lessons), "unique": len(kept)}
        print_json({**counts, **msgspec.structs.asdict(found.clustering), "memberships": strengths})
    else:
        _print_clusters(found.clustering, found.lessons)
    return 0


def _print_clusters(found: Clustering, lessons: dict[LessonId, Lesson]) -> None:
    cells = [_row(item, lessons) for item in found.clusters]
    print_table(_HEAD, cells, right=frozenset({1, 2, 3, 4, 5}))
    say(f"{len(found.clusters)} clusters, {len(found.loose)} lessons loose; {found.algorithm}")
    for pair in found.contradictions:
        say(f"Contradiction: {pair.forbidden} and {pair.affirmed} order opposite things in the same situation.")
        for one in (pair.forbidden, pair.affirmed):
            say(f"  {one} ({_seen(lessons[one])}): {_line(lessons[one])}")


def _row(item: Cluster, lessons: dict[LessonId, Lesson]) -> tuple[str, ...]:
    says = _line(lessons[item.lesson_ids[0]])
    counts = (str(item.support), str(item.task_support), str(len(item.lesson_ids)))
    return (item.id, *counts, f"{item.cohesion:.2f}", _stable(item.stability), says)


def _stable(stability: float | None) -> str:
    return "-" if stability is None else f"{stability:.2f}"


def _seen(lesson: Lesson) -> str:
    """Return the number of runs that support a lesson, and the place of its first quote."""
    runs = f"{len(lesson.trajectory_ids)} run{'s' if len(lesson.trajectory_ids) > 1 else ''}"
    first = min(lesson.evidence, default=None)
    return runs if first is None else f"{runs}, such as {first.trajectory_id} step {first.step}"


def _line(lesson: Lesson) -> str:
    return clip(squeeze(f"{lesson.when}: {lesson.do}"), _WIDTH)


def _print_explanation(found: Explanation, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    click.echo(f"{found.lesson}  {one_line(clip(squeeze(found.says), _WIDTH))}")
    click.echo(f"in {'no cluster' if found.cluster is None else found.cluster}{_closeness(found)}")
    if found.stability is not None:
        click.echo(f"stability {found.stability:.2f}: {_trust(found.stability)}")
    if found.memberships:
        click.echo("belongs " + ", ".join(f"{part.strength:.2f} to {part.cluster}" for part in found.memberships))
    cells = [
        (
            near.lesson,
            f"{near.cosine:.2f}",
            near.cluster or "loose",
            " ".join(near.shared),
            clip(squeeze(near.says), 60),
        )
        for near in found.neighbours
    ]
    print_table(("NEAREST", "COSINE", "CLUSTER", "SHARED WORDS", "SAYS"), cells, right=frozenset({1}))
    for other in found.absorbed:
        click.echo(f"absorbed {other}, which says the same")
    for other in found.contradicts:
        click.echo(f"contradicts {other}; see --explain {other}")


def _trust(stability: float) -> str:
    if stability < DISSOLVED:
        return "with a fifth of the lessons left out this cluster becomes another one; do not trust it as it is"
    return "the cluster is there" if stability >= VALID else "something is there, but its edge moves"


def _closeness(found: Explanation) -> str:
    parts = []
    if found.to_cluster is not None:
        parts.append(f"mean cosine to its members {found.to_cluster:.2f}")
    if found.to_next is not None:
        parts.append(f"to the next cluster {found.next_cluster} {found.to_next:.2f}")
    return f": {', '.join(parts)}" if parts else ""
