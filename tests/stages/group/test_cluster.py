"""What the cluster stage makes of the groups of a clusterer."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from t2s_local import registry
from t2s_local.embedders import static
from t2s_local.stages.group.cluster import cluster
from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.directives import stance
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.values.cluster import Clustering
from t2s_local.values.lesson import Lesson
from tests.build import lesson

COMMIT = (
    ("the commit is rejected because a hook found a problem", "Fix the file the hook names and commit again."),
    ("a pre-commit hook rejects a commit", "Read which file the hook names, fix it, then commit again."),
    ("git refuses to commit since a hook failed", "Mend the file named by the hook and repeat the commit."),
)
BOM = (
    ("a CSV file begins with a byte order mark", "Open the CSV with the utf-8-sig encoding."),
    ("the first CSV column is not found because of a byte order mark", "Read the CSV as utf-8-sig."),
    ("a byte order mark hides the first column of a CSV", "Pass encoding utf-8-sig when opening the CSV."),
)
ALONE = ("the archive holds absolute paths", "List the members before unpacking the archive.")


def clustered(lessons: Sequence[Lesson]) -> tuple[Clustering, Unique]:
    vectors = embed_lessons(lessons, static.load(None))
    unique = dedupe(lessons, vectors)
    known = {item.id: item for item in lessons}
    clusterer = registry.load("t2s_local.clusterers", "auto").load()
    return cluster(unique, vectors[list(unique.rows)], lessons=known, clusterer=clusterer), unique


def corpus() -> list[Lesson]:
    said = [*COMMIT, *BOM, ALONE]
    return [lesson(when, do, runs=(f"run-{number}",)) for number, (when, do) in enumerate(said)]


def test_lessons_that_say_the_same_are_one_cluster() -> None:
    lessons = corpus()
    found, _ = clustered(lessons)
    groups = {frozenset(item.lesson_ids) for item in found.clusters}
    assert groups == {frozenset(item.id for item in lessons[:3]), frozenset(item.id for item in lessons[3:6])}
    assert found.loose == (lessons[6].id,)


def test_the_order_of_lessons_does_not_show() -> None:
    lessons = corpus()
    assert clustered(lessons)[0] == clustered(random.Random(5).sample(lessons, len(lessons)))[0]


def test_support_counts_distinct_trajectories_of_absorbed_lessons_too() -> None:
    lessons = corpus()[:6]
    lessons.append(lesson(*COMMIT[0], runs=("run-50", "run-51"), tasks=("task-a",)))
    lessons.append(lesson(*COMMIT[0], runs=("run-0",), polarity="success"))
    found, unique = clustered(lessons)
    assert len(unique.duplicates) == 1
    strongest = found.clusters[0]
    assert (strongest.support, strongest.task_support) == (5, 4)


def test_the_medoid_comes_first_and_the_rest_is_sorted() -> None:
    found, unique = clustered(corpus())
    rows = embed_lessons(unique.kept, static.load(None))
    place = {item.id: row for row, item in enumerate(unique.kept)}
    for group in found.clusters:
        members = rows[[place[one] for one in group.lesson_ids]]
        assert int((members @ members.sum(axis=0)).argmax()) == 0
        assert list(group.lesson_ids[1:]) == sorted(group.lesson_ids[1:])


def test_cohesion_is_the_mean_cosine_of_all_pairs() -> None:
    found, unique = clustered(corpus())
    rows = embed_lessons(unique.kept, static.load(None))
    place = {item.id: row for row, item in enumerate(unique.kept)}
    for group in found.clusters:
        members = rows[[place[one] for one in group.lesson_ids]]
        pairs = (members @ members.T)[np.triu_indices(len(members), 1)]
        assert group.cohesion == pytest.approx(float(pairs.mean()), abs=1e-5)


def test_a_lone_lesson_two_trajectories_support_is_a_cluster() -> None:
    lessons = [*corpus()[:6], lesson(*ALONE, runs=("run-8", "run-9"))]
    found, _ = clustered(lessons)
    assert (lessons[6].id,) in {item.lesson_ids for item in found.clusters}
    assert found.loose == ()


def test_what_one_lesson_forbids_and_another_says_to_do_is_never_one_cluster() -> None:
    case = "the package index times out during an install"
    do = [
        lesson(case, f"Run the install command again{end}.", runs=(f"do-{end}",)) for end in (" at once", "", " soon")
    ]
    never = [
        lesson(case, f"Do not run the install command again{end}.", runs=(f"never-{end}",)) for end in (" at once", "")
    ]
    found, _ = clustered([*do, *never, *corpus()[3:]])
    sides = ({item.id for item in do}, {item.id for item in never})
    for group in found.clusters:
        assert not (sides[0] & set(group.lesson_ids) and sides[1] & set(group.lesson_ids))
    pairs = {(pair.affirmed, pair.forbidden) for pair in found.contradictions}
    assert pairs == {(one.id, other.id) for one in do for other in never} & pairs
    assert pairs


def test_what_is_replaced_is_no_advice() -> None:
    one = lesson("changes are ready to commit", "Add the files by name instead of staging the whole tree.")
    other = lesson("changes are ready to commit", "Never go on staging the whole tree.", runs=("run-2",))
    assert clustered([one, other])[0].contradictions == ()
    assert stance(one).affirmed == (frozenset({"add", "fil", "nam"}),)


def test_a_warning_beside_the_advice_it_belongs_to_is_no_contradiction() -> None:
    one = lesson("changes are ready to commit", "Never stage everything at once; add the files by name.")
    other = lesson("changes are ready to commit", "Add the files by name.", runs=("run-2",))
    assert clustered([one, other])[0].contradictions == ()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_a_handful_of_lessons_is_handled(n: int) -> None:
    found, unique = clustered(corpus()[:n])
    assert sum(len(item.lesson_ids) for item in found.clusters) + len(found.loose) == n == len(unique.kept)


def test_a_lesson_that_only_forbids_stands_with_those_that_forbid_the_same() -> None:
    case = "the package index times out during an install"
    do = [
        lesson(when, "Run the install command again.", runs=(when,))
        for when in (case, "an install hangs since the index gives no answer")
    ]
    never = [
        lesson(case, text, runs=(text,))
        for text in ("Do not run the install command again.", "Never try the package index during this.")
    ]
    found, _ = clustered([*do, *never, *corpus()[3:]])
    homes = {one: item.id for item in found.clusters for one in item.lesson_ids}
    assert homes[never[0].id] == homes[never[1].id] != homes[do[0].id] == homes[do[1].id]
