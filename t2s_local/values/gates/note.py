"""Notes of a library on what gates found: the result, and the command that gives it again."""

from t2s_local.values.gates.results import GateLevel
from t2s_local.values.value import Value


class GateNote(Value, frozen=True, kw_only=True):
    """The last result of a gate for one skill, in one mode."""

    skill: str
    mode: str
    level: GateLevel
    digest: str
    """Digest of the skill's files that were measured."""
    verdict: str
    figures: dict[str, float | int | None]
    """By name, such as ``caught`` and ``net``; each is of the level above."""
    command: tuple[str, ...]
    """The command that measured it, word by word."""
    folder: str
    """Folder it was run in."""
    runs: tuple[str, ...] = ()
    """Held-out recordings it was measured on, as absolute paths."""
    labels: str | None = None
    """File or folder of their labels, as an absolute path."""
    at: str
    """ISO 8601 time in UTC."""
