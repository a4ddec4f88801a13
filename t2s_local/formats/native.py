"""JSON Lines of t2s itself: one trajectory per line, in the form in which t2s writes it.

``id``, ``source`` and ``format`` may be missing: they are computed anew. ``outcome``, ``score`` and ``label_source``
may be beside the steps, as earlier versions wrote them, instead of in one ``label``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec

from t2s_local.formats._build import linked
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, objects, values, word
from t2s_local.text.projects import project_of
from t2s_local.values.identity import identify
from t2s_local.values.trajectory import StepKind, Trajectory, with_label

_KINDS = frozenset(get_args(StepKind))


def claims(head: Head) -> bool:
    """Return whether the file has an object whose ``steps`` have a ``kind`` of ours and a ``text``."""
    return any(_is_ours(record) for record in seen(head)[:5])


def _is_ours(record: Record) -> bool:
    steps = objects(record.get("steps"))
    return bool(steps) and word(steps[0].get("kind")) in _KINDS and not record.keys() & {"schema_version", "messages"}


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every trajectory of the file; one with a wrong field is quarantined with the reason and the place."""
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        number, value = item
        try:
            yield _trajectory(as_object(value), source)
        except msgspec.ValidationError as error:
            reason = str(error)
            yield Quarantined(path=source, line=number, reason=reason[:1].lower() + reason[1:])


def _trajectory(record: Record, source: str) -> Trajectory:
    found = msgspec.convert({**with_label(record), "id": "", "source": source, "format": "native"}, Trajectory)
    if not found.steps:
        message = "a trajectory without steps"
        raise msgspec.ValidationError(message)
    steps = linked(found.steps)
    return msgspec.structs.replace(
        found,
        id=identify(found.session_id, found.task_id, steps),
        steps=steps,
        task=found.task or next((step.text for step in steps if step.kind == "user"), None),
        project=project_of(folder=found.project, repository=found.project, task_id=found.task_id),
    )
