"""Names of the projects of runs: as short as possible, and the same for every clone of one project."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from t2s_local.stages.intake.corpus import Outline
from t2s_local.text.projects import OF_ANY
from t2s_local.text.text import clip, squeeze
from t2s_local.values.trajectory import TrajectoryId

_LONGEST = 60
_ABBREVIATED = 3
"""Most letters of a name that any project can have: *cli*, *api*, *app*."""


def project_names(outlines: Sequence[Outline]) -> dict[TrajectoryId, str]:
    """Return the name of the project of every run whose recording states it."""
    names = named(item.project for item in outlines if item.project is not None)
    return {item.id: names[item.project] for item in outlines if item.project is not None and item.project in names}


def named(projects: Iterable[str]) -> Mapping[str, str]:
    """Return a short name for each of *projects* (as :func:`t2s_local.text.projects.project_of` writes them).

    A name is the last part of a path or repository. Folders of that name in different home folders are clones of one
    project. Folders of that name in one home folder are different projects, and so are repositories of different
    owners: parts above are added to their names. A repository is named ``owner/name``, and so are its clones, unless
    one of the two names contains the other. A folder of up to three letters is named with the folder above.
    """
    groups: dict[str, list[str]] = {}
    for project in sorted(set(projects)):
        if "<" not in _last(project, 1):
            groups.setdefault(_last(project, 1).lower(), []).append(project)
    return {project: name for group in groups.values() for project, name in _told_apart(group).items()}


def _told_apart(group: Sequence[str]) -> dict[str, str]:
    """Return names for projects with the same last part: the shortest names that differ within each home."""
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
    whole = _whole(group)
    first: dict[str, str] = {}
    return {
        project: whole if whole is not None and "/" not in name else first.setdefault(name.lower(), name)
        for project, name in sorted(found.items())
    }


def _whole(group: Sequence[str]) -> str | None:
    """Return the name with its owner for clones whose last part alone is not specific; otherwise None."""
    repositories = [project for project in group if not _home(project)]
    if len(repositories) == 1:
        return None if _is_told(repositories[0]) else clip(squeeze(repositories[0]), _LONGEST)
    above = Counter(_last(project, 2).partition("/")[0] for project in group if "/" in _last(project, 2))
    known = [folder for folder in above if folder.lower() not in OF_ANY and folder.isascii()]
    best = min(known, key=lambda folder: (-above[folder], folder), default=None)
    if repositories or best is None or len(_last(group[0], 1)) > _ABBREVIATED:
        return None
    return clip(squeeze(f"{best}/{_last(group[0], 1)}"), _LONGEST)


def _is_told(repository: str) -> bool:
    """Return whether owner and name contain each other, so that the last part is enough: ``pvlib/pvlib-python``."""
    owner, _, name = re.sub(r"[^a-z0-9/]", "", repository.lower()).partition("/")
    return owner in name or name in owner


def _home(project: str) -> str:
    """Return the owner of a home folder, ``/`` for a folder outside of homes, and an empty text for a repository."""
    return project.partition("/")[0] if project.startswith("~") else "/" if project.startswith("/") else ""


def _last(project: str, length: int) -> str:
    parts = [part for part in project.split("/") if part and not part.startswith("~")]
    return "/".join(parts[-length:])
