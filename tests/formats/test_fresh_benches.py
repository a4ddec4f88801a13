"""Trees, answers and logs of benchmarks and of several agents: what a sample does not show, step by step."""

import json
from pathlib import Path

from t2s_local.formats import moatless
from t2s_local.records.head import look
from tests.readings import read_as, told


def test_a_search_of_moatless_is_the_way_to_the_leaf_that_ended_it(tmp_path: Path) -> None:
    def node(number: int, *children: object, **more: object) -> dict[str, object]:
        action = {"action_args_class": "moatless.actions.find_class.FindClassArgs", "class_name": f"C{number}"}
        return {
            "node_id": number,
            "action": action,
            "output": {"message": f"seen {number}"},
            "children": children,
            **more,
        }

    poor = node(3, terminal=True, reward={"value": 10})
    root = {
        "node_id": 0,
        "message": "Mend it.",
        "children": [node(1, poor, node(2, terminal=True, reward={"value": 80}))],
    }
    run = read_as(tmp_path, {"root": root, "instance_id": "a__a-1", "resolved": False})
    assert told(run) == [
        "user: Mend it.",
        'tool_call: {"class_name":"C1"}',
        "tool_result: seen 1",
        'tool_call: {"class_name":"C2"}',
        "tool_result: seen 2",
    ]
    assert [step.tool for step in run.steps if step.kind == "tool_call"] == ["FindClass", "FindClass"]
    assert (run.task_id, run.outcome) == ("a__a-1", "failure")


def test_nodes_of_moatless_that_point_at_each_other_end_somewhere(tmp_path: Path) -> None:
    nodes = [{"node_id": 1, "parent_id": 2, "user_message": "a"}, {"node_id": 2, "parent_id": 1, "user_message": "b"}]
    assert len(told(read_as(tmp_path, {"nodes": nodes, "trajectory_id": "t"}))) == 2


def test_a_way_of_toolbench_is_read_from_the_search_where_no_answer_was_given(tmp_path: Path) -> None:
    def node(kind: str, text: str, **more: object) -> dict[str, object]:
        return {"node_type": kind, "description": text, "pruned": False, **more}

    way = [
        node("Thought", "Look first."),
        node("Action", "search"),
        node("Action Input", '{"q": "a"}', observation='{"error": "no such page", "response": ""}', observation_code=2),
        node("Action", "Finish"),
        node("Action Input", '{"return_type": "give_up_and_restart"}', observation="{}", observation_code=4),
    ]
    made = {"query": "Find it.", "train_messages": [], "finish_type": "give_up"}
    run = read_as(tmp_path, {"win": True, "trys": [{"chain": way}], "answer_generation": made})
    assert told(run) == [
        "user: Find it.",
        "thought: Look first.",
        'tool_call: {"q":"a"}',
        "tool_result: no such page [failed]",
        "assistant: give_up_and_restart",
    ]
    assert (run.outcome, run.termination) == (None, "give_up"), "an answer that was given is not right for that"


def test_answers_that_tooleval_converted_are_read_by_their_id(tmp_path: Path) -> None:
    call = {"name": "search", "arguments": {"q": "a"}, "response": '{"error": "", "response": "found"}'}
    last = {"role": "tool", "message": {"name": "Finish", "arguments": '{"final_answer": "Found."}'}, "next": []}
    tool = {"role": "tool", "message": call, "next": [last]}
    details = [{"role": "system", "message": "", "next": [{"role": "user", "message": "Find it.", "next": [tool]}]}]
    answer = {"method": "CoT", "answer_details": details, "final_answer": "GOLD"}
    run = read_as(tmp_path, {"17": {"query": "Find it.", "available_tools": [], "answer": answer}})
    assert told(run) == ["user: Find it.", 'tool_call: {"q":"a"}', "tool_result: found", "assistant: Found."]
    assert (run.task_id, run.agent) == ("17", "CoT")


def test_an_orchestrator_calls_the_agents_that_it_sends_out(tmp_path: Path) -> None:
    history = [
        {"role": "human", "content": "Where?\n"},
        {"role": "Orchestrator (thought)", "content": "Ask the web."},
        {"role": "Orchestrator (-> WebSurfer)", "content": "Search for it."},
        {"role": "Orchestrator (thought)", "content": "Wait."},
        {"role": "WebSurfer", "content": "I typed it."},
        {"role": "Orchestrator (termination condition)", "content": "No more rounds."},
    ]
    run = read_as(tmp_path, {"question": "Where?", "history": history, "mistake_agent": "GOLD", "is_corrected": False})
    assert told(run) == [
        "user: Where?",
        "thought: Ask the web.",
        "tool_call: Search for it.",
        "thought: Wait.",
        "tool_result: I typed it.",
        "system: No more rounds.",
    ]
    assert run.steps[4].tool == "WebSurfer"
    assert run.outcome == "failure"


def test_the_longest_call_of_each_agent_is_its_conversation_in_a_log_of_autogen(tmp_path: Path) -> None:
    asked = {"role": "user", "content": "Count"}
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}

    def line(messages: list[object], answer: dict[str, object]) -> dict[str, object]:
        response = {"choices": [{"message": {"role": "assistant", **answer}}], "model": "m"}
        return {"type": "LLMCall", "messages": messages, "response": response, "agent_id": "a/1"}

    made = {"role": "assistant", "content": None, "tool_calls": [call]}
    lines = [
        line([asked], {"content": None, "tool_calls": [call]}),
        {"type": "ToolCall", "tool_name": "f", "arguments": {}, "result": "3", "agent_id": "a/1"},
        line([asked, made, {"role": "tool", "tool_call_id": "1", "content": "3"}], {"content": "Three."}),
    ]
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert told(run) == ["user: Count", "tool_call: {}", "tool_result: 3", "assistant: Three."]
    assert (run.session_id, run.model) == ("a/1", "m")


def test_the_state_of_a_team_holds_the_conversation_of_its_manager(tmp_path: Path) -> None:
    thread = [
        {"source": "user", "content": "Run it.", "type": "TextMessage"},
        {"source": "coder", "content": "Here.", "code_blocks": [{"code": "print(1)"}], "type": "CodeGenerationEvent"},
        {"source": "coder", "result": {"output": "1", "exit_code": 0}, "content": "", "type": "CodeExecutionEvent"},
        {"source": "coder", "content": "Done.", "type": "StopMessage"},
        {"source": "coder", "content": "x", "type": "x-turn"},
    ]
    states = {"coder": {"agent_state": {}}, "manager": {"type": "RoundRobinManagerState", "message_thread": thread}}
    run = read_as(tmp_path, {"type": "TeamState", "version": "1.0.0", "agent_states": states})
    assert told(run) == [
        "user: Run it.",
        "assistant: Here.",
        "tool_call: print(1)",
        "tool_result: 1 [0]",
        "assistant: Done.",
    ]
    assert run.termination == "Done."


def test_nodes_of_other_programs_are_left_to_others(tmp_path: Path) -> None:
    path = tmp_path / "workflow.json"
    path.write_text(json.dumps({"nodes": [{"node_id": 1, "x": 3}, {"node_id": 2, "x": 4}], "edges": []}))
    assert not moatless.claims(look(path))
