"""The fallback for formats nobody described."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.ports import Head, Passed, Reading


def claims(head: Head) -> bool:
    """Claim nothing."""
    return head.raw is None


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read nothing."""
    yield Passed(path=source, record=path.suffix)
