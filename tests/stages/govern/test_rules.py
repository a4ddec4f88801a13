"""Rules of a library as functions: trials, retirement, the cap, rounds, usefulness, banks."""

import math
from collections.abc import Iterable
from typing import Literal

import numpy as np
import pytest

from t2s_local.stages.govern.alike import groups
from t2s_local.stages.govern.pareto import Bank, choose, coverage, diversity
from t2s_local.stages.govern.ratchet import Governed, Limits, ratchet
from t2s_local.stages.govern.rounds import Round, Rounds, better_round
from t2s_local.stages.govern.skemex import Placed, Utilities, Utility, rate, skemex
from t2s_local.stages.govern.standing import Standing, Standings, drift_bound
from t2s_local.values.event import Event
from t2s_local.values.trajectory import Outcome

AT = "2026-01-01T00:00:00+00:00"


def skill(name: str, *, is_ours: bool = True) -> Governed:
    return Governed(name=name, digest=name, state="active", is_ours=is_ours, is_there=True)


def used(name: str, run: str, outcome: Outcome, *, category: str = "c") -> Event:
    verdict: Literal["helped", "hurt"] = "helped" if outcome == "success" else "hurt"
    return Event(
        at=AT, kind="used", skill=name, run=run, use="followed", outcome=outcome, verdict=verdict, category=category
    )


def shown(name: str, run: str, outcome: Outcome) -> Event:
    return Event(at=AT, kind="used", skill=name, run=run, use="shown", outcome=outcome, category="c")


def standings(events: Iterable[Event]) -> dict[str, Standing]:
    found = Standings()
    for event in events:
        found.add(event)
    return found.all()


def trials(name: str, n_success: int, n_failure: int) -> list[Event]:
    ends: list[Outcome] = [*["success"] * n_success, *["failure"] * n_failure]  # type: ignore[list-item]  # literals
    return [used(name, f"{name}{number}", end) for number, end in enumerate(ends)]


def kinds(found: Iterable[object]) -> list[tuple[str, str]]:
    return [(one.kind, one.skill) for one in found]  # type: ignore[attr-defined]  # proposals


def test_a_skill_is_retired_at_100_trials_and_a_balance_of_minus_a_tenth() -> None:
    known = standings([*trials("a", 45, 55), *trials("b", 44, 55), *trials("c", 46, 54)])
    assert known["a"].balance == pytest.approx(-0.10)
    assert known["b"].n_trials == 99
    assert kinds(ratchet([skill("a"), skill("b"), skill("c")], known, Limits())) == [("deprecate", "a")]


@pytest.mark.parametrize(("n_passed", "is_retired"), [(45, True), (46, False)])
def test_a_judge_that_passes_too_many_failures_ends_retirement(n_passed: int, *, is_retired: bool) -> None:
    known = standings(trials("a", n_passed, 100 - n_passed))
    assert bool(list(ratchet([skill("a")], known, Limits()))) is is_retired


def test_the_lowest_balance_goes_where_there_are_more_than_fit() -> None:
    skills = [skill(f"s{number:02}") for number in range(51)]
    events = [event for one in skills for event in trials(one.name, 3, 1 if one.name != "s17" else 2)]
    assert kinds(ratchet(skills, standings(events), Limits())) == [("archive", "s17")]
    assert kinds(ratchet(skills[:50], standings(events), Limits())) == []


def test_a_skill_that_was_brought_back_begins_anew() -> None:
    aside = Event(at=AT, kind="deprecated", skill="a", source="inferred")
    back = Event(at=AT, kind="active", skill="a")
    known = standings([*trials("a", 10, 90), aside, back, *trials("a", 1, 2)])
    assert known["a"].n_trials == 3


def test_an_outcome_counts_where_nobody_gave_a_verdict() -> None:
    event = Event(at=AT, kind="used", skill="a", run="r", use="loaded", outcome="failure")
    assert standings([event])["a"] == Standing(n_failure=1, n_uses=1, last_at=AT)


def test_labels_are_joined_through_a_third_one() -> None:
    assert groups(3, [(0, 1, 0.86), (1, 2, 0.86)]) == [(0, 1, 2)]


def test_the_bound_of_chance() -> None:
    assert drift_bound(20, 0.05) == pytest.approx(0.3037, abs=5e-5)
    assert drift_bound(100, 0.05) == pytest.approx(0.1358, abs=5e-5)


