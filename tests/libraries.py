"""Libraries of skills that tests write and look at."""

from collections.abc import Iterable
from pathlib import Path

from t2s_local.skills.library.library import OWN, Written, write_library
from t2s_local.values.skill import Skill, SkillFile

AT = "2026-01-01T00:00:00+00:00"
CLOCKED = {f"{OWN}/{name}" for name in ("log.jsonl", "index.json", "lock", "workspace", "inbox.json")}
"""Files of a library that say when or where something happened, or in which run."""


def skill(name: str, text: str = "one", *, more: str | None = None) -> Skill:
    """Make a small skill with a reference where *more* is given."""
    files = [SkillFile(path="SKILL.md", text=f"# {name}\n\n{text}\n")]
    if more is not None:
        files.append(SkillFile(path="references/more.md", text=more))
    return Skill(name=name, description=name, files=tuple(files), lesson_ids=(), cluster_ids=(), support=3)


def write(folder: Path, skills: Iterable[Skill], *, at: str = AT) -> Written:
    """Write a library as a run does."""
    return write_library(folder, skills, at=at, run="run")


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder that says nothing of time and place."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name not in CLOCKED}


def snapshot(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return every file below a folder with its time of change and its inode."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
