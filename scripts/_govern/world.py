"""A world of four kinds of work, in which it is known which skills help: good, doubled, bad and obsolete ones."""

import random
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from t2s_local.values.skill import Skill, SkillFile

Sort = Literal["good", "double", "bad", "obsolete"]
RIGHT, WRONG, ALONE = 0.85, 0.15, 0.5
"""How often a run succeeds that follows a skill that is right, one that is wrong, or none."""


class Known(NamedTuple):
    """One skill, with the truth about it."""

    name: str
    work: str
    sort: Sort
    born: float
    """Share of all rounds after which it is there."""
    turns: float
    """Share of all rounds after which it is wrong; 1 for never."""
    command: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return its SKILL.md."""
        rules = "\n".join(f"{number}. {line}" for number, line in enumerate(self.lines, 1))
        front = f'---\nname: {self.name}\ndescription: "Use for {self.work}."\n---\n'
        return f"{front}\n# {self.name}\n\n## Steps\n\n{rules}\n"

    @property
    def skill(self) -> Skill:
        """Return the skill, as a run would have made it."""
        files = (SkillFile(path="SKILL.md", text=self.text),)
        return Skill(name=self.name, description=self.work, files=files, lesson_ids=(), cluster_ids=(), support=3)

    def helps(self, age: float) -> float:
        """Return how often a run that follows it succeeds, after such a share of all rounds."""
        return WRONG if self.sort == "bad" or age >= self.turns else RIGHT


_WORKS = {
    "pushing commits to the shared branch": (
        ("git pull --rebase", "Fetch what others pushed, and put your commits on top of it: run `git pull --rebase`."),
        ("git push --force", "Overwrite the remote without a look: run `git push --force`."),
        ("git svn dcommit", "Send every change through the old mirror: run `git svn dcommit`."),
    ),
    "packing folders into archives": (
        ("tar cf out.tar -C src .", "Name the members relative to their folder: run `tar cf out.tar -C src .`."),
        ("zip -0 out.zip /", "Take the entire disk, uncompressed, to be sure: run `zip -0 out.zip /`."),
        ("shar src", "Build a self-extracting shell script for tapes: run `shar src`."),
    ),
    "installing the packages of a web page": (
        ("npm ci", "Install exactly the versions of the lock file: run `npm ci`."),
        ("npm install --legacy-peer-deps", "Ignore conflicts of peers: run `npm install --legacy-peer-deps`."),
        ("bower install", "Let the front-end's own manager fetch components: run `bower install`."),
    ),
    "changing tables of a database": (
        ("alembic upgrade head", "Apply the migrations in their order: run `alembic upgrade head`."),
        ("psql -c 'drop table users'", "Drop what stands in the way: run `psql -c 'drop table users'`."),
        ("south migrate all", "Migrate through the framework's predecessor: run `south migrate all`."),
    ),
}


def skills() -> list[Known]:
    """Return every skill there will ever be: for each kind of work a good, a doubled, a bad and an obsolete one."""
    found = []
    for number, (work, (right, bad, old)) in enumerate(_WORKS.items()):
        stem = work.split()[0]
        check = f"Before you end, look at what `{right[0].split()[0]} --version` prints."
        note = f"Write down in the log what changed while {work}."
        found += [
            Known(f"{stem}-well", work, "good", 0.0, 1.0, right[0], (right[1], check)),
            Known(f"{stem}-again", work, "double", 0.3, 1.0, right[0], (right[1], check, note)),
            Known(f"{stem}-fast", work, "bad", 0.1 + 0.05 * number, 1.0, bad[0], (bad[1],)),
            Known(f"{stem}-before", work, "obsolete", 0.0, 0.12, old[0], (old[1],)),
        ]
    return found


class Played(NamedTuple):
    """One run of the agent."""

    work: str
    used: Known | None
    is_success: bool


def play(present: Sequence[Known], age: float, dice: random.Random, n: int) -> Iterator[Played]:
    """Yield *n* runs of an agent that takes any skill for its work, and follows it."""
    works = list(_WORKS)
    for _ in range(n):
        work = dice.choice(works)
        fitting = [one for one in present if one.work == work]
        used = dice.choice(fitting) if fitting else None
        chance = ALONE if used is None else used.helps(age)
        yield Played(work, used, dice.random() < chance)
