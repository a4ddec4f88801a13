"""Show the first rules of a skill as an example."""

from itertools import takewhile

from t2s_local.cli.output import paragraph
from t2s_local.values.skill import Skill

_RULES = ("1. ",)
_LINES = 8


def excerpt(skill: Skill) -> list[str]:
    """Return lines with the first rules of *skill*, wrapped to the width of the terminal and indented."""
    lines = skill.files[0].text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.startswith(_RULES)), len(lines))
    rules = [*takewhile(lambda line: not line.startswith("#"), lines[first:])]
    shown = [line for line in rules if line][:_LINES]
    more = [] if len([line for line in rules if line]) <= _LINES else ["    …"]
    return [*(_filled(line) for line in shown), *more]


def _filled(line: str) -> str:
    depth = len(line) - len(line.lstrip())
    return paragraph(line.strip(), first=4 + depth, indent=7 + depth)
