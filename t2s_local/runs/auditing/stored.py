"""Trajectories of the workspaces that skills were written from."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.skills.installing.origin import origin_of
from t2s_local.skills.library.library import workspace_of
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.workspace import STORE, Workspace, read_workspace


class StoredTrajectories:
    """Trajectories of several workspaces."""

    def __init__(self, stores: Sequence[Workspace]) -> None:
        """Search *stores* in their order; the first store that has a trajectory counts."""
        self._stores = stores

    def get(self, run: TrajectoryId) -> Trajectory | None:
        """Return the trajectory with the id *run*; None if no workspace has it."""
        found = (store.trajectory(run) for store in self._stores)
        return next((trajectory for trajectory in found if trajectory is not None), None)


@contextmanager
def stored_trajectories(paths: Sequence[Path]) -> Iterator[StoredTrajectories]:
    """Open the workspaces at *paths* for reading.

    Raises:
        T2SError: one of them is no workspace.
    """
    with ExitStack() as opened:
        yield StoredTrajectories([opened.enter_context(read_workspace(path)) for path in paths])


def workspaces_of(skills: Sequence[Path], here: Path) -> list[Path]:
    """Return the existing workspaces that store the recordings behind *skills*, *here* first, each once."""
    candidates = [here, *(path for folder in skills for path in _of_skill(folder))]
    return [path for path in dict.fromkeys(path.resolve() for path in candidates) if (path / STORE).exists()]


def _of_skill(folder: Path) -> Iterator[Path]:
    """Yield the workspaces that the libraries of a skill name as the source of their skills."""
    for library in (folder.absolute().parent, *origin_of(folder)):
        try:
            noted = workspace_of(library)
        except InputError:
            continue
        if noted is not None:
            yield noted
