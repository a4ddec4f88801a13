"""Ways out: what runs that met a kind of failure did next, more often than runs do it anyway.

The failed command need not come again. A failure is known by its message with details masked, an action by the words
that recur in it; a word counts where the run had not used it before, neither in what failed nor in what had worked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._events import Event
from t2s_local.analysts._exact import believed, tail
from t2s_local.analysts._failures import error_signature
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.commands import commands_of, words_of
from t2s_local.analysts._mined.ways.messages import merged
from t2s_local.analysts._mined.ways.telling import told
from t2s_local.analysts._mined.ways.word import is_telling, was_given, wrote
from t2s_local.text.text import mask, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

MIN_RUNS = 3
MIN_TASKS = 2
WITHIN = 5
"""Successful actions after a failure in which its way out is looked for."""
_MOST_EVENTS = 15
MOST_BELIEVED_BY_CHANCE = 0.01
"""Share of the ways out found that may be chance: hundreds of words are tried against hundreds of messages."""
MIN_SHARE = 0.4
"""Share of the runs that met a failure and went on well that took its way out; a failure left in many ways has none."""
MIN_LIFT = 3.0
"""How much more often the action follows this failure than others, at least."""


class Scene(Value, frozen=True, kw_only=True):
    """A failure in one run, and what the run did next."""

    run: Run
    failed: Event
    window: tuple[Event, ...]
    """What succeeded after it."""
    fresh: Mapping[str, int]
    """Words the run had not used before, with the place in *window* of the first action that has them."""


class Found(Value, frozen=True, kw_only=True):
    """A word that goes with a failure."""

    word: str
    chance: float
    carriers: tuple[Scene, ...]


class Anyway:
    """How often runs of one harness take up a word anyway, counted in actions that can be its first use."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.n_actions = 0
        self.taken_up = Counter[str]()
        """Runs that use the word."""
        self.after = Counter[str]()
        """Actions after the first use of the word in a run."""


def ways_out(runs: Sequence[Run]) -> Iterator[Lesson]:
    """One lesson for every kind of failure that most runs leave by the same action."""
    scenes = [scene for run in runs for scene in _scenes(run)]
    anyway = _anyway(runs)
    left, found = scenes, list[Found]()
    for kind in (_signature, _with_names, None):
        names = merged([_signature(scene) for scene in left]) if kind is None else {}
        groups: defaultdict[str, list[Scene]] = defaultdict(list)
        for scene in left:
            groups[names[_signature(scene)] if kind is None else kind(scene)].append(scene)
        if kind is _with_names:
            groups = _mostly(groups, left)
        best = _mine(groups, scenes, anyway)
        found += [item for _, item in sorted(best.items())]
        gone = {id(scene) for name in best for scene in groups[name]}
        left = [scene for scene in left if id(scene) not in gone]
    lessons = (told(item.word, item.carriers) for item in found)
    yield from (lesson for lesson in lessons if lesson is not None)


def _signature(scene: Scene) -> str:
    return error_signature(scene.failed.error or "")


def _with_names(scene: Scene) -> str:
    """The message with the names that it quotes: of some failures they make the kind."""
    return squeeze(mask(scene.failed.error or ""))


def _mostly(groups: Mapping[str, Sequence[Scene]], scenes: Sequence[Scene]) -> dict[str, list[Scene]]:
    """Those of *groups* that hold at least half of the failures that differ in nothing but names."""
    alike = Counter(_signature(scene) for scene in scenes)
    return {name: list(met) for name, met in groups.items() if 2 * len(met) >= alike[_signature(met[0])]}


def _scenes(run: Run) -> Iterator[Scene]:
    """The first failure of every kind in *run*."""
    seen: set[str] = set()
    used: set[str] = set()
    for at, event in enumerate(run.events):
        if event.failed and event.error is not None and not event.is_infrastructure:
            signature = error_signature(event.error)
            if signature not in seen:
                seen.add(signature)
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


def _anyway(runs: Sequence[Run]) -> Mapping[str, Anyway]:
    found: dict[str, Anyway] = {}
    for run in runs:
        done = [commands for event in run.events if not event.failed and (commands := commands_of(event, run))]
        first: dict[str, int] = {}
        for place, commands in enumerate(done, 1):
            for word in {word for command in commands for word in command}:
                first.setdefault(word, place)
        anyway = found.setdefault(run.piece.trajectory.format, Anyway())
        anyway.n_actions += len(done)
        anyway.taken_up.update(first)
        for word, place in first.items():
            anyway.after[word] += len(done) - place
    return found


