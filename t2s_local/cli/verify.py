"""``t2s verify``: the evidence of a skill against the recordings, wherever the skill lies."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from click.core import ParameterSource

from t2s_local.cli.options import json_option, setting
from t2s_local.cli.output import say
from t2s_local.cli.skills import FINDINGS, report, skill_folders, summary
from t2s_local.errors import InputError
from t2s_local.skills.installing.origin import edited_since, origin_of, whole_source
from t2s_local.skills.library.library import workspace_of
from t2s_local.skills.source import read_source
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.workspace import STORE, Workspace, read_workspace


@click.command()
@click.argument("folders", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))
@setting("workspace")
@json_option
def verify(folders: tuple[Path, ...], *, workspace: str, as_json: bool) -> int:
    """Check every quote and count of a skill against the stored trajectories.

    SKILL_DIR is a skill's folder, or a folder of skills. Where --workspace is not given, the recordings are looked up
    in the workspace of this folder, and in the one the skill was written from, installed skills included. Exit code 4
    when something does not hold.
    """
    from t2s_local.stages.check.verify import verify as verify_one

    skills = skill_folders(folders)
    named = click.get_current_context().get_parameter_source("workspace") not in _UNNAMED
    with ExitStack() as opened:
        stores = [opened.enter_context(read_workspace(path)) for path in _workspaces(skills, workspace, named=named)]
        stored = _Stored(stores)
        results = [
            (folder, verify_one(whole_source(folder, source), stored.get, edited=edited_since(folder, source)))
            for folder in skills
            for source in [read_source(folder)]
        ]
    extras = {
        str(folder): {"rules": done.rules, "quotes": done.quotes, "trajectories": done.trajectories}
        for folder, done in results
    }
    report([(folder, list(done.findings)) for folder, done in results], as_json=as_json, extras=extras)
    if not as_json:
        quotes = sum(done.quotes for _, done in results)
        say(f"{quotes} quotes: {summary(len(results), [item for _, done in results for item in done.findings])}")
    return FINDINGS if any(done.findings for _, done in results) else 0


_UNNAMED = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)


class _Stored:
    """Trajectories of several workspaces."""

    def __init__(self, stores: Sequence[Workspace]) -> None:
        self._stores = stores

    def get(self, run: TrajectoryId) -> Trajectory | None:
        """Look a trajectory up, in one workspace after the other."""
        found = (store.trajectory(run) for store in self._stores)
        return next((trajectory for trajectory in found if trajectory is not None), None)


def _workspaces(skills: Sequence[Path], workspace: str, *, named: bool) -> list[Path]:
    """Find the workspaces that the recordings may lie in; the one of this folder alone where no other is known.

    Args:
        skills: The skills that are checked.
        workspace: The workspace that is named, or that of this folder.
        named: Whether it was named.
    """
    here = Path(workspace)
    if named:
        return [here]
    candidates = [here, *(path for folder in skills for path in _of_skill(folder))]
    there = [path for path in dict.fromkeys(path.resolve() for path in candidates) if (path / STORE).exists()]
    return there or [here]


def _of_skill(folder: Path) -> Iterator[Path]:
    """Yield the workspaces that a skill was written from, as its library notes them."""
    for library in (folder.absolute().parent, *origin_of(folder)):
        try:
            noted = workspace_of(library)
        except InputError:
            continue
        if noted is not None:
            yield noted
