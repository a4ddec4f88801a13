"""Runs whose steps are separate lines, or separate items of a list."""

from collections.abc import Iterator
from functools import partial

from t2s_local.formats._maps.chains import Link, kept_places
from t2s_local.formats._maps.mapped_runs import Conversation, RunReader
from t2s_local.records.json import Record, compact

_FEW = 3
"""Fewest different texts that a kind of records must have to count as a kind that only repeats other records."""


class StandAlone:
    """Collector of the values of a file that are steps themselves, run by run."""

    def __init__(self, reader: RunReader) -> None:
        """Start with no values."""
        self._reader = reader
        self._items: dict[str, dict[int, Record]] = {}
        self._beside: dict[str, list[Record]] = {}
        self._links: dict[str, list[Link]] = {}
        self._run = ""
        self._place = 0

    def add(self, value: object, *, is_step: bool | None = None) -> bool:
        """Add a value; if it is no step, it describes the run that it names, or the run that was named last.

        Args:
            value: The value.
            is_step: Whether it is a step, if that is known already.

        Returns:
            True if the value is a step.
        """
        if not isinstance(value, dict):
            return False
        self._place += 1
        named = self._reader.by.text(value)
        is_step = bool(self._reader.steps.parts_played(value)) if is_step is None else is_step
        run = named or self._run
        if is_step:
            self._items.setdefault(run, {})[self._place] = value
        else:
            self._run = run
            self._beside.setdefault(run, []).append(value)
        if (identity := self._reader.steps.id.text(value)) is not None:
            parent = self._reader.steps.parent.text(value)
            self._links.setdefault(run, []).append(Link(identity, parent, self._place))
        return is_step

    def conversations(self) -> Iterator[Conversation]:
        """Yield the runs, without turns that the user took back."""
        for run, items in self._items.items():
            beside = ({"session_id": run} if run else {}, *self._beside.get(run, ()))
            places = kept_places(self._links.get(run, []), list(items), partial(self._is_asked, items))
            self._reader.unread["turn that was taken back"] += len(items) - len(places)
            yield Conversation(list(self._told_once([items[place] for place in places])), beside)

    def _is_asked(self, items: dict[int, Record], place: int) -> bool:
        item = items[place]
        return "user" in self._reader.steps.parts_played(item) and any(
            step.kind == "user" for step in self._reader.steps.steps(item)
        )

    def _told_once(self, items: list[Record]) -> Iterator[Record]:
        """Yield records without exact repetitions under the same id, and without kinds that only repeat others."""
        repeats = self._repeated_kinds(items)
        seen: set[tuple[str, str]] = set()
        for item in items:
            identity = self._reader.steps.id.text(item)
            key = None if identity is None else (identity, compact(item))
            if key in seen or self._reader.steps.kind(item) in repeats:
                self._reader.unread["record that repeats another"] += 1
                continue
            if key is not None:
                seen.add(key)
            yield item

    def _repeated_kinds(self, items: list[Record]) -> set[str]:
        """Return the kinds of envelopes whose texts all occur in envelopes of another kind as well."""
        said: dict[str, set[str]] = {}
        for item in items:
            if (kind := self._reader.steps.kind(item)) is not None:
                said.setdefault(kind, set()).update(step.text.strip() for step in self._reader.steps.steps(item))
        kinds = {
            kind
            for kind, words in said.items()
            if len(words) >= _FEW and any(words < others for other, others in said.items() if other != kind)
        }
        self._reader.skipped |= kinds
        return kinds
