"""Turns that the user took back are left out and counted, whichever way a format says so."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.ports.format import Passed
from t2s_local.stages.reading.reading import read_file
from tests.agents_logs import claude, codex, said, wanted
from tests.readings import Lines, read_as, runs, told

KEPT = ["user: look", "assistant: Seen.", "user: count", "assistant: One."]


def n_rewound(path: Path) -> int:
    items = read_file(path, source="x")
    return sum(item.count for item in items if isinstance(item, Passed) and item.record == "rewound record")


def copilot(back: str) -> Lines:
    def event(kind: str, key: str, **data: object) -> dict[str, object]:
        return {"type": kind, "id": key, "data": data, "timestamp": "2026-01-01T10:00:00Z"}

    return [
        event("session.start", "e0", sessionId="p-1", copilotVersion="1.0"),
        event("user.message", "e1", content="look"),
        event("assistant.message", "e2", content="Seen."),
        event("user.message", "e3", content="wipe it"),
        event("assistant.message", "e4", content="Wiped."),
        event("session.snapshot_rewind", "e5", upToEventId=back, eventsRemoved=2),
        event("user.message", "e6", content="count"),
        event("assistant.message", "e7", content="One."),
    ]


def test_a_turn_of_codex_that_was_rolled_back_is_left_out_and_counted(tmp_path: Path) -> None:
    lines = codex(
        wanted("look"),
        {"type": "user_message", "message": "look"},
        said("Seen."),
        {"type": "user_message", "message": "wipe it"},
        wanted("wipe it"),
        said("Wiped."),
        {"type": "agent_message", "message": "Wiped."},
        {"type": "thread_rolled_back", "num_turns": 1},
        wanted("count"),
        said("One."),
    )
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == KEPT
    assert n_rewound(tmp_path / "a.jsonl") == 2


@pytest.mark.parametrize(("n_turns", "kept"), [(2, KEPT[2:]), (9, KEPT[2:]), (0, 6), ("1", 6), (None, 6)])
def test_more_turns_than_there_are_take_all_and_nonsense_takes_none(
    n_turns: object, kept: object, tmp_path: Path
) -> None:
    lines = codex(
        wanted("look"),
        said("Seen."),
        wanted("wipe it"),
        said("Wiped."),
        {"type": "thread_rolled_back", "num_turns": n_turns},
        wanted("count"),
        said("One."),
    )
    found = told(read_as(tmp_path, lines, name="a.jsonl"))
    assert (found if isinstance(kept, list) else len(found)) == kept


def test_what_is_rolled_back_twice_goes_one_turn_after_the_other(tmp_path: Path) -> None:
    back = {"type": "thread_rolled_back", "num_turns": 1}
    lines = codex(
        wanted("look"), said("Seen."), wanted("a"), said("A."), wanted("b"), said("B."), back, back, wanted("count")
    )
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == ["user: look", "assistant: Seen.", "user: count"]


def test_a_snapshot_that_copilot_went_back_to_leaves_out_what_came_after(tmp_path: Path) -> None:
    assert told(read_as(tmp_path, copilot("e3"), name="a.jsonl")) == KEPT
    assert n_rewound(tmp_path / "a.jsonl") == 2


def test_an_event_that_nobody_knows_takes_nothing_back(tmp_path: Path) -> None:
    assert len(told(read_as(tmp_path, copilot("e99"), name="a.jsonl"))) == 6


MESSAGES = [("m1", "user", "look"), ("m2", "assistant", "Seen."), ("m3", "user", "wipe it"), ("m4", "assistant", "No.")]


def exported(revert: object) -> dict[str, object]:
    messages = [
        {"info": {"id": key, "role": role}, "parts": [{"id": f"p-{key}", "type": "text", "text": text}]}
        for key, role, text in MESSAGES
    ]
    return {"info": {"id": "s-1", "revert": revert, "version": "1.2.0"}, "messages": messages}


@pytest.mark.parametrize(
    ("revert", "n_kept"),
    [({"messageID": "m3"}, 2), ({"messageID": "m4", "partID": "p-m4"}, 3), ({"messageID": "m9"}, 4), (None, 4)],
)
def test_a_session_of_opencode_that_was_reverted_ends_before_that(revert: object, n_kept: int, tmp_path: Path) -> None:
    assert len(told(read_as(tmp_path, exported(revert)))) == n_kept


def test_the_database_of_opencode_knows_what_was_reverted_too(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE session(id TEXT, parent_id TEXT, revert TEXT)")
        database.execute("CREATE TABLE message(id TEXT, session_id TEXT, data TEXT)")
        database.execute("CREATE TABLE part(id TEXT, message_id TEXT, data TEXT)")
        database.execute("INSERT INTO session VALUES ('s-1', NULL, ?)", [json.dumps({"messageID": "m3"})])
        for key, role, text in MESSAGES:
            database.execute("INSERT INTO message VALUES (?, 's-1', ?)", [key, json.dumps({"role": role})])
            part = json.dumps({"type": "text", "text": text})
            database.execute("INSERT INTO part VALUES (?, ?, ?)", [f"p-{key}", key, part])
    (run,) = runs(path)
    assert told(run) == KEPT[:2]
    assert n_rewound(path) == 2


def test_a_message_that_gemini_rewound_to_is_counted_with_all_after_it(tmp_path: Path) -> None:
    lines: Lines = [
        {"sessionId": "g-1", "projectHash": "p"},
        {"id": "1", "type": "user", "content": "look"},
        {"id": "2", "type": "gemini", "content": "Seen."},
        {"id": "3", "type": "user", "content": "wipe it"},
        {"id": "4", "type": "gemini", "content": "Wiped."},
        {"$rewindTo": "3"},
        {"id": "5", "type": "user", "content": "count"},
        {"id": "6", "type": "gemini", "content": "One."},
    ]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == KEPT
    assert n_rewound(tmp_path / "a.jsonl") == 2


def test_a_message_that_the_service_retracted_is_left_out(tmp_path: Path) -> None:
    lines = claude(("user", "look"), ("assistant", "Half a"), ("user", "count"), ("assistant", "One."))
    refusal = {"type": "system", "subtype": "api_refusal", "sessionId": "c-1", "uuid": "r"}
    lines[2:2] = [{**refusal, "parentUuid": lines[1]["uuid"], "retractedMessageUuids": [lines[1]["uuid"]]}]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == ["user: look", "user: count", "assistant: One."]
