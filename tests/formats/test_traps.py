"""Traps of benchmark results, traces and texts: what is read of each, step by step."""

import json
from pathlib import Path

import pytest

from tests.readings import DATA, Lines, read_as, runs, told

OBSERVED = {"role": "user", "content": "<returncode>1</returncode>\n<output>\nno such file</output>"}


@pytest.mark.parametrize("fence", ["bash", "mswea_bash_command"])
def test_a_text_model_of_mini_swe_agent_writes_its_command_in_a_fence(fence: str, tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "rules"},
        {"role": "user", "content": "count"},
        {"role": "assistant", "content": f"THOUGHT: look\n\n```{fence}\nls\n```"},
        OBSERVED,
        {"role": "exit", "content": "diff GOLD", "extra": {"exit_status": "Submitted", "submission": "diff GOLD"}},
    ]
    info = {"exit_status": "Submitted", "mini_version": "1.0", "config": {}}
    record = {"trajectory_format": "mini-swe-agent-1", "instance_id": "t", "info": info, "messages": messages}
    for content in (record, {**record, "messages": messages[:-1]}):
        run = read_as(tmp_path, content)
        assert run.format == "mini_swe_agent"
        assert [(step.kind, step.exit_code) for step in run.steps if step.kind.startswith("tool")] == [
            ("tool_call", None),
            ("tool_result", 1),
        ]
        assert (run.termination, run.outcome) == ("Submitted", None), "finished is not succeeded"
        assert "ls" in told(run)[-2]


def test_every_attempt_of_a_swe_agent_that_tries_again_is_a_run(tmp_path: Path) -> None:
    def attempt(action: str) -> dict[str, object]:
        turn = {"thought": "hm", "action": action, "observation": "a", "state": {}, "query": []}
        history = [{"role": "user", "content": "count", "agent": "main"}]
        return {"trajectory": [turn], "history": history, "info": {"exit_status": "submitted"}, "environment": "e"}

    path = tmp_path / "t.traj"
    path.write_text(json.dumps({"attempts": [attempt("ls"), attempt("ls -a")], "info": {"exit_status": "submitted"}}))
    found = runs(path)
    assert [told(run)[2] for run in found] == ["tool_call: ls", "tool_call: ls -a"]
    assert [(run.format, run.task_id, run.session_id) for run in found] == [
        ("swe_agent", "t", "t:1"),
        ("swe_agent", "t", "t:2"),
    ]


def test_openhands_keeps_what_its_generations_spell_differently(tmp_path: Path) -> None:
    metadata = {"agent_class": "CodeActAgent", "llm_config": {"model": "m", "api_key": "GOLD"}}
    flat = [
        {"id": 0, "source": "user", "action": "message", "args": {"content": "count"}},
        {"id": 1, "source": "environment", "observation": "agent_state_changed", "content": "", "extras": {}},
        {"id": 2, "source": "agent", "action": "run", "args": {"command": "ls", "thought": "look"}},
        {
            "id": 3,
            "source": "agent",
            "cause": 2,
            "observation": "run",
            "content": "a",
            "extras": {"metadata": {"exit_code": 0}},
        },
        {"id": 4, "source": "agent", "action": "finish", "args": {"final_thought": "3"}},
    ]
    record = {"instance_id": "t", "instance": {"patch": "GOLD"}, "metadata": metadata, "history": flat}
    run = read_as(tmp_path, [{**record, "test_result": {"git_patch": "diff"}}], name="output.jsonl")
    assert told(run) == ["user: count", "assistant: look", "tool_call: ls", "tool_result: a [0]", "assistant: 3"]
    assert (run.outcome, run.model) == (None, "m"), "a patch alone says nothing"
    for result, outcome in (({"resolved": True}, "success"), ({"report": {"resolved": False}}, "failure")):
        assert read_as(tmp_path, [{**record, "test_result": result}], name="output.jsonl").outcome == outcome


INSPECTED = {
    "a letter": ({"match": {"value": "P"}}, "partial", 0.5),
    "no answer": ({"match": {"value": "N"}}, "failure", 0.0),
    "a number": ({"match": {"value": 0.25}}, "partial", 0.25),
    "a truth": ({"match": {"value": True}}, "success", None),
    "several values": ({"match": {"value": {"correct": "C", "brief": 0.2}}}, "success", 1.0),
}


