"""In this process: one analyst, one loaded model."""

from collections.abc import Callable

from t2s_local.ports.analyst import Analyst, Placement


class Local:
    """An :class:`t2s_local.ports.analyst.Executor` that changes nothing."""

    name = "local"

    def spread(self, recipe: Callable[[], Analyst]) -> Analyst:
        """The analyst itself."""
        return recipe()


def load(placement: Placement) -> Local:
    """Load the executor; there is nothing to place."""
    del placement
    return Local()
