"""Files from which no trajectory could be read."""

from t2s_local.ports.format import Quarantined
from t2s_local.values.value import Value


class Unrecognised(Value, frozen=True, kw_only=True):
    """A file in which no format found a trajectory."""

    path: str
    seen: str
    """Description of the content of the file."""


class Unreadable(Quarantined, frozen=True, kw_only=True):
    """A file that the system refused to read; its content may be valid."""
