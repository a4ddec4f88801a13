"""``t2s usage``: which skills recordings show, load and follow, noted once each."""

import json
from pathlib import Path

import pytest

from t2s_local.skills.library.library import OWN
from t2s_local.skills.library.one_skill.one_skill import digest_of
from t2s_local.skills.source import read_source
from tests.commands import in_process
from tests.uses import GIT, SHOWN, TAR, library, sessions

OTHER = "---\nname: using-git\ndescription: x\n---\n# Rebase\n\nSay nothing.\n\nThen stop.\n\nThat is all.\n"


def session(name: str, **fields: object) -> object:
    made = {"name": name, "request": f"Push my work, please ({name}).", "shown": SHOWN} | fields
    return sessions().Session(**made)


def call(command: str, output: str = "", code: int = 0) -> object:
    return sessions().Call(command, output, code)


PUSHED = (
    call("git push", "error: failed to push some refs", 1),
    call("git pull --rebase", "ok"),
    call("git push", "ok"),
)
FORCED = (call("git push", "error: failed to push some refs", 1), call("git push --force", "ok"))


def write(folder: Path, name: str, made: object, *, form: str = "claude_code") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.write_text(getattr(sessions(), form)(made))
    return path


def labels(folder: Path, ends: dict[str, str]) -> Path:
    path = folder / "labels.csv"
    path.write_text("id,outcome\n" + "".join(f"{name},{end}\n" for name, end in ends.items()))
    return path


