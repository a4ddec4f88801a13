"""tau-bench results: records of ``task_id``, ``trial``, ``reward`` and ``traj``, and files of printed dialogues.

The user is simulated. The instruction to the user reveals the answer, so the user's first message is the task.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import passed, trajectory
from t2s_local.formats._dialects.messages import message_steps
from t2s_local.formats._dialects.script import dialogue_steps
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Trajectory

HARNESS = Harness(name="tau-bench", is_world=True)
_STOP = "###STOP###"
_POLICY = re.compile(r"#\s*(\w+) agent policy", re.IGNORECASE)


def claims(head: Head) -> bool:
    """Return whether the file has records with a ``traj`` under a ``task_id``, or with a printed dialogue."""
    return any(
        ("task_id" in record and "reward" in record and ("traj" in record or "trial" in record))
        or isinstance(record.get("messages_display"), str)
        for record in seen(head)[:5]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every run of the file; the reference actions in ``info`` are left out."""
    unknown: Counter[str] = Counter()
    unread = Tally("tau_bench")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if "traj" in record:
            messages = objects(record["traj"])
            unread.look_at(messages, "role", of="message")
            yield _run(record, messages, source)
        elif isinstance(record.get("messages_display"), str):
            yield _rendered(record["messages_display"], source)
        else:
            unknown["no run"] += 1
    yield from passed(unknown, source=source)
    yield from unread.readings(source)


def _run(record: Record, messages: list[Record], source: str) -> Trajectory | Passed:
    task_id = _task_id(record, messages)
    said = " ".join(str(message.get("content")) for message in messages[-3:] if message.get("role") == "user")
    error = first_string(as_object(record.get("info")), "error")
    return trajectory(
        message_steps(messages),
        source=source,
        format_name="tau_bench",
        session_id=f"{task_id}:{record.get('trial', 0)}",
        task_id=task_id,
        agent="tau-bench",
        termination="error" if error else ("user_stop" if _STOP in said else None),
        label=label_of(record.get("reward"), "field:reward"),
    )


def _task_id(record: Record, messages: list[Record]) -> str:
    """Return the task's number, with the domain if the policy names it, because both domains count from 0."""
    policy = _POLICY.search(str(messages[0].get("content"))[:200]) if messages else None
    number = first_string(record, "task_id") or "?"
    return f"{policy[1].lower()}-{number}" if policy else number


def _rendered(text: str, source: str) -> Trajectory | Passed:
    return trajectory(dialogue_steps(text), source=source, format_name="tau_bench", agent="tau-bench")
