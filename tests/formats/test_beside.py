"""Ids and names of an input are names and no paths: a format reads nothing but what lies below."""

import json
from pathlib import Path
from typing import Any

import pytest

from t2s_local.files import is_plain_name
from t2s_local.formats._beside import below, files_in, is_below
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory

PRIVATE = "my private question"


def written(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))


def told(path: Path) -> str:
    runs = [item for item in read_file(path, source=str(path)) if isinstance(item, Trajectory)]
    return "\n".join(step.text for run in runs for step in run.steps)


def session(identity: object) -> dict[str, Any]:
    return {"id": identity, "projectID": "p", "directory": "/x", "title": "t", "time": {"created": 1, "updated": 2}}


def message(identity: object) -> dict[str, Any]:
    return {"id": identity, "sessionID": "s", "role": "user", "time": {"created": 1}}


PART = {"id": "p", "messageID": "m", "sessionID": "s", "type": "text", "text": PRIVATE}
PATHS = [
    "{private}",
    "../../private",
    "../../../private",
    "x/../../../private",
    "..",
    ".",
    "",
    "link",
    "/",
    7,
    None,
    ["a"],
]


@pytest.mark.parametrize("identity", PATHS)
def test_an_id_of_opencode_that_is_a_path_leads_nowhere(tmp_path: Path, identity: object) -> None:
    private, given = tmp_path / "private", tmp_path / "given"
    written(private / "part.json", PART)
    written(tmp_path / "part.json", PART)
    named = identity.format(private=private) if isinstance(identity, str) else identity
    written(given / "session" / "p" / "s.json", session("s"))
    written(given / "message" / "s" / "m.json", message(named))
    (given / "part").mkdir()
    (given / "part" / "link").symlink_to(private)
    (given / "message" / "link").symlink_to(private)
    assert PRIVATE not in told(given / "session" / "p" / "s.json")
    written(given / "session" / "p" / "t.json", session(named))
    assert PRIVATE not in told(given / "session" / "p" / "t.json")


def test_a_session_without_a_tree_around_it_looks_at_no_other_folder(tmp_path: Path) -> None:
    written(tmp_path / "message" / "s" / "m.json", message("m"))
    written(tmp_path / "part" / "m" / "p.json", PART)
    written(tmp_path / "given" / "s.json", session("s"))
    assert told(tmp_path / "given" / "s.json") == ""


def test_files_that_lead_out_of_the_tree_are_not_read(tmp_path: Path) -> None:
    written(tmp_path / "private.json", PART)
    given = tmp_path / "given"
    written(given / "session" / "p" / "s.json", session("s"))
    written(given / "message" / "s" / "m.json", message("m"))
    (given / "part" / "m").mkdir(parents=True)
    (given / "part" / "m" / "p.json").symlink_to(tmp_path / "private.json")
    assert told(given / "session" / "p" / "s.json") == ""
    written(given / "other.json", PART)
    (given / "part" / "m" / "q.json").symlink_to(given / "other.json")
    assert told(given / "session" / "p" / "s.json") == PRIVATE


TRIAL = {"task_id": "t", "trial_name": "n", "is_resolved": True, "instruction": "do it"}


@pytest.mark.parametrize(
    "names", [("..", "private"), ("{private}", "."), ("t", "../../private"), ("t", "link"), ("", "")]
)
def test_a_trial_whose_name_is_a_path_has_no_log(tmp_path: Path, names: tuple[str, str]) -> None:
    private, given = tmp_path / "private", tmp_path / "given"
    for folder in (private, tmp_path):
        written(folder / "sessions" / "agent.log", PRIVATE)
    (given / "t").mkdir(parents=True)
    (given / "t" / "link").symlink_to(private)
    task, name = (one.format(private=private) for one in names)
    written(given / "results.json", {"results": [TRIAL | {"task_id": task, "trial_name": name}]})
    assert PRIVATE not in told(given / "results.json")


@pytest.mark.parametrize("place", ["sessions/agent.log", "panes/pre-agent.txt", "commands.txt", "sessions"])
def test_a_log_that_leads_elsewhere_is_not_read(tmp_path: Path, place: str) -> None:
    private, given = tmp_path / "private", tmp_path / "given"
    written(private / "agent.log", PRIVATE)
    trial = given / "t" / "n"
    trial.mkdir(parents=True)
    (trial / place).parent.mkdir(exist_ok=True)
    (trial / place).symlink_to(private if place == "sessions" else private / "agent.log")
    written(given / "results.json", {"results": [TRIAL]})
    assert PRIVATE not in told(given / "results.json")


def test_events_that_lead_elsewhere_are_not_read(tmp_path: Path) -> None:
    own = {"id": 0, "source": "user", "timestamp": "2026-01-01", "message": "hello", "action": "message"}
    event = own | {"args": {"content": "hello"}}
    events = tmp_path / "given" / "events"
    written(events / "0.json", event)
    written(tmp_path / "private.json", event | {"message": PRIVATE, "args": {"content": PRIVATE}})
    (events / "1.json").symlink_to(tmp_path / "private.json")
    assert told(events / "0.json") == "hello"


ODD = ["", ".", "..", "a/b", "/a", "a\\b", "a\0", "\0", "../a", "a/", "x" * 201, "ä" * 101, "\ud800"]


@pytest.mark.parametrize("name", ODD)
def test_a_path_is_no_name(name: str) -> None:
    assert not is_plain_name(name)


@pytest.mark.parametrize("name", ["a", "a.b", "...", "-", " ", "ses_1", "ä", "a\n", "~", "C:"])
def test_a_name_is_a_name(name: str) -> None:
    assert is_plain_name(name)


def test_only_what_is_there_and_below_is_given(tmp_path: Path) -> None:
    written(tmp_path / "in" / "a" / "b.json", "{}")
    (tmp_path / "in" / "out").symlink_to(tmp_path)
    (tmp_path / "in" / "loop").symlink_to("loop")
    assert below(tmp_path / "in", "a", "b.json") == tmp_path / "in" / "a" / "b.json"
    for names in (("a", "c.json"), ("out", "in"), ("loop",), ("a", "..", "a")):
        assert below(tmp_path / "in", *names) is None
    assert not is_below(tmp_path / "elsewhere", tmp_path / "in")


def test_files_are_listed_by_name_without_links_that_lead_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "part" / "d.json").mkdir(parents=True)
    for name in ("b.json", "a.json", "c.txt"):
        (root / "part" / name).write_text("{}")
    (tmp_path / "out.json").write_text("{}")
    (root / "part" / "out.json").symlink_to(tmp_path / "out.json")
    (root / "part" / "in.json").symlink_to(root / "part" / "a.json")
    names = [file.name for file in files_in(root / "part", ".json", root=root)]
    assert names == ["a.json", "b.json", "in.json"]
    assert files_in(root / "absent", ".json", root=root) == []
