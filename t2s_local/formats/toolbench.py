"""ToolBench answers: a search over calls of functions, and the conversation that leads to its answer.

Source: ``toolbench/inference`` (``Tree/Tree.py``, ``Algorithms/DFS.py``) and ``toolbench/tooleval`` of ToolBench, May
2025. ``win`` states that an answer was given, not that it is right; ToolEval writes nested ``answer_details``.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, trajectory
from t2s_local.formats._dialects.messages import one_message
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, decode_text, first_string, objects, values
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="ToolBench", is_world=True)
_FINISH = "Finish"
_FINE = frozenset({0, 3, 4})
"""Codes of observations that are no error: an answer, the end of the run, and giving up."""


def claims(head: Head) -> bool:
    """Return whether the file has an answer with its search, or the ``answer_details`` of ToolEval."""
    return any(
        ("answer_generation" in record and bool(record.keys() & {"win", "tree", "trys", "forward_args"}))
        or "answer_details" in as_object(record.get("answer"))
        or any("answer_details" in as_object(as_object(one).get("answer")) for one in list(record.values())[:2])
        for record in seen(head)[:3]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every answer of the file: the conversation that led to the answer or, without a conversation, the nodes."""
    unread = Tally("toolbench")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        several = {} if "answer" in record or "answer_generation" in record else record
        for name, one in several.items() or [(None, record)]:
            yield from _answer(as_object(one), name, source, unread)
    yield from unread.readings(source)


def _answer(record: Record, name: str | None, source: str, unread: Tally) -> Iterator[Reading]:
    made = as_object(record.get("answer_generation"))
    evaluated = as_object(record.get("answer"))
    query = first_string(made, "query") or first_string(record, "query")
    conversations = made.get("train_messages")
    whole = conversations[-1] if isinstance(conversations, list) and conversations else None
    if "answer_details" in evaluated:
        steps = list(_details(objects(evaluated["answer_details"])))
    elif messages := objects(whole):
        said = [message for message in messages if message.get("valid") is not False]
        unread.add("message that was not valid", len(messages) - len(said))
        steps = [step for number, message in enumerate(said, 1) for step in _message(message, query, number)]
    else:
        steps = list(_chain(_nodes(record), query))
    if not steps:
        unread.add("no answer")
        return
    yield trajectory(
        steps,
        source=source,
        format_name="toolbench",
        task_id=name,
        task=query,
        agent=first_string(evaluated, "method") or "toolbench",
        termination=first_string(made, "finish_type"),
    )


def _nodes(record: Record) -> list[Record]:
    """Return the nodes of one search path: of the last candidate, else of the last try, else the tree's last path."""
    candidates = record.get("compare_candidates")
    if isinstance(candidates, list) and candidates and (chain := objects(candidates[-1])):
        return chain
    if tries := objects(record.get("trys")):
        return objects(tries[-1].get("chain"))
    node = as_object(as_object(record.get("tree")).get("tree"))
    chain = []
    while children := objects(node.get("children")):
        node = children[-1]
        chain.append(node)
    return chain


def _chain(nodes: list[Record], query: str | None) -> Iterator[Step]:
    if nodes and query:
        yield Step(kind="user", text=query)
    name: str | None = None
    for number, node in enumerate(nodes, 1):
        kind, text = node.get("node_type"), first_string(node, "description") or ""
        if kind == "Thought" and text:
            yield Step(kind="thought", text=text, line=number)
        elif kind == "Action":
            name = text
        elif kind == "Action Input" and name == _FINISH:
            yield _finish(text, number)
        elif kind == "Action Input":
            yield called(name, text, line=number)
            if observation := first_string(node, "observation"):
                yield _result(observation, number, failed=node.get("observation_code", 0) not in (*_FINE,))


def _message(message: Record, query: str | None, line: int) -> Iterator[Step]:
    call = as_object(message.get("function_call"))
    if message.get("role") == "user" and query is not None and query in (first_string(message, "content") or ""):
        yield Step(kind="user", text=query, line=line)
    elif message.get("role") == "function":
        yield _result(first_string(message, "content") or "", line, failed=False)
    elif call.get("name") == _FINISH:
        yield from one_message({key: value for key, value in message.items() if key != "function_call"}, line=line)
        yield _finish(first_string(call, "arguments") or "", line)
    else:
        yield from one_message(message, line=line)


def _finish(arguments: str, line: int) -> Step:
    """Return the agent's final message: the arguments of the call that ends a run."""
    told = as_object(decode_text(arguments))
    text = first_string(told, "final_answer", "return_type") or arguments
    return Step(kind="assistant", text=text, line=line)


def _result(text: str, line: int, *, failed: bool) -> Step:
    told = as_object(decode_text(text)) if text.startswith("{") else {}
    error, response = first_string(told, "error"), first_string(told, "response")
    said = error or response or text
    return answered(said, is_error=failed or error is not None, line=line)


def _details(nodes: list[Record]) -> Iterator[Step]:
    """Yield the steps of nested details; of several details at one level only the first is followed."""
    number = 0
    while nodes:
        number += 1
        node = nodes[0]
        nodes = objects(node.get("next"))
        role, message = node.get("role"), node.get("message")
        told = as_object(decode_text(message) if isinstance(message, str) else message)
        name = first_string(told, "name")
        if role == "tool" and name == _FINISH:
            yield _finish(first_string(told, "arguments") or "", number)
        elif role == "tool":
            yield called(name, told.get("arguments") or {}, line=number)
            yield _result(first_string(told, "response") or "", number, failed=False)
        elif isinstance(message, str):
            yield from one_message({"role": role, "content": message}, line=number)
