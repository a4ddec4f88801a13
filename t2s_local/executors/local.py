"""Executor that runs the analyst in this process, with one loaded model."""

from collections.abc import Callable

from t2s_local.ports.analyst import Analyst, Placement


class Local:
    """An :class:`t2s_local.ports.analyst.Executor` that changes nothing."""

    name = "local"

    def spread(self, recipe: Callable[[], Analyst]) -> Analyst:
        """Return the result of *recipe*, the analyst itself."""
        return recipe()


def load(placement: Placement) -> Local:
    """Load the executor; *placement* has no effect."""
    del placement
    return Local()
