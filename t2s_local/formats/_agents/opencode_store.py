"""Sessions of opencode in its two stores: a tree of files, or a database."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from t2s_local.formats._beside import below, files_in
from t2s_local.formats._build import nested
from t2s_local.ports.format import Quarantined
from t2s_local.records.json import NotJsonError, Record, as_object, decode_text, document, first_string
from t2s_local.records.sqlite import rows, rows_in_order, tables

Message = tuple[Record, list[Record]]
"""A message with its parts."""
_FACTS = {"id": "id", "parent_id": "parentID", "version": "version", "revert": "revert"}
"""Columns of the database that are read, with their names in the files of the tree."""


def messages_of_tree(path: Path, session: Record, broken: list[Quarantined]) -> list[Message]:
    """Return the messages of a session with their parts, from the folders beside its file."""
    root = _root(path)
    messages = _loaded(_listed(root, "message", str(session["id"])), broken)
    messages.sort(key=lambda message: (str(nested(message, "time", "created")), str(message.get("id"))))
    loose = _loaded(_listed(root, "part"), broken)
    found = []
    for message in messages:
        parts = _loaded(_listed(root, "part", str(message.get("id"))), broken)
        parts += [part for part in loose if part.get("messageID") == message.get("id")]
        found.append((message, parts))
    return found


def _root(path: Path) -> Path:
    """Return the root of the tree: the folder above ``session``, if *path* is in it or one folder deeper."""
    return next((folder.parent for folder in list(path.parents)[:2] if folder.name == "session"), path.parent)


def _listed(root: Path, *names: str) -> list[Path]:
    """Return the JSON files of a folder of the tree; [] if a name is not plain or the folder is outside the tree."""
    folder = below(root, *names)
    return [] if folder is None else files_in(folder, ".json", root=root)


def _loaded(files: Sequence[Path], broken: list[Quarantined]) -> list[Record]:
    found = []
    for file in files:
        try:
            found.append(as_object(document(file)))
        except NotJsonError as error:
            broken.append(Quarantined(path=str(file), line=None, reason=str(error)))
    return found


def sessions_of_database(path: Path) -> Iterator[tuple[Record, list[Message]]]:
    """Yield every session of a database with its messages, under the field names of the files of the tree."""
    parts: dict[str, list[Record]] = {}
    for identity, message, data in rows_in_order(path, "SELECT id, message_id, data FROM part"):
        parts.setdefault(str(message), []).append({"id": str(identity), **as_object(decode_text(str(data)))})
    sessions: dict[str, list[Message]] = {}
    for identity, session, data in rows_in_order(path, "SELECT id, session_id, data FROM message"):
        info = {"id": str(identity), **as_object(decode_text(str(data)))}
        sessions.setdefault(str(session), []).append((info, parts.get(str(identity), [])))
    facts = _facts(path)
    for session, messages in sessions.items():
        yield facts.get(session) or {"id": session}, messages


def _facts(path: Path) -> dict[str, Record]:
    """Return the facts about each session of a database, under the field names of the files of the tree."""
    columns = tables(path).get("session", ())
    wanted = [name for name in _FACTS if name in columns]
    found = {}
    for row in rows(path, f"SELECT {', '.join(wanted)} FROM session") if "id" in wanted else ():
        fact: Record = {_FACTS[name]: value for name, value in zip(wanted, row, strict=True) if value is not None}
        fact["revert"] = decode_text(str(fact.get("revert", "")))
        found[str(fact.get("id"))] = {**fact, "id": str(fact.get("id"))}
    return found


def before_revert(session: Record, messages: list[Message]) -> tuple[list[Message], int]:
    """Leave out the messages and parts that the user reverted.

    Returns:
        The messages before the revert, and how many messages were reverted.
    """
    back = as_object(session.get("revert"))
    message, part = first_string(back, "messageID"), first_string(back, "partID")
    place = next((at for at, (info, _) in enumerate(messages) if first_string(info, "id") == message), None)
    if message is None or place is None:
        return messages, 0
    info, parts = messages[place]
    named = next((at for at, one in enumerate(parts) if first_string(one, "id") == part), 0) if part else 0
    return [*messages[:place], (info, parts[:named])], len(messages) - place
