"""Grouping: what a cluster is on the day it is made, it is in the skill and in the result."""

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from t2s_local import registry
from t2s_local.ports.services import Silent
from t2s_local.ports.writer import Background
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.runs.progress import SilentListener
from t2s_local.runs.session import run
from t2s_local.stages.group import statements
from t2s_local.stages.group.group import Grouped, group
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.values.trajectory import TrajectoryId
from tests.build import lesson
from tests.jobs import job
from tests.skill_corpus import commits, pushes


def grouped(lessons: list[Lesson]) -> Grouped:
    background = Background(lessons={lesson.id: lesson for lesson in lessons}, outcomes={}, tasks={})
    return group(
        background,
        registry.load("t2s_local.embedders", "static").load(None),
        registry.load("t2s_local.clusterers", "auto").load(),
        Silent(),
    )


def test_absorbed_lessons_stand_in_the_cluster_and_count_for_its_support() -> None:
    lessons = [item.lesson for item in pushes(4)]
    found = grouped(lessons)
    assert found.unique.duplicates
    (cluster,) = found.clustering.clusters
    assert sorted(cluster.lesson_ids) == sorted(lesson.id for lesson in lessons)
    assert cluster.support == 4


def test_hundreds_of_runs_of_one_failure_are_one_rule() -> None:
    names = made_up_names(400)
    lessons = [
        lesson(
            f"`serve {name} --port 80` fails with “Error: cannot bind port <number>: permission denied”",
            f"Run `serve {name} --port 8080` instead of `serve {name} --port 80`.",
            runs=(f"run-{name}",),
        )
        for name in names
    ]
    found = grouped(lessons)
    assert [(item.support, len(item.lesson_ids)) for item in found.clustering.clusters] == [(400, 400)]
    assert found.clustering.loose == ()


def counted(calls: Counter[str], monkeypatch: pytest.MonkeyPatch, place: object, *names: str) -> None:
    """Count the calls of functions or methods of *place* in *calls*."""

    def counting(name: str, read: Callable[..., object]) -> Callable[..., object]:
        def reading(*given: object) -> object:
            calls[name] += 1
            return read(*given)

        return reading

    for name in names:
        monkeypatch.setattr(place, name, counting(name, getattr(place, name)))


def test_lessons_in_the_same_words_are_read_once_however_often_groups_are_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: Counter[str] = Counter()
    counted(calls, monkeypatch, statements, "claim_of", "stance")
    lessons = [item.lesson for item in (*pushes(9), *commits(9))]
    grouped(lessons)
    different = len({(lesson.pattern, lesson.when, lesson.do) for lesson in lessons})
    assert different < len(lessons)
    assert calls == {"claim_of": different, "stance": different}


def test_a_run_of_the_samples_reads_lessons_and_sums_names_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()
    counted(calls, monkeypatch, statements, "claim_of", "stance")
    counted(calls, monkeypatch, RuleNames, "sum")
    with open_tools(Choice(model="none", embedder="static", algorithm="auto")) as tools:
        run(job(tmp_path), tools, SilentListener())
    assert 0 < calls["claim_of"] <= 60
    assert 0 < calls["stance"] <= 60
    assert 0 < calls["sum"] <= 20


def made_up_names(count: int) -> list[str]:
    """Different names of two syllables and a consonant."""
    dice = random.Random(3)
    found: dict[str, None] = {}
    while len(found) < count:
        found[
            "".join(dice.choice(letters) for letters in ("bcdfghjklmnprstvwz", "aeiou") * 2) + dice.choice("lmnrsxz")
        ] = None
    return list(found)


def test_families_hold_the_clusters_of_the_clustering() -> None:
    found = grouped([item.lesson for item in pushes(5)])
    assert {item.id for family in found.families for item in family.clusters} == {
        item.id for item in found.clustering.clusters
    }


@pytest.mark.parametrize("restarted", [False, True])
def test_every_cluster_of_a_skill_is_in_the_result(tmp_path: Path, restarted: bool) -> None:
    order = job(tmp_path)
    with open_tools(Choice(model="none", embedder="static", algorithm="auto")) as tools:
        outcome = run(order, tools, SilentListener())
        if restarted:
            outcome = run(msgspec.structs.replace(order, restart=True), tools, SilentListener())
    known = {cluster.id for cluster in outcome.result.clusters}
    named = {cluster_id for skill in outcome.result.skills for cluster_id in skill.cluster_ids}
    assert named
    assert named <= known
    assert json.loads(msgspec.json.encode(outcome.result))


def beside(found: Lesson, *, number: int) -> Lesson:
    """What a model says of the same step of the same run, in other words."""
    return msgspec.structs.replace(
        found,
        id=LessonId(f"stated-{number}"),
        when="others have changed the branch in the meantime",
        do="Fetch what they did and put your own work on top.",
        analyst="llm",
        pattern="diagnosis",
        signature="others have changed the branch",
    )


def test_what_code_found_is_grouped_as_it_is_without_a_model() -> None:
    counted = [item.lesson for item in pushes(4)]
    stated = [beside(lesson, number=number) for number, lesson in enumerate(counted)]
    alone, found = grouped(counted), grouped([*counted, *stated])
    assert [(item.id, item.support) for item in found.clustering.clusters] == [
        (item.id, item.support) for item in alone.clustering.clusters
    ]
    (before,), (after,) = alone.clustering.clusters, found.clustering.clusters
    assert after.lesson_ids[: len(before.lesson_ids)] == before.lesson_ids
    assert set(after.lesson_ids) - set(before.lesson_ids) == {lesson.id for lesson in stated}
    assert [item.lesson_ids for family in found.families for item in family.clusters] == [after.lesson_ids]
    n_duplicates = len(found.unique.duplicates)
    assert len(counted) + len(stated) == len(found.unique.kept) + n_duplicates


def test_what_only_a_model_found_is_grouped_beside_it() -> None:
    counted = [item.lesson for item in pushes(4)]
    other = [
        msgspec.structs.replace(
            beside(lesson, number=number), trajectory_ids=(TrajectoryId(f"other-{number}"),), evidence=()
        )
        for number, lesson in enumerate(counted)
    ]
    found = grouped([*counted, *other])
    assert len(found.clustering.clusters) == 2
    assert sorted(one for item in found.clustering.clusters for one in item.lesson_ids) == sorted(
        lesson.id for lesson in [*counted, *other]
    )
    assert {item.id for family in found.families for item in family.clusters} == {
        item.id for item in found.clustering.clusters
    }
