"""What every run of a rule agrees on is told, what differs stays open."""

from collections.abc import Sequence

import msgspec
import pytest

from t2s_local.values.lesson import Lesson
from t2s_local.writers._page.filled_in import settled
from tests.skill_corpus import recovery

MESSAGE = "ImportError: cannot import name '<name>' from pkg <number> at <path>"


def met(*errors: str, when: str = MESSAGE, cause: str | None = None) -> list[Lesson]:
    return [
        recovery(
            f"Task {number}.",
            "python app.py",
            error,
            "sed -i s/old/new/ app.py",
            when=f"`python` fails with “{when}”",
            do="Run `sed -i s/old/<name>/ app.py`, then wait <number> seconds.",
            cause=cause,
            number=number,
        ).lesson
        for number, error in enumerate(errors)
    ]


def told(lessons: Sequence[Lesson]) -> set[tuple[str, str]]:
    return {(lesson.when, lesson.do) for lesson in settled(lessons)}


def error(name: str = "new", number: str = "2.0", path: str = "/srv/app") -> str:
    return f"ImportError: cannot import name '{name}' from pkg {number} at {path}"


def test_a_name_and_a_number_that_all_runs_met_are_told() -> None:
    assert told(met(error(), error(), error())) == {
        (
            "`python` fails with “ImportError: cannot import name 'new' from pkg 2.0 at <path>”",
            "Run `sed -i s/old/new/ app.py`, then wait <number> seconds.",
        )
    }


def test_what_one_run_met_otherwise_stays_open() -> None:
    (when, do), *others = told(met(error(), error(), error(number="3.1")))
    assert not others
    assert "'new' from pkg <number>" in when
    assert do.startswith("Run `sed -i s/old/new/")


def test_two_runs_settle_nothing() -> None:
    lessons = met(error(), error())
    assert list(settled(lessons)) == lessons


def test_runs_of_one_task_settle_nothing() -> None:
    lessons = [msgspec.structs.replace(lesson, task_ids=("one",)) for lesson in met(error(), error(), error())]
    assert list(settled(lessons)) == lessons


def test_a_lesson_whose_quote_does_not_show_the_message_keeps_all_open() -> None:
    lessons = met(error(), error(), error(), "Killed")
    assert list(settled(lessons)) == lessons


def test_a_cause_is_told_with_the_name_too() -> None:
    because = {lesson.because for lesson in settled(met(error(), error(), error(), cause="It wants <name> now."))}
    assert because == {"It wants new now."}


def test_a_message_that_was_cut_is_settled_as_far_as_it_is_told() -> None:
    cut = "ImportError: cannot import name '<name>' from…"
    (when, _), *others = told(met(error(), error(path="/a/b"), error(number="7"), when=cut))
    assert not others
    assert when == "`python` fails with “ImportError: cannot import name 'new' from…”"


def test_lessons_keep_their_order_and_ids() -> None:
    lessons = met(error(), error(), error())
    assert [lesson.id for lesson in settled(lessons)] == [lesson.id for lesson in lessons]


def test_runs_that_one_lesson_speaks_for_have_to_agree_like_lessons_of_single_runs() -> None:
    first, second, third = met(error(), error("other"), error())
    joined = msgspec.structs.replace(
        first,
        evidence=(*first.evidence, *second.evidence, *third.evidence),
        trajectory_ids=(*first.trajectory_ids, *second.trajectory_ids, *third.trajectory_ids),
        task_ids=(*first.task_ids, *second.task_ids, *third.task_ids),
    )
    assert {when for when, _ in told([joined])} == {
        "`python` fails with “ImportError: cannot import name '<name>' from pkg 2.0 at <path>”"
    }


def test_a_hash_that_all_runs_met_is_told_in_the_message_alone() -> None:
    token, other = "b77a5c561934e089", "31bf3856ad364e35"
    when = "Could not load 'Corp.Data, PublicKeyToken=<hash>' of checksum <hash>"
    errors = [f"Could not load 'Corp.Data, PublicKeyToken={token}' of checksum {one}" for one in (other, other[::-1])]
    lessons = [msgspec.structs.replace(lesson, do="Check out <hash>.") for lesson in met(*errors, errors[0], when=when)]
    ((said, do),) = told(lessons)
    assert f"PublicKeyToken={token}' of checksum <hash>" in said
    assert do == "Check out <hash>."


@pytest.mark.parametrize("words", ["PublicKeyToken=", "image sha256:", "unknown revision ", "commit '", "checksum: "])
def test_a_hash_behind_a_word_that_says_it_is_public_is_told(words: str) -> None:
    value = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
    ((said, _),) = told(met(*[f"denied: {words}{value}"] * 3, when=f"denied: {words}<hash>"))
    assert value in said


@pytest.mark.parametrize(
    "words",
    [
        *("rejected for ", "api client ", "session ", "key=", "id: ", "token ", "digest of ", "api key sha256:"),
        *("password hash: ", "session_hash=", "session-hash=", "userHash=", "client commit "),
    ],
)
def test_a_hash_that_may_be_a_key_or_belong_to_someone_stays_open(words: str) -> None:
    value = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    ((said, _),) = told(met(*[f"denied: {words}{value}"] * 3, when=f"denied: {words}<hash>"))
    assert said.endswith(f"{words}<hash>”")
