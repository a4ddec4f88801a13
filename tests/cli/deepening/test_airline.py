"""A poor airline skill held against real runs of airline support.

The skill was written before the code, with seed 24 of Python's ``random``: of the rules that are worth telling and that
`t2s distill` tells, ``sample(told, 4)`` are missing and ``sample(others, 1)`` is right; three of those that must not be
told, by ``sample``, are wrong. Missing are certificates, ids of payments, sums of payments, and seats. Right is how a
reservation is looked up. Wrong are whose id to take when payments do not add up, where to take a user's id from, and
that looking up a profile first pays.

`t2s distill` tells more of the same list today than when the lot was drawn, which no section says: that a gift card
must cover the whole price, and that a flight of the past cannot be changed. One of the missing ones, where ids of
payments come from, rests on two runs alone, and is not told by every version.
"""

import difflib
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.deepening.deepening import DeepenOutcome
from tests.commands import in_process

SKILL = Path(__file__).with_name("airline-support")
MISSING = {
    "ertificate": {"Changing a flight", "Payment"},
    "Payment method not found": {"Changing a flight", "Payment"},
    "total price first": {"Booking a flight", "Payment"},
    "available_seats": {"Booking a flight", "Searching flights"},
}
"""Words of each missing rule, and the sections it is right in, as fixed before the code."""
LEAST_HELD = 45
"""Runs that bear out the right rule at least; how many exactly depends on what counts as such a run."""
ON_TWO_RUNS = "Payment method not found"
MORE = ("gift card balance", "not available on date")
"""Words of the rules that the skill lacks as well, and of which the lot knew nothing."""


@pytest.fixture
def outcome(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeepenOutcome:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SKILL, "skills/airline-support")
    runs = shared_data / "tau-bench" / "gpt-4o-airline.json"
    done = in_process("deepen", "skills/airline-support", runs, "--json", "-q")
    assert done.code == 0, done.err
    return msgspec.json.decode(done.out, type=DeepenOutcome)


def test_wrong_rules_are_named_missing_ones_added_and_the_right_one_is_borne_out(outcome: DeepenOutcome) -> None:
    found = outcome.found
    placed = {
        item.edit.section for word, right in MISSING.items() for item in found.proposals if word in item.edit.text
    }
    right = [
        word
        for word, sections in MISSING.items()
        for item in found.proposals
        if word in item.edit.text and item.edit.section in sections
    ]
    assert placed <= {"Booking a flight", "Changing a flight"}
    told = {word for word in MISSING for item in found.proposals if word in item.edit.text}
    assert told >= MISSING.keys() - {ON_TWO_RUNS}
    assert len(right) >= len(told) - 1
    (revised,) = [item for item in found.proposals if item.change == "revise"]
    assert "do not add up, use the payment id" in (revised.gives_way or "")
    assert "3 failed and 1 succeeded" in (revised.contradiction or "")
    failed = {note.text[:40]: note.trajectory_ids for note in found.noted if note.finding == "failed"}
    assert [len(runs) for runs in failed.values()] == [3, 32]
    assert {text.split("`")[1] for text in failed if "`" in text} <= {"get_user_details", "get_reservation_details"}
    (held,) = [note for note in found.noted if note.finding == "held"]
    assert held.text.startswith("A customer who cannot name the reservation ID")
    assert held.support >= LEAST_HELD
    assert {note.finding for note in found.noted} == {"failed", "held"}
    assert found.refused == ()


def test_each_edit_says_one_thing_worth_telling_and_nothing_else_changes(
    outcome: DeepenOutcome, shared_data: Path
) -> None:
    gold = [json.loads(line) for line in (shared_data.parent / "gold" / "tau-bench.jsonl").read_text().splitlines()]
    words_changed = [item for item in outcome.found.proposals if item.change != "reinforce"]
    told = [[one["id"] for one in gold if is_told(one, item.edit.text)] for item in words_changed]
    kinds = {one["id"]: one["kind"] for one in gold}
    assert all(len(ids) == 1 and kinds[ids[0]] == "tell" for ids in told), told
    assert len({ids[0] for ids in told}) == len(words_changed) >= len(MISSING) - 1 + len(MORE)
    for more in MORE:
        assert [more in item.edit.text.casefold() for item in words_changed].count(True) == 1
        assert more not in (SKILL / "SKILL.md").read_text("utf-8").casefold()
    (right,) = [item for item in outcome.found.proposals if item.change == "reinforce"]
    assert right.edit.text.startswith("A customer who cannot name the reservation ID")
    assert right.number is None
    assert right.support == len(right.runs) >= LEAST_HELD
    page = Path("skills/airline-support/SKILL.md")
    before = page.read_text("utf-8").splitlines()
    for item in outcome.found.proposals:
        assert in_process("review", "skills", "--accept", item.id, "--unassessed").code == 0
    changes = [line for line in difflib.ndiff(before, page.read_text("utf-8").splitlines()) if line[0] in "+-"]
    gone = [line[2:] for line in changes if line[0] == "-"]
    assert gone == [line for line in before if "do not add up" in line or line.startswith("  the amount that")]
    added = [line[2:] for line in changes if line[0] == "+"]
    assert words(added) == words(item.edit.text for item in words_changed)
    assert f"{right.support} runs, " in " ".join(in_process("library", "log", "skills").out.split())


def words(texts: Iterable[str]) -> list[str]:
    """The words of list items, sorted, without the marks of the lists."""
    return sorted(word for text in texts for word in re.sub(r"^\s*(?:-|\d+\.) ", "", text).split())


def is_told(statement: dict[str, list[str]], text: str) -> bool:
    return all(any(re.search(one, text, re.IGNORECASE) for one in statement[part]) for part in ("trigger", "remedy"))
