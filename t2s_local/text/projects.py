"""Name the project of a run in one form for all recording formats, without the name of a person."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath
from string import ascii_letters, digits

from t2s_local.text.text import HOME
from t2s_local.values.value import digest

FOLDER_KEYS = (
    "cwd",
    "working_dir",
    "working_directory",
    "workingDirectory",
    "workdir",
    "workspace_root",
    "workspaceRoot",
    "projectRoot",
    "project_root",
    "project_path",
    "projectPath",
    "project_dir",
    "directory",
)
"""Keys under which recordings of agents state the working folder."""
_ADDRESS = re.compile(
    r"(?:[a-z][a-z+]*://)?(?:[^\s@/]*@)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+/|[:/])(?P<path>[\w./~-]+)"
)
_IN_HOST = ascii_letters + digits + "_.-"
_LONGEST_HOST = 256
_SHORT = re.compile(r"(?P<owner>[A-Za-z][\w.-]*)/(?P<name>[\w.-]+)")
_NAMED = re.compile(r"^(?P<owner>[\w.-]+?)__(?P<name>[A-Za-z][\w.-]*?)(?:(?:[-.]|__)(?:\d|[0-9a-f]{7,}|pr_|i\d).*)?$")
"""A task or folder named after a repository: ``django__django-11099``, ``ponylang__ponyc__0.1``."""
_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")
_WORK_TREES = frozenset({"worktree", "worktrees"})
_OWNER_DIGITS = 6
_FEWEST_ADDRESSES = 3
"""Least number of addresses with one owner from which the owner of a folder's repository is inferred."""
_FEWEST_PARTS = 2
"""Least number of parts of a project's path: ``/workspace`` and ``/testbed`` contain any project in containers."""

OF_ANY = frozenset(
    {"app", "build", "code", "data", "project", "projects", "repo", "repos", "repository", "sandbox", "src", "source"}
    | {"task", "tasks", "temp", "test", "testbed", "tests", "tmp", "work", "workdir", "workspace", "workspaces"}
)
"""Names of folders for any project: a path of two parts with such a name last, as ``/srv/task``, names no project."""


def project_of(*, folder: str | None, repository: str | None, task_id: str | None) -> str | None:
    """Return the name of a run's project: its repository if known, otherwise its folder.

    Args:
        folder: Folder in which the agent worked, as recorded.
        repository: Address or ``owner/name`` of the repository, as recorded.
        task_id: Id of the task, which benchmarks name after the repository.

    Returns:
        ``owner/name``, or a path in which a work tree is replaced by its repository, and a home folder by ``~`` and a
        digest of its owner; None if the project is unknown.
    """
    named = repository_in(repository) if repository else None
    last = None if folder is None else folder.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return named or repository_named(last) or repository_named(task_id) or (folder_project(folder) if folder else None)


@lru_cache(maxsize=1024)
def repository_in(text: str) -> str | None:
    """Return ``owner/name`` from the address of a repository or a text of that form; None for other texts."""
    plain = text.strip().removesuffix("/").removesuffix(".git")
    if (found := _ADDRESS.fullmatch(plain)) is not None:
        parts = [part for part in found["path"].split("/") if part]
        return "/".join(parts[-2:]) if len(parts) > 1 else None
    return plain if _SHORT.fullmatch(plain) else None


def repository_named(text: str | None) -> str | None:
    """Return ``owner/name`` from the name of a task or folder such as ``owner__name-123``; None for other names."""
    found = _NAMED.match(text) if text is not None and "__" in text else None
    return f"{found['owner']}/{found['name']}" if found else None


def repository_said(folder: str, texts: Iterable[str]) -> str | None:
    """Return ``owner/name`` from addresses in *texts* that end in the name of *folder*; None if owners disagree.

    At least three addresses and more than half of them must name the owner. Remotes, links to pull requests and imports
    of a project name its own repository far more often than another repository with the same name.
    """
    name = folder.replace("\\", "/").rstrip("/").rpartition("/")[2]
    naming = [text for text in texts if f"/{name}" in text]
    if not naming or not _SHORT.fullmatch(f"owner/{name}"):
        return None
    address = re.compile(rf"\.(?<=[\w-]\.)[a-z]{{2,}}[:/]([A-Za-z][\w.-]*)/{re.escape(name)}(?:\.git)?(?![\w.-])")
    counts = Counter(
        found[1] for text in naming for found in address.finditer(text) if _is_host_before(text, found.start())
    )
    owner, count = max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return f"{owner}/{name}" if count >= _FEWEST_ADDRESSES and 2 * count > counts.total() else None


def _is_host_before(text: str, stop: int) -> bool:
    """Return whether *text* contains the labels of a host before *stop*, which is the place of the host's last dot."""
    before = text[max(0, stop - _LONGEST_HOST) : stop]
    host = before[len(before.rstrip(_IN_HOST)) :]
    return host[:1] != "." and ".." not in host


@lru_cache(maxsize=1024)
def folder_project(folder: str) -> str | None:
    """Return a folder's path as a project; None for a home folder, a relative path, and a folder for any project."""
    path = _DRIVE.sub("", folder.strip().replace("\\", "/").rstrip("/"))
    home = HOME.match(folder.strip())
    if home is not None:
        rest = folder.strip().replace("\\", "/")[home.end() :]
        owner = digest(home[0].replace("\\", "/").rpartition("/")[2])[:_OWNER_DIGITS]
        path = f"~{owner}/{rest.strip('/')}".rstrip("/")
    if not path.startswith(("/", "~")) or any(part in (".", "..") for part in path.split("/")):
        return None
    found = _above_work_trees(path)
    parts = [part for part in found.split("/") if part]
    is_any = len(parts) == _FEWEST_PARTS and parts[-1].lower() in OF_ANY
    return found if len(parts) >= _FEWEST_PARTS and not is_any else None


def _above_work_trees(path: str) -> str:
    """Return the path above a folder for work trees, such as ``.claude/worktrees``; *path* itself without one."""
    parts = PurePosixPath(path).parts
    at = next((at for at, part in enumerate(parts) if part.lstrip(".") in _WORK_TREES), len(parts))
    while 1 < at < len(parts) and parts[at - 1].startswith("."):
        at -= 1
    return str(PurePosixPath(*parts[:at])) if at > 1 else path
