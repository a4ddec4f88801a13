"""Failures with the next actions of their runs, and how often runs use these actions anyway."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.commands import Command, commands_of, words_of
from t2s_local.analysts._mined.ways.word import is_telling, was_given
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import mask, squeeze
from t2s_local.values.value import Value

WITHIN = 5
"""Number of successful actions after a failure among which its way out is looked for."""
_MOST_EVENTS = 15
Done = tuple[int, tuple[Command, ...]]
"""Index of a successful action among the events of its run, and its commands."""


class Scene(Value, frozen=True, kw_only=True):
    """A failure in one run, and the run's next successful actions."""

    run: Run
    failed: Event
    kind: str
    """Message of the failure with details and quoted names masked."""
    window: tuple[Event, ...]
    """Successful actions after the failure."""
    fresh: Mapping[str, int]
    """Words new to the run, each with the index in *window* of the first action that contains it."""

    @property
    def named_kind(self) -> str:
        """Message of the failure with its quoted names: in some failures a name determines the kind."""
        return squeeze(mask(self.failed.error or ""))


class Usual:
    """Counts of how often runs of one harness start to use a word, over the actions that can be its first use."""

    def __init__(self) -> None:
        """Start with all counts at zero."""
        self.n_actions = 0
        self.taken_up = Counter[str]()
        """Number of runs that use each word."""
        self.after = Counter[str]()
        """Number of actions after the first use of each word in a run, summed over runs."""

    def add(self, done: Sequence[Done]) -> None:
        """Count the successful actions of one run."""
        first: dict[str, int] = {}
        for place, (_, commands) in enumerate(done, 1):
            for command in commands:
                for word in command:
                    first.setdefault(word, place)
        self.n_actions += len(done)
        for word, place in first.items():
            self.taken_up[word] += 1
            self.after[word] += len(done) - place


def survey(runs: Iterable[Run]) -> tuple[Sequence[Scene], Mapping[str, Usual]]:
    """Return every failure with the next actions of its run, and by harness the usual use of words."""
    scenes: list[Scene] = []
    usual: dict[str, Usual] = {}
    for run in runs:
        done = [
            (at, commands)
            for at, event in enumerate(run.events)
            if not event.failed and event.result is not None and (commands := commands_of(event, run))
        ]
        usual.setdefault(run.piece.trajectory.format, Usual()).add(done)
        scenes += _scenes(run, done)
    return scenes, usual


def _scenes(run: Run, done: Sequence[Done]) -> Iterator[Scene]:
    """Yield the first failure of every kind in *run*, with the next successful actions."""
    kinds: dict[str, int] = {}
    for at, event in enumerate(run.events):
        if event.failed and event.error is not None and not event.is_infrastructure:
            kinds.setdefault(error_signature(event.error), at)
    used: set[str] = set()
    seen = 0
    for kind, at in kinds.items():
        for event in run.events[seen:at]:
            if not event.failed:
                used |= words_of(event)
        seen = at
        yield _scene(run, kind, at, used, [item for item in done if at < item[0] <= at + _MOST_EVENTS][:WITHIN])


def _scene(run: Run, kind: str, at: int, used: set[str], window: Sequence[Done]) -> Scene:
    failed = run.events[at]
    old = used | words_of(failed)
    unread = "" if is_shell(failed.tool) else failed.action
    fresh: dict[str, int] = {}
    for place, (_, commands) in enumerate(window):
        for command in commands:
            for position, word in enumerate(command):
                is_new = word not in old and not was_given(run, word)
                if is_new and word not in unread and is_telling(word, is_program=position == 0):
                    fresh.setdefault(word, place)
    events = tuple(run.events[position] for position, _ in window)
    return Scene(run=run, failed=failed, kind=kind, window=events, fresh=fresh)
