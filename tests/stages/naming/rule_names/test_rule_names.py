"""Names of rules: computed once a run, and those of several rules from those of each."""

from collections import Counter
from collections.abc import Callable

import pytest

from t2s_local.stages.compose.compose import compose
from t2s_local.stages.group.subjects.regroup import join_subjects, part, rehome
from t2s_local.stages.naming.naming import labels
from t2s_local.stages.naming.rule_names import rule_names
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.values.lesson import Lesson
from t2s_local.writers.template import load
from tests.skill_corpus import corpus


def test_each_lesson_and_task_is_read_for_names_once_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, read, calls = corpus(), RuleNames(), Counter[str]()

    def counted(name: str, read: Callable[..., object]) -> Callable[..., object]:
        def reading(*values: object) -> object:
            calls[f"{name} {values[0].id if isinstance(values[0], Lesson) else values}"] += 1
            return read(*values)

        return reading

    for name in ("subjects", "terms_in", "asked_in"):
        monkeypatch.setattr(rule_names, name, counted(name, getattr(rule_names, name)))
    parted = part(rehome(join_subjects(runs.families, runs.evidence, read), runs.evidence, read), runs.evidence, read)
    labels([cluster for one in parted for cluster in one.clusters], runs.evidence, read)
    assert compose(parted, runs.evidence, load(), min_support=3, names={}, rule_names=read).skills
    assert {key.split()[0] for key in calls} == {"subjects", "terms_in", "asked_in"}
    assert {key: count for key, count in calls.items() if count > 1} == {}


def test_the_names_of_several_rules_are_those_of_each_with_all_their_runs() -> None:
    runs, read = corpus(), RuleNames()
    clusters = [cluster for one in runs.families for cluster in one.clusters]
    each = [read.of(cluster, runs.evidence) for cluster in clusters]
    both = read.coverage(clusters, runs.evidence)
    total = sum(one.n_all for one in each)
    assert both.keys() == {name for one in each for name in one.worths}
    for name, found in both.items():
        assert found.worth == max(one.worths.get(name, 0.0) for one in each)
        assert found.share == sum(one.n_runs.get(name, 0) for one in each) / total
