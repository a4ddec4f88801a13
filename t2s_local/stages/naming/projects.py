"""Names of the projects that runs worked in: as short as they can be, the same for every clone of one project."""

from collections.abc import Iterable, Mapping, Sequence

from t2s_local.stages.intake.corpus import Outline
from t2s_local.text.text import clip, squeeze
from t2s_local.values.trajectory import TrajectoryId

_LONGEST = 60


def project_names(outlines: Sequence[Outline]) -> dict[TrajectoryId, str]:
    """Name the project of every run whose recording tells it."""
    names = named(item.project for item in outlines if item.project is not None)
    return {item.id: names[item.project] for item in outlines if item.project is not None and item.project in names}


def named(projects: Iterable[str]) -> Mapping[str, str]:
    """Name *projects*, as :func:`t2s_local.text.projects.project_of` writes them, after their last part.

    Folders of that name in different homes are clones of one project. In one home, and of different owners of
    repositories, they are several, and are told apart by the parts above.
    """
    groups: dict[str, list[str]] = {}
    for project in sorted(set(projects)):
        if "<" not in _last(project, 1):
            groups.setdefault(_last(project, 1).lower(), []).append(project)
    return {project: name for group in groups.values() for project, name in _told_apart(group).items()}


def _told_apart(group: Sequence[str]) -> dict[str, str]:
    """Name the projects of one last part: the shortest names under which no two of one home are the same."""
    homes: dict[str, list[str]] = {}
    for project in group:
        homes.setdefault(_home(project), []).append(project)
    found = {}
    for members in homes.values():
        for project in members:
            others = [other for other in members if other != project]
            length = 1
            while any(_last(other, length).lower() == _last(project, length).lower() for other in others):
                length += 1
            found[project] = clip(squeeze(_last(project, length)), _LONGEST)
    first: dict[str, str] = {}
    return {project: first.setdefault(name.lower(), name) for project, name in sorted(found.items())}


def _home(project: str) -> str:
    """Return the owner of a home folder, ``/`` for a folder outside of homes, and nothing for a repository."""
    return project.partition("/")[0] if project.startswith("~") else "/" if project.startswith("/") else ""


def _last(project: str, length: int) -> str:
    parts = [part for part in project.split("/") if part and not part.startswith("~")]
    return "/".join(parts[-length:])
