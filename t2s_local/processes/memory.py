"""A limit on the memory that a child process may add while it reads one file.

The budget of a file (:mod:`t2s_local.records.budget`) is counted from its text before anything is decoded. A library
that allocates memory by itself could still take more; then this limit makes the allocation fail. That costs the file a
line in the report, even if the library crashes, since the process is a child (decision 0509). Linux counts private
memory only; where the system has no such limit, as on macOS, nothing is limited.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SPARE = 2 << 30
"""Bytes beyond twice the budget of a file: text that is decoded, redacted and compared is in memory several times."""
_IN_USE = Path("/proc/self/statm")
_DATA = 5
"""Index of the number of pages of private memory among the words of ``/proc/self/statm``."""


@contextmanager
def memory_limited(more: int) -> Iterator[None]:
    """Let this process use at most *more* bytes of memory beyond those in use, until the end of the block.

    A lower limit that was set outside stays as it is.
    """
    in_use = _in_use()
    if in_use is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = in_use + more
    if soft != resource.RLIM_INFINITY:
        wanted = min(wanted, soft)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _in_use() -> int | None:
    """Return the bytes of private memory in use; None where the system does not say."""
    try:
        return int(_IN_USE.read_text("ascii").split()[_DATA]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
