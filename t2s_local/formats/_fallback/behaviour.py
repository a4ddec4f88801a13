"""Roles of the fields in records with unknown names, found from the content and order of the records.

Calls are recognised by their shape, results by an id they share with a call, or by their place beside or after one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from t2s_local.formats._maps.call_shapes import CallShape, call_shape, flat_call
from t2s_local.formats._maps.chains import Link, kept_places
from t2s_local.records.json import Record, string
from t2s_local.records.paths.paths import LONGEST, Parts, numbered

Fields = dict[Parts, object]
_DEPTH = 4
"""Levels of records within records, and of objects within a record, that are searched."""
_MOST_WORDS = 10
"""Most different words of a field that may name roles."""
_LONGEST_WORD = 24
_LONGEST_MARK = 80
_MOSTLY = 0.9
_LETTERS = re.compile(r"(?:[^\W\d]|[.:-])+")
_SENTENCE = re.compile(r"[A-Z][^\n]*[.!?:]")


class Slot(NamedTuple):
    """A path to a text in records of one kind."""

    kind: str
    """Words of the record that may name roles, joined by ``|``."""
    path: Parts


class Behaviour:
    """Observations on the records of some runs: paths of calls, ids, results and role words."""

    def __init__(self, runs: list[list[Record]]) -> None:
        """Examine all records and the records inside of them."""
        self.chain = _chain(runs)
        self.flat: CallShape | None = None
        self._look(runs)
        if not self.calls:
            self.flat = flat_call([record for run in runs for record in run])
            self._look(runs)
        self.words = self._words()
        self.ids = self._ids()
        self.results, self.is_late = self._results()

    def _look(self, runs: list[list[Record]]) -> None:
        self.levels: set[Parts] = set()
        """Paths of lists of records inside of records."""
        self.runs = [[part for record in self._in_order(run) for part in self._flat(record, 0)] for run in runs]
        self.records = [fields for run in self.runs for fields in run]
        self.calls: dict[Parts, CallShape] = self._calls()

    def _in_order(self, run: list[Record]) -> list[Record]:
        if self.chain is None:
            return run
        name, parent = self.chain
        links = [Link(str(record[name]), string(record.get(parent)), place) for place, record in enumerate(run)]
        return [run[place] for place in kept_places(links, list(range(len(run))), lambda _: False)]

    def _flat(self, record: Record, depth: int) -> Iterator[Fields]:
        """Yield the fields of a record by path, split at each list of records, whose fields are yielded in between."""
        fields: Fields = {}
        stack: list[tuple[Parts, object]] = _fields_of((), record)
        while stack:
            path, value = stack.pop()
            if depth < _DEPTH and (inner := _records_in(value)):
                self.levels.add((*path, None))
                yield fields
                fields = {}
                for item in inner:
                    yield from self._flat(item, depth + 1)
            elif isinstance(value, dict) and self._is_open(path, value):
                stack += _fields_of(path, value)
            elif isinstance(value, list) and value and all(call_shape(item) for item in value):
                fields[*path, None] = value[0]
            elif value not in (None, [], {}) and not self._is_flat_name(path):
                fields[path] = value
        yield fields

    def _is_open(self, path: Parts, value: Record) -> bool:
        """Return whether an object is searched: it is neither a call nor the arguments of a call."""
        is_given = self.flat is not None and path == (self.flat.arguments,)
        return not is_given and not call_shape(value) and len(path) < _DEPTH

    def _is_flat_name(self, path: Parts) -> bool:
        return self.flat is not None and path == (self.flat.name,)

    def _calls(self) -> dict[Parts, CallShape]:
        if self.flat is not None:
            return {(self.flat.arguments,): self.flat}
        shapes: dict[Parts, Counter[CallShape | None]] = defaultdict(Counter)
        for fields in self.records:
            for path, value in fields.items():
                if isinstance(value, dict | str):
                    shapes[path][call_shape(value)] += 1
        calls: dict[Parts, CallShape] = {}
        for path, found in shapes.items():
            shape, count = found.most_common(1)[0]
            if shape is not None and count >= _MOSTLY * found.total() and count * 2 >= len(self.runs):
                calls[path] = shape
        short = {path: shape for path, shape in calls.items() if shape.kind != "named"}
        return short or calls

    def _words(self) -> list[Parts]:
        """Return up to two paths of words that may name roles: few different words, each of them frequent."""
        found: dict[Parts, Counter[str]] = defaultdict(Counter)
        for fields in self.records:
            for path, value in fields.items():
                if isinstance(value, str) and len(path) == 1:
                    found[path][value] += 1
        few = [path for path, values in found.items() if self._are_words(values)]
        return sorted(few, key=lambda path: -found[path].total())[:2]

    def _are_words(self, values: Counter[str]) -> bool:
        is_short = all(len(value) <= _LONGEST_WORD and len(value.split()) == 1 for value in values)
        return is_short and 1 < len(values) <= _MOST_WORDS and all(map(_LETTERS.fullmatch, values))

    def kind(self, fields: Fields) -> str:
        """Return the words of a record that may name roles, joined by ``|``."""
        return "|".join(str(fields.get(path, "")) for path in self.words)

    def is_beside_result(self, path: Parts) -> bool:
        """Return whether a path is a result or is in the same object as a result."""
        return any(path == told or (len(told) > 1 and path[:-1] == told[:-1]) for told in self.results)

    def has_call(self, fields: Fields) -> bool:
        """Return whether a record contains a call."""
        return any(path in fields for path in self.calls)

    def _ids(self) -> list[Parts]:
        """Return the paths of ids that calls and results share: in most calls, and again in a record without a call."""
        counts: dict[str, Counter[Parts]] = defaultdict(Counter)
        beside: dict[str, Counter[Parts]] = defaultdict(Counter)
        chained = () if self.chain is None else tuple((key,) for key in self.chain)
        for fields in self.records:
            side = beside if self.has_call(fields) else counts
            for path, value in fields.items():
                if isinstance(value, str) and " " not in value and path not in (*self.words, *chained):
                    side[value][path] += 1
        shared = beside.keys() & counts.keys()
        calls = Counter(path for value in shared for path in beside[value])
        answers = Counter(path for value in shared for path in counts[value])
        best, other = calls.most_common(1), answers.most_common(1)
        n_calls = sum(map(self.has_call, self.records))
        if not best or best[0][1] < 0.8 * n_calls:
            return []
        return list(dict.fromkeys((best[0][0], other[0][0])))

    def _results(self) -> tuple[list[Parts], bool]:
        """Return the paths of tool results, and whether each result is in the record after the record of its call."""
        same, late, every, sentences = Counter[Parts](), Counter[Parts](), Counter[Parts](), Counter[Parts]()
        both, spaced = Counter[Parts](), Counter[Parts]()
        for run in self.runs:
            before = False
            for fields in run:
                now = self.has_call(fields)
                answers = not now and any(path in fields for path in self.ids)
                for path, value in fields.items():
                    if not isinstance(value, str) or path in (*self.calls, *self.words, *self.ids):
                        continue
                    every[path] += 1
                    same[path] += now
                    late[path] += answers if self.ids else before
                    both[path] += now and before
                    spaced[path] += len(value.split()) > 1
                    sentences[path] += _SENTENCE.fullmatch(value.strip()) is not None
                before = now if fields else before
        n_calls = sum(map(self.has_call, self.records))
        by_place = late if self.ids else None
        found = [
            path
            for path, count in every.items()
            if max((by_place or late)[path], 0 if self.ids else same[path]) >= _MOSTLY * count and count * 2 >= n_calls
        ]
        found = [path for path in found if spaced[path] * 4 >= every[path]]
        if not found:
            return [], False
        plain = min(found, key=lambda path: (sentences[path] / every[path], -every[path]))
        told = (
            [path for path in found if path[:-1] == plain[:-1] and path[:1] == plain[:1]] if len(plain) > 1 else [plain]
        )
        is_late = not self.ids and late[plain] >= _MOSTLY * every[plain] and same[plain] < _MOSTLY * every[plain]
        return told, is_late and both[plain] > 0


def _fields_of(path: Parts, record: Record) -> list[tuple[Parts, object]]:
    """Return the fields of an object with their paths, the last field first; very long keys are left out."""
    return [((*path, key), item) for key, item in reversed(record.items()) if len(key) < LONGEST // 8]


def _records_in(value: object) -> list[Record]:
    """Return the records of a list or of an object with numbers as keys; [] if an item is no object or is a call."""
    items = value if isinstance(value, list) else numbered(value) if isinstance(value, dict) else []
    found = [item for item in items if isinstance(item, dict) and not call_shape(item)]
    return found if len(found) == len(items) else []


def _is_mark(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_MARK and " " not in value


def _chain(runs: list[list[Record]]) -> tuple[str, str] | None:
    """Return the fields with a record's own id and its predecessor's id; None if the records have none."""
    records = [record for run in runs for record in run]
    keys = [key for key in records[0] if all(_is_mark(record.get(key)) for record in records)] if records else []
    for key in keys:
        names = {record[key] for record in records}
        if len(names) < len(records) or len(records) < _MOST_WORDS // 3:
            continue
        for parent in {other for record in records for other in record} - {key}:
            if len({str(record.get(parent)) for record in records}) < len(records) / 2:
                continue
            n_known = sum(isinstance(at := record.get(parent), str) and at in names for record in records)
            if n_known >= len(records) - len(runs):
                return key, parent
    return None
