"""Notes in a library on the results of gates, each with the command that repeats the measurement."""

from t2s_local.values.gates.results import GateLevel
from t2s_local.values.value import Value


class GateNote(Value, frozen=True, kw_only=True):
    """The last result of a gate for one skill, in one mode."""

    skill: str
    mode: str
    level: GateLevel
    digest: str
    """Digest of the skill's files at the time of the measurement."""
    verdict: str
    reason: str | None = None
    """The test that decided the verdict; None for modes that name none."""
    figures: dict[str, float | int | None]
    """Measured figures by name, such as ``caught`` and ``net``; all of them belong to *level*."""
    command: tuple[str, ...]
    """Arguments of the command that made the measurement."""
    folder: str
    """Folder in which the command was run."""
    runs: tuple[str, ...] = ()
    """Held-out recordings on which the skill was measured, as absolute paths."""
    labels: str | None = None
    """File or folder with the labels of the recordings, as an absolute path; None if none was given."""
    against: str | None = None
    """Folder of the skill that the skill was compared with, as an absolute path; None for no skill."""
    against_digest: str | None = None
    """Digest of the files of the skill in *against* at the time of the measurement; None if unknown."""
    at: str
    """ISO 8601 time in UTC."""
