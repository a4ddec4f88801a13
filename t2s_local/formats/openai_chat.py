"""OpenAI chat messages: a list of them, an object around one, JSON Lines of either, or a log of requests."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._dialects.conversations import claims_dialect, read_conversations
from t2s_local.ports.format import Head, Reading


def claims(head: Head) -> bool:
    """Messages with roles, and nothing that another format is known by."""
    return claims_dialect(head, "openai")


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read every conversation of the file; siblings such as ``reward`` or ``task_id`` become its fields."""
    unread = Tally("openai_chat")
    look_at = partial(unread.look_at, key="role", of="message")
    yield from read_conversations(path, source=source, format_name="openai_chat", look_at=look_at)
    yield from unread.readings(source)
