"""tau2-bench results: simulations of a domain, all in one file, one a file, or as ticks of a voice call.

The user is simulated and may have tools too; the user's calls do not count as the agent's. Voice runs are stored in
folders: ``results.json``, ``simulations/ID.json``, and beside them calls of models that were logged for debugging
(source: ``src/tau2`` of tau2-bench, August 2026).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._beside import below
from t2s_local.formats._build import nested, trajectory
from t2s_local.formats._dialects.messages import content_text, one_message
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import (
    NotJsonError,
    Record,
    as_object,
    compact,
    document,
    first_string,
    objects,
    string,
    values,
)
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="tau2-bench", is_world=True)


def claims(head: Head) -> bool:
    """Return whether the file has an object with tasks and simulations, or simulations alone."""
    return any(
        {"info", "tasks", "simulations"} <= record.keys()
        or ({"info", "tasks"} <= record.keys() and "environment_info" in as_object(record["info"]))
        or _is_simulation(record)
        or record.keys() >= _DEBUG
        for record in seen(head)[:3]
    )


_DEBUG = frozenset({"call_id", "call_name", "request", "response"})
"""Fields of a logged model call of tau2: the agent's, the simulated user's, or the judge's."""


def _is_simulation(record: Record) -> bool:
    return {"task_id", "termination_reason"} <= record.keys() and ("messages" in record or "ticks" in record)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every simulation of the file; tasks and checks contain reference answers and are left out."""
    unread = Tally("tau2_bench")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if _is_simulation(record):
            yield _trajectory(record, _info_beside(path), source, unread)
        elif "simulations" in record:
            info = as_object(record.get("info"))
            yield from (_trajectory(one, info, source, unread) for one in objects(record["simulations"]))
        elif record.keys() >= _DEBUG:
            yield Passed(path=source, record="call of a model, logged beside the simulations")
        else:
            yield Passed(path=source, record="results without simulations")
    yield from unread.readings(source)


def _info_beside(path: Path) -> Record:
    """Return the facts that ``results.json``, one folder above, states for all simulations; {} if there are none."""
    results = below(path.parent.parent, "results.json")
    if results is None:
        return {}
    try:
        return as_object(as_object(document(results)).get("info"))
    except (NotJsonError, InputError):
        return {}


def _trajectory(record: Record, info: Record, source: str, unread: Tally) -> Trajectory | Passed:
    domain = string(nested(info, "environment_info", "domain_name"))
    number = first_string(record, "task_id") or "?"
    task_id = number if domain is None else f"{domain}-{number}"
    ticks = objects(record.get("ticks"))
    unread.look_at(objects(record.get("messages")), "role", of="message")
    return trajectory(
        _call_steps(ticks) if ticks else _steps(objects(record.get("messages"))),
        source=source,
        format_name="tau2_bench",
        session_id=f"{task_id}:{record.get('trial', 0)}",
        task_id=task_id,
        agent="tau2-bench",
        model=string(nested(info, "agent_info", "llm")),
        termination=first_string(record, "termination_reason"),
        label=label_of(nested(record, "reward_info", "reward"), "field:reward_info.reward"),
    )


def _steps(messages: Iterable[Record]) -> Iterator[Step]:
    for number, message in enumerate(messages, 1):
        if message.get("requestor") == "user" or (message.get("role") == "user" and objects(message.get("tool_calls"))):
            yield from _users_own(message, number)
        elif message.get("role") == "tool":
            yield from one_message({**message, "tool_call_id": message.get("id")}, line=number)
        else:
            yield from one_message(message, line=number)


def _users_own(message: Record, number: int) -> Iterator[Step]:
    """Yield the simulated user's own calls and their results."""
    if text := content_text(message.get("content")):
        yield Step(kind="user" if message.get("role") == "user" else "system", text=text, line=number)
    for call in objects(message.get("tool_calls")):
        text = f"{first_string(call, 'name') or 'tool'} {compact(call.get('arguments'))}"
        yield Step(kind="system", text=f"The user called {text}", line=number)


def _call_steps(ticks: list[Record]) -> Iterator[Step]:
    """Yield the steps of a voice call: pieces of speech are joined until the other side speaks or a tool is called."""
    speaker, pieces, since = "", list[str](), 1
    for number, tick in enumerate(ticks, 1):
        for side, key in (("user", "user_chunk"), ("assistant", "agent_chunk")):
            if not (text := content_text(as_object(tick.get(key)).get("content"))):
                continue
            if side != speaker:
                yield from one_message({"role": speaker, "content": "".join(pieces)} if pieces else {}, line=since)
                speaker, pieces, since = side, [], number
            pieces.append(text)
        calls, results = objects(tick.get("agent_tool_calls")), objects(tick.get("agent_tool_results"))
        if calls or results:
            yield from one_message({"role": speaker, "content": "".join(pieces)} if pieces else {}, line=since)
            speaker, pieces = "", []
            yield from one_message({"role": "assistant", "tool_calls": calls}, line=number)
            yield from _steps([{"role": "tool", **result} for result in results])
        yield from _users_own({"tool_calls": tick.get("user_tool_calls")}, number)
    yield from one_message({"role": speaker, "content": "".join(pieces)} if pieces else {}, line=since)
