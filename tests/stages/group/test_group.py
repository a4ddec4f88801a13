"""Grouping: what a cluster is on the day it is made, it is in the skill and in the result."""

import json
from pathlib import Path

import msgspec
import pytest

from t2s_local import registry
from t2s_local.ports.services import Silent
from t2s_local.ports.writer import Background
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.runs.progress import SilentListener
from t2s_local.runs.session import run
from t2s_local.stages.group.group import Grouped, group
from t2s_local.values.lesson import Lesson
from tests.jobs import job
from tests.skill_corpus import pushes


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
