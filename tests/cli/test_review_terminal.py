"""``t2s review`` on a real terminal: one question after the other, and every way to end it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from t2s_local.cli.reviewing.editor import parse_edit
from t2s_local.runs.reviewing.items import Item, RuleItem, SkillItem
from t2s_local.values.decision import RuleText
from tests.commands import Ran, in_process
from tests.places import SAMPLES
from tests.terminal import CTRL_C, CTRL_D, QUESTION, Terminal

T2s = Callable[..., Ran]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder with a library of skills of the samples."""
    monkeypatch.chdir(tmp_path)
    distil()
    yield tmp_path


def distil(*more: str) -> None:
    done = in_process("distill", SAMPLES, "-o", "skills", "--model", "none", "--quiet", *more)
    assert done.code == 0, done.err


def rules() -> dict[str, RuleItem]:
    return {item.id: item for item in every() if isinstance(item, RuleItem)}


def every(*more: str) -> list[Item]:
    shown = in_process("review", "skills", "--all", "--json", *more)
    assert shown.code == 0, shown.err
    return [msgspec.json.decode(line, type=Item) for line in shown.out.splitlines()]


def verdicts() -> dict[str, str]:
    return {one: item.decision.verdict for one, item in rules().items() if item.decision is not None}


def review(folder: Path, *, columns: int = 100, rows: int = 40, editor: str = "true") -> Terminal:
    variables = {"EDITOR": editor, "VISUAL": editor}
    return Terminal("review", cwd=folder, columns=columns, rows=rows, environment=variables)


def an_editor(folder: Path, script: str) -> str:
    path = folder / "an editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return f"'{path}'"


def test_each_is_asked_about_and_every_answer_is_kept_at_once(library: Path) -> None:
    first, second, third = list(rules())[:3]
    with review(library) as terminal:
        terminal.answer("what?")
        terminal.wait_for("[p]in")
        terminal.answer("later")
        terminal.answer("reject")
        terminal.answer("known", to="Reason")
        terminal.answer("")
        terminal.answer("a")
        terminal.answer("undo")
        terminal.wait_for("Taken back: accepted")
        terminal.answer("pin")
        terminal.answer("q")
        assert terminal.ended() == 0
    assert "2 decisions made." in terminal.text
    assert "t2s distill" in terminal.text
    assert verdicts() == {first: "rejected", third: "pinned"}
    decision = rules()[first].decision
    assert decision is not None
    assert decision.reason == "known"
    assert second not in verdicts()


def test_a_quote_stands_among_the_steps_around_it(library: Path) -> None:
    with review(library) as terminal:
        terminal.answer("later")
        terminal.answer("q")
        assert terminal.ended() == 0
    lines = [line for line in terminal.shown.splitlines() if "tool_" in line]
    assert any(line.lstrip().startswith("> ") for line in lines)
    assert any(not line.lstrip().startswith("> ") for line in lines)


def test_one_answer_can_judge_all_rules_of_a_skill_and_one_undo_takes_it_back(library: Path) -> None:
    skill = next(item for item in every() if isinstance(item, SkillItem))
    inside = {one for one, item in rules().items() if item.skill == skill.id}
    with review(library) as terminal:
        terminal.wait_for(skill.id)
        terminal.answer("reject")
        terminal.answer("not ours", to="Reason")
        terminal.answer("q")
        assert terminal.ended() == 0
    assert verdicts() == dict.fromkeys(inside, "rejected")
    distil()
    assert not (library / "skills" / skill.id).exists()
    assert in_process("review", "--undo").code == 0
    assert verdicts() == {}
    distil()
    assert (library / "skills" / skill.id).exists()


def test_an_answer_about_a_skill_says_where_it_takes_the_place_of_another(library: Path) -> None:
    skill = next(item for item in every() if isinstance(item, SkillItem))
    first = next(one for one, item in rules().items() if item.skill == skill.id)
    assert in_process("review", "--accept", first).code == 0
    with review(library) as terminal:
        terminal.wait_for(f"1 of {len(every()) - 1} · {skill.id}")
        terminal.wait_for("1 of its rules has an answer already")
        terminal.answer("reject")
        terminal.answer("not ours", to="Reason")
        terminal.answer("q")
        assert terminal.ended() == 0
    assert verdicts()[first] == "rejected"


@pytest.mark.parametrize("script", ["true", "exit 1", 'printf changed > "$1"; exit 3', ': > "$1"'])
def test_an_editor_that_saves_nothing_or_fails_changes_nothing(library: Path, script: str) -> None:
    with review(library, editor=an_editor(library, script)) as terminal:
        terminal.answer("e")
        terminal.wait_for("Nothing was saved")
        terminal.answer("later")
        terminal.answer("e")
        terminal.wait_for("Nothing was saved")
        terminal.answer("q")
        assert terminal.ended() == 0
    assert verdicts() == {}
    assert "0 decisions made." in terminal.text


def test_words_from_an_editor_are_pinned(library: Path) -> None:
    script = 'printf "When: a push is refused\\nDo: Pull first,\\n  then push.\\n" > "$1"'
    first = next(iter(rules()))
    with review(library, editor=an_editor(library, script)) as terminal:
        terminal.answer("later")
        terminal.answer("edit")
        terminal.answer("q")
        assert terminal.ended() == 0
    decision = rules()[first].decision
    assert decision is not None
    assert decision.text == RuleText(when="a push is refused", do="Pull first, then push.")
    distil()
    body = "\n".join(path.read_text("utf-8") for path in sorted(Path("skills").glob("*/SKILL.md")))
    assert "pull first, then push." in body.lower()


