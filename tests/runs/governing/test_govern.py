"""``t2s govern``: proposals and their consent, what t2s may change, and the way back."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from t2s_local.runs.governing.govern import joined
from t2s_local.skills.library.library import OWN, write_library
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.members.members import members_of
from t2s_local.skills.members.moving import carry_out
from t2s_local.skills.members.record import add_events
from t2s_local.values.decision import Proposal
from t2s_local.values.event import Event
from tests.commands import Ran, in_process
from tests.libraries import AT, tree
from tests.uses import GIT, TAR, library, made

NARROW = """\
---
name: pushing-work
description: "Use when git push fails."
---

# Pushing work

## Gotchas

1. **`git push` fails with “failed to push some refs”** (R1: 5 runs)
   - Do: Run `git pull --rebase` instead of `git push --force`.
2. **`git push` on branch main fails with “failed to push some refs”** (R2: 3 runs)
   - Do: Run `git pull --rebase origin main`.
3. Do not run `git push --force` on main. (R3: 3 runs)
4. In this project, the user said: “ask before you push”. (R4: 1 run)
"""


def note(folder: Path, events: Sequence[Event]) -> None:
    add_events(folder, lambda: events, command="test")


def trials(name: str, n_success: int, n_failure: int, *, at: str = AT) -> list[Event]:
    ends = ["success"] * n_success + ["failure"] * n_failure
    return [
        Event(
            at=at,
            kind="used",
            skill=name,
            run=f"{name}{at}{number}",
            use="followed",
            outcome=end,  # type: ignore[arg-type]  # a literal
            verdict="helped" if end == "success" else "hurt",
            source="recorded",
        )
        for number, end in enumerate(ends)
    ]


def govern(folder: Path, *words: str) -> dict[str, list[dict[str, object]]]:
    ran = in_process("govern", folder, *words, "--json")
    assert ran.code == 0, ran.err
    found: dict[str, list[dict[str, object]]] = json.loads(ran.out)
    return found


def ids(found: Sequence[dict[str, object]]) -> list[object]:
    return [one["id"] for one in found]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A library in which using-tar failed too often."""
    folder = library(tmp_path / "skills")
    note(folder, trials("using-tar", 45, 55))
    return folder


def test_without_yes_all_is_proposed_and_review_shows_it(bad: Path) -> None:
    before = tree(bad)
    assert ids(govern(bad)["waiting"]) == ["using-tar:deprecate"]
    assert {name: data for name, data in tree(bad).items() if not name.startswith(OWN)} == {
        name: data for name, data in before.items() if not name.startswith(OWN)
    }
    shown = in_process("review", bad, "--list", "--workspace", bad / "none")
    assert "deprecate using-tar for its outcomes" in shown.out
    assert "45 successes, 55 failures in 100 trials (-0.10)" in shown.out


def test_a_dry_run_writes_nothing(bad: Path) -> None:
    before = tree(bad)
    assert ids(govern(bad, "--dry-run", "--yes")["waiting"]) == ["using-tar:deprecate"]
    assert tree(bad) == before
    assert in_process("review", bad, "--list", "--workspace", bad / "none").code != 0


def test_with_yes_it_is_set_aside_readable_and_comes_back(bad: Path) -> None:
    text = (bad / "using-tar" / "SKILL.md").read_bytes()
    assert ids(govern(bad, "--yes")["done"]) == ["using-tar:deprecate"]
    assert not (bad / "using-tar").exists()
    assert (bad / OWN / "deprecated" / "using-tar" / "SKILL.md").read_bytes() == text
    assert govern(bad, "--yes")["done"] == []
    assert in_process("library", "verify", bad).code == 0
    assert in_process("install", bad / "using-tar", "--to", bad.parent / "to").code != 0
    assert in_process("library", "rollback", bad / "using-tar").code == 0
    assert (bad / "using-tar" / "SKILL.md").read_bytes() == text
    assert govern(bad, "--yes")["done"] == []


def test_a_later_run_does_not_bring_back_what_was_retired(bad: Path) -> None:
    govern(bad, "--yes")
    done = write_library(bad, [made("using-git", GIT), made("using-tar", TAR)], at=AT, run="later")
    assert (done.retired, done.unchanged) == (("using-tar",), ("using-git",))
    assert not (bad / "using-tar").exists()


