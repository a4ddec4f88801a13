"""What a skill forbids, and the runs that did it all the same."""

import pytest

from t2s_local.skills.patch.page import Page
from t2s_local.stages.deepen.practice import use_of
from t2s_local.stages.deepen.prohibitions import Defiance
from t2s_local.stages.deepen.units import units_of
from t2s_local.values.trajectory import Outcome, Trajectory
from tests.build import step, trajectory
from tests.recorded import shell


def run(
    number: int, command: str, *, said: str | None = None, code: int = 0, outcome: Outcome = "success"
) -> Trajectory:
    before = [] if said is None else [step("assistant", said)]
    steps = (*before, *shell(command, "ok", code, key="1"))
    return trajectory(step("user", f"task {number}"), *steps, outcome=outcome, source=f"{number}.jsonl")


def defiance(text: str, *runs: Trajectory) -> Defiance | None:
    units = units_of(Page(path="SKILL.md", text=f"- {text}\n"), frozenset())
    return use_of(units, runs, tools=frozenset(), skills=()).defiances.get(0)


@pytest.mark.parametrize(
    ("text", "command", "said"),
    [
        ("Never run the linter.", "eslint src", None),
        ("Never run the linter.", "cd app && npm run lint", None),
        ("Do not run the linter here.", "ruff check .", "All tests pass. Now I run the linter here."),
        ("Never run `make check`.", "make check", None),
        ("Never run `npm run lint`.", "npm run lint", None),
        ("Avoid linting.", "pylint src | tail -3", None),
    ],
)
def test_runs_that_did_what_a_skill_forbids_with_success_refute_it(text: str, command: str, said: str | None) -> None:
    found = defiance(text, *(run(n, command, said=said) for n in range(3)), run(3, "pytest", outcome="failure"))
    assert found is not None
    assert (len(found.did), found.n_did_succeed, found.n_other, found.is_refuted(3)) == (3, 3, 1, True)
    assert not found.is_refuted(4)


@pytest.mark.parametrize(
    ("command", "said", "code"),
    [
        ("grep -r linter .", "I look for the linter.", 0),
        ("pytest -q", "I do not run the linter; the tests are enough.", 0),
        ("cat setup.cfg", "Let me see how people run the linter.", 0),
        ("ruff check .", "Run the linter.", 2),
    ],
)
def test_other_calls_and_calls_that_failed_are_not_what_is_forbidden(command: str, said: str, code: int) -> None:
    found = defiance("Never run the linter.", *(run(n, command, said=said, code=code) for n in range(4)))
    assert found is not None
    assert found.did == ()


def test_what_failed_more_often_than_not_or_than_its_absence_is_rightly_forbidden() -> None:
    bad = [run(n, "make lint", outcome="failure" if n < 3 else "success") for n in range(5)]
    found = defiance("Never run the linter.", *bad)
    assert found is not None
    assert not found.is_refuted(3)
    good = [run(n, "pytest") for n in range(10, 14)]
    mixed = [run(n, "make lint", outcome="failure" if n < 1 else "success") for n in range(4)]
    found = defiance("Never run the linter.", *mixed, *good)
    assert found is not None
    assert not found.is_refuted(3)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Never use `deploy --force`.", "deploy --check"),
        ("Never run `git push --force`.", "git push"),
        ("Never run `rm -rf /`.", "rm build.log"),
        ("Never run `pip install` as root.", "pip install lxml"),
    ],
)
def test_a_form_of_a_command_is_not_the_command(text: str, command: str) -> None:
    found = defiance(text, *(run(n, command) for n in range(4)))
    assert found is None or not found.did


@pytest.mark.parametrize(
    "text",
    [
        "Never run the linter before the build.",
        "If the build is broken, never run the linter.",
        "Never run the linter when the build is broken.",
        "Run the linter.",
        "Never do it.",
    ],
)
def test_a_prohibition_with_a_condition_and_one_of_nothing_are_none(text: str) -> None:
    assert defiance(text, run(1, "make lint")) is None
