"""Claude Code sessions: one record a line, a tree by ``parentUuid``, sub-agents beside or inside the file."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.session_tree import QUEUE, SessionTree
from t2s_local.formats._dialects.gemini import is_enveloped
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, values

HARNESS = Harness(name="Claude Code", is_world=False)


def claims(head: Head) -> bool:
    """Return whether the file has records that name a parent in their session, or that only Claude Code writes."""
    records = seen(head)
    return any(map(_is_ours, records)) and not any(map(is_enveloped, records))


def _is_ours(record: Record) -> bool:
    if record.get("type") == "summary":
        return "leafUuid" in record
    return (
        "sessionId" in record and (("uuid" in record and "parentUuid" in record) or record.get("type") == QUEUE)
    ) or (record.get("type") == "file-history-snapshot" and "snapshot" in record)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the session and the sub-agents inside the file; progress, hooks and snapshots are counted."""
    tree = SessionTree()
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
        else:
            tree.add(as_object(item[1]), line=item[0])
    yield from tree.trajectories(source)
    yield from tree.unread.readings(source)