def test_99_trials_are_insufficient(tmp_path: Path) -> None:
    folder = library(tmp_path / "skills")
    note(folder, trials("using-tar", 44, 55))
    assert in_process("govern", folder).err.count("using-tar 99/100") == 1
    assert ids(govern(folder, "--min-trials", "50")["waiting"]) == ["using-tar:deprecate"]


def test_a_skill_that_somebody_wrote_or_edited_is_only_proposed(tmp_path: Path) -> None:
    folder = library(tmp_path / "skills")
    (folder / "mine").mkdir()
    (folder / "mine" / "SKILL.md").write_text(TAR.replace("using-tar", "mine").replace("docs.tar", "a.tar"))
    path = folder / "using-git" / "SKILL.md"
    path.write_text(GIT + "\nMine.\n")
    note(folder, [*trials("mine", 0, 100), *trials("using-git", 0, 100)])
    found = govern(folder, "--yes")
    assert "mine:deprecate" in ids(found["waiting"])
    assert "using-git:deprecate" in ids(found["waiting"])
    assert [one for one in ids(found["done"]) if one != "using-tar:merge"] == []
    assert (folder / "mine" / "SKILL.md").exists()
    assert path.read_text().endswith("Mine.\n")


def review(folder: Path, *words: str) -> Ran:
    return in_process("review", folder, *words, "--workspace", folder / "none")


def test_review_accepts_rejects_and_takes_back(bad: Path) -> None:
    govern(bad)
    assert review(bad, "--reject", "using-tar:deprecate", "--why", "needed").code == 0
    assert json.loads(in_process("govern", bad, "--json").out)["rejected"] == ["using-tar:deprecate"]
    assert govern(bad, "--yes")["done"] == []
    assert review(bad, "--undo").code == 0
    assert ids(govern(bad)["waiting"]) == ["using-tar:deprecate"]
    assert review(bad, "--accept", "using-tar:deprecate").code == 0
    assert not (bad / "using-tar").exists()
    assert review(bad, "--undo").code == 0
    assert (bad / "using-tar" / "SKILL.md").read_text() == TAR
    assert review(bad, "--accept", "nothing:archive").code == 2


def test_a_foreign_skill_that_was_accepted_and_came_back_is_still_foreign(tmp_path: Path) -> None:
    folder = library(tmp_path / "skills")
    (folder / "mine").mkdir()
    (folder / "mine" / "SKILL.md").write_text(
        "---\nname: mine\ndescription: Cook rice.\n---\n# Rice\n\n- Boil `water`.\n"
    )
    note(folder, trials("mine", 0, 100))
    govern(folder)
    assert review(folder, "--accept", "mine:deprecate").code == 0
    assert not (folder / "mine").exists()
    assert in_process("library", "rollback", folder / "mine").code == 0
    note(folder, trials("mine", 0, 100, at="2026-01-02T00:00:00+00:00"))
    found = govern(folder, "--yes")
    assert (ids(found["waiting"]), found["done"]) == (["mine:deprecate"], [])


def test_a_merge_keeps_both_lessons_the_do_not_and_what_the_user_said(tmp_path: Path) -> None:
    folder = tmp_path / "skills"
    write_library(folder, [made("using-git", GIT)], at=AT, run="run")
    write_library(folder, [made("using-git", GIT), made("pushing-work", NARROW)], at="2026-02-01T00:00:00+00:00")
    found = govern(folder, "--yes")
    assert ids(found["done"]) == ["pushing-work:merge"]
    assert "using-git" in str(found["done"][0]["reason"])
    text = (folder / "using-git" / "SKILL.md").read_text()
    for kept in (
        "on branch main fails",
        "Do not run `git push --force` on main",
        "ask before you push",
        "user.name bot",
    ):
        assert text.count(kept) == 1
    assert text.count("instead of `git push --force`") == 1
    assert text.index("ask before you push") < text.index("on branch main fails")
    assert not (folder / "pushing-work").exists()
    assert in_process("library", "rollback", folder / "using-git").code == 0
    assert (folder / "using-git" / "SKILL.md").read_text() == GIT
    assert in_process("library", "rollback", folder / "pushing-work").code == 0
    assert (folder / "pushing-work" / "SKILL.md").read_text() == NARROW


