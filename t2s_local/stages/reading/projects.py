"""Find the project of each conversation on a machine, and name projects without revealing a home folder."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import open_regular
from t2s_local.stages.reading.harvest import HarvestedFile
from t2s_local.values.value import Value, digest

_HEAD = 1 << 16
_FOLDER = re.compile(
    rb'"(?:cwd|working_?dir(?:ectory)?|directory|workspace(?:_?(?:dir|folder|root|path))?|project_?(?:path|dir|root))"'
    rb'\s*:\s*"((?:/|[A-Za-z]:\\\\)[^"\x00-\x1f]{0,1000})"',
    re.IGNORECASE,
)
"""JSON keys under which agents record their working folder, with the folder."""
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")
_WORK_TREES = frozenset({"worktree", "worktrees"})
_LONGEST = 60
_DIGITS = 6
COMMON = "common"
"""Name of the library for rules that apply to several projects."""


class Project(Value, frozen=True, kw_only=True):
    """A folder or repository that conversations are about."""

    name: str
    """Name of the project: unique on the machine, and valid as the name of a folder."""
    folder: str
    files: tuple[HarvestedFile, ...]

    @property
    def agents(self) -> tuple[str, ...]:
        """Names of the agents that worked on the project, the agent with most conversations first."""
        agents = [file.agent for file in self.files]
        return tuple(sorted(set(agents), key=lambda agent: (-agents.count(agent), agent)))

    @property
    def days(self) -> tuple[str, ...]:
        """Days on which a conversation was last changed, sorted."""
        return tuple(sorted({file.modified[:10] for file in self.files}))


def projects_of(
    sources: Iterable[HarvestedFile], *, home: Path, known: Mapping[str, str]
) -> tuple[tuple[Project, ...], tuple[HarvestedFile, ...]]:
    """Group conversations by project.

    Args:
        sources: Files with conversations; the first 64 kB of each are read.
        home: The user's home folder, which is no project itself.
        known: Existing names of projects, by the key from :func:`key_of`; these names are kept.

    Returns:
        The projects, sorted by name, and the files without a known project.
    """
    folders: dict[str, list[HarvestedFile]] = {}
    others = []
    for source in sources:
        folder = _folder_of(Path(source.path))
        root = None if folder is None else _root(folder, home)
        if root is None:
            others.append(source)
        else:
            folders.setdefault(root, []).append(source)
    names = _names(sorted(folders), home=home, known=known)
    found = [Project(name=names[folder], folder=folder, files=tuple(files)) for folder, files in folders.items()]
    return tuple(sorted(found, key=lambda project: project.name)), tuple(others)


def key_of(folder: str) -> str:
    """Return a digest of a project's folder, under which the name of the project is stored."""
    return digest(folder)


def _folder_of(path: Path) -> str | None:
    """Return the first working folder in the beginning of a conversation; None if there is none."""
    try:
        with open_regular(path) as stream:
            found = _FOLDER.search(stream.read(_HEAD))
    except (InputError, OSError):
        return None
    if found is None:
        return None
    text = found[1].decode("utf-8", "replace").replace("\\\\", "\\").replace("\\/", "/")
    return text.rstrip("/") or None


def _root(folder: str, home: Path) -> str | None:
    """Return the repository that contains *folder*, else *folder*; None if it is the home folder or above it."""
    path = Path(folder)
    for place in (path, *path.parents):
        mark = place / ".git"
        if place == home:
            break
        try:
            if mark.is_dir():
                return str(place)
            if mark.is_file():
                return _main_folder(mark) or str(place)
        except OSError:
            break
    return None if path in (home, *home.parents) else str(_above_work_trees(path))


def _above_work_trees(path: Path) -> Path:
    """Return the folder above a folder of work trees, such as ``.claude/worktrees``; *path* if it has none."""
    at = next((at for at, part in enumerate(path.parts) if part.lstrip(".") in _WORK_TREES), len(path.parts))
    while at > 1 and at < len(path.parts) and path.parts[at - 1].startswith("."):
        at -= 1
    return Path(*path.parts[:at]) if at > 1 else path


def _main_folder(mark: Path) -> str | None:
    """Return the repository of a work tree, from its ``.git`` file; None if the file names none."""
    try:
        with open_regular(mark) as stream:
            text = stream.read(4096).decode("utf-8", "replace").strip()
    except (InputError, OSError):
        return None
    found = re.fullmatch(r"gitdir: (.+)/\.git/worktrees/[^/]+", text)
    return found[1] if found else None


def _names(folders: Iterable[str], *, home: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Name each project after its folder; if that name is in use, after the folder and the folders above it."""
    names = {folder: known[key_of(folder)] for folder in folders if key_of(folder) in known}
    taken = {COMMON, *(name.lower() for name in (*known.values(), *names.values()))}
    for folder in folders:
        if folder not in names:
            names[folder] = next(name for name in _candidates(folder, home) if name.lower() not in taken)
            taken.add(names[folder].lower())
    return names


def _candidates(folder: str, home: Path) -> Iterable[str]:
    path = Path(folder.replace("\\", "/"))
    parts = path.relative_to(home).parts if path.is_relative_to(home) else path.parts[1:]
    if parts[:1] and parts[0].lower() in {"home", "users"}:
        parts = parts[2:]
    words = [slug for part in parts if (slug := _OTHER.sub("-", part).strip("-._")[:_LONGEST])] or ["project"]
    for length in range(1, len(words) + 1):
        yield "-".join(words[-length:])
    yield f"{words[-1]}-{key_of(folder)[:_DIGITS]}"
    yield f"{words[-1]}-{key_of(folder)}"
