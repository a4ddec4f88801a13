"""Parts of skills as lines of files: the lines that a part must contain, optional lines, and required parts."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from t2s_local.skills.patch.page import Page, Section
from t2s_local.stages.use.compile.lines import blocks_of, is_conditional, is_constraint, is_verbatim
from t2s_local.values.routing.library_index import MAIN, SubUnit
from t2s_local.values.value import Value

TRIGGER = "when to use"
"""Beginning of the title of a section on when to use a skill: an agent that has the skill needs no such section."""
_EXAMPLE = "Example"
"""Title of the section on a page that t2s wrote in which one run is quoted as evidence of a rule above."""
_ADVICE = re.compile(r"\s+- (?:Do(?: \([^()]*\))?: |Or \(|\*\*Risky\*\*|Repeating it )")
"""Nested list items with which a page of t2s adds advice to a rule."""
_REASON = re.compile(r"\s+- (?:Why[:,] |Seen in the project |No run behind this rule |A user said so\b)")
"""Nested list items with which a page of t2s gives a reason for a rule."""
_COUNT = re.compile(
    r"\s+- .*\b\d[\d,]* (?:(?:of|or more of) (?:these )?\d|(?:runs?|tasks?|conversations?|calls?|results?)\b)"
)
"""Nested list items with which a page of t2s counts for a rule; what a person adds seldom counts runs."""
Reason = Literal["core", "part", "rescued", "required"]
"""Reason why a line is in a context: the line belongs to the core of a chosen skill (``core``), its part is valuable
for the task (``part``), its part comes from a skill that was not chosen (``rescued``), or another line in the context
requires it (``required``).
"""


class LinePlace(NamedTuple):
    """A line of a file of a skill."""

    skill: str
    path: str
    line: int
    """Number of the line in the file, from 1."""

    def __str__(self) -> str:
        """Return the place as ``skill#line``; for a file other than SKILL.md, ``skill/path#line``."""
        return f"{self.skill}#{self.line}" if self.path == MAIN else f"{self.skill}/{self.path}#{self.line}"


class Part(Value, frozen=True, kw_only=True):
    """A part of a skill that enters a context as a whole, except for its optional lines."""

    place: str
    skill: str
    value: float
    """Value of the part for the task; larger is better."""
    is_core: bool
    """Whether the part limits the allowed actions in any situation, and so belongs to the core of its skill."""
    is_limit: bool = False
    """Whether the part limits the allowed actions, in any situation or in a situation that it names."""
    lines: tuple[LinePlace, ...]
    """Lines that always enter with the part: first paragraph, all verbatim lines, and headings that they need."""
    headings: tuple[LinePlace, ...] = ()
    """Lines in *lines* that are headings above the part."""
    rest: tuple[LinePlace, ...] = ()
    """Lines of the part that may be left out."""
    requires: tuple[str, ...] = ()
    """Places of the parts that this part requires."""


class SkillText:
    """Files of one skill by line, and the headings above each line."""

    def __init__(self, name: str, texts: dict[str, str], *, is_ours: bool = False) -> None:
        """Keep the Markdown files of the skill *name*, by path; *is_ours* if t2s wrote them."""
        self.name = name
        self._is_ours = is_ours
        self._pages = {path: Page(path=path, text=text) for path, text in texts.items()}
        self._lines = {path: text.split("\n") for path, text in texts.items()}

    def line(self, place: LinePlace) -> str:
        """Return the text of a line, word for word."""
        return self._lines[place.path][place.line - 1]

    def holds(self, unit: SubUnit) -> bool:
        """Return whether the skill's files still contain a part at its place, word for word."""
        lines = self._lines.get(unit.path, [])
        return "\n".join(lines[unit.line - 1 : unit.line + unit.text.count("\n")]) == unit.text

    def is_about_itself(self, unit: SubUnit) -> bool:
        """Return whether a part is only about the skill: when to use the skill, or how t2s found its rules.

        The example on a page that t2s wrote quotes another run, with names and numbers that mean nothing for the task.
        """
        is_above = unit.kind == "section" and not self._around(unit.path, unit.line)
        is_of_t2s = self._is_ours and (is_above or unit.heading == _EXAMPLE)
        return is_of_t2s or unit.heading.casefold().startswith(TRIGGER)

    def is_evidence(self, line: str) -> bool:
        """Return whether a line of a list item only says how t2s found the rule: counts of runs, or a reason.

        A line that forbids something is no count, whatever numbers it has.
        """
        if not self._is_ours or _ADVICE.match(line) is not None:
            return False
        return _REASON.match(line) is not None or (_COUNT.match(line) is not None and not is_constraint(line))

    def headings(self, path: str, line: int) -> tuple[LinePlace, ...]:
        """Return the lines of the headings that a line needs: the nearest, and all others above that forbid something.

        On a page that t2s wrote, only headings that forbid something count: its other headings only name kinds of
        rules.
        """
        around = self._around(path, line)
        wanted = [one for one in around if (one is around[-1] and not self._is_ours) or _forbids(one.title)]
        return tuple(LinePlace(self.name, path, number + 1) for one in wanted for number in range(one.first, one.body))

    def forbids(self, path: str, line: int) -> bool:
        """Return whether a heading above a line forbids what the line says."""
        return any(_forbids(one.title) for one in self._around(path, line))

    def _around(self, path: str, line: int) -> list[Section]:
        return [one for one in self._pages[path].sections if one.first <= line - 1 < one.last and one.depth > 1]


