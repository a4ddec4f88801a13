"""``t2s diagnose drift``: a series over the log, flags by name, and what could not be decided."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from t2s_local.skills.library.library import OWN
from t2s_local.skills.members.record import add_events
from t2s_local.stages.govern.drift import Drift, DriftReader
from t2s_local.values.event import Event
from t2s_local.values.trajectory import Outcome
from tests.commands import in_process
from tests.libraries import AT
from tests.test_promises import distilled
from tests.uses import library

LATER = "2026-02-01T00:00:00+00:00"


def written(names: Sequence[str], at: str = AT) -> list[Event]:
    return [Event(at=at, kind="written", skill=name, digest=name) for name in names]


def trial(name: str, number: int, outcome: Outcome) -> Event:
    """A run that loaded a skill, of which nobody says whether it helped."""
    return Event(at=LATER, kind="used", skill=name, run=f"{name} {number}", use="loaded", outcome=outcome)


def verdicts(names: Sequence[str], shares: Sequence[float], n: int) -> list[Event]:
    """A third of the log a share: so many of *n* uses helped, the skills in turn."""
    events = []
    for third, share in enumerate(shares):
        for number in range(n):
            is_good = number < round(share * n)
            verdict = "helped" if is_good else "hurt"
            name, run = names[number % len(names)], f"{third} {number}"
            events.append(Event(at=LATER, kind="used", skill=name, run=run, use="loaded", verdict=verdict))  # type: ignore[arg-type]  # literals
    return events


def retired(names: Sequence[str], n_success: int, n_failure: int) -> list[Event]:
    events: list[Event] = []
    for name in names:
        events += [trial(name, number, "success") for number in range(n_success)]
        events += [trial(name, n_success + number, "failure") for number in range(n_failure)]
        events.append(Event(at=LATER, kind="deprecated", skill=name, source="inferred", reason="outcomes"))
    return events


ACTIVE = [f"s{number:02}" for number in range(48)]
RETIRED = [f"r{number:02}" for number in range(12)]
A = [*written([*ACTIVE, *RETIRED]), *retired(RETIRED, 45, 55), *verdicts(ACTIVE, (0.60, 0.58, 0.61), 100)]
GROWN = [f"s{number:02}" for number in range(60)]
B = [*written(GROWN[:5]), *written(GROWN[5:], LATER), *verdicts(GROWN, (0.60, 0.45, 0.30), 100)]


def report(events: Sequence[Event]) -> Drift:
    reader = DriftReader()
    for event in events:
        reader.add(event)
    return reader.report(duplicates=0.0)


def flags(found: Drift) -> list[str]:
    return [flag.name for flag in found.flags]


def test_a_library_that_retires_by_outcomes_does_not_drift() -> None:
    found = report(A)
    assert (flags(found), found.undecided, found.n_active) == ([], (), 48)
    assert found.series[-1].n_active == 48


def test_a_library_that_only_grows_and_helps_less_drifts() -> None:
    found = report(B)
    assert sorted(flags(found)) == ["falling_help_rate", "no_retirement", "unbounded_growth"]
    assert (found.n_at_start, found.n_active) == (5, 60)
    assert found.series[0].help_rate != found.series[-1].help_rate


def test_19_verdicts_a_third_decide_nothing() -> None:
    found = report([*written(GROWN[:5]), *written(GROWN[5:], LATER), *verdicts(GROWN, (0.60, 0.45, 0.30), 19)])
    assert "falling_help_rate" not in flags(found)
    assert "falling_help_rate" in [flag.name for flag in found.undecided]


def test_a_skill_retired_after_three_uses_was_retired_too_early() -> None:
    assert flags(report([*A, *written(["new"], LATER), *retired(["new"], 0, 3)])) == ["premature_retirement"]


@pytest.mark.parametrize("reason", ["the runs no longer support it", "removed by hand"])
def test_a_skill_without_support_is_not_retired_for_its_outcomes(reason: str) -> None:
    gone = Event(at=LATER, kind="deprecated", skill="s00", reason=reason)
    assert flags(report([*A, gone])) == []


def test_skills_that_nobody_loads_are_named() -> None:
    idle = written([f"i{number}" for number in range(60)], LATER)
    assert "never_used" in flags(report([*A, *idle]))


def test_the_command_prints_flags_and_ends_with_4(tmp_path: Path) -> None:
    folder = library(tmp_path / "skills")
    add_events(folder, lambda: B, command="test")
    ran = in_process("diagnose", "drift", folder)
    assert ran.code == 4
    assert "unbounded_growth: 7 active skills at first, 62 now." in ran.out
    found = json.loads(in_process("diagnose", "drift", folder, "--json").out)
    assert (found["level"], found["n_active"]) == ("L1", 62)


def test_one_changed_byte_is_named_and_nothing_is_concluded(tmp_path: Path) -> None:
    folder = library(tmp_path / "skills")
    add_events(folder, lambda: A, command="test")
    assert in_process("diagnose", "drift", folder).code == 0
    path = folder / OWN / "log.jsonl"
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"failure"', b'"fa1lure"', 1))
    line = data[: data.index(b'"failure"')].count(b"\n") + 1
    for command in (("library", "verify"), ("diagnose", "drift")):
        ran = in_process(*command, folder)
        assert (ran.code, f"log.jsonl:{line}" in ran.out + ran.err) == (4, True)


def test_doctor_looks_at_the_library_that_was_written_last(tmp_path: Path) -> None:
    assert distilled(tmp_path, "one", "two", "three").code == 0
    words = ("doctor", "--no-smoke", "--json", "--workspace", tmp_path / "ws")
    before = {check["name"]: check for check in json.loads(in_process(*words).out)["checks"]}
    assert before["library"]["state"] == "ok"
    add_events(tmp_path / "skills", lambda: B, command="test")
    after = {check["name"]: check for check in json.loads(in_process(*words).out)["checks"]}
    assert (after["library"]["state"], "unbounded_growth" in after["library"]["found"]) == ("note", True)
    assert after["library"]["fix"].startswith("t2s diagnose drift ")
