"""Output of ``claude -p --output-format stream-json``: messages between an ``init`` and a ``result`` line."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import folder_in, moment, trajectory
from t2s_local.formats._dialects.messages import assistant_blocks, user_blocks
from t2s_local.formats._several import Item, each_run
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, line_values, word
from t2s_local.values.trajectory import Step
from t2s_local.values.value import digest

HARNESS = Harness(name="Claude Code", is_world=False)


def claims(head: Head) -> bool:
    """Return whether the file has an ``init`` line, or messages of a session without a tree."""
    return any(
        (_is_first_line(record) and "sessionId" not in record)
        or (
            record.get("type") in ("assistant", "user", "result")
            and "session_id" in record
            and "parentUuid" not in record
        )
        for record in seen(head)[:10]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the sessions of the file; the messages of each sub-agent form a trajectory of their own."""
    for items in each_run(line_values(path, source=source), _opened_by, kind="system"):
        yield from _session(items, source)


def _opened_by(record: Record) -> str | None:
    """Return the session of a first line; each turn of one session has such a line. None for other lines."""
    return first_string(record, "session_id") if _is_first_line(record) else None


def _is_first_line(record: Record) -> bool:
    return record.get("type") == "system" and record.get("subtype") == "init"


def _session(items: Iterator[Item], source: str) -> Iterator[Reading]:
    unread = Tally("claude_stream")
    branches: dict[str | None, list[Step]] = {None: []}
    facts: dict[str, str | None] = {}
    known: set[str] = set()
    for item in items:
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        kind = word(record.get("type"))
        facts.setdefault("session", first_string(record, "session_id"))
        if kind in ("user", "assistant"):
            steps = [step for step in _steps(record, item[0]) if _is_new(step, record, known)]
            branches.setdefault(first_string(record, "parent_tool_use_id"), []).extend(steps)
        else:
            _note(record, facts)
            unread.version = first_string(record, "claude_code_version") or unread.version
            unread.add("/".join(str(record[key]) for key in ("type", "subtype") if key in record) or NO_TYPE)
    for parent, steps in branches.items():
        session = facts.get("session")
        yield trajectory(
            steps,
            source=source,
            format_name="claude_stream",
            session_id=session if parent is None else f"{session}/{parent}",
            agent="claude-code",
            model=facts.get("model"),
            termination=facts.get("termination") if parent is None else None,
            parent_id=None if parent is None else session,
            folder=facts.get("folder"),
        )
    yield from unread.readings(source)


def _note(record: Record, facts: dict[str, str | None]) -> None:
    """Store the facts about the whole session from its first and last line."""
    if record.get("type") == "system":
        facts.setdefault("model", first_string(record, "model"))
        facts.setdefault("folder", folder_in(record))
    elif record.get("type") == "result":
        facts["termination"] = first_string(record, "subtype")


def _steps(record: Record, line: int) -> list[Step]:
    message = as_object(record.get("message"))
    at = moment(record.get("timestamp"))
    blocks = assistant_blocks if record["type"] == "assistant" else user_blocks
    return blocks(message.get("content"), at=at, line=line)


def _is_new(step: Step, record: Record, known: set[str]) -> bool:
    """Return whether no earlier line contained this block: partial messages are printed again as they grow."""
    identity = first_string(as_object(record.get("message")), "id")
    if identity is None:
        return True
    key = digest(identity, step.kind, step.call_id or "", step.text)
    is_new = key not in known
    known.add(key)
    return is_new