def test_an_editor_that_is_not_there_is_named(library: Path) -> None:
    with review(library, editor="/no/such/editor") as terminal:
        terminal.answer("e")
        terminal.wait_for("There is no program")
        terminal.answer("q")
        assert terminal.ended() == 0


def test_ctrl_c_at_a_question_keeps_what_was_decided(library: Path) -> None:
    first = next(iter(rules()))
    with review(library) as terminal:
        terminal.answer("later")
        terminal.answer("a")
        terminal.answer(CTRL_C)
        assert terminal.ended() == 130
    assert "1 decision made." in terminal.text
    assert verdicts() == {first: "accepted"}


def test_ctrl_c_at_the_reason_decides_nothing(library: Path) -> None:
    with review(library) as terminal:
        terminal.answer("later")
        terminal.answer("r")
        terminal.answer(CTRL_C, to="Reason")
        assert terminal.ended() == 130
    assert verdicts() == {}


def test_a_reason_can_be_left_again(library: Path) -> None:
    with review(library) as terminal:
        terminal.answer("later")
        terminal.answer("r")
        terminal.answer("<", to="Reason")
        terminal.wait_for("it is as it was")
        terminal.answer("q")
        assert terminal.ended() == 0
    assert verdicts() == {}


def test_ctrl_c_in_the_editor_decides_nothing(library: Path) -> None:
    with review(library, editor=an_editor(library, "echo ready; sleep 100")) as terminal:
        terminal.answer("later")
        terminal.answer("e")
        terminal.wait_for("ready")
        terminal.press(CTRL_C)
        assert terminal.ended() == 130
    assert verdicts() == {}
    assert "Traceback" not in terminal.shown


def test_the_end_of_the_input_is_the_end_of_the_questions(library: Path) -> None:
    with review(library) as terminal:
        terminal.answer(CTRL_D)
        assert terminal.ended() == 0


def test_nothing_is_wider_than_a_terminal_of_forty_columns(library: Path) -> None:
    with review(library, columns=40) as terminal:
        terminal.answer("?")
        for _ in range(4):
            terminal.answer("later")
        terminal.answer("q")
        assert terminal.ended() == 0
    wide = [line for line in terminal.shown.splitlines() if len(line) > 40 and " " in line.strip()]
    assert wide == []


@pytest.mark.parametrize(("columns", "rows"), [(40, 24), (80, 24), (110, 60)])
def test_a_rule_and_its_question_are_on_one_screen_and_more_shows_the_steps(
    library: Path, columns: int, rows: int
) -> None:
    n_asked = 30
    with review(library, columns=columns, rows=rows) as terminal:
        for _ in range(n_asked):
            terminal.answer("later")
        terminal.answer("more")
        terminal.answer("q")
        assert terminal.ended() == 0
    screens = terminal.shown.split("> later\n")[1:-1]
    assert len(screens) == n_asked - 1
    assert max(len(one.splitlines()) for one in screens) <= rows
    assert "tool_result" in terminal.shown.rpartition("> more\n")[2]


def test_a_rule_that_is_gone_is_said_and_the_next_one_is_asked_about(library: Path) -> None:
    first = next(iter(rules()))
    with review(library) as terminal:
        terminal.answer("later")
        terminal.wait_for(QUESTION)
        only = sorted(SAMPLES.rglob("*.jsonl"))[:1]
        assert in_process("distill", *only, "-o", "skills", "--model", "none", "--quiet").code == 0
        assert first not in rules()
        terminal.press("a\n")
        terminal.wait_for("Error: ")
        terminal.answer("q")
        assert terminal.ended() == 0
    assert verdicts() == {}


def test_two_reviews_at_once_see_each_other(library: Path) -> None:
    first, second = list(rules())[:2]
    with review(library) as one, review(library) as other:
        for terminal in (one, other):
            terminal.answer("later")
            terminal.wait_for(QUESTION)
        one.press("a\n")
        one.wait_for(QUESTION)
        other.press("later\n")
        other.answer("r")
        other.answer("no", to="Reason")
        other.wait_for(QUESTION)
        one.press("undo\n")
        one.wait_for("Taken back: accepted")
        one.answer("later")
        one.wait_for("Meanwhile: rejected")
        one.answer("q")
        other.press("q\n")
        assert (one.ended(), other.ended()) == (0, 0)
    assert verdicts() == {second: "rejected"}
    assert first not in verdicts()


def test_answers_of_many_processes_at_once_are_all_kept(library: Path) -> None:
    ids = list(rules())[:4]
    done: list[int] = []
    for terminal in [Terminal("review", "--accept", one, cwd=library) for one in ids]:
        with terminal:
            done.append(terminal.ended())
    assert done == [0] * len(ids)
    assert verdicts() == dict.fromkeys(ids, "accepted")


@pytest.mark.parametrize("text", ["", "# nothing", "When: a\nWhy: b", "Do: b", "When:\nDo:\n"])
def test_an_edit_without_a_situation_or_an_action_is_none(text: str) -> None:
    assert parse_edit(text) is None
