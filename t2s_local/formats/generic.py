"""The fallback for formats nobody described: the longest list of objects like messages is the conversation."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.formats._build import passed, trajectory
from t2s_local.formats._conversations import SESSION_KEYS, TASK_KEYS, TERMINATION_KEYS, label_beside, numbered_run
from t2s_local.formats._head import seen
from t2s_local.formats._json import Record, first_string, values
from t2s_local.formats._loose import is_step, loose_steps
from t2s_local.formats._shape import Conversation, Place, are_steps, places, rivals
from t2s_local.ports import Head, Passed, Quarantined, Reading
from t2s_local.types import Trajectory

NAME = "generic"


def claims(head: Head) -> bool:
    """Objects that look like messages, on their own lines or in a list somewhere."""
    return are_steps(seen(head)) or bool(places(head.document)) or any(places(record) for record in seen(head)[:3])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read every conversation of the file.

    Raises:
        InputError: two lists of the file may be the conversation.
    """
    alone: dict[str, list[Record]] = {}
    unknown: Counter[str] = Counter()
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        _, value = item
        found = places(value)
        if isinstance(value, dict) and is_step(value) and not (found and found[0].longest > 2):
            alone.setdefault(first_string(value, *SESSION_KEYS[:-1]) or "", []).append(value)
        elif found:
            _refuse_rivals(found, path)
            yield from (_trajectory(one, source) for one in found[0].conversations)
        else:
            unknown["no conversation"] += 1
    for session, items in alone.items():
        yield _trajectory(Conversation(items, {"session_id": session}), source)
    yield from passed(unknown, source=source)


def _refuse_rivals(found: list[Place], path: Path) -> None:
    if both := rivals(found):
        named = " and ".join(f"{place.path or 'the file itself'} ({place.longest} messages)" for place in both)
        message = f"two lists may be the conversation: {named}"
        raise InputError(message, path=path, hint="Take one of them out.")


def _trajectory(found: Conversation, source: str) -> Trajectory | Passed:
    beside = found.beside
    task_id = first_string(beside, *TASK_KEYS)
    return trajectory(
        (step for number, item in enumerate(found.items, 1) for step in loose_steps(item, line=number)),
        source=source,
        format_name=NAME,
        session_id=first_string(beside, *SESSION_KEYS) or numbered_run(task_id, beside),
        task_id=task_id,
        model=first_string(beside, "model", "model_name"),
        termination=first_string(beside, *TERMINATION_KEYS),
        label=label_beside(beside),
    )