@pytest.mark.parametrize("name", sorted(INSPECTED))
def test_scores_of_inspect_in_their_spellings(name: str, tmp_path: Path) -> None:
    scores, outcome, score = INSPECTED[name]
    log = json.loads((DATA / "inspect_ai.json").read_text())
    log["samples"][0]["scores"] = scores
    log["status"] = "cancelled"
    run = read_as(tmp_path, log)
    assert (run.outcome, run.score) == (outcome, score)


def test_sharegpt_of_hermes_writes_calls_in_tags(tmp_path: Path) -> None:
    turns = [
        {"from": "system", "value": "rules"},
        {"from": "human", "value": "count"},
        {"from": "gpt", "value": '<tool_call>\n{"name": "sh", "arguments": {"command": "ls"}}\n</tool_call>'},
        {"from": "tool", "value": "<tool_response>\na\n</tool_response>"},
        {"from": "gpt", "value": "3"},
    ]
    run = read_as(tmp_path, [{"conversations": turns}])
    assert told(run) == ["system: rules", "user: count", "tool_call: ls", "tool_result: a", "assistant: 3"]


def test_sharegpt_of_llama_factory_has_roles_for_calls(tmp_path: Path) -> None:
    turns = [
        {"from": "human", "value": "count"},
        {"from": "function_call", "value": '{"name": "sh", "arguments": {"command": "ls"}}'},
        {"from": "observation", "value": "a"},
        {"from": "gpt", "value": "3"},
    ]
    run = read_as(tmp_path, [{"conversations": turns, "system": "rules", "tools": "[]"}])
    assert told(run) == ["system: rules", "user: count", "tool_call: ls", "tool_result: a", "assistant: 3"]


def test_react_of_langchain_has_no_numbers(tmp_path: Path) -> None:
    text = "Question: how many?\nThought: look\nAction: Search\nAction Input: lines\nObservation: 3\nof them\n"
    run = read_as(tmp_path, f"{text}Thought: I know\nFinal Answer: 3\n", name="run.txt")
    assert [step.kind for step in run.steps] == ["user", "thought", "tool_call", "tool_result", "thought", "assistant"]
    assert [(step.tool, step.text) for step in run.steps if step.kind == "tool_call"] == [("Search", "lines")]
    assert "tool_result: 3\nof them" in told(run)


ROOM = "You are in the middle of a room. Looking around you, you see a desk 1.\nYour task is to: look.\n"


def test_a_log_of_alfworld_episodes_has_a_status_each(tmp_path: Path) -> None:
    episode = f"{ROOM}> think: where?\nOK.\n> go to desk 1\nNothing happens.\n"
    path = tmp_path / "trial_0.log"
    path.write_text(f"Environment #0:\n{episode}STATUS: OK\n\nEnvironment #1:\n{episode}STATUS: FAIL\n")
    found = runs(path)
    assert [(run.format, run.task_id, run.outcome) for run in found] == [
        ("alfworld", "env_0", "success"),
        ("alfworld", "env_1", "failure"),
    ]
    assert "STATUS" not in "".join(told(found[0]))
    assert [step.is_error for step in found[0].steps if step.kind == "tool_result"][-1] is True


@pytest.mark.parametrize(("mark", "outcome"), [("_SUCCEED", "success"), ("_FAILED", "failure"), ("", None)])
def test_only_its_name_says_whether_a_run_of_trace2skill_succeeded(
    mark: str, outcome: str | None, tmp_path: Path
) -> None:
    data = (DATA / "trace2skill.md").read_text()
    run = read_as(tmp_path, data, name=f"seed_1/agent_7{mark}.md")
    assert (run.outcome, run.task_id, run.session_id) == (outcome, "agent_7", f"seed_1/agent_7{mark}")


def test_roo_summaries_truncations_and_reasoning_are_no_words_of_the_user(tmp_path: Path) -> None:
    messages: Lines = [
        {"role": "user", "content": [{"type": "text", "text": "<task>\ncount\n</task>"}], "ts": 1767261600000},
        {"type": "reasoning", "summary": [], "encrypted_content": "GOLD", "ts": 1767261601000},
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "<read_file>\n<path>a</path>\n</read_file>"}],
            "ts": 1767261602000,
        },
        {
            "role": "user",
            "content": [{"type": "text", "text": "[read_file for 'a'] Result:"}, {"type": "text", "text": "3"}],
            "ts": 1767261603000,
        },
        {"role": "user", "content": "so far", "isSummary": True, "condenseId": "k", "ts": 1767261604000},
        {"role": "user", "content": "cut", "isTruncationMarker": True, "truncationId": "k", "ts": 1767261605000},
    ]
    run = read_as(tmp_path, messages, name="7/api_conversation_history.json")
    assert (run.format, run.session_id, run.task) == ("cline", "7", "count")
    assert told(run) == ["user: count", 'tool_call: {"path":"a"}', "tool_result: 3", "summary: so far"]


