"""Qwen Code sessions: one record a line with Gemini's parts, chained by ``parentUuid``; a rewind starts a branch."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import folder_in, moment, trajectory
from t2s_local.formats._dialects.gemini import is_enveloped, part_steps
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, values, word
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="Qwen Code", is_world=False)
_FAILED = frozenset({"error", "cancelled"})


class _Node(NamedTuple):
    """Parent, model and steps of all records with the same id; a record may be continued under its id."""

    parent: str | None
    model: str | None
    steps: list[Step]


def claims(head: Head) -> bool:
    """Return whether the file has records with a place in a chain and messages in Gemini's form."""
    return any(is_enveloped(record) for record in seen(head))


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the sessions of the file; rewound records, and records of the display, are counted."""
    unread = Tally("qwen")
    nodes: dict[str, _Node] = {}
    session: str | None = None
    folder: str | None = None
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        line, record = item[0], as_object(item[1])
        if nodes and record.get("parentUuid") is None and _is_other(record, session):
            yield _run(nodes, session, folder, unread, source)
            nodes, session, folder = {}, None, None
        steps = _steps(record, line)
        if not steps:
            unread.version = first_string(record, "version")
            unread.add(_name_of(record))
        session = session or first_string(record, "sessionId")
        folder = folder or folder_in(record)
        identity = first_string(record, "uuid") or f"line {line}"
        node = _Node(first_string(record, "parentUuid"), first_string(record, "model"), [])
        nodes.setdefault(identity, node).steps.extend(steps)
    yield _run(nodes, session, folder, unread, source)
    yield from unread.readings(source)


def _is_other(record: Record, session: str | None) -> bool:
    """Return whether a record is of another session than *session*."""
    return session is not None and first_string(record, "sessionId") not in (None, session)


def _run(nodes: dict[str, _Node], session: str | None, folder: str | None, unread: Tally, source: str) -> Reading:
    """Return the run of the records of one session, and count the rewound ones."""
    kept = _chain(nodes)
    unread.add("rewound record", sum(bool(node.steps) for identity, node in nodes.items() if identity not in kept))
    live = [node for identity, node in nodes.items() if identity in kept]
    return trajectory(
        (step for node in live for step in node.steps),
        source=source,
        format_name="qwen",
        session_id=session,
        agent="qwen-code",
        model=next((node.model for node in live if node.model), None),
        folder=folder,
    )


def _chain(nodes: dict[str, _Node]) -> set[str]:
    """Return the ids of the last record and its ancestors; the record above replaces a missing parent."""
    order = list(nodes)
    places = {identity: place for place, identity in enumerate(order)}
    kept: set[str] = set()
    place = len(order) - 1
    while place >= 0 and order[place] not in kept:
        identity = order[place]
        kept.add(identity)
        parent = nodes[identity].parent
        place = -1 if parent is None else places.get(parent, place - 1)
    return kept


def _steps(record: Record, line: int) -> list[Step]:
    """Return the steps of one record; a message that the harness sent as the user is a system message."""
    message = record.get("message")
    if not message or not isinstance(message, dict):
        return []
    steps = list(part_steps(message, at=moment(record.get("timestamp")), line=line))
    if record.get("type") == "user" and record.get("subtype") == "notification":
        return [replace(step, kind="system") for step in steps]
    if "toolCallResult" in record and word(as_object(record.get("toolCallResult")).get("status")) in _FAILED:
        return [replace(step, is_error=True) if step.kind == "tool_result" else step for step in steps]
    return steps


def _name_of(record: Record) -> str:
    return "/".join(str(record[key]) for key in ("type", "subtype") if key in record) or NO_TYPE
