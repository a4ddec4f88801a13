"""A file as leaves in their order: texts and calls, each with the record that it is in, and that record's marks."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from t2s_local.formats._induced.leaves.trees import (
    ITEM,
    KEY,
    SIDE_BY_SIDE,
    Item,
    Pattern,
    as_json,
    columns_in,
    is_row_list,
    items,
    joined,
    row,
    zipped,
)
from t2s_local.records.json import Record

Mark = str | int | float
_MOST = 400
"""Values of a pattern that are kept to look at."""
_DEEPEST = 60
_LONGEST_KEY = 64
_FEWEST_ROWS = 4
_MOST_CELLS = 8
_GOLD = re.compile(
    r"gold|expected|reference|ground_?truth|target|solution|grader|judge|verifier|correct_|answer_key|_patch$",
    re.IGNORECASE,
)
"""Names of what an agent must not be told."""
IN_FOLDER: Pattern = ("@folder",)
IN_FILE: Pattern = ("@folder", "@file")


@dataclass(eq=False)
class Rec:
    """A record: an object that is the whole file, or an item of a list."""

    pattern: Pattern
    parent: "Rec | None"
    number: int
    marks: dict[Pattern, Mark] = field(default_factory=dict)
    """Short values by their keys inside."""
    file: str | None = None
    """The file that it is."""


class File(NamedTuple):
    """A file of a group that was written by one program."""

    folder: str
    name: str
    value: object
    """Content; a list of its values where it holds several."""


class Call(NamedTuple):
    """A call of a tool."""

    tool: str | None
    arguments: Record | None
    text: str | None
    """How it is written, where it is a text."""


class Leaf(NamedTuple):
    """A text or a call, and where it is."""

    rec: Rec
    at: Pattern
    """Its keys inside the record."""
    value: str | Call


class Survey:
    """Values by their pattern."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.objects: dict[Pattern, list[Record]] = defaultdict(list)
        self.texts: dict[Pattern, list[str]] = defaultdict(list)
        self.lists: dict[Pattern, list[list[object]]] = defaultdict(list)

    @property
    def n_values(self) -> int:
        """Number of values that were kept."""
        kept = (self.objects, self.texts, self.lists)
        return sum(len(found) for values in kept for found in values.values())

    def see(self, pattern: Pattern, value: object) -> None:
        """Keep a value to look at."""
        if isinstance(value, dict):
            if len(self.objects[pattern]) < _MOST:
                self.objects[pattern].append(value)
        elif isinstance(value, str):
            if len(self.texts[pattern]) < _MOST:
                self.texts[pattern].append(value)
        elif isinstance(value, list) and len(self.lists[pattern]) < _MOST:
            self.lists[pattern].append(value)


class Tag(NamedTuple):
    """A field that names the kind of a record, and those that hold something else in each kind."""

    key: str
    held: tuple[str, ...]


class Plan(NamedTuple):
    """Patterns of values that are taken apart on the way."""

    opened: frozenset[Pattern] = frozenset()
    """Patterns of texts that are read as JSON."""
    columns: Mapping[Pattern, tuple[str, ...]] = {}
    """Keys of lists side by side, by the pattern of the object that holds them."""
    tags: Mapping[Pattern, Tag] = {}
    """Fields that name the kind of a record."""
    maps: frozenset[Pattern] = frozenset()
    """Patterns of objects that are lists by their keys."""
    rows: frozenset[Pattern] = frozenset()
    """Patterns of short lists of which each place holds something else."""


