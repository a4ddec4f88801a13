"""What a decision recognises a rule by."""

from t2s_local.stages.review.marks import is_same_rule, mark_of
from t2s_local.stages.review.review import KnownDecisions, accepted_lessons, rejected_lessons
from t2s_local.values.decision import Decision, Verdict
from t2s_local.values.lesson import Lesson
from tests.skill_corpus import Told, recovery

_FAILS = "error: failed to push some refs to 'origin'"


def push(number: int, *, do: str = "Run `git pull --rebase`, then push again.", got: str = _FAILS) -> Told:
    when = f"`git push origin topic-{number}` fails with “{got}”"
    return recovery(f"Publish part {number}.", "git push", got, "git pull --rebase", when=when, do=do, number=number)


def decision(lesson: Lesson, verdict: Verdict) -> Decision:
    return Decision(id=lesson.id, verdict=verdict, at="2026-01-01T00:00:00+00:00", says="", mark=mark_of([lesson]))


def test_the_same_words_over_other_runs_are_the_same_rule() -> None:
    one, other = push(1).lesson, push(2).lesson
    assert set(mark_of([one]).remedies).isdisjoint(mark_of([other]).remedies)
    assert is_same_rule(mark_of([one]), mark_of([other]))


def test_one_message_with_a_like_remedy_is_the_same_rule_and_with_another_remedy_is_not() -> None:
    one = mark_of([push(1).lesson])
    assert is_same_rule(one, mark_of([push(2, do="Run `git pull --rebase` first, then push again.").lesson]))
    assert not is_same_rule(one, mark_of([push(3, do="Ask an owner for access; a fork needs none.").lesson]))
    assert not is_same_rule(one, mark_of([push(4, got="Author identity unknown").lesson]))


def test_the_same_steps_in_wholly_other_words_are_the_same_rule() -> None:
    told = push(1)
    other = Lesson(
        id=told.lesson.id,
        when="the remote has commits that are not here",
        do="Fetch them before you publish.",
        because=None,
        polarity="failure",
        pattern="root_cause",
        signature="remote commits fetch before publish",
        evidence=told.lesson.evidence,
        trajectory_ids=told.lesson.trajectory_ids,
        task_ids=told.lesson.task_ids,
        analyst="llm",
    )
    assert is_same_rule(mark_of([told.lesson]), mark_of([other]))


def test_the_last_decision_about_a_rule_counts() -> None:
    lesson = push(1).lesson
    known = KnownDecisions([decision(lesson, "rejected"), decision(push(2).lesson, "accepted")])
    found = known.about([lesson])
    assert found is not None
    assert found.verdict == "accepted"
    assert accepted_lessons(known.each([lesson])) == {lesson.id}
    assert rejected_lessons(known.each([lesson])) == frozenset()
    rejected = KnownDecisions([decision(lesson, "rejected")]).each([lesson])
    assert accepted_lessons(rejected) == frozenset()
    assert rejected_lessons(rejected) == {lesson.id}


def test_who_rejects_one_remedy_has_not_judged_the_opposite_one_that_was_grouped_with_it() -> None:
    often = [push(number).lesson for number in range(3)]
    opposite = push(4, do="Run `git fetch --all`; `git reset` takes the other side.").lesson
    mixed = Decision(
        id="x", verdict="rejected", at="2026-01-01T00:00:00+00:00", says="", mark=mark_of([*often, opposite])
    )
    found = KnownDecisions([mixed]).each([*often, opposite])
    assert rejected_lessons(found) == {lesson.id for lesson in often}


def test_a_message_about_another_name_that_the_command_gave_is_the_same_message() -> None:
    def refused(name: str) -> Lesson:
        got, up = f"Connection refused by {name}", f"docker compose up -d {name}"
        when, do = f"`{up}` fails with “{got}”", f"Run `docker compose up -d --wait {name}` instead of `{up}`."
        return recovery(f"Start {name}.", up, got, "docker compose up --wait", when=when, do=do, number=1).lesson

    one, other = refused("cedar"), refused("onyx")
    assert set(mark_of([one]).signatures).isdisjoint(mark_of([other]).signatures)
    assert is_same_rule(mark_of([one]), mark_of([other]))


def test_a_message_about_a_part_of_a_name_that_the_command_gave_is_the_same_message() -> None:
    def differs(name: str) -> Lesson:
        got, ran = f"AssertionError: snapshot {name}.txt differs", f"pytest tests/test_{name}.py"
        when, do = f"`{ran}` fails with “{got}”", f"Run `git checkout src/{name[0]}.py && {ran}` instead of `{ran}`."
        return recovery(f"Test {name}.", ran, got, f"git checkout && {ran}", when=when, do=do, number=1).lesson

    one, other = differs("cedar"), differs("onyx")
    assert set(mark_of([one]).signatures).isdisjoint(mark_of([other]).signatures)
    assert is_same_rule(mark_of([one]), mark_of([other]))
