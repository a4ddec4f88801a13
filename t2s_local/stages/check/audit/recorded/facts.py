"""Facts of recorded runs that the rules of an audit ask for, gathered once for all skills."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property

import msgspec

from t2s_local.stages.check.audit.recorded.literals import Literals
from t2s_local.stages.check.audit.recorded.sayings import Sayings
from t2s_local.stages.check.audit.recorded.versions import versions_of
from t2s_local.text.events import Event, events_of
from t2s_local.text.lesson_words import Run, runs_in
from t2s_local.text.mentions import Haystack
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import Slice, SliceId, Trajectory

_WORD = re.compile(r"\w+")
_HOLE = re.compile(r"<[^<>]{0,40}>|…|\.\.\.")
_PLACE = re.compile(r"(?<=\s)[A-Z]{2,12}(?=\s|$)")
"""An argument in capitals, as help pages write what is to be put in."""
_LONGEST = 20_000
"""Characters of a step that are looked through for names."""


class RecordedFacts(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Recorded runs, and what they show."""

    runs: tuple[Trajectory, ...]
    heldout: tuple[Trajectory, ...] = ()
    """Runs that nothing was learned from: what they bear too belongs to the work and not to one task."""

    @cached_property
    def literals(self) -> Literals:
        """Literals of the runs that few of their tasks bear."""
        return Literals(self.runs, elsewhere=self.heldout)

    @cached_property
    def sayings(self) -> Sayings:
        """Everything that was said in the runs."""
        return Sayings(self.runs)

    @cached_property
    def events(self) -> dict[str, tuple[Event, ...]]:
        """Calls by the id of their run."""
        return {run.id: events_of(_whole(run)) for run in self.runs}

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Text of every call, each once."""
        return tuple(_distinct(event.action for events in self.events.values() for event in events))

    @cached_property
    def commands(self) -> Haystack:
        """Calls in which commands are looked up."""
        return Haystack(self.actions)

    @cached_property
    def texts(self) -> Haystack:
        """Text of every step, the requests and tools' names included."""
        return Haystack(_distinct(text for run in self.runs for text in _texts(run)))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for run in self.runs for text in _texts(run) for word in _WORD.findall(text))

    def shows(self, text: str) -> bool:
        """Return whether *text* occurs in a run; holes, and words in capitals that no run has, stand for anything."""
        text = _PLACE.sub(lambda found: found[0] if found[0] in self._words else "<any>", text)
        words = _WORD.findall(_HOLE.sub(" ", text))
        return all(word in self._words for word in words[1:-1]) and self._looked_up(text)

    @cached_property
    def _looked_up(self) -> Callable[[str], bool]:
        return cache(self.texts.holds)

    @cached_property
    def versions(self) -> Mapping[str, frozenset[str]]:
        """Versions that requests, calls and results name, by the name before them."""
        return versions_of(_distinct(text for run in self.runs for text in _texts(run)))

    @cached_property
    def calls(self) -> frozenset[tuple[str, str | None]]:
        """Programs with their subcommand, and tools by name, that were called."""
        found = {(one.program, one.subcommand) for events in self.events.values() for one in _programs(events)}
        found.update((event.tool, None) for events in self.events.values() for event in events)
        return frozenset(found)

    @cached_property
    def days(self) -> dict[str, str]:
        """Day of each run that has a time, as ``YYYY-MM-DD``."""
        times = ((run.id, run.ended_at or run.started_at) for run in self.runs)
        return {run: at[:10] for run, at in times if at is not None}

    @property
    def n_failed(self) -> int:
        """How many runs failed."""
        return sum(run.outcome == "failure" for run in self.runs)

    @property
    def n_judged(self) -> int:
        """How many runs have a known outcome."""
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
