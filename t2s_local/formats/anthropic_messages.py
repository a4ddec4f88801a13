"""Anthropic messages: content blocks of ``text``, ``thinking``, ``tool_use`` and ``tool_result``."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._dialects.conversations import claims_dialect, read_conversations
from t2s_local.ports.format import Head, Reading


def claims(head: Head) -> bool:
    """Return whether the file has messages with roles and a block that only Anthropic's interface has."""
    return claims_dialect(head, "anthropic")


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every conversation of the file."""
    unread = Tally("anthropic_messages")
    look_at = partial(unread.look_at, key="role", of="message")
    yield from read_conversations(path, source=source, format_name="anthropic_messages", look_at=look_at)
    yield from unread.readings(source)
