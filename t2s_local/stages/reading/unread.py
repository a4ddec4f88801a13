"""Files from which no trajectory could be read."""

from t2s_local.ports.format import Quarantined
from t2s_local.values.value import Value


class Unrecognised(Value, frozen=True, kw_only=True):
    """A file in which no format found a trajectory."""

    path: str
    seen: str
    """What it holds instead, in words."""


class Unreadable(Quarantined, frozen=True, kw_only=True):
    """A file the system did not let us read; what is in it may be fine."""