def test_a_second_change_of_a_skill_that_just_got_lessons_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "skills"
    write_library(folder, [made("using-git", GIT)], at=AT, run="run")
    write_library(folder, [made("using-git", GIT), made("pushing-work", NARROW)], at="2026-02-01T00:00:00+00:00")
    digests = {member.name: member.digest for member in members_of(folder)}
    merge = Proposal(
        kind="merge", skill="pushing-work", digest=digests["pushing-work"], into="using-git", reason="-", is_ours=True
    )
    second = Proposal(kind="mature", skill="using-git", digest=digests["using-git"], reason="-", is_ours=True)
    moved = carry_out(folder, [merge, second], joined, at="2026-03-01T00:00:00+00:00", command="t2s govern")
    assert (moved.done, [one for one, _ in moved.refused]) == ((merge,), [second])
    assert "Do not run `git push --force` on main" in (folder / "using-git" / "SKILL.md").read_text()


def test_an_undone_merge_leaves_both_as_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "skills"
    write_library(folder, [made("using-git", GIT)], at=AT, run="run")
    write_library(folder, [made("using-git", GIT), made("pushing-work", NARROW)], at="2026-02-01T00:00:00+00:00")
    govern(folder)
    assert review(folder, "--accept", "pushing-work:merge").code == 0
    assert review(folder, "--undo").code == 0
    assert (folder / "using-git" / "SKILL.md").read_text() == GIT
    assert (folder / "pushing-work" / "SKILL.md").read_text() == NARROW


def test_a_run_after_a_merge_keeps_what_was_joined(tmp_path: Path) -> None:
    folder = tmp_path / "skills"
    both = [made("using-git", GIT), made("pushing-work", NARROW)]
    write_library(folder, both[:1], at=AT, run="run")
    write_library(folder, both, at="2026-02-01T00:00:00+00:00")
    govern(folder, "--yes")
    newer = GIT.replace("(R1: 3 runs)", "(R1: 4 runs)")
    write_library(folder, [made("using-git", newer), both[1]], at="2026-03-01T00:00:00+00:00", run="later")
    text = (folder / "using-git" / "SKILL.md").read_text()
    assert ("R1: 4 runs" in text, "ask before you push" in text) == (True, True)
    assert not (folder / "pushing-work").exists()


def test_a_broken_chain_no_log_and_no_skills(tmp_path: Path, bad: Path) -> None:
    log = OwnFolder(bad).log
    data = log.read_bytes()
    log.write_bytes(data.replace(b"hurt", b"harm", 1))
    broken = in_process("govern", bad)
    assert (broken.code, "was changed" in broken.err) == (4, True)
    log.write_bytes(data)
    log.unlink()
    assert in_process("govern", bad).code == 4
    (tmp_path / "plain" / "using-tar").mkdir(parents=True)
    (tmp_path / "plain" / "using-tar" / "SKILL.md").write_text(TAR)
    assert "Nothing to change" in in_process("govern", tmp_path / "plain").err
    assert not (tmp_path / "plain" / OWN).exists()
    (tmp_path / "empty").mkdir()
    assert in_process("govern", tmp_path / "empty").code == 10
    assert in_process("govern", tmp_path / "nowhere").code == 2


def test_a_clock_that_goes_back_is_said(tmp_path: Path) -> None:
    folder = library(tmp_path / "skills")
    note(folder, trials("using-tar", 1, 1, at="2020-01-01T00:00:00+00:00"))
    assert "The clock went back 1 time" in in_process("govern", folder).err


def test_skills_of_one_subject_that_tell_opposite_ways_are_not_joined(tmp_path: Path) -> None:
    front = '---\nname: {0}\ndescription: "Use for pushing commits to the shared branch."\n---\n\n# {0}\n\n## Steps\n\n'
    good = front.format("pushing-well") + "1. Before you push to the shared branch, run `git pull --rebase`.\n"
    bad = front.format("pushing-fast") + "1. Before you push to the shared branch, run `git push --force`.\n"
    folder = tmp_path / "skills"
    write_library(folder, [made("pushing-well", good), made("pushing-fast", bad)], at=AT, run="run")
    assert govern(folder, "--yes")["done"] == []