def test_intercode_of_people_is_read_too(tmp_path: Path) -> None:
    turns = [{"action": "ls", "observation": "a"}, {"action": "submit", "observation": ""}]
    record = {
        "0": {"query": "count", "gold": "GOLD", "trajectory": turns, "reward": 1.0},
        "1": {"query": "list", "gold": "GOLD", "trajectory": turns, "reward": 0.0},
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(record))
    found = runs(path)
    assert [run.outcome for run in found] == ["success", "failure"]
    assert all("GOLD" not in line for run in found for line in told(run))
    assert next(step.text for step in found[0].steps if step.kind == "tool_call") == "ls"


def test_the_first_versions_of_opencode_kept_parts_in_the_message(tmp_path: Path) -> None:
    info = {"id": "ses_1", "title": "x"}
    state = {"status": "completed", "input": {"command": "ls"}, "output": "a", "metadata": {"exit": 1}}
    failed = {"status": "error", "input": {"command": "rm"}, "error": "refused"}
    parts = [
        {"id": "p1", "type": "tool", "callID": "c", "tool": "bash", "state": state},
        {"id": "p2", "type": "tool", "callID": "d", "tool": "bash", "state": failed},
    ]
    user = {
        "info": {"id": "m1", "sessionID": "ses_1", "role": "user", "time": {"created": 1}},
        "parts": [{"id": "p0", "type": "text", "text": "count"}],
    }
    agent = {"info": {"id": "m2", "sessionID": "ses_1", "role": "assistant", "time": {"created": 2}}, "parts": parts}
    run = read_as(tmp_path, {"info": info, "messages": [user, agent]})
    assert told(run) == [
        "user: count",
        "tool_call: ls",
        "tool_result: a [1]",
        "tool_call: rm",
        "tool_result: refused [failed]",
    ]


def test_what_an_attacked_agentdojo_run_says_of_itself(tmp_path: Path) -> None:
    record = json.loads((DATA / "agentdojo.json").read_text())
    for utility, outcome in ((True, "success"), (False, "failure")):
        run = read_as(tmp_path, {**record, "utility": utility, "security": True, "attack_type": "important"})
        assert run.outcome == outcome


@pytest.mark.parametrize(("start", "end"), [("SEARCH", "REPLACE"), ("ORIGINAL", "UPDATED")])
def test_an_edit_of_aider_is_a_call_in_the_older_spelling_too(start: str, end: str, tmp_path: Path) -> None:
    edit = f"<<<<<<< {start}\nold\n=======\nnew\n>>>>>>> {end}"
    text = (
        f"# aider chat started at 2026-01-01 10:00:00\n\n#### change it\n\na.py\n```\n{edit}\n```\n\n> Applied edit\n"
    )
    run = read_as(tmp_path, text, name="a.md")
    assert told(run)[-2:] == [f"tool_call: {edit}", "tool_result: Applied edit"]


def test_what_aider_says_of_several_edits_is_told_edit_by_edit(tmp_path: Path) -> None:
    edits = [f"<<<<<<< SEARCH\n  row {n}\n=======\nnew\n>>>>>>> REPLACE" for n in range(3)]
    shown = "\n".join(f"> {line}  " for line in edits[1].split("\n"))
    reason = "SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in a.py"
    text = (
        f"# aider chat started at 2026-01-01 10:00:00\n\n#### change it\n\na.py\n```\n{'``'.join(edits)}\n```\n\n"
        f"> # 1 SEARCH/REPLACE block failed to match!  \n>  \n> ## {reason}  \n{shown}\n>  \n"
        "> # The other 2 SEARCH/REPLACE blocks were applied successfully.  \n"
    ).replace("``<", "\n```\n<")
    run = read_as(tmp_path, text, name="a.md")
    calls = [step for step in run.steps if step.kind == "tool_call"]
    answers = [step for step in run.steps if step.kind == "tool_result"]
    assert [step.text for step in calls] == edits
    assert [step.is_error for step in answers if step.tool == "edit"] == [False, True, False]
    assert answers[1].text.startswith(f"{reason}\n{edits[1][:14]}")
    assert answers[-1].text == "# 1 SEARCH/REPLACE block failed to match!"
