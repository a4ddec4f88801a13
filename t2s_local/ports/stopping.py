"""Stop where the user wants it: between two items, never within one."""

from t2s_local.errors import InterruptedRunError
from t2s_local.ports.services import Progress


def heed(progress: Progress) -> None:
    """Go on unless the user wants the run to stop.

    Raises:
        InterruptedRunError: the user does.
    """
    if progress.is_stopping:
        message = "stopped"
        raise InterruptedRunError(message)