def test_five_rounds_below_the_best_and_no_fewer_ask_to_go_back() -> None:
    def rounds(n_bad: int, rate: float) -> list[Round]:
        best = Round(n_helped=80, n_hurt=20, at="best")
        bad = Round(n_helped=round(rate * 100), n_hurt=100 - round(rate * 100), at="bad")
        return [best, *[bad] * n_bad]

    found = better_round(rounds(5, 0.69))
    assert found is not None
    assert found.at == "best"
    assert better_round(rounds(4, 0.69)) is None
    assert better_round(rounds(5, 0.70)) is None


def test_a_round_holds_thirty_runs() -> None:
    found = Rounds()
    for event in trials("a", 45, 30):
        found.add(event)
    assert [(one.n_helped, one.n_hurt) for one in found.all()] == [(30, 0), (15, 15)]


def test_usefulness_is_learned_from_what_was_adopted() -> None:
    found = Utilities()
    for event in (shown("a", "1", "success"), shown("a", "2", "success"), used("a", "3", "success")):
        found.add(event)
    assert found.all()["a"].value == pytest.approx(0.52048)
    found.add(used("a", "4", "failure"))
    assert found.all()["a"].value == pytest.approx(0.476744)


def test_a_failure_of_a_risky_skill_costs_more() -> None:
    found = Utilities(["a"])
    for event in (shown("a", "1", "success"), shown("a", "2", "success"), used("a", "3", "success")):
        found.add(event)
    found.all()
    found.add(used("a", "4", "failure"))
    assert found.all()["a"].value == pytest.approx(0.471019, abs=1e-6)


def test_two_runs_make_no_baseline() -> None:
    found = Utilities()
    for event in (shown("a", "1", "success"), used("a", "2", "success")):
        found.add(event)
    assert found.all()["a"].value == pytest.approx(0.54)


def test_the_rate_of_learning_falls() -> None:
    assert [round(rate(n), 4) for n in (10, 15, 25)] == [0.1780, 0.1250, 0.0500]


def test_branches_have_caps_and_weak_skills_go() -> None:
    def at(name: str, branch: str, group: str) -> Placed:
        return Placed(skill=skill(name), branch=branch, group=group)  # type: ignore[arg-type]  # a branch

    of_git = [at(f"g{number}", "action", "git") for number in range(6)]
    others = [at(f"n{number}", "action", "npm") for number in range(5)]
    general = [at(f"a{number:02}", "general", "") for number in range(12)]
    values = {f"g{number}": 0.75 - 0.05 * number for number in range(6)}
    known = {name: Utility(value=value, n_adopted=3) for name, value in values.items()}
    assert kinds(skemex([*of_git, *others, *general], known)) == [("archive", "g5")]
    weak = {"g0": Utility(value=0.29, n_adopted=9), "g1": Utility(value=0.30, n_adopted=9)}
    assert kinds(skemex(of_git[:2], weak)) == [("deprecate", "g0")]
    good = {"g0": Utility(value=0.75, n_adopted=15), "g1": Utility(value=0.75, n_adopted=14)}
    assert kinds(skemex(of_git[:2], good)) == [("mature", "g0")]


def test_the_front_of_banks_and_the_choice_on_it() -> None:
    banks = [
        Bank(name="A", utility=0.60, diversity=0.50, coverage=0.50),
        Bank(name="B", utility=0.55, diversity=0.50, coverage=0.50),
        Bank(name="C", utility=0.50, diversity=0.90, coverage=0.90),
    ]
    one, two, three = (choose(banks, name) for name in "ABC")
    assert (one.allowed, one.chosen) == (("A",), "A")
    assert (two.allowed, two.front, two.chosen) == (("A", "B"), ("A",), "A")
    assert (three.allowed, three.front, three.chosen) == (("A", "B", "C"), ("A", "C"), "C")


def test_without_any_use_the_library_stays_as_it_is() -> None:
    banks = [Bank(name=name, utility=None, diversity=0.1 * n, coverage=None) for n, name in enumerate("AB")]
    assert choose(banks, "A").chosen == "A"


def test_diversity_and_coverage_of_vectors() -> None:
    cosines = np.array([[1, 0.9, 0.2], [0.9, 1, 0.1], [0.2, 0.1, 1]])
    vectors = np.linalg.cholesky(cosines).astype(np.float32)
    assert diversity(vectors) == pytest.approx(0.60, abs=1e-5)
    assert diversity(vectors[:1]) is None
    angles = [math.acos(0.35) if number < 7 else math.acos(0.34) for number in range(10)]
    lessons = np.array([[math.cos(angle), math.sin(angle)] for angle in angles], np.float32)
    assert coverage(np.array([[1, 0]], np.float32), lessons) == pytest.approx(0.70)
    assert coverage(vectors, np.empty((0, 3), np.float32)) is None
