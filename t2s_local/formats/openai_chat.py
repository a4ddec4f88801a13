"""OpenAI chat messages: a list, an object that contains a list, JSON Lines of lists or objects, or a request log."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._dialects.conversations import claims_dialect, read_conversations
from t2s_local.ports.format import Head, Reading


def claims(head: Head) -> bool:
    """Return whether the file has messages with roles, and no mark of another format."""
    return claims_dialect(head, "openai")


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every conversation of the file; fields beside its messages, such as ``reward``, become its facts."""
    unread = Tally("openai_chat")
    look_at = partial(unread.look_at, key="role", of="message")
    yield from read_conversations(path, source=source, format_name="openai_chat", look_at=look_at)
    yield from unread.readings(source)
