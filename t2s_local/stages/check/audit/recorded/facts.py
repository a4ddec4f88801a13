"""Facts of recorded runs that audit rules need, computed once for all skills."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property

import msgspec

from t2s_local.stages.check.audit.recorded.literals import Literals
from t2s_local.stages.check.audit.recorded.sayings import Sayings
from t2s_local.stages.check.audit.recorded.versions import versions_of
from t2s_local.text.events import Event, events_of
from t2s_local.text.lesson_words import Run, runs_in
from t2s_local.text.mentions import HOLE, Haystack
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import Slice, SliceId, Trajectory

_WORD = re.compile(r"\w+")
_PLACE = re.compile(r"(?<=\s)[A-Z]{2,12}(?=\s|$)")
"""A placeholder in capitals, as help pages write an argument."""
_LONGEST = 20_000
"""Largest number of characters of a step that are searched for names."""


class RecordedFacts(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Recorded runs, with the facts computed from them."""

    runs: tuple[Trajectory, ...]
    heldout: tuple[Trajectory, ...] = ()
    """Runs that nothing was learned from: a literal that occurs in them too belongs to the work, not to one task."""

    @cached_property
    def literals(self) -> Literals:
        """Literals that occur in the runs of few tasks."""
        return Literals(self.runs, elsewhere=self.heldout)

    @cached_property
    def sayings(self) -> Sayings:
        """Sentences said in the runs by users, agents and tools."""
        return Sayings(self.runs)

    @cached_property
    def events(self) -> dict[str, tuple[Event, ...]]:
        """Id of each run to its calls."""
        return {run.id: events_of(_whole(run)) for run in self.runs}

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Distinct texts of all calls."""
        return tuple(_distinct(event.action for events in self.events.values() for event in events))

    @cached_property
    def commands(self) -> Haystack:
        """Search index over the texts of all calls."""
        return Haystack(self.actions)

    @cached_property
    def texts(self) -> Haystack:
        """Search index over the texts of all steps, all requests and the names of all tools."""
        return Haystack(_distinct(text for run in self.runs for text in _texts(run)))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for run in self.runs for text in _texts(run) for word in _WORD.findall(text))

    def shows(self, text: str) -> bool:
        """Return whether *text* occurs in a run.

        Holes such as ``<name>`` or ``…``, and capitalised placeholders that occur in no run, match any text.
        """
        text = _PLACE.sub(lambda found: found[0] if found[0] in self._words else "<any>", text)
        words = _WORD.findall(HOLE.sub(" ", text))
        return all(word in self._words for word in words[1:-1]) and self._looked_up(text)

    @cached_property
    def _looked_up(self) -> Callable[[str], bool]:
        return cache(self.texts.holds)

    @cached_property
    def versions(self) -> Mapping[str, frozenset[str]]:
        """Name of a program or library to the versions after that name in requests, calls and results."""
        return versions_of(_distinct(text for run in self.runs for text in _texts(run)))

    @cached_property
    def calls(self) -> frozenset[tuple[str, str | None]]:
        """Called programs, each with its subcommand or None, and called tools, each with None."""
        found = {(one.program, one.subcommand) for events in self.events.values() for one in _programs(events)}
        found.update((event.tool, None) for events in self.events.values() for event in events)
        return frozenset(found)

    @cached_property
    def days(self) -> dict[str, str]:
        """Id of each run with a recorded time to its day, ``YYYY-MM-DD``."""
        times = ((run.id, run.ended_at or run.started_at) for run in self.runs)
        return {run: at[:10] for run, at in times if at is not None}

    @property
    def n_failed(self) -> int:
        """Number of failed runs."""
        return sum(run.outcome == "failure" for run in self.runs)

    @property
    def n_judged(self) -> int:
        """Number of runs with a known outcome."""
        return sum(run.outcome is not None for run in self.runs)


def _whole(run: Trajectory) -> Slice:
    return Slice(id=SliceId(run.id), trajectory=run, start=0, stop=len(run.steps), request=None)


def _programs(events: Sequence[Event]) -> Iterable[Run]:
    for action in dict.fromkeys(event.action for event in events):
        yield from runs_in(action)


def _texts(run: Trajectory) -> Iterable[str]:
    yield run.task or ""
    for step in run.steps:
        yield step.text[:_LONGEST]
        if step.tool:
            yield step.tool


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(squeeze(text[:_LONGEST]) for text in texts))