def _forbids(title: str) -> bool:
    return is_constraint(title) or title.lower().startswith(("avoid", "anti-pattern", "prohibit", "forbid"))


def parts_of(
    units: Sequence[tuple[SubUnit, float]], text: SkillText, *, requires: Mapping[str, Sequence[str]]
) -> list[Part]:
    """Return the parts of a skill, without parts that are only about the skill itself.

    A list item is a part. Its first paragraph and every paragraph with a verbatim line must enter a context with it,
    except counts and reasons on a page that t2s wrote; the other paragraphs are optional. Paragraphs, tables and blocks
    of code below one heading are one part, because the words before a block say what it is for.

    Args:
        units: Units of the skill as the index lists them, in order, each with its value for the task.
        text: Files of the skill; units that are no longer at their places are left out.
        requires: Places of the parts that each part depends on, by place.
    """
    found: list[Part] = []
    group: list[tuple[SubUnit, float]] = []
    for unit, value in units:
        if not text.holds(unit) or text.is_about_itself(unit):
            continue
        is_item = unit.kind in ("rule", "prohibition")
        if group and (is_item or (group[-1][0].path, group[-1][0].heading) != (unit.path, unit.heading)):
            found.append(_grouped(group, text, requires))
            group = []
        if is_item:
            found.append(_item(unit, text, value=value, requires=requires.get(unit.place, ())))
        else:
            group.append((unit, value))
    return [*found, *([_grouped(group, text, requires)] if group else [])]


def _item(unit: SubUnit, text: SkillText, *, value: float, requires: Sequence[str]) -> Part:
    lines = unit.text.split("\n")
    needed: set[int] = set()
    for number, (first, last) in enumerate(blocks_of(unit.text)):
        is_needed = any(map(is_verbatim, lines[first:last])) and not text.is_evidence(lines[first])
        if number == 0 or is_needed or _is_code(lines[first]):
            needed.update(range(first, last))
    shown = [at for at, line in enumerate(lines) if line.strip()]
    kept = [at for at in shown if at in needed] or shown
    first, last = next(iter(blocks_of(unit.text)), (0, 1))
    head = "\n".join(lines[first:last])
    is_limit = unit.kind == "prohibition" or is_constraint(head) or text.forbids(unit.path, unit.line)
    heads = text.headings(unit.path, unit.line)
    return Part(
        place=unit.place,
        skill=unit.skill,
        value=value,
        is_core=is_limit and not is_conditional(head),
        is_limit=is_limit or is_constraint("\n".join(lines[at] for at in kept)),
        lines=(*heads, *(LinePlace(unit.skill, unit.path, unit.line + at) for at in kept)),
        headings=heads,
        rest=tuple(LinePlace(unit.skill, unit.path, unit.line + at) for at in shown if at not in kept),
        requires=tuple(requires),
    )


def _grouped(group: Sequence[tuple[SubUnit, float]], text: SkillText, requires: Mapping[str, Sequence[str]]) -> Part:
    first = group[0][0]
    lines = [
        LinePlace(unit.skill, unit.path, unit.line + at)
        for unit, _ in group
        for at, line in enumerate(unit.text.split("\n"))
        if line.strip()
    ]
    heads = text.headings(first.path, first.line)
    needed = dict.fromkeys(place for unit, _ in group for place in requires.get(unit.place, ()))
    return Part(
        place=first.place,
        skill=first.skill,
        value=sum(value * len(unit.text) for unit, value in group) / sum(len(unit.text) for unit, _ in group),
        is_core=any(
            unit.kind == "section" and is_constraint(unit.text) and not is_conditional(unit.text) for unit, _ in group
        ),
        is_limit=any(unit.kind == "section" and is_constraint(unit.text) for unit, _ in group),
        lines=(*heads, *lines),
        headings=heads,
        requires=tuple(needed),
    )


def _is_code(line: str) -> bool:
    return line.lstrip().startswith(("```", "~~~"))
