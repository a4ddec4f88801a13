"""Planted skills of forty domains, tasks for them in other words, and tasks of ten domains that have no skill."""

from pathlib import Path
from typing import NamedTuple

from t2s_local.skills.source import SkillSource

DOMAINS = Path(__file__).with_name("domains.txt")


class Planted(NamedTuple):
    """A skill, or a task that wants none."""

    domain: str
    name: str
    about: str
    rules: tuple[str, str]
    task: str
    has_skill: bool

    def text(self, name: str | None = None) -> str:
        """Return its SKILL.md, under another *name* where one is given."""
        about = f"{self.about[0].upper()}{self.about[1:]}. Use for {self.domain.replace('-', ' ')}."
        steps = "\n".join(f"{number}. {rule}." for number, rule in enumerate(self.rules, 1))
        name = name or self.name
        return f"---\nname: {name}\ndescription: {about}\n---\n\n# {self.about}\n\n## Steps\n\n{steps}\n"

    @property
    def source(self) -> SkillSource:
        """Return the skill."""
        return source(self.name, self.text())


def source(name: str, text: str) -> SkillSource:
    """Return a skill that is one file."""
    data = text.encode()
    return SkillSource(name=name, raw={"SKILL.md": data}, sizes={"SKILL.md": len(data)})


def planted() -> list[Planted]:
    """Read all of them, in the order of the file."""
    found, domain = [], ""
    for line in DOMAINS.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if " | " not in line:
            domain = line
            continue
        name, about, first, second, task = line.split(" | ")
        has_skill = not domain.startswith("!")
        found.append(Planted(domain.lstrip("!"), name, about, (first, second), task, has_skill))
    return found


def write_many(folder: Path, n: int) -> None:
    """Write a library of *n* skills of nine rules each, made of three planted ones."""
    kinds = planted()
    for number in range(n):
        three = [kinds[(number * step + step) % len(kinds)] for step in (1, 7, 13)]
        name = f"{three[0].name}-{number}"
        rules = [f"{k}. {a.rules[0]}, when {a.about}.\n   - {b.rules[1]}." for k, (a, b) in _pairs(three)]
        body = "\n".join([three[0].text(name), *rules, "", "```sh", f"run --{three[1].name} {number}", "```", ""])
        place = folder / name
        place.mkdir(parents=True)
        (place / "SKILL.md").write_text(body, "utf-8")


def _pairs(three: list[Planted]) -> list[tuple[int, tuple[Planted, Planted]]]:
    return [*enumerate(((a, b) for a in three for b in three), 3)]
