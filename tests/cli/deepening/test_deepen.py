"""``t2s deepen``: a hand-written skill held against the recordings that ship with the package."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from t2s_local.cli.deepening.words import unsure as unsure_words
from t2s_local.runs.deepening.deepening import DeepenOutcome
from t2s_local.runs.reviewing.items import Item, ProposedEditItem
from t2s_local.skills.library.one_skill.proposed_edits import write_edits
from t2s_local.stages.deepen.deepen import MOST_EDITS, Wanted
from tests.commands import Ran, in_process
from tests.many import write_runs
from tests.places import SAMPLES

T2s = Callable[..., Ran]
SKILL = """---
name: shell-work
description: "Works in a shell with git and files. Use when asked to change, commit or search files."
---

# Shell work

## Committing

- Write a message in the imperative before `git commit`.

## Pushing

When `git push` is refused, look at what others pushed before you do it again.

## Finding files

1. Feed `ls` output to `xargs`.
2. Search with `zzsearch --fast`.
"""
PAGE = Path("skills/shell-work/SKILL.md")


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workspace in which the samples were learned from once."""
    return tmp_path_factory.mktemp("learned") / "ws"


@pytest.fixture
def t2s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learned: Path) -> Iterator[T2s]:
    """Run commands beside a hand-written skill."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("T2S_WORKSPACE", str(learned))
    PAGE.parent.mkdir(parents=True)
    PAGE.write_text(SKILL, "utf-8")
    yield in_process


def deepened(t2s: T2s, *more: str | Path) -> DeepenOutcome:
    done = t2s("deepen", *(more or ("skills",)), SAMPLES, "--json", "-q")
    assert done.code == 0, done.err
    return msgspec.json.decode(done.out, type=DeepenOutcome)


def waiting(t2s: T2s, *more: str) -> list[ProposedEditItem]:
    shown = t2s("review", "skills", "--json", *more)
    found = [msgspec.json.decode(line, type=Item) for line in shown.out.splitlines()]
    return [item for item in found if isinstance(item, ProposedEditItem)]


def test_what_a_skill_lacks_goes_to_its_section_and_what_a_user_forbade_is_revised_first(t2s: T2s) -> None:
    found = deepened(t2s).found
    first = found.proposals[0]
    assert (first.change, first.is_said, first.gives_way) == ("revise", True, "Feed `ls` output to `xargs`.")
    assert "find -print0" in first.edit.text
    added = {item.edit.section: item.edit.text for item in found.proposals if item.change == "add"}
    assert "git pull --rebase" in added["Pushing"]
    assert "Committing" in added
    assert [note.text for note in found.noted if note.finding == "unseen"] == ["Search with `zzsearch --fast`."]
    assert PAGE.read_text("utf-8") == SKILL
    assert all(item.quotes and item.level == "L0" and 0 < item.confidence < 1 for item in found.proposals)


def test_rules_about_something_else_are_left_and_counted(t2s: T2s) -> None:
    found = deepened(t2s).found
    assert any("sqlite3" in left.says and "something else" in left.reason for left in found.left)
    assert not any("sqlite3" in item.edit.text for item in found.proposals)


def test_an_edit_is_made_when_it_is_accepted_and_gone_when_that_is_taken_back(t2s: T2s) -> None:
    wanted = next(item for item in deepened(t2s).found.proposals if item.edit.section == "Pushing")
    refused = t2s("review", "skills", "--accept", wanted.id)
    assert (refused.code, PAGE.read_text("utf-8")) == (2, SKILL)
    assert "no gate has scored" in refused.err
    assert t2s("review", "skills", "--accept", wanted.id, "--unassessed").code == 0
    made = PAGE.read_text("utf-8")
    assert made.replace(f"\n{wanted.edit.text}\n", "") == SKILL
    assert wanted.id not in {item.id for item in waiting(t2s)}
    held = [note.text for note in deepened(t2s).found.noted if note.finding == "held"]
    assert any("git pull --rebase" in text for text in held)
    assert t2s("review", "skills", "--undo").code == 0
    assert PAGE.read_text("utf-8") == SKILL


def test_a_rejected_edit_is_not_proposed_again_until_that_is_taken_back(t2s: T2s) -> None:
    wanted = deepened(t2s).found.proposals[0]
    assert t2s("review", "skills", "--reject", wanted.id, "--why", "ours is better").code == 0
    again = deepened(t2s).found
    assert wanted.id not in {item.id for item in again.proposals}
    assert "you rejected this edit" in {left.reason for left in again.left}
    assert t2s("review", "skills", "--undo").code == 0
    assert wanted.id in {item.id for item in deepened(t2s).found.proposals}


def test_at_most_as_many_edits_as_are_wanted_are_proposed_the_best_first(t2s: T2s) -> None:
    every = [item.id for item in deepened(t2s).found.proposals]
    assert [item.id for item in deepened(t2s, "skills", "--edits", "2").found.proposals] == every[:2]
    assert [item.id for item in waiting(t2s)] == every[:2]


def test_each_skill_of_a_library_gets_as_many_edits_as_are_wanted(t2s: T2s) -> None:
    other = Path("skills/git-work/SKILL.md")
    other.parent.mkdir()
    other.write_text(
        '---\nname: git-work\ndescription: "Works with git."\n---\n\n# Git\n\n## Pushing\n\n- Use `git push`.\n'
    )
    assert Wanted().edits == MOST_EDITS
    found = Counter(item.skill for item in deepened(t2s, "skills", "--edits", "1").found.proposals)
    assert found == {"shell-work": 1, "git-work": 1}


def test_an_edit_of_little_confidence_is_shown_with_all_alone_and_counted(t2s: T2s) -> None:
    outcome = deepened(t2s)
    one, other, *_ = outcome.found.proposals
    assert unsure_words(outcome) == ""
    unsure, sure = (msgspec.structs.replace(one, confidence=0.54), msgspec.structs.replace(other, confidence=0.55))
    write_edits(Path("skills"), ["shell-work"], [unsure, sure], kept=set(), command="t2s deepen")
    found = msgspec.structs.replace(outcome.found, proposals=(unsure, sure))
    told = unsure_words(msgspec.structs.replace(outcome, found=found))
    assert told == " (1 edit with a confidence below 0.55: with --all)"
    assert [item.id for item in waiting(t2s)] == [sure.id]
    assert {item.id for item in waiting(t2s, "--all")} == {unsure.id, sure.id}
    assert "1 more edit with a confidence below 0.55 not shown" in t2s("review", "skills", "--list").err
    assert "not shown" not in t2s("review", "skills", "--list", "--all").err


def test_what_a_rule_orders_and_a_skill_forbids_is_named(t2s: T2s, tmp_path: Path) -> None:
    write_runs(tmp_path / "runs", 40)
    page = SKILL.replace("- Write a message", "- Never run `git pull`.\n- Never do a pull with git.\n- Write a message")
    PAGE.write_text(page, "utf-8")
    done = t2s("deepen", "skills", tmp_path / "runs", "--json", "-q")
    found = msgspec.json.decode(done.out, type=DeepenOutcome).found
    against = {note.text for note in found.noted if note.finding == "failed"}
    against |= {item.gives_way for item in found.proposals if item.gives_way is not None}
    assert against == {"Never run `git pull`.", "Never do a pull with git."}


def test_a_pinned_skill_gets_no_edits(t2s: T2s) -> None:
    wanted = deepened(t2s).found.proposals[1]
    t2s("review", "skills", "--accept", wanted.id, "--unassessed")
    before = PAGE.read_text("utf-8")
    page = Path("patch.json")
    page.write_bytes(msgspec.json.encode({"edits": [{"op": "append_to_section", "section": "Pushing", "text": "x"}]}))
    assert t2s("deepen", "skills/shell-work", "--patch", page).code == 0
    assert t2s("review", "skills", "--pin", "shell-work@3").code == 0
    assert PAGE.read_text("utf-8") == before
    found = deepened(t2s).found
    assert found.proposals == ()
    assert "shell-work is pinned" in {left.reason for left in found.left}


def test_the_same_runs_give_the_same_bytes_whatever_their_order(t2s: T2s) -> None:
    one = t2s("deepen", "skills", SAMPLES / "claude_code", SAMPLES / "mini_swe_agent", "--json", "-q").out
    other = t2s("deepen", "skills", SAMPLES / "mini_swe_agent", SAMPLES / "claude_code", "--json", "-q").out
    assert one == other


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("skills",), 2, "no RUNS"),
        (("nowhere", "skills"), 2, "no such folder"),
        (("skills", "nowhere"), 2, "nowhere"),
        (("skills", "skills", "--rounds", "2"), 2, "--edits"),
        (("skills", "skills", "--patch", "x.json"), 2, "--patch"),
        (("skills", "--patch", "x.json"), 2, "x.json"),
    ],
)
def test_a_command_line_that_means_nothing_is_refused(t2s: T2s, words: tuple[str, ...], code: int, said: str) -> None:
    done = t2s("deepen", *words)
    assert done.code == code, done.err
    assert said in done.err
    assert not Path("skills/.t2s-library").exists()
