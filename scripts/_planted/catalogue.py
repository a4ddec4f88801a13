"""The catalogue of planted lessons: one file a subject, several phrasings of everything."""

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_SLOT = re.compile(r"\{(file|dir|name|branch|number)\}")
_FILLS: dict[str, tuple[str, ...]] = {
    "file": ("data/orders.txt", "input/a1.dat", "build/list.txt", "conf/app.ini", "src/main.py", "lib/util.py"),
    "dir": ("out", "data", "tmp/work", "results", "cache"),
    "name": ("heron", "maple", "quartz", "delta", "finch", "cedar", "onyx", "tern"),
    "branch": ("fix-typo", "feature-7", "cleanup", "release-2"),
    "number": tuple(str(number) for number in range(11, 60)),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One planted lesson: what is said about it, and what happens in a run that teaches it."""

    id: str
    """``subject/key``."""
    subject: str
    when: tuple[str, ...]
    do: tuple[str, ...]
    because: tuple[str, ...]
    fail: str
    """A command that fails; ``{file}``, ``{dir}``, ``{name}``, ``{branch}`` and ``{number}`` are filled in."""
    error: str
    fix: str
    good: str
    against: str | None = None
    """The entry this one contradicts."""


def entries() -> tuple[Entry, ...]:
    """Every planted lesson, by id."""
    found = []
    for path in sorted((FOLDER / "catalogue").glob("*.toml")):
        for key, value in tomllib.loads(path.read_text("utf-8")).items():
            texts = {name: tuple(part) if isinstance(part, list) else part for name, part in value.items()}
            found.append(Entry(id=f"{path.stem}/{key}", subject=path.stem, **texts))
    return tuple(sorted(found, key=lambda entry: entry.id))


def one_offs() -> tuple[tuple[str, str], ...]:
    """Situations and actions that belong to no entry and to none of each other."""
    lessons = tomllib.loads((FOLDER / "one_offs.toml").read_text("utf-8"))["lessons"]
    return tuple((when, do) for when, do in lessons)


def fills(rng: random.Random) -> dict[str, str]:
    """One choice for every slot."""
    return {name: rng.choice(choices) for name, choices in _FILLS.items()}


def fill(text: str, chosen: dict[str, str]) -> str:
    """Put the chosen words into the slots of *text*; other braces stay."""
    return _SLOT.sub(lambda slot: chosen[slot[1]], text)
