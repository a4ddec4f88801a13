"""AgentDojo runs: chat messages with calls of functions, and the outcome of the user's task."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import trajectory
from t2s_local.formats._dialects.messages import message_steps
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import as_object, first_string, objects, values
from t2s_local.records.outcome import label_of

HARNESS = Harness(name="AgentDojo", is_world=True)


def claims(head: Head) -> bool:
    """Return whether the file starts with records of a suite, a user task and messages."""
    return any({"suite_name", "user_task_id", "messages"} <= record.keys() for record in seen(head)[:3])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every run of the file; runs with and without an attack belong to the same task."""
    unread = Tally("agentdojo")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if "messages" not in record:
            yield Passed(path=source, record="no run")
            continue
        named = [first_string(record, key) for key in ("suite_name", "user_task_id")]
        task_id = "-".join(name or "?" for name in named)
        circumstances = [first_string(record, key) for key in ("pipeline_name", "attack_type", "injection_task_id")]
        messages = objects(record["messages"])
        unread.look_at(messages, "role", of="message")
        yield trajectory(
            message_steps(messages),
            source=source,
            format_name="agentdojo",
            session_id=":".join([task_id, *(name for name in circumstances if name is not None)]),
            task_id=task_id,
            agent="agentdojo",
            model=circumstances[0],
            termination="error" if record.get("error") else None,
            label=label_of(record.get("utility"), "field:utility"),
        )
    yield from unread.readings(source)
