"""Words after a command: what came of it in a sentence, why nothing did, and one line that says what to type next."""

import re
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.many import write_runs
from tests.places import SAMPLES


@pytest.fixture
def demo(here: Path, t2s: Command) -> tuple[str, str]:
    ran = t2s("demo")
    assert ran.code == 0
    return ran.out, ran.err


def nexts(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("Next: ")]


def test_a_run_is_told_in_sentences_and_not_as_losses(demo: tuple[str, str]) -> None:
    _, said = demo
    assert "From 86 recorded runs: " in said
    assert re.search(r"\d+ rules in \d+ skills", said)
    assert "one more run" in said
    assert "(`t2s candidates`)" in said
    assert "→" not in said
    assert "cluster: " not in said


def test_the_whole_funnel_is_there_for_who_asks(here: Path, t2s: Command) -> None:
    said = t2s("demo", "-v").err
    assert "86 trajectories → " in said
    assert "failure without a recovery" in said


def test_the_demo_says_where_its_skills_are_shows_one_and_names_the_next_command(demo: tuple[str, str]) -> None:
    out, said = demo
    assert "The skills are in skills-demo/" in said
    assert "    1. " in said
    assert len(nexts(said)) == 1
    assert "t2s harvest" in nexts(said)[0]
    assert all(line.startswith("skills-demo/") for line in out.splitlines())


def test_a_run_without_skills_says_why_and_shows_the_nearest_misses(here: Path, t2s: Command) -> None:
    write_runs(here / "in", 2)
    ran = t2s("distill", "in", "-o", "out", "--model", "none")
    assert re.search(r"no rule yet; \d+ needs? ", ran.err)
    assert "No skill was written: no rule has enough support yet. More recorded runs bring it.\n" in ran.err
    assert "Nearest: " in ran.err
    assert "lacks another run that agrees" in ran.err
    assert len(nexts(ran.err)) == 1


def test_a_lower_bar_is_advised_where_a_rule_has_two_runs(here: Path, t2s: Command) -> None:
    write_runs(here / "in", 12)
    ran = t2s("distill", "in", "-o", "out", "--model", "none", "--min-support", "40")
    assert "More recorded runs bring it, or --min-support 2.\n" in ran.err


def test_installing_says_how_the_skills_are_used_and_taken_out(
    demo: tuple[str, str], here: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(here))
    ran = t2s("install", "skills-demo", "--to", "agents")
    assert ran.code == 0
    assert len(nexts(ran.err)) == 1
    back = nexts(ran.err)[0].split("`")[1]
    assert back.startswith("t2s uninstall ")
    assert t2s(*back.split()[1:]).code == 0


def test_quotes_that_hold_are_said_to_hold(demo: tuple[str, str], t2s: Command) -> None:
    assert "quotes hold, word for word" in t2s("verify", "skills-demo").err


def test_a_project_without_conversations_is_named(here: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    ran = t2s("harvest", "--project", ".")
    assert (ran.code, f"no conversations about {here}" in ran.err) == (10, True)
    assert "`t2s harvest` lists those of all projects" in ran.err


def test_quiet_says_nothing_of_what_comes_next(here: Path, t2s: Command) -> None:
    assert nexts(t2s("demo", "-q").err) == []


def test_a_command_that_failed_before_its_work_leaves_no_run(here: Path, t2s: Command) -> None:
    (here / "empty").mkdir()
    assert t2s("distill", "empty", "-o", "out", "--model", "none").code == 10
    assert t2s("runs", "ls", "--json").out == ""
    write_runs(here / "empty", 6)
    assert t2s("distill", "empty", "-o", "out", "--model", "none", "--min-support", "2").code == 0
    (here / "bare").mkdir()
    assert t2s("distill", "bare", "-o", "out2", "--model", "none").code == 10
    assert t2s("cluster").code == 0


@pytest.mark.parametrize("least", ["0", "-1"])
def test_support_below_one_is_a_usage_error(here: Path, t2s: Command, least: str) -> None:
    assert t2s("distill", SAMPLES, "-o", "out", "--min-support", least).code == 2
