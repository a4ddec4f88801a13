"""A rule needs runs behind what it tells to do, and of these one that succeeded, not only runs that went wrong."""

import msgspec
import pytest

from t2s_local.stages.compose.backing import is_backed
from t2s_local.stages.compose.bar import NO_REMEDY, NO_SUCCESS
from t2s_local.stages.compose.compose import compose
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Label, Outcome, Trajectory
from t2s_local.writers.template import load
from tests.skill_corpus import Told, evidence, family, recovery, stated

FAILED = "`ls` fails with “the last action held no code”"


def told(*remedies: str, cause: str | None = None) -> list[Told]:
    return [
        recovery(f"Count the files of {n}.", "ls", "the last action held no code", do, when=FAILED, do=do, cause=cause)
        for n, do in enumerate(remedies)
    ]


def lessons(items: list[Told]) -> list[Lesson]:
    return [item.lesson for item in items]


APART = ("Run `ls -l logs.tar.gz`.", "Look into the folder `testbed` first.", "Ask which one is meant.")
ALIKE = ("Run `ls -l a` again.", "Run `ls -l b` again.", "Ask which one is meant.")


def test_what_each_run_did_in_a_way_of_its_own_is_no_rule() -> None:
    assert not is_backed(lessons(told(*APART)))
    assert is_backed(lessons(told(*ALIKE)))


def test_a_stated_cause_is_worth_telling_whatever_was_done() -> None:
    assert is_backed(lessons(told(*APART, cause="The last action held words and no code.")))


def test_a_rule_without_a_remedy_stays_a_candidate_and_is_counted() -> None:
    apart, alike = told(*APART), told(*ALIKE)
    for items, expected in ((apart, 0), (alike, 1)):
        known = evidence([item.run for item in items], lessons(items))
        done = compose([family(lessons(items))], known, load(), min_support=3, names={})
        assert len(done.skills) == expected
        assert [loss.reason for loss in done.losses] == ([] if expected else [NO_REMEDY])


def labelled(items: list[Told], outcomes: tuple[Outcome, ...]) -> list[Trajectory]:
    return [
        msgspec.structs.replace(item.run, label=Label(outcome=outcome, source="field:reward"))
        for item, outcome in zip(items, outcomes, strict=True)
    ]


def test_a_remedy_that_failing_runs_alone_took_is_listed_as_no_success() -> None:
    items = told(*ALIKE)
    known = evidence(labelled(items, ("failure",) * 3), lessons(items))
    done = compose([family(lessons(items))], known, load(), min_support=3, names={})
    assert done.skills == ()
    assert [(loss.reason, loss.count) for loss in done.losses] == [(NO_SUCCESS, 3)]


@pytest.mark.parametrize(
    ("outcomes", "is_step"),
    [
        (("failure", "failure", "failure"), False),
        (("failure", "partial", "failure"), False),
        (("failure", "success", "failure"), True),
    ],
)
def test_a_group_without_success_stands_under_avoid_alone(outcomes: tuple[Outcome, ...], *, is_step: bool) -> None:
    runs = labelled(told(*ALIKE), outcomes)
    rule = stated(
        runs,
        "a question takes several facts",
        "Do not answer after one call: make two.",
        "3 runs did",
        "ending",
        parts=[(1, "action", "ls")],
        polarity="success",
    )
    done = compose([family([rule])], evidence(runs, [rule]), load(), min_support=3, names={})
    body = done.skills[0].files[0].text
    assert ("## Steps" in body) is is_step
    assert ("## Avoid" in body) is not is_step
    assert ("No run behind this rule succeeded." in body) is not is_step
    assert [note.reason.partition(":")[0] for note in done.skills[0].notes] == ([] if is_step else ["no_success"])
