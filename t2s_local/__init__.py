"""Turn recorded agent trajectories into Agent Skills, on this machine.

::

    import t2s_local

    result = t2s_local.distill("runs/", "skills-out", model="none")
    readings = t2s_local.read("runs/")

Public names are loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from t2s_local.version import __version__

if TYPE_CHECKING:
    from t2s_local.errors import T2SError
    from t2s_local.runs.api import distill, read
    from t2s_local.runs.progress import Listener
    from t2s_local.runs.result import RunResult
    from t2s_local.stages.intake.read_all import Readings

__all__ = ["Listener", "Readings", "RunResult", "T2SError", "__version__", "distill", "read"]
_HOMES = {
    "Listener": "t2s_local.runs.progress",
    "Readings": "t2s_local.stages.intake.read_all",
    "RunResult": "t2s_local.runs.result",
    "T2SError": "t2s_local.errors",
    "distill": "t2s_local.runs.api",
    "read": "t2s_local.runs.api",
}


def __getattr__(name: str) -> object:
    """Load a public name from the module that defines it."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