def told(library: Path, *words: str | Path) -> dict[str, object]:
    ran = in_process("usage", library, *words, "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    return {**found, "skills": {one["skill"]: one for one in found["skills"]}}


def log(folder: Path) -> list[dict[str, object]]:
    lines = (folder / OWN / "log.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if "part" in event or "rule" in event]


@pytest.mark.parametrize("form", ["claude_code", "codex"])
def test_a_skill_is_shown_loaded_and_followed_and_the_other_only_shown(tmp_path: Path, form: str) -> None:
    skills = library(tmp_path / "skills")
    write(tmp_path / "runs", "a", session("a", loaded=[("using-git", GIT)], calls=PUSHED), form=form)
    found = told(skills, tmp_path / "runs", "--labels", labels(tmp_path, {"a": "success"}))["skills"]
    git, tar = found["using-git"], found["using-tar"]  # type: ignore[index]  # a table by name
    assert (git["n_shown"], git["n_loaded"], git["n_followed"], git["n_helped"]) == (1, 1, 1, 1)
    assert (git["attempts"], git["complete"], git["precision"], git["calls_per_run"]) == (1, 1, 1.0, 1.0)
    assert git["rules"] == [{"rule": "R1", "n_followed": 1, "n_ignored": 0, "n_returned": 1}]
    assert (tar["n_shown"], tar["n_loaded"], tar["n_shown_only"], tar["precision"]) == (1, 0, 1, None)
    events = {event["skill"]: event for event in log(skills) if event["kind"] == "used"}
    assert events["using-git"]["digest"] == digest_of(read_source(skills / "using-git"))
    assert (events["using-git"]["verdict"], events["using-git"]["source"]) == ("helped", "recorded")
    assert (events["using-tar"]["use"], events["using-tar"]["verdict"]) == ("shown", None)


def test_a_rule_is_ignored_where_its_error_came_and_the_wrong_way_was_taken(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    write(tmp_path / "runs", "a", session("a", loaded=[("using-git", GIT)], calls=FORCED))
    found = told(skills, tmp_path / "runs", "--labels", labels(tmp_path, {"a": "failure"}))["skills"]
    git = found["using-git"]  # type: ignore[index]  # a table by name
    assert git["rules"] == [{"rule": "R1", "n_followed": 0, "n_ignored": 1, "n_returned": 1}]
    assert (git["n_loaded"], git["n_followed"], git["n_hurt"], git["precision"]) == (1, 0, 0, 0.0)


def test_a_command_of_the_user_loads_a_skill(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    text = sessions().claude_code(session("a", request="<command-name>/using-tar</command-name>"))
    (tmp_path / "a.jsonl").write_text(text)
    found = told(skills, tmp_path / "a.jsonl")["skills"]
    assert found["using-tar"]["n_loaded"] == 1  # type: ignore[index]  # a table by name


def test_the_same_recording_in_two_folders_counts_once(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    made = session("a", loaded=[("using-git", GIT)], calls=PUSHED)
    write(tmp_path / "one", "a", made)
    write(tmp_path / "two", "copy", made)
    assert told(skills, tmp_path / "one")["n_noted"] == 1
    before = log(skills)
    again = told(skills, tmp_path / "two", tmp_path / "one")
    assert (again["n_recordings"], again["n_known"], again["n_events"]) == (1, 1, 0)
    assert log(skills) == before


def test_of_a_recording_that_has_grown_the_new_part_counts(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    whole = sessions().claude_code(session("a", loaded=[("using-git", GIT), ("using-tar", TAR)], calls=PUSHED))
    lines = whole.splitlines(keepends=True)
    path = tmp_path / "a.jsonl"
    path.write_text("".join(lines[:5]))
    first = told(skills, path)["skills"]
    assert (first["using-git"]["attempts"], first["using-tar"]["attempts"]) == (1, 0)  # type: ignore[index]  # a table
    path.write_text(whole)
    grown = told(skills, path)["skills"]
    assert (grown["using-git"]["attempts"], grown["using-tar"]["attempts"]) == (1, 1)  # type: ignore[index]  # a table
    assert (grown["using-git"]["n_loaded"], grown["using-git"]["n_followed"]) == (1, 1)  # type: ignore[index]  # a table
    assert told(skills, path)["n_events"] == 0


def test_two_runs_with_the_same_words_are_two(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    for number in (1, 2):
        made = session(f"s{number}", request="Push it.", loaded=[("using-git", GIT)], calls=PUSHED, minute=number)
        write(tmp_path / "runs", f"s{number}", made)
        told(skills, tmp_path / "runs")
    found = told(skills, tmp_path / "runs")["skills"]
    assert found["using-git"]["n_loaded"] == 2  # type: ignore[index]  # a table by name


def test_the_text_of_another_skill_of_the_same_name_does_not_count(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    write(tmp_path / "runs", "a", session("a", shown={}, loaded=[("using-git", OTHER)], calls=PUSHED))
    found = told(skills, tmp_path / "runs")
    assert found["others"] == ["using-git"]
    assert found["skills"]["using-git"]["n_loaded"] == 0  # type: ignore[index]  # a table by name


def test_ten_attempts_of_which_seven_are_complete(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    for number in range(10):
        calls = PUSHED if number < 7 else FORCED
        made = session(f"s{number}", loaded=[("using-git", GIT)], calls=calls, minute=number)
        write(tmp_path / "runs", f"s{number}", made)
    ran = in_process("usage", skills, tmp_path / "runs", "--json")
    git, tar = json.loads(ran.out)["skills"]
    assert (git["attempts"], git["complete"], git["precision"]) == (10, 7, 0.7)
    assert (tar["precision"], tar["is_never_loaded"]) == (None, True)
    said = in_process("usage", skills, tmp_path / "runs").err
    assert "10 recordings: none of them is new" in said
    assert "Shown but never loaded: using-tar" in said


def test_the_log_holds_no_word_of_a_recording(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    write(tmp_path / "runs", "a", session("a", request="Zanzibar", loaded=[("using-git", GIT)], calls=PUSHED))
    told(skills, tmp_path / "runs")
    text = (skills / OWN / "log.jsonl").read_text()
    assert "Zanzibar" not in text
    assert "rebase" not in text


def test_skills_that_somebody_wrote_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "skills" / "using-git").mkdir(parents=True)
    (tmp_path / "skills" / "using-git" / "SKILL.md").write_text(GIT)
    write(tmp_path / "runs", "a", session("a", loaded=[("using-git", GIT)], calls=PUSHED))
    found = told(tmp_path / "skills", tmp_path / "runs")["skills"]
    assert found["using-git"]["n_followed"] == 1  # type: ignore[index]  # a table by name
    assert in_process("library", "verify", tmp_path / "skills").code == 0


def test_a_broken_chain_a_newer_log_and_no_skills_are_named(tmp_path: Path) -> None:
    write(tmp_path / "runs", "a", session("a", loaded=[("using-git", GIT)], calls=PUSHED))
    (tmp_path / "empty").mkdir()
    none = in_process("usage", tmp_path / "empty", tmp_path / "runs")
    assert (none.code, "no skills" in none.err) == (10, True)
    skills = library(tmp_path / "skills")
    path = skills / OWN / "log.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0].replace(b"support 3", b"support 9") + lines[1])
    broken = in_process("usage", skills, tmp_path / "runs")
    assert (broken.code, "log.jsonl:1" in broken.err) == (4, True)
    path.write_bytes(b"".join(lines))
    newer = json.loads(lines[1]) | {"colour": "blue"}
    path.write_bytes(lines[0] + json.dumps(newer).encode() + b"\n")
    (skills / OWN / "index.json").unlink()
    said = in_process("usage", skills, tmp_path / "runs")
    assert (said.code, "newer version" in said.err) == (3, True)


def test_nothing_named_is_a_misuse_and_a_missing_library_too(tmp_path: Path) -> None:
    assert in_process("usage", library(tmp_path / "skills")).code == 2
    assert in_process("usage", tmp_path / "nowhere", tmp_path).code == 2
