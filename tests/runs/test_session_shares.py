"""Shares of one job on several machines come to the skills that one machine comes to."""

from pathlib import Path

import pytest

from t2s_local.safety.redaction.sanitise import sanitise
from tests.build import step, trajectory
from tests.conftest import Command
from tests.libraries import tree
from tests.many import write_runs
from tests.runs.test_session_resume import n_stored

WORDS = ("distill", "in", "--model", "none", "-q")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write_runs(tmp_path / "in", 100)
    return tmp_path


def test_three_shares_merged_are_the_whole(here: Path, t2s: Command) -> None:
    assert t2s(*WORDS, "-o", "alone").code == 0
    for number in (1, 2, 3):
        ran = t2s(*WORDS, "-o", "out", "--workspace", f"w{number}/.t2s", "--shard", f"{number}/3")
        assert ran.code == 0, ran.err
        assert f"Share {number} of 3 is done" in ran.err
    assert not (here / "out").exists()
    sizes = [n_stored(here / f"w{number}") for number in (1, 2, 3)]
    assert sum(sizes) == 101
    assert min(sizes) > 10
    merged = t2s("runs", "merge", "w1/.t2s", "w2/.t2s", "w3/.t2s", "--workspace", "all/.t2s")
    assert merged.code == 0, merged.err
    assert n_stored(here / "all") == 101
    assert t2s(*WORDS, "-o", "out", "--workspace", "all/.t2s").code == 0
    assert '"stored_already":101' in t2s("runs", "show", "--workspace", "all/.t2s", "--json").out
    assert tree(here / "out") == tree(here / "alone")


def test_shares_of_people_with_other_names_are_found_where_the_texts_hold_no_name(
    here: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, person in ((1, "kestrelowa"), (2, "heronbaum")):
        monkeypatch.setenv("LOGNAME", person)
        assert t2s(*WORDS, "-o", "out", "--workspace", f"w{number}", "--shard", f"{number}/2").code == 0
    monkeypatch.setenv("LOGNAME", "owlinger")
    t2s("runs", "merge", "w1", "w2", "--workspace", "all")
    assert t2s(*WORDS, "-o", "out", "--workspace", "all").code == 0
    assert '"stored_already":101' in t2s("runs", "show", "--workspace", "all", "--json").out


def test_a_name_that_is_met_is_part_of_what_identifies_the_texts() -> None:
    run = trajectory(step("user", "Ask kestrelowa about the build."))
    without, met = (sanitise([run], names=names).digest for names in (("heronbaum",), ("heronbaum", "kestrelowa")))
    assert without != met
    assert without == sanitise([run], names=("owlinger",)).digest


def test_merging_twice_changes_nothing_and_a_missing_workspace_is_named(here: Path, t2s: Command) -> None:
    t2s(*WORDS, "-o", "out", "--workspace", "w1/.t2s", "--shard", "1/2")
    first = t2s("runs", "merge", "w1/.t2s")
    again = t2s("runs", "merge", "w1/.t2s")
    assert (first.code, again.code) == (0, 0)
    assert "w1/.t2s: 0 finished pieces" in again.err
    assert n_stored(here) == n_stored(here / "w1")
    assert t2s("runs", "merge", "nowhere").code == 2


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/"])
def test_a_share_that_is_none_is_refused(here: Path, t2s: Command, text: str) -> None:
    ran = t2s(*WORDS, "-o", "out", "--shard", text)
    assert ran.code == 2
    assert "is no share" in ran.err