class Walk:
    """Goes through values in their order; what it takes apart is told by the methods that its children override."""

    def __init__(self, survey: Survey | None, plan: Plan) -> None:
        """Begin; *survey* keeps values to look at, None for none of them."""
        self._survey = survey
        self._plan = plan
        self.recs: list[Rec] = []
        """Records in their order, the first one for the whole file."""

    def rec(self, pattern: Pattern, parent: Rec | None) -> Rec:
        """Begin a record."""
        self.recs.append(Rec(pattern, parent, len(self.recs)))
        return self.recs[-1]

    def leaves(self, value: object, pattern: Pattern, at: Pattern, rec: Rec, depth: int = 0) -> Iterator[Leaf]:
        """Yield the leaves of a value."""
        if depth > _DEEPEST or value is None:
            return
        if self._survey is not None:
            self._survey.see(pattern, value)
        if (call := self.call(pattern, value)) is not None:
            yield Leaf(rec, at, call)
        elif isinstance(value, dict):
            if (inner := items(value, is_map=pattern in self._plan.maps)) is not None:
                yield from self._items(inner, pattern, rec, depth)
            else:
                yield from self._fields(value, pattern, at, rec, depth)
        elif isinstance(value, list):
            yield from self._list(value, pattern, at, rec, depth)
        elif isinstance(value, str) and pattern in self._plan.opened and (inside := as_json(value)) is not None:
            yield from self.leaves(inside, joined(pattern, "@json"), at, rec, depth + 1)
        else:
            yield from self.scalar(value, pattern, at, rec)

    def group(self, files: Sequence[File]) -> Iterator[Leaf]:
        """Yield the leaves of files, each a record in that of its folder."""
        whole = self.rec((), None)
        for name, inside in groupby(files, key=lambda one: one.folder):
            folder = self.rec(IN_FOLDER, whole)
            folder.file = name
            for one in inside:
                own = self.rec(IN_FILE, folder)
                own.file = one.name
                yield from self.leaves(one.value, IN_FILE, (), own)

    def call(self, pattern: Pattern, value: object) -> Call | None:
        """Return the call that a value is; None where it is none."""
        return None

    def call_inside(self, pattern: Pattern, value: Record) -> tuple[Call, str, str] | None:
        """Return the call that two fields of an object are, with the keys of its name and of its arguments."""
        return None

    def scalar(self, value: object, pattern: Pattern, at: Pattern, rec: Rec) -> Iterator[Leaf]:
        """Yield a text; keep anything else as a mark of its record."""
        if isinstance(value, str | int | float):
            rec.marks.setdefault(at, value)
        yield from ()

    def _fields(self, value: Record, pattern: Pattern, at: Pattern, rec: Rec, depth: int) -> Iterator[Leaf]:
        keys = self._plan.columns.get(pattern, ())
        inside = self.call_inside(pattern, value)
        tag = self._plan.tags.get(pattern)
        for key, inner in value.items():
            if len(key) > _LONGEST_KEY or _GOLD.search(key):
                continue
            if key in keys:
                if key == keys[0]:
                    rows = [Item(None, one) for one in zipped(value, keys)]
                    yield from self._items(rows, (*pattern, SIDE_BY_SIDE), rec, depth)
            elif inside is None or key not in inside[1:]:
                name = f"{key}={value.get(tag.key)}" if tag is not None and key in tag.held else key
                yield from self.leaves(inner, joined(pattern, name), (*at, name), rec, depth + 1)
            elif key == inside[2]:
                yield Leaf(rec, (*at, key), inside[0])

    def _list(self, value: list[object], pattern: Pattern, at: Pattern, rec: Rec, depth: int) -> Iterator[Leaf]:
        if pattern in self._plan.rows and (cells := row(value)) is not None:
            if self._survey is not None:
                self._survey.see(pattern, cells)
            yield from self._fields(cells, pattern, at, rec, depth)
        elif value and all(isinstance(one, str) for one in value):
            text = "\n".join(map(str, value))
            if self._survey is not None:
                self._survey.see(pattern, text)
            yield from self.scalar(text, pattern, at, rec)
        elif is_row_list(value):
            rows = [Item(None, row(one) if isinstance(one, list) else one) for one in value]
            yield from self._items(rows, pattern, rec, depth)
        else:
            yield from self._items([Item(None, one) for one in value], pattern, rec, depth)

    def _items(self, inner: list[Item], pattern: Pattern, rec: Rec, depth: int) -> Iterator[Leaf]:
        below = joined(pattern, ITEM)
        for item in inner:
            own = self.rec(below, rec)
            if item.key is not None:
                own.marks[KEY,] = item.key
            yield from self.leaves(item.value, below, (), own, depth + 1)


def surveyed(files: Sequence[File], plan: Plan) -> Survey:
    """Look at all values."""
    survey = Survey()
    walk = Walk(survey, plan)
    for _ in walk.group(files):
        pass
    return survey


def maps_of(survey: Survey) -> frozenset[Pattern]:
    """Return the patterns of objects that are lists by their keys wherever they hold more than one thing."""
    found = set()
    for pattern, objects in survey.objects.items():
        large = [items(one) is not None for one in objects if len(one) > 1]
        if large and all(large):
            found.add(pattern)
    return frozenset(found)


def rows_of(survey: Survey) -> frozenset[Pattern]:
    """Return the patterns of lists that are rows: all as long, with a word at one place that comes again and again."""
    found = set()
    for pattern, lists in survey.lists.items():
        width = len(lists[0])
        if len(lists) < _FEWEST_ROWS or not 1 < width <= _MOST_CELLS or any(len(one) != width for one in lists):
            continue
        cells = [[str(one[place]) for one in lists] for place in range(width) if isinstance(lists[0][place], str | int)]
        if any(len(set(one)) * 2 <= len(one) and max(map(len, one)) <= _LONGEST_KEY for one in cells):
            found.add(pattern)
    return frozenset(found)


def columns_of(survey: Survey) -> dict[Pattern, tuple[str, ...]]:
    """Return the lists side by side of a file: of the same number in each object of a pattern, twice in one."""
    found: dict[Pattern, tuple[str, ...]] = {}
    for pattern, objects in survey.objects.items():
        keys = [set(columns_in(one)) for one in objects]
        common = set.intersection(*keys) if keys and all(keys) else set()
        if len(common) > 1 and any(len(one[min(common)]) > 1 for one in objects):
            found[pattern] = tuple(key for key in objects[0] if key in common)
    return found
