"""Describe the parts of skills without their texts, so that parts are chosen by title, keywords and summary alone.

SkillCAT (arXiv 2606.13317) passes an agent only the relevant parts of a skill: its router sees this topology.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from t2s_local.text.mentions import mentions
from t2s_local.text.text import clip, counted, squeeze
from t2s_local.values.routing.library_index import SubUnit
from t2s_local.values.value import Value

MOST_KEYWORDS = 8
_TITLE_WORDS = 10
_LONGEST_KEYWORD = 40
_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NUMBER = re.compile(r"\((R\d+): \d")
_SEE = re.compile(r"\bR\d+\b(?!:)")
_OTHER = re.compile(r"\]\((?:\.\./)+([a-z0-9][a-z0-9-]*)(?:/[^)]*)?\)")
_ANCHOR = re.compile(r"\]\(#([\w-]+)\)")


class Node(Value, frozen=True, kw_only=True):
    """Description of a part of a skill, without any line of its text."""

    place: str
    """Place of the part's first line, as ``skill#line``."""
    skill: str
    title: str
    keywords: tuple[str, ...]
    """Commands, paths and names in the part's text, at most eight."""
    summary: str
    dependencies: tuple[str, ...] = ()
    """Places of other parts that the part's text refers to."""
    units: tuple[int, ...]
    """Numbers of the part's units among all units of the library, ascending."""

    @property
    def text(self) -> str:
        """Return title, keywords and summary of the node, by which it is chosen."""
        return f"{self.title}: {', '.join(self.keywords)}. {self.summary}"


def nodes_of(units: Sequence[SubUnit], *, requires: Mapping[str, Sequence[str]] | None = None) -> tuple[Node, ...]:
    """Return the nodes of the skills of a library, in the order of their units.

    A rule or a prohibition is a node; paragraphs and commands below one heading are a node together.

    Args:
        units: Parts of all skills, by skill, file and line.
        requires: Name of a skill to the names of the skills that it requires; each of its nodes then requires their
            first node. None if unknown.
    """
    drafts = [_draft(units, rows) for rows in _groups(units)]
    first: dict[str, str] = {}
    numbered: dict[tuple[str, str], str] = {}
    headed: dict[tuple[str, str], str] = {}
    for node in drafts:
        first.setdefault(node.skill, node.place)
        heading = units[node.units[0]].heading
        headed.setdefault((node.skill, _slug(heading)), node.place)
        for number in _NUMBER.findall(_text(units, node)):
            numbered.setdefault((node.skill, number), node.place)
    found = []
    for node in drafts:
        text = _text(units, node)
        places = [numbered.get((node.skill, number)) for number in _SEE.findall(text)]
        places += [headed.get((node.skill, slug)) for slug in _ANCHOR.findall(text)]
        named = [*_OTHER.findall(text), *(requires or {}).get(node.skill, ())]
        places += [first.get(name) for name in named]
        wanted = dict.fromkeys(place for place in places if place is not None and place != node.place)
        found.append(_replaced(node, tuple(wanted)))
    return tuple(found)


def with_dependencies(chosen: Iterable[Node], nodes: Sequence[Node]) -> list[tuple[Node, str | None]]:
    """Return the chosen nodes and the nodes that they require, each with the place of the node that requires it.

    Args:
        chosen: Nodes that were chosen.
        nodes: All nodes.
    """
    by_place = {node.place: node for node in nodes}
    found: dict[str, str | None] = {node.place: None for node in chosen}
    waiting = list(found)
    while waiting:
        place = waiting.pop(0)
        for needed in by_place[place].dependencies:
            if needed not in found and needed in by_place:
                found[needed] = place
                waiting.append(needed)
    return [(by_place[place], needed_by) for place, needed_by in found.items()]


def _groups(units: Sequence[SubUnit]) -> Iterable[list[int]]:
    """Yield the numbers of the units of each node."""

    def key(row: int) -> tuple[str, str, str, int]:
        unit = units[row]
        alone = unit.kind in ("rule", "prohibition")
        return unit.skill, unit.path, unit.heading, row if alone else -1

    seen: dict[tuple[str, str, str, int], list[int]] = {}
    for one, rows in groupby(range(len(units)), key=key):
        seen.setdefault(one, []).extend(rows)
    yield from sorted(seen.values())


def _draft(units: Sequence[SubUnit], rows: list[int]) -> Node:
    """Return a node without its dependencies."""
    first = units[rows[0]]
    text = "\n".join(units[row].text for row in rows)
    named = (clip(mention.text, _LONGEST_KEYWORD) for mention in mentions(text))
    lines = {squeeze(line) for line in text.split("\n")}
    keywords = [word for word in dict.fromkeys(named) if word not in lines][:MOST_KEYWORDS]
    is_rule = first.kind in ("rule", "prohibition")
    kinds = f"{first.kind} below {first.heading}" if is_rule else counted(len(rows), "part")
    return Node(
        place=first.place,
        skill=first.skill,
        title=_title(first) if is_rule else first.heading or first.skill,
        keywords=tuple(keywords),
        summary=f"{kinds}, {counted(text.count(chr(10)) + 1, 'line')}",
        units=tuple(rows),
    )


def _title(unit: SubUnit) -> str:
    """Return the situation of a rule or its first words, but never a whole line of the rule."""
    line = _MARK.sub("", unit.text.split("\n", 1)[0])
    bold = _BOLD.match(line)
    if bold is not None and len(bold[0]) < len(line.strip()):
        return clip(squeeze(bold[1]), 160)
    spoken = squeeze(line.replace("**", "")).split(" ")
    n_words = min(_TITLE_WORDS, max(1, len(spoken) * 2 // 3))
    return " ".join(spoken[:n_words]).rstrip(",.;:") + " …"


def _slug(heading: str) -> str:
    return re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))


def _text(units: Sequence[SubUnit], node: Node) -> str:
    return "\n".join(units[row].text for row in node.units)


def _replaced(node: Node, dependencies: tuple[str, ...]) -> Node:
    return Node(
        place=node.place,
        skill=node.skill,
        title=node.title,
        keywords=node.keywords,
        summary=node.summary,
        dependencies=dependencies,
        units=node.units,
    )
