"""Inspect logs: JSON, or a zip archive (``.eval``) with a member for every sample."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.files import open_regular
from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import nested, trajectory
from t2s_local.formats._dialects.messages import message_steps
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.archives import is_zip, members
from t2s_local.records.head import seen
from t2s_local.records.json import NotJsonError, Record, as_object, decode, document, first_string, objects, string
from t2s_local.records.outcome import LABEL_KEYS, label_of
from t2s_local.values.trajectory import Label, Trajectory

HARNESS = Harness(name="Inspect", is_world=True)
_ATTACHED = "attachment://"


def claims(head: Head) -> bool:
    """Return whether the file is a log with header and samples, or an archive of samples."""
    if is_zip(head.raw):
        return b"_journal/start.json" in head.raw or b"header.json" in head.raw or b"samples/" in head.raw
    return any({"eval", "plan", "status"} <= record.keys() and "version" in record for record in seen(head)[:1])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every sample of the log; targets, solutions and explanations of scores are left out."""
    unread = Tally("inspect_ai")
    with open_regular(path) as stream:
        packed = is_zip(stream.read(4))
    yield from _archive(path, source, unread) if packed else _log(path, source, unread)
    yield from unread.readings(source)


def _log(path: Path, source: str, unread: Tally) -> Iterator[Reading]:
    try:
        log = as_object(document(path))
    except NotJsonError as error:
        yield Quarantined(path=source, line=None, reason=str(error))
        return
    for sample in objects(log.get("samples")):
        yield _trajectory(sample, as_object(log.get("eval")), source, unread)


def _archive(path: Path, source: str, unread: Tally) -> Iterator[Reading]:
    header: Record = {}
    for _, data in members(path, lambda name: name in ("header.json", "_journal/start.json")):
        if not isinstance(data, InputError):
            header = as_object(_decoded(data)) or header
    for name, data in members(path, lambda name: name.startswith("samples/") and name.endswith(".json")):
        sample = None if isinstance(data, InputError) else _decoded(data)
        if isinstance(sample, dict):
            yield _trajectory(sample, as_object(header.get("eval")), source, unread)
        else:
            reason = data.message if isinstance(data, InputError) else "not JSON"
            yield Quarantined(path=f"{source}/{name}", line=None, reason=reason)


def _decoded(data: bytes) -> object:
    try:
        return decode(data)
    except NotJsonError:
        return None


def _trajectory(sample: Record, evaluation: Record, source: str, unread: Tally) -> Trajectory | Passed:
    attachments = as_object(sample.get("attachments")) or as_object(nested(sample, "transcript", "content"))
    task_id = f"{first_string(evaluation, 'task') or 'task'}-{first_string(sample, 'id') or '?'}"
    session = first_string(sample, "uuid") or ":".join(
        str(part) for part in (first_string(evaluation, "run_id"), task_id, sample.get("epoch", 1)) if part
    )
    limit = string(nested(sample, "limit", "type"))
    messages = objects(_attached(sample.get("messages"), attachments))
    unread.look_at(messages, "role", of="message")
    return trajectory(
        message_steps(messages),
        source=source,
        format_name="inspect_ai",
        session_id=session,
        task_id=task_id,
        model=first_string(evaluation, "model"),
        termination=f"limit:{limit}" if limit else ("error" if sample.get("error") else None),
        label=_label(sample),
    )


def _attached(value: object, attachments: Record) -> object:
    """Return *value* with references to attachments replaced by the attachments."""
    if isinstance(value, str) and value.startswith(_ATTACHED):
        return attachments.get(value.removeprefix(_ATTACHED), value)
    if isinstance(value, list):
        return [_attached(item, attachments) for item in value]
    if isinstance(value, dict):
        return {key: _attached(item, attachments) for key, item in value.items()}
    return value


def _label(sample: Record) -> Label | None:
    """Return the first score; Inspect writes C, I, P and N for correct, incorrect, partial and no answer."""
    scores = as_object(sample.get("scores")) or {"score": sample.get("score")}
    for name, score in scores.items():
        value = _verdict(as_object(score).get("value", score))
        found = label_of(value, f"field:scores.{name}")
        if found is not None:
            return msgspec.structs.replace(
                found, score={"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}.get(str(value), found.score)
            )
    return None


def _verdict(value: object) -> object:
    """Return the value of the outcome from a scorer's several values: by its name, or the only value; else None."""
    if not isinstance(value, dict):
        return value
    judged = (value[key] for key in LABEL_KEYS if key in value)
    return next(judged, next(iter(value.values())) if len(value) == 1 else None)
