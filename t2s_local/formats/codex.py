"""Codex CLI rollouts: the model's items (``response_item``) and events that display them (``event_msg``)."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.rollout import Rollout, is_old_header, opens
from t2s_local.formats._build import trajectory
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import as_object, line_values, word

HARNESS = Harness(name="Codex", is_world=False)
_ENVELOPES = frozenset({"session_meta", "response_item", "event_msg", "turn_context", "compacted", "world_state"})


def claims(head: Head) -> bool:
    """Return whether the file has rollout records with a ``payload``, or items without one after an old first line."""
    records = seen(head)
    if any(word(record.get("type")) in _ENVELOPES and "payload" in record for record in records):
        return True
    return (
        bool(records)
        and is_old_header(records[0])
        and all("type" in record or "record_type" in record for record in records[1:])
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield each session of the file; telemetry and displayed copies are only counted."""
    rollout = Rollout()
    for item in line_values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if opens(record) and rollout.is_over(record):
            yield from _whole(rollout, source)
            rollout = Rollout()
        rollout.add(record, line=item[0])
    yield from _whole(rollout, source)


def _whole(rollout: Rollout, source: str) -> Iterator[Reading]:
    yield trajectory(
        rollout.said(),
        source=source,
        format_name="codex",
        session_id=rollout.session_id,
        agent="codex",
        model=rollout.model,
        termination=rollout.termination,
        parent_id=rollout.parent_id,
        folder=rollout.folder,
        repository=rollout.repository,
    )
    yield from rollout.unread.readings(source)