def _mine(
    groups: Mapping[str, Sequence[Scene]], scenes: Sequence[Scene], anyway: Mapping[str, Anyway]
) -> Mapping[str, Found]:
    """The best word of every kind of failure that has one."""
    after = Counter(word for scene in scenes for word in scene.fresh)
    found: list[tuple[str, Found]] = []
    for name, met in sorted(groups.items()):
        found += [(name, item) for item in _candidates(_one_a_run(met), len(scenes), after, anyway)]
    trusted = believed([item.chance for _, item in found], rate=MOST_BELIEVED_BY_CHANCE)
    best: dict[str, Found] = {}
    for (name, item), is_trusted in zip(found, trusted, strict=True):
        if is_trusted and (name not in best or _rank(item) < _rank(best[name])):
            best[name] = item
    return best


def _rank(item: Found) -> tuple[float, int, float, str]:
    places = [scene.fresh[item.word] for scene in item.carriers]
    return item.chance, -len(item.carriers), sum(places) / len(places), item.word


def _one_a_run(met: Sequence[Scene]) -> Sequence[Scene]:
    first: dict[str, Scene] = {}
    for scene in met:
        first.setdefault(scene.run.piece.trajectory.id, scene)
    return tuple(first.values())


def _candidates(
    met: Sequence[Scene], n_scenes: int, after: Counter[str], anyway: Mapping[str, Anyway]
) -> Iterator[Found]:
    good = [scene for scene in met if scene.run.piece.trajectory.outcome != "failure"]
    harnesses = [anyway[name] for name in sorted({scene.run.piece.trajectory.format for scene in good})]
    words = Counter(word for scene in good for word in scene.fresh)
    for word, count in sorted(words.items()):
        if count < max(MIN_RUNS, MIN_SHARE * len(good)):
            continue
        carriers = [scene for scene in good if word in scene.fresh]
        others = (after[word] - count) / max(1, n_scenes - len(met))
        if count / len(good) < MIN_LIFT * others or not _holds(word, carriers, met):
            continue
        draws = sum(scene.fresh.get(word, len(scene.window) - 1) + 1 for scene in good)
        marked = sum(harness.taken_up[word] for harness in harnesses)
        total = sum(harness.n_actions - harness.after[word] for harness in harnesses)
        chance = tail(count, draws, max(marked, count), max(total, draws))
        yield Found(word=word, chance=chance, carriers=tuple(carriers))


def _holds(word: str, carriers: Sequence[Scene], met: Sequence[Scene]) -> bool:
    """Whether runs of several tasks took it and went on, wrote it not themselves, and were rid of the failure."""
    tasks = {scene.run.piece.trajectory.task_id or scene.run.piece.trajectory.id for scene in carriers}
    if len(tasks) < MIN_TASKS or 2 * sum(wrote(scene.run, word) for scene in carriers) > len(carriers):
        return False
    returned = sum(_returns(scene, word) for scene in carriers)
    went_on = sum(scene.window[scene.fresh[word]] is not scene.run.events[-1] for scene in carriers)
    return 3 * returned <= len(carriers) <= 2 * went_on and _pays(word, met)


def _returns(scene: Scene, word: str) -> bool:
    """Whether the same failure came again after the way out."""
    signature = error_signature(scene.failed.error or "")
    way = scene.window[scene.fresh[word]]
    later = (event for event in scene.run.events if event.call > way.call and event.failed and event.error)
    return any(error_signature(event.error or "") == signature for event in later)


def _pays(word: str, met: Sequence[Scene]) -> bool:
    """Whether runs that did it do not fail more often than those that met the failure and did not."""
    labelled = [scene for scene in met if scene.run.piece.trajectory.outcome is not None]
    with_it = [scene.run.succeeded for scene in labelled if word in scene.fresh]
    without = [scene.run.succeeded for scene in labelled if word not in scene.fresh]
    if not with_it:
        return True
    return sum(with_it) * max(1, len(without)) >= 0.8 * sum(without) * len(with_it) and any(with_it)
