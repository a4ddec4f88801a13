"""Project of a run: the name in its task id, or the folders of its files."""

import re
from collections.abc import Sequence

from t2s_local.text.events import Event
from t2s_local.text.projects import repository_named
from t2s_local.values.trajectory import Slice

_PATH = re.compile(r"(?<![\w.])/(?:[\w.@+-]+/)+[\w.@+-]+")
_DEPTH = 3
"""Number of consecutive folders that two checkouts of one project share, wherever they are."""
_SYSTEM = frozenset(
    {"usr", "opt", "etc", "var", "tmp", "lib", "bin", "dev", "proc", "root", "site-packages", "node_modules"}
)


def project_of(piece: Slice) -> str | None:
    """Return the repository named in the task id of *piece*; None if there is none."""
    found = repository_named(piece.trajectory.task_id)
    return found.rpartition("/")[2] if found else None


def folders_of(events: Sequence[Event]) -> frozenset[str]:
    """Return groups of three consecutive folders in the paths of *events*, without system and home folders."""
    found: set[str] = set()
    for event in events:
        for path in _PATH.findall(event.action[:2000]) if "/" in event.action else ():
            parts = path.strip("/").split("/")[:-1]
            if parts and parts[0] not in _SYSTEM and not _SYSTEM.intersection(parts):
                found.update("/".join(parts[at : at + _DEPTH]) for at in range(2, len(parts) - _DEPTH + 1))
    return frozenset(found)
