"""Base of every value, and the digest that identifies values by content."""

import hashlib
from collections.abc import Callable, Iterable

import msgspec


def digest(*parts: str) -> str:
    """Identify *parts* by content: 16 hex digits of SHA-256 over the length-prefixed UTF-8 parts."""
    state = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % len(encoded))
        state.update(encoded)
    return state.hexdigest()[:16]


def digest_with(*parts: str, last: Callable[[], Iterable[bytes]]) -> str:
    """Identify *parts* and a last part as :func:`digest` does; the last part is never in memory as a whole.

    Args:
        parts: The first parts.
        last: Returns the last part in pieces of UTF-8; called twice.
    """
    state = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % len(encoded))
        state.update(encoded)
    state.update(b"%d:" % sum(map(len, last())))
    for piece in last():
        state.update(piece)
    return state.hexdigest()[:16]


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Base of every value: immutable, keyword-only, strict when decoded.

    Values refer to what existed before them, never in a circle, so the garbage collector need not search them.
    """
