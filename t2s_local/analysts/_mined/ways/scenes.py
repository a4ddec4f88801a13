"""Failures with what the runs that met them did next, and how often they do it anyway."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._events import Event
from t2s_local.analysts._failures import error_signature
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.commands import commands_of, words_of
from t2s_local.analysts._mined.ways.word import is_telling, was_given
from t2s_local.text.text import mask, squeeze
from t2s_local.values.value import Value

WITHIN = 5
"""Successful actions after a failure in which its way out is looked for."""
_MOST_EVENTS = 15


class Scene(Value, frozen=True, kw_only=True):
    """A failure in one run, and what the run did next."""

    run: Run
    failed: Event
    window: tuple[Event, ...]
    """What succeeded after it."""
    fresh: Mapping[str, int]
    """Words the run had not used before, with the place in *window* of the first action that has them."""


class Anyway:
    """How often runs of one harness take up a word anyway, counted in actions that can be its first use."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.n_actions = 0
        self.taken_up = Counter[str]()
        """Runs that use the word."""
        self.after = Counter[str]()
        """Actions after the first use of the word in a run."""


def scenes_of(run: Run) -> Iterator[Scene]:
    """The first failure of every kind in *run*."""
    seen: set[str] = set()
    used: set[str] = set()
    for at, event in enumerate(run.events):
        if event.failed and event.error is not None and not event.is_infrastructure:
            kind = error_signature(event.error)
            if kind not in seen:
                seen.add(kind)
                yield _scene(run, at, used)
        if not event.failed:
            used |= words_of(event)


def _scene(run: Run, at: int, used: set[str]) -> Scene:
    failed = run.events[at]
    window: list[Event] = []
    for event in run.events[at + 1 : at + 1 + _MOST_EVENTS]:
        if not event.failed and event.result is not None and commands_of(event, run):
            window.append(event)
        if len(window) == WITHIN:
            break
    old = used | words_of(failed)
    fresh: dict[str, int] = {}
    for place, event in enumerate(window):
        for command in commands_of(event, run):
            for position, word in enumerate(command):
                if word not in old and is_telling(word, is_program=position == 0) and not was_given(run, word):
                    fresh.setdefault(word, place)
    return Scene(run=run, failed=failed, window=tuple(window), fresh=fresh)


def anyway(runs: Sequence[Run]) -> Mapping[str, Anyway]:
    """How often runs of each harness take up a word anyway."""
    found: dict[str, Anyway] = {}
    for run in runs:
        done = [commands for event in run.events if not event.failed and (commands := commands_of(event, run))]
        first: dict[str, int] = {}
        for place, commands in enumerate(done, 1):
            for word in {word for command in commands for word in command}:
                first.setdefault(word, place)
        harness = found.setdefault(run.piece.trajectory.format, Anyway())
        harness.n_actions += len(done)
        harness.taken_up.update(first)
        for word, place in first.items():
            harness.after[word] += len(done) - place
    return found


def kind_of(scene: Scene) -> str:
    """The message with its details masked, the names it quotes included."""
    return error_signature(scene.failed.error or "")


def named_kind_of(scene: Scene) -> str:
    """The message with the names that it quotes: of some failures they make the kind."""
    return squeeze(mask(scene.failed.error or ""))
