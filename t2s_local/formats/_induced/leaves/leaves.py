"""Files as leaves in order: texts and calls, each with its record and the marks of that record."""

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
    is_row_list,
    items,
    joined,
    row,
    zipped,
)
from t2s_local.records.budget import count_search
from t2s_local.records.json import Record

Mark = str | int | float
_MOST = 400
"""Most values per pattern that are kept for inspection."""
_DEEPEST = 60
_LONGEST_KEY = 64
_GOLD = re.compile(
    r"gold|expected|reference|ground_?truth|target|solution|grader|judge|verifier|correct_|answer_key|_patch$",
    re.IGNORECASE,
)
"""Names of fields with reference answers, which an agent must not see and which are left out."""
IN_FOLDER: Pattern = ("@folder",)
IN_FILE: Pattern = ("@folder", "@file")


@dataclass(eq=False)
class Rec:
    """A record: an object that is a whole file, or an item of a list."""

    pattern: Pattern
    parent: "Rec | None"
    number: int
    marks: dict[Pattern, Mark] = field(default_factory=dict)
    """Short values of the record, by their keys inside it."""
    lists: dict[Pattern, list[object]] = field(default_factory=dict)
    """Lists of whole numbers or short names in the record, by their keys inside it."""
    file: str | None = None
    """Path of the file or folder, if the record is one."""


class File(NamedTuple):
    """A file of a group that was written by one program."""

    folder: str
    name: str
    value: object
    """Content of the file; a list if it contains several values."""
    is_parsed: bool = False
    """Whether the content was parsed from a text that is no JSON."""


class Call(NamedTuple):
    """A call of a tool."""

    tool: str | None
    arguments: Record | None
    text: str | None
    """Source text of the call; None if the call is not written as text."""


class Leaf(NamedTuple):
    """A text or a call, with its record and its keys in it."""

    rec: Rec
    at: Pattern
    """Keys inside the record."""
    value: str | Call


class Inside(NamedTuple):
    """A call that is written in some fields of an object."""

    call: Call
    key: str
    """Field at whose position the call is yielded."""
    keys: frozenset[str]
    """All fields of the call."""


class Survey:
    """Sample of the values of some files, by pattern."""

    def __init__(self) -> None:
        """Start with no values."""
        self.objects: dict[Pattern, list[Record]] = defaultdict(list)
        self.texts: dict[Pattern, list[str]] = defaultdict(list)
        self.lists: dict[Pattern, list[list[object]]] = defaultdict(list)
        self.n_seen = 0
        """Number of values that were visited."""

    @property
    def n_values(self) -> int:
        """Number of values that were kept."""
        kept = (self.objects, self.texts, self.lists)
        return sum(len(found) for values in kept for found in values.values())

    def see(self, pattern: Pattern, value: object) -> None:
        """Keep a value, up to 400 of each pattern and type."""
        self.n_seen += 1
        if isinstance(value, dict):
            if len(self.objects[pattern]) < _MOST:
                self.objects[pattern].append(value)
        elif isinstance(value, str):
            if len(self.texts[pattern]) < _MOST:
                self.texts[pattern].append(value)
        elif isinstance(value, list) and len(self.lists[pattern]) < _MOST:
            self.lists[pattern].append(value)


class Tag(NamedTuple):
    """The fields with the kind of a record, and the fields whose meaning depends on the kind."""

    keys: tuple[str, ...]
    held: tuple[str, ...]

    def kind(self, record: Record) -> str:
        """Return the kind of a record."""
        return " ".join(str(record.get(key)) for key in self.keys)


class Plan(NamedTuple):
    """Choices of how to decode values, by their patterns."""

    opened: frozenset[Pattern] = frozenset()
    """Patterns of texts that are decoded as JSON."""
    columns: Mapping[Pattern, tuple[str, ...]] = {}
    """Keys of parallel lists, by the pattern of their object."""
    tags: Mapping[Pattern, Tag] = {}
    """Fields with the kind of a record, by the pattern of the record."""
    maps: frozenset[Pattern] = frozenset()
    """Patterns of objects whose keys are ids or numbers, so that they are read as lists."""
    rows: frozenset[Pattern] = frozenset()
    """Patterns of short lists whose positions have different meanings, like columns of a row."""


class Walk:
    """Walk through values in order; subclasses decide what is a call and what is a text."""

    def __init__(self, survey: Survey | None, plan: Plan) -> None:
        """Start a walk; *survey* collects values for inspection, if it is not None."""
        self._survey = survey
        self._plan = plan
        self._gold: dict[str, bool] = {}
        """Keys met so far, and whether each looks like that of a reference answer."""
        self.recs: list[Rec] = []
        """Records in order, the first for the whole group of files."""

    def rec(self, pattern: Pattern, parent: Rec | None) -> Rec:
        """Add and return a new record."""
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
        """Yield the leaves of files, each file as a record inside the record of its folder."""
        whole = self.rec((), None)
        for name, inside in groupby(files, key=lambda one: one.folder):
            folder = self.rec(IN_FOLDER, whole)
            folder.file = name
            for one in inside:
                own = self.rec(IN_FILE, folder)
                own.file = one.name
                yield from self.leaves(one.value, IN_FILE, (), own)

    def call(self, pattern: Pattern, value: object) -> Call | None:
        """Return the call in a value; None if there is none."""
        return None

    def call_inside(self, pattern: Pattern, value: Record) -> Inside | None:
        """Return the call in some fields of an object; None if it has none."""
        return None

    def scalar(self, value: object, pattern: Pattern, at: Pattern, rec: Rec) -> Iterator[Leaf]:
        """Store a value as a mark of its record; yield no leaf (subclasses yield texts)."""
        if isinstance(value, str | int | float):
            rec.marks.setdefault(at, value)
        yield from ()

    def _is_gold(self, key: str) -> bool:
        if key not in self._gold:
            self._gold[key] = _GOLD.search(key) is not None
        return self._gold[key]

    def _fields(self, value: Record, pattern: Pattern, at: Pattern, rec: Rec, depth: int) -> Iterator[Leaf]:
        keys = self._plan.columns.get(pattern, ())
        inside = self.call_inside(pattern, value)
        tag = self._plan.tags.get(pattern)
        for key, inner in value.items():
            if len(key) > _LONGEST_KEY or (self._is_gold(key) and not _is_callee(key, inner)):
                continue
            if key in keys:
                if key == keys[0]:
                    rows = [Item(None, one) for one in zipped(value, keys)]
                    yield from self._items(rows, (*pattern, SIDE_BY_SIDE), rec, depth)
            elif inside is None or key not in inside.keys:
                name = f"{key}={tag.kind(value)}" if tag is not None and key in tag.held else key
                yield from self.leaves(inner, joined(pattern, name), (*at, name), rec, depth + 1)
            elif key == inside.key:
                yield Leaf(rec, (*at, key), inside.call)

    def _list(self, value: list[object], pattern: Pattern, at: Pattern, rec: Rec, depth: int) -> Iterator[Leaf]:
        if value and at and all(isinstance(one, int) or (isinstance(one, str) and " " not in one) for one in value):
            rec.lists[at] = value
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


def _is_callee(key: str, value: object) -> bool:
    """Return whether a value under ``target`` is an object that describes what is called, rather than an answer."""
    return key == "target" and isinstance(value, dict)


def surveyed(files: Sequence[File], plan: Plan) -> Survey:
    """Return a survey of all values of some files."""
    survey = Survey()
    walk = Walk(survey, plan)
    for _ in walk.group(files):
        pass
    count_search(survey.n_seen)
    return survey
