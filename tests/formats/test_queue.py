"""What a person types while the agent works is said where it stands."""

from pathlib import Path

import pytest

from t2s_local.ports.format import Passed
from t2s_local.stages.reading.reading import read_file
from tests.agents_logs import answer, asked, claude, queued
from tests.readings import Lines, read_as, told

WORDS = "No, use pnpm here."
WORK = [("user", "install it"), asked("npm i", "t1"), answer("added", "t1")]
DONE = ("assistant", [{"type": "text", "text": "Done."}])
HEARD = [
    "user: install it",
    "tool_call: npm i",
    "tool_result: added",
    f"user: {WORDS}",
    "assistant: Done.",
]


def notes(folder: Path) -> dict[str, int]:
    items = read_file(folder / "a.jsonl", source="x")
    return {item.record: item.count for item in items if isinstance(item, Passed)}


@pytest.mark.parametrize(
    "prompt", [WORDS, [{"type": "text", "text": WORDS}, {"type": "image", "source": {"data": "A"}}]]
)
def test_a_prompt_attached_while_the_agent_works_is_the_users(prompt: object, tmp_path: Path) -> None:
    attached = {"attachment": {"type": "queued_command", "commandMode": "prompt", "prompt": prompt}}
    assert told(read_as(tmp_path, claude(*WORK, ("attachment", attached), DONE), name="a.jsonl"))[3] == HEARD[3]


def test_a_notification_that_waited_is_not_the_users(tmp_path: Path) -> None:
    attached = {"attachment": {"type": "queued_command", "commandMode": "task-notification", "prompt": "task 1 ended"}}
    run = read_as(tmp_path, claude(*WORK, ("attachment", attached), DONE), name="a.jsonl")
    assert "system: task 1 ended" in told(run)


@pytest.mark.parametrize(
    "ending",
    [[], [queued("dequeue")], [queued("remove", WORDS, reason="absorbed_mid_turn")], [queued("remove")]],
    ids=["never sent off", "sent after the turn", "absorbed", "removed"],
)
def test_a_prompt_that_only_the_queue_holds_is_the_users(ending: Lines, tmp_path: Path) -> None:
    lines = claude(*WORK, DONE)
    lines[3:3] = [queued("enqueue", WORDS), *ending]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == HEARD


def test_a_prompt_stands_where_it_was_sent_not_where_it_was_typed(tmp_path: Path) -> None:
    lines = claude(*WORK, DONE)
    lines[2:2] = [queued("enqueue", WORDS)]
    lines[4:4] = [queued("dequeue")]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == HEARD


def test_a_prompt_that_is_written_again_is_said_once(tmp_path: Path) -> None:
    lines = claude(*WORK, ("user", WORDS), DONE)
    lines[2:2] = [queued("enqueue", WORDS), queued("dequeue")]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == HEARD
    assert notes(tmp_path)["queued prompt"] == 1


def test_prompts_that_were_joined_into_one_message_are_said_once(tmp_path: Path) -> None:
    lines = claude(*WORK, ("user", f"{WORDS}\nAnd be quick."), DONE)
    lines[2:2] = [queued("enqueue", WORDS), queued("enqueue", "And be quick."), queued("dequeue")]
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert [step.text for step in run.steps if step.kind == "user"] == ["install it", f"{WORDS}\nAnd be quick."]


def test_a_prompt_that_went_back_to_the_editor_was_never_said(tmp_path: Path) -> None:
    lines = claude(*WORK, DONE)
    lines[3:3] = [queued("enqueue", WORDS), queued("popAll", WORDS)]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == [*HEARD[:3], HEARD[4]]
    assert notes(tmp_path)["queued prompt taken back"] == 1


def test_a_prompt_of_a_turn_that_was_taken_back_goes_with_it(tmp_path: Path) -> None:
    lines = claude(("user", "first"), DONE, ("user", "second"), DONE, ("user", "third"), DONE)
    lines[4]["parentUuid"] = lines[1]["uuid"]
    lines[4:4] = [queued("enqueue", WORDS)]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == [
        "user: first",
        "assistant: Done.",
        "user: third",
        "assistant: Done.",
    ]


def test_what_steers_a_turn_of_kimi_is_the_users_unless_it_is_appended_too(tmp_path: Path) -> None:
    def typed(kind: str, text: str) -> dict[str, object]:
        return {"type": kind, "input": [{"type": "text", "text": text}], "origin": {"kind": "user"}}

    def appended(role: str, text: str) -> dict[str, object]:
        message = {"role": role, "content": [{"type": "text", "text": text}], "origin": {"kind": "user"}}
        return {"type": "context.append_message", "message": message}

    lines: Lines = [
        {"type": "metadata", "protocol_version": "1.4"},
        typed("turn.prompt", "install it"),
        appended("user", "install it"),
        appended("assistant", "I install."),
        typed("turn.steer", WORDS),
        appended("assistant", "Done."),
        {"type": "turn.prompt", "input": [{"type": "text", "text": "tick"}], "origin": {"kind": "system_trigger"}},
    ]
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == [
        "user: install it",
        "assistant: I install.",
        f"user: {WORDS}",
        "assistant: Done.",
    ]


def test_what_a_person_answers_to_being_asked_is_the_users(tmp_path: Path) -> None:
    refusal = (
        "The user doesn't want to proceed with this tool use. The tool use was rejected. To tell you how to proceed, "
        f"the user said:\n{WORDS}\n\nNote: The user's next message may contain a correction."
    )
    run = read_as(tmp_path, claude(*WORK[:2], answer(refusal, "t1", failed=True), DONE), name="a.jsonl")
    assert told(run)[3] == f"user: {WORDS}"


@pytest.mark.parametrize(
    "refusal",
    [
        f"The user denied this operation and provided the following feedback:\n<feedback>\n{WORDS}\n</feedback>",
        '{"status":"denied","message":"The user denied this operation","feedback":"' + WORDS + '"}',
        f"The user rejected permission to use this tool call with the following feedback: {WORDS}",
        f"Error: user declined this call. Reason: {WORDS}",
    ],
)
def test_the_words_of_a_refusal_are_found_in_every_format(refusal: str, tmp_path: Path) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "bash", "arguments": '{"command": "npm i"}'}}
    chat = [
        {"role": "user", "content": "install it"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": refusal},
    ]
    assert told(read_as(tmp_path, {"messages": chat}))[-1] == f"user: {WORDS}"


@pytest.mark.parametrize(
    "output", ["User said: hello", "user name: ann\nreason: none", "The user table has one row: 1"]
)
def test_output_about_users_is_nobodys_words(output: str, tmp_path: Path) -> None:
    run = read_as(tmp_path, claude(*WORK[:2], answer(output, "t1"), DONE), name="a.jsonl")
    assert [step.kind for step in run.steps].count("user") == 1
