"""Records beside the conversation under bad weather: cut off, with swapped types, with gold beside them."""

import json
import random
from pathlib import Path

import msgspec
import pytest

from t2s_local.ports.format import Reading
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory
from tests.agents_logs import answer, asked, cell, claude, codex, printed, queued, ran, said, wanted
from tests.formats.test_fuzz import ROUNDS, survives, swapped
from tests.formats.test_gold import planted
from tests.readings import Lines, runs

REFUSAL = "The user doesn't want to proceed with this tool use. The user said:\nNot there."


def claude_code() -> Lines:
    attached = {"attachment": {"type": "queued_command", "commandMode": "prompt", "prompt": "Be brief."}}
    lines = claude(
        ("user", [{"type": "document", "source": {"type": "url", "url": "a"}}, {"type": "text", "text": "Look"}]),
        asked("ls", "t1"),
        answer(REFUSAL, "t1", failed=True),
        ("attachment", attached),
        ("assistant", "Seen."),
        ("assistant", "Half a"),
        ("system", {"subtype": "api_refusal", "retractedMessageUuids": ["c-1-5"]}),
        ("x-turn", {"turn": 1}),
    )
    lines[3:3] = [queued("enqueue", "No, here."), queued("remove", "No, here.", reason="absorbed_mid_turn")]
    lines[1:1] = [queued("enqueue", "Never mind."), queued("popAll")]
    return lines


def rollout() -> Lines:
    return codex(
        wanted("Serve it"),
        {"type": "user_message", "message": "Serve it"},
        cell("for (const p of [80, 81]) await tools.exec_command({cmd: `serve ${p}`})", "c1"),
        ran("serve 80", 1, "denied", "c1-a"),
        ran("serve 81", 0, "up", "c1-b"),
        printed("denied\nup", "c1"),
        {"type": "agent_reasoning", "text": "Eighty is closed."},
        wanted("Wipe it"),
        said("Wiped."),
        {"type": "thread_rolled_back", "num_turns": 1},
        {
            "type": "item_completed",
            "item": {"type": "AgentMessage", "content": [{"type": "Text", "text": "It is up."}]},
        },
        {"type": "patch_apply_end", "call_id": "c9", "success": False, "stdout": "", "stderr": ""},
        history_base={"thread_id": "x-0"},
    )


def copilot() -> Lines:
    events = [
        ("session.start", {"sessionId": "p-1", "copilotVersion": "1.0"}),
        ("user.message", {"content": "Look"}),
        ("assistant.reasoning", {"content": "Where?"}),
        ("assistant.message", {"content": "Seen.", "reasoningText": "Where?"}),
        ("user.message", {"content": "Wipe it"}),
        ("session.snapshot_rewind", {"upToEventId": "e4"}),
        ("abort", {"reason": "user"}),
    ]
    return [{"type": kind, "id": f"e{place}", "data": data} for place, (kind, data) in enumerate(events)]


def kimi() -> Lines:
    message = {"role": "assistant", "content": [{"type": "text", "text": "I look."}]}
    return [
        {"type": "metadata", "protocol_version": "1.4"},
        {"type": "turn.prompt", "input": [{"type": "text", "text": "Look"}], "origin": {"kind": "user"}},
        {"type": "context.append_message", "message": message},
        {"type": "turn.steer", "input": [{"type": "text", "text": "Stop"}], "origin": {"kind": "user"}},
        {"type": "context.apply_compaction", "summary": "Looked."},
    ]


def opencode() -> Lines:
    parts = [{"id": "p1", "type": "text", "text": "Look"}, {"id": "p2", "type": "x-part"}]
    call = {"id": "p3", "type": "tool", "tool": "bash", "callID": "c", "state": {"status": "error", "error": "no"}}
    messages = [
        {"info": {"id": "m1", "role": "user"}, "parts": parts},
        {"info": {"id": "m2", "role": "assistant"}, "parts": [call]},
        {"info": {"id": "m3", "role": "user"}, "parts": parts},
    ]
    return [{"info": {"id": "s", "parentID": "r", "revert": {"messageID": "m3", "partID": "p2"}}, "messages": messages}]


RICH = {
    "claude_code": claude_code,
    "codex": rollout,
    "copilot_cli": copilot,
    "kimi": kimi,
    "opencode": opencode,
}


def put(path: Path, lines: list[object]) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


@pytest.mark.parametrize("name", RICH)
def test_the_recording_is_read_as_the_format_it_is(name: str, tmp_path: Path) -> None:
    found = runs(put(tmp_path / "a.jsonl", list(RICH[name]())))
    assert {run.format for run in found} == {name}


@pytest.mark.parametrize("name", RICH)
def test_swapped_types_break_nothing(name: str, tmp_path: Path) -> None:
    chance = random.Random(f"beside {name}")
    for _ in range(ROUNDS):
        lines: list[object] = list(RICH[name]())
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(lines))
            lines[place] = swapped(lines[place], chance)
        assert survives(put(tmp_path / "a.jsonl", lines), name)


@pytest.mark.parametrize("name", RICH)
def test_a_recording_cut_off_anywhere_is_read_or_refused(name: str, tmp_path: Path) -> None:
    data = put(tmp_path / "a.jsonl", list(RICH[name]())).read_bytes()
    for stop in range(0, len(data), 97):
        path = tmp_path / "cut.jsonl"
        path.write_bytes(data[:stop])
        assert all(isinstance(item, Reading | Unrecognised) for item in read_file(path, source="cut"))


@pytest.mark.parametrize("name", RICH)
def test_gold_beside_the_records_changes_no_step(name: str, tmp_path: Path) -> None:
    plain = runs(put(tmp_path / "a.jsonl", list(RICH[name]())), format_name=name)
    found = runs(put(tmp_path / "b.jsonl", [planted(line) for line in RICH[name]()]), format_name=name)
    assert [run.steps for run in found] == [run.steps for run in plain]
    assert all(b"GOLD" not in msgspec.json.encode(run) for run in found)


def test_a_queue_of_many_prompts_takes_no_long(tmp_path: Path) -> None:
    lines: list[object] = [*claude(("user", "Look"))]
    lines += [queued("enqueue", f"prompt {number}") for number in range(3000)]
    assert survives(put(tmp_path / "a.jsonl", lines), "claude_code")


def test_many_ends_without_a_call_take_no_long(tmp_path: Path) -> None:
    lines: list[object] = [*codex(*[ran(f"ls {number}", 0, "", f"k{number}") for number in range(3000)])]
    lines += codex(*[cell("x()", f"c{number}") for number in range(3000)])[1:]
    path = put(tmp_path / "a.jsonl", lines)
    assert survives(path, "codex")
    (run,) = [item for item in read_file(path, source="x") if isinstance(item, Trajectory)]
    assert sum(step.kind == "tool_call" for step in run.steps) == 6000
