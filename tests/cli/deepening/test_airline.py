"""A poor airline skill held against real runs of airline support.

The skill was written before the code, with seed 24 of Python's ``random``: of the rules that are worth telling and that
`t2s distill` tells, ``sample(told, 4)`` are missing and ``sample(others, 1)`` is right; three of those that must not be
told, by ``sample``, are wrong. Missing are certificates, ids of payments, sums of payments, and seats. Right is how a
reservation is looked up. Wrong are whose id to take when payments do not add up, where to take a user's id from, and
that looking up a profile first pays.
"""

import shutil
from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.deepening.deepening import DeepenOutcome
from tests.commands import in_process

SKILL = Path(__file__).with_name("airline-support")
MISSING = {
    "ertificate": {"Changing a flight", "Payment"},
    "Payment method not found": {"Changing a flight", "Payment"},
    "add up to the total price": {"Booking a flight", "Payment"},
    "available_seats": {"Booking a flight", "Searching flights"},
}
"""Words of each missing rule, and the sections it is right in, as fixed before the code."""


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
    assert len(right) >= 3
    (revised,) = [item for item in found.proposals if item.change == "revise"]
    assert "do not add up, use the payment id" in (revised.gives_way or "")
    assert "3 failed and 1 succeeded" in (revised.contradiction or "")
    failed = {note.text[:40]: note.trajectory_ids for note in found.noted if note.finding == "failed"}
    assert [len(runs) for runs in failed.values()] == [3, 32]
    assert {text.split("`")[1] for text in failed if "`" in text} <= {"get_user_details", "get_reservation_details"}
    (held,) = [note for note in found.noted if note.finding == "held"]
    assert (held.text.startswith("A customer who cannot name the reservation ID"), held.support) == (True, 47)
    assert {note.finding for note in found.noted} == {"failed", "held"}
    assert found.refused == ()
