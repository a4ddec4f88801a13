"""Groups that say the same thing are joined, and near-identical ones that do not stay apart."""

from collections.abc import Sequence

import pytest

from t2s_local.embedders import static
from t2s_local.stages.group.claims import claim_of, parted
from t2s_local.stages.group.directives import opponents
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.stages.group.merge import joined
from t2s_local.stages.group.statements import Statements
from t2s_local.values.lesson import Lesson
from tests.build import lesson

Said = Sequence[tuple[str, str]]

NULLGLOB: Said = (
    ("a for loop runs once with the pattern itself", "Set nullglob before the loop over the files."),
    ("the pattern stays unexpanded in the loop", "Set nullglob before the loop over all files."),
)
UNEXPANDED: Said = (
    ("a glob that matches no file is passed on literally", "Set nullglob before the loop over these files."),
    ("rm complains about a glob of logs that are not there", "Set nullglob before the loop over the files."),
)
CHECKED: Said = (
    ("a for loop runs once with the pattern itself", "Check that each entry exists inside the body."),
    ("a for loop runs again with the pattern itself", "Test for the entry and skip what is absent."),
)
CSV_MARK: Said = (
    ("the first column of a CSV is not found because of a byte order mark", "Open the table with utf-8-sig."),
    ("a CSV written by a spreadsheet begins with a BOM", "Read the rows with a codec that drops the mark."),
)
JSON_MARK: Said = (
    ("a JSON file starts with a byte order mark and does not parse", "Decode the document as utf-8-sig first."),
    ("JSON written by PowerShell cannot be loaded", "Strip the leading mark from the text."),
)
RETRY: Said = (
    ("the package index times out during an install", "Run the install command again."),
    ("an install hangs on the index and times out", "Run the install command again at once."),
)
NEVER: Said = (
    ("the package index times out during an install", "Do not run the install command again."),
    ("an install hangs on the index and times out", "Never run the install command again."),
)
OTHER: Said = (
    ("a tar archive holds absolute paths", "List the members before unpacking."),
    ("postal codes lose their leading zeros", "Read that column as text."),
)


def after(*parts: Said) -> list[set[int]]:
    """Which parts are in one group, each part given as a group of its own."""
    lessons: list[Lesson] = []
    groups: list[tuple[int, ...]] = []
    for part in (*parts, OTHER[:1], OTHER[1:]):
        groups.append(tuple(range(len(lessons), len(lessons) + len(part))))
        lessons += [lesson(when, do, runs=(f"run-{len(lessons)}-{at}",)) for at, (when, do) in enumerate(part)]
    vectors = embed_lessons(lessons, static.load(None))
    said = [*map(Statements().of, lessons)]
    found = joined(groups, said, vectors, opponents([one.stance for one in said], vectors))
    assert sorted(row for group in found for row in group) == list(range(len(lessons)))
    return [{place for place, rows in enumerate(groups) if set(rows) <= set(group)} for group in found]


def test_groups_that_say_to_do_the_same_about_a_near_thing_become_one() -> None:
    assert after(NULLGLOB, UNEXPANDED) == [{0, 1}, {2}, {3}]


def test_groups_that_speak_of_the_same_situation_become_one() -> None:
    assert after(NULLGLOB, CHECKED) == [{0, 1}, {2}, {3}]


def test_what_joins_two_groups_may_stand_in_a_third() -> None:
    assert after(UNEXPANDED, CHECKED, NULLGLOB) == [{0, 1, 2}, {3}, {4}]


@pytest.mark.parametrize("parts", [(CSV_MARK, JSON_MARK), (RETRY, NEVER), (NULLGLOB, CSV_MARK)])
def test_near_identical_subjects_and_opposites_stay_apart(parts: tuple[Said, ...]) -> None:
    assert after(*parts) == [{0}, {1}, {2}, {3}]


def failing(message: str, number: int, *, do: str = "Run `b` instead of `a`.") -> Lesson:
    return lesson(f"`a` fails with “{message}”", do, runs=(f"run-{number}",))


def test_failures_with_other_messages_are_rules_of_their_own() -> None:
    found = [
        failing("database is locked", 0),
        failing("killed after 60 s at row 18", 1),
        failing("database is locked", 2),
        failing("killed after 60 s at row 7", 3),
    ]
    assert parted(range(4), [*map(claim_of, found)]) == [(0, 2), (1, 3)]


def test_a_lesson_without_a_message_stays_where_it_was_put() -> None:
    found = [failing("database is locked", 0), lesson("another program writes to the database", "Wait for the lock.")]
    assert parted(range(2), [*map(claim_of, found)]) == [(0, 1)]
