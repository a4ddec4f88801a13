"""``t2s review``: a person decides about rules, and the next run does as was decided."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from t2s_local.cli.reviewing.prompt import parse_edit
from t2s_local.runs.finished.review import ReviewItem
from t2s_local.values.decision import Decision, RuleText
from tests.commands import Ran, in_process
from tests.places import ROOT, SAMPLES

T2s = Callable[..., Ran]


@pytest.fixture
def t2s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> T2s:
    """Run commands in a folder with skills of the samples."""
    monkeypatch.chdir(tmp_path)
    assert distil(in_process).code == 0
    return in_process


def distil(t2s: T2s, *more: str) -> Ran:
    return t2s("distill", SAMPLES, "-o", "skills", "--model", "none", "--quiet", *more)


def items(t2s: T2s, *more: str) -> dict[str, ReviewItem]:
    shown = t2s("review", "skills", "--json", *more)
    assert shown.code == 0, shown.err
    return {item.id: item for line in shown.out.splitlines() if (item := msgspec.json.decode(line, type=ReviewItem))}


def body() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(Path("skills").glob("*/SKILL.md")))


def test_what_was_rejected_stays_out_and_leaves_the_others_as_they_were(t2s: T2s) -> None:
    before = items(t2s)
    chosen = next(item for item in before.values() if item.skill is not None)
    done = t2s("review", "skills", "--reject", chosen.id, "--why", "everybody knows")
    assert done.code == 0
    assert "everybody knows" in done.out
    assert "t2s distill" in done.err
    distil(t2s)
    after = items(t2s, "--all")
    assert after[chosen.id].skill is None
    assert any("everybody knows" in lack for lack in after[chosen.id].lacks)
    kept = {one for one, item in before.items() if item.skill is not None and item.skill != chosen.skill}
    assert kept <= {one for one, item in after.items() if item.skill is not None}
    assert chosen.id not in items(t2s)
    assert "everybody knows" in t2s("review", "skills", "--rejected").out


def test_what_was_accepted_enters_a_skill_at_any_support(t2s: T2s) -> None:
    weak = [item for item in items(t2s).values() if item.skill is None]
    lonely = min(weak, key=lambda item: (item.support, item.id))
    assert lonely.support == 1
    assert t2s("review", "--accept", lonely.id).code == 0
    distil(t2s)
    after = items(t2s, "--all")
    accepted = [item for item in after.values() if item.decision is not None]
    assert [item.decision.verdict for item in accepted if item.decision] == ["accepted"]
    assert accepted[0].skill is not None
    assert f"({accepted[0].rule}: 1 run)" in body() or f"({accepted[0].rule}: 1 runs)" in body()
    assert t2s("lint", "skills").code == 0


def test_what_was_pinned_keeps_its_words_and_undo_gives_the_same_bytes_again(t2s: T2s) -> None:
    before = {path: path.read_bytes() for path in Path("skills").glob("*/**/*.md")}
    chosen = next(item for item in items(t2s).values() if item.skill is not None)
    assert t2s("review", "--pin", chosen.id).code == 0
    found = items(t2s, "--all")[chosen.id].decision
    assert found is not None
    assert found.text == RuleText(when=chosen.when, do=chosen.do, because=chosen.because)
    undone = t2s("review", "--undo", "--json")
    assert msgspec.json.decode(undone.out, type=Decision) == found
    assert t2s("review", "--undo").code == 10
    distil(t2s)
    assert before == {path: path.read_bytes() for path in Path("skills").glob("*/**/*.md")}


def test_with_review_nothing_is_written_before_it_was_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = in_process("distill", SAMPLES, "-o", "skills", "--model", "none", "--review")
    assert shown.code == 0
    assert "t2s review" in shown.err
    assert list(Path("skills").glob("*/SKILL.md")) == []
    best = next(iter(items(in_process).values()))
    assert in_process("review", "--accept", best.id).code == 0
    assert distil(in_process, "--review").code == 0
    inside = [item for item in items(in_process, "--all").values() if item.skill is not None]
    assert [item.decision is not None for item in inside] == [True]


def test_names_that_mean_no_rule_or_several_are_refused(t2s: T2s) -> None:
    assert t2s("review", "--reject", "no-such-rule").code == 2
    assert t2s("review", "--accept", "").code == 2
    assert t2s("review", "--why", "because").code == 2
    assert t2s("review", "elsewhere").code == 10
    assert items(t2s)


def test_decisions_that_came_with_a_folder_are_refused(t2s: T2s) -> None:
    chosen = next(iter(items(t2s)))
    assert t2s("review", "--reject", chosen).code == 0
    path = Path("skills/.t2s-library/decisions.json")
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text("utf-8").replace('"rejected"', '"accepted"'), "utf-8")
    assert distil(t2s).code == 3
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert distil(t2s).code == 1


def on_a_terminal(folder: Path, typed: str, *words: str, editor: str = "true", stop_at: int = 0) -> tuple[int, str]:
    """Run ``t2s review`` on a terminal of its own and type; its exit code and what it showed.

    Where *stop_at* is set, Ctrl-C is pressed at that question.
    """
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EDITOR": editor, "VISUAL": editor, "COLUMNS": "40"}
    command = [sys.executable, "-m", "t2s_local", "review", *words]
    started = subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
            if stop_at and shown.count(b"[q]uit > ") >= stop_at:
                started.send_signal(signal.SIGINT)
                stop_at = 0
    except OSError:
        pass
    os.close(ours)
    return started.wait(timeout=60), shown.decode("utf-8", "replace")


def test_rules_are_asked_about_one_at_a_time_on_a_terminal(t2s: T2s, tmp_path: Path) -> None:
    first, second, third = list(items(t2s))[:3]
    code, shown = on_a_terminal(tmp_path, "x\nreject\nknown\nlater\na\nundo\npin\nq\n")
    assert code == 0, shown
    assert "One of: accept" in shown
    assert "Taken back: accepted" in " ".join(shown.split())
    decided = {one: item.decision for one, item in items(t2s, "--all").items() if item.decision is not None}
    assert {one: decision.verdict for one, decision in decided.items()} == {first: "rejected", third: "pinned"}
    assert decided[first].reason == "known"
    assert second not in decided


def test_an_editor_that_saves_nothing_or_fails_changes_nothing(t2s: T2s, tmp_path: Path) -> None:
    for editor in ("true", "false"):
        code, shown = on_a_terminal(tmp_path, "e\nq\n", editor=editor)
        assert code == 0, shown
        assert "Nothing was saved" in " ".join(shown.split())
    assert all(item.decision is None for item in items(t2s, "--all").values())
    wrote = tmp_path / "editor"
    wrote.write_text('#!/bin/sh\nprintf "When: a push is refused\\nDo: Pull first,\\n  then push.\\n" > "$1"\n')
    wrote.chmod(0o755)
    first = next(iter(items(t2s)))
    assert on_a_terminal(tmp_path, "e\nq\n", editor=str(wrote))[0] == 0
    decision = items(t2s, "--all")[first].decision
    assert decision is not None
    assert decision.text == RuleText(when="a push is refused", do="Pull first, then push.")
    distil(t2s)
    assert "pull first, then push." in body().lower()


def test_ctrl_c_at_a_question_keeps_what_was_decided(t2s: T2s, tmp_path: Path) -> None:
    first = next(iter(items(t2s)))
    code, shown = on_a_terminal(tmp_path, "a\n", stop_at=2)
    assert code == 0, shown
    assert {one for one, item in items(t2s, "--all").items() if item.decision is not None} == {first}


@pytest.mark.parametrize("text", ["", "# nothing", "When: a\nWhy: b", "Do: b", "When:\nDo:\n"])
def test_an_edit_without_a_situation_or_an_action_is_none(text: str) -> None:
    assert parse_edit(text) is None
