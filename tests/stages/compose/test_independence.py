"""No single conversation carries a skill: which runs belong together, and what becomes of a rule most of them state."""

import msgspec

from t2s_local.ports.writer import Evidence
from t2s_local.stages.compose.bar import ONE_SOURCE
from t2s_local.stages.compose.compose import compose
from t2s_local.stages.compose.independence import LARGEST_SHARE, balanced, is_balanced, origins
from t2s_local.stages.intake.corpus import Outline
from t2s_local.values.cluster import Family
from t2s_local.values.funnel import Loss
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.writers.template import load
from tests.skill_corpus import Told, commits, evidence, family, pushes


def outline(name: str, *, session: str | None = None, parent: str | None = None, source: str | None = None) -> Outline:
    where = source or f"{name}.jsonl"
    return Outline(id=TrajectoryId(name), source=where, format="f", session=session, parent=parent)


def test_sub_agents_and_branches_belong_to_their_conversation_and_other_runs_to_themselves() -> None:
    found = origins(
        [
            outline("main", session="s"),
            outline("child", session="s/1", parent="s"),
            outline("grandchild", session="s/1/1", parent="s/1"),
            outline("branch", session="t", source="t.jsonl"),
            outline("other-branch", session="t", source="t.jsonl"),
            outline("same-name-elsewhere", session="t", source="u.jsonl"),
            outline("row-1", source="results.json"),
            outline("row-2", source="results.json"),
        ]
    )
    by_name = {str(name): origin for name, origin in found.items()}
    assert by_name["main"] == by_name["child"] == by_name["grandchild"]
    assert by_name["branch"] == by_name["other-branch"]
    assert len({*found.values()}) == 5


def test_runs_that_started_each_other_in_a_circle_are_told_apart_from_nothing() -> None:
    found = origins([outline("a", session="x", parent="y"), outline("b", session="y", parent="x")])
    assert len(found) == 2


def told(groups: list[list[Told]], *, one_source: int) -> tuple[Family, Evidence]:
    """A family of *groups*, where so many runs of each belong to one conversation."""
    runs = [item.run for group in groups for item in group]
    known = evidence(runs, [item.lesson for group in groups for item in group])
    together = {item.run.id: "one" for group in groups for item in group[:one_source]}
    subject = family(*([item.lesson for item in group] for group in groups))
    return subject, msgspec.structs.replace(known, origins=together)


def composed(subject: Family, known: Evidence) -> tuple[list[int], tuple[Loss, ...]]:
    done = compose([subject], known, load(), min_support=3, names={})
    return [skill.support for skill in done.skills], done.losses


def test_a_rule_that_mostly_one_conversation_states_stays_a_candidate_and_is_counted() -> None:
    assert LARGEST_SHARE == 0.5
    supports, losses = composed(*told([pushes(5)], one_source=3))
    assert supports == []
    assert [(loss.reason, loss.count) for loss in losses] == [(ONE_SOURCE, 5)]


def test_half_of_the_runs_may_be_of_one_conversation() -> None:
    assert composed(*told([pushes(6)], one_source=3)) == ([6], ())
    assert composed(*told([pushes(5)], one_source=1)) == ([5], ())


def test_rules_that_lean_on_one_conversation_together_do_not_stand_in_one_skill() -> None:
    subject, known = told([pushes(4), commits(4)], one_source=2)
    assert len(balanced(subject.clusters, known)) == 2
    shared = {run: "one" for run in list(known.outcomes)[:2] + list(known.outcomes)[4:6]}
    others = {run: "two" for run in list(known.outcomes)[2:4]}
    leaning = msgspec.structs.replace(known, origins={**shared, **others})
    assert all(is_balanced([cluster], leaning) for cluster in subject.clusters)
    assert is_balanced(subject.clusters, leaning)
    three = msgspec.structs.replace(leaning, origins={**shared, **others, list(known.outcomes)[6]: "one"})
    assert balanced(subject.clusters, three) == subject.clusters[:1]
