"""A rule needs two runs behind what it tells to do, not only behind what went wrong."""

from t2s_local.stages.compose.backing import is_backed
from t2s_local.stages.compose.bar import NO_REMEDY
from t2s_local.stages.compose.compose import compose
from t2s_local.values.lesson import Lesson
from t2s_local.writers.template import load
from tests.skill_corpus import Told, evidence, family, recovery

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
