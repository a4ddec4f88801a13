"""The project a run works on, as far as the recording tells: what its task is called, or the folders it touches."""

import re
from collections.abc import Sequence

from t2s_local.text.events import Event
from t2s_local.text.projects import repository_named
from t2s_local.values.trajectory import Slice

_PATH = re.compile(r"(?<![\w.])/(?:[\w.@+-]+/)+[\w.@+-]+")
_DEPTH = 3
"""Folders in a row that two checkouts of one project share, whoever keeps them where."""
_SYSTEM = frozenset(
    {"usr", "opt", "etc", "var", "tmp", "lib", "bin", "dev", "proc", "root", "site-packages", "node_modules"}
)


def project_of(piece: Slice) -> str | None:
    """The repository that the task of *piece* is named after; None where it names none."""
    found = repository_named(piece.trajectory.task_id)
    return found.rpartition("/")[2] if found else None


def folders_of(events: Sequence[Event]) -> frozenset[str]:
    """Folders in a row that the files of *events* lie in, without those of systems and homes."""
    found: set[str] = set()
    for event in events:
        for path in _PATH.findall(event.action[:2000]):
            parts = path.strip("/").split("/")[:-1]
            if parts and parts[0] not in _SYSTEM and not _SYSTEM.intersection(parts):
                found.update("/".join(parts[at : at + _DEPTH]) for at in range(2, len(parts) - _DEPTH + 1))
    return frozenset(found)
