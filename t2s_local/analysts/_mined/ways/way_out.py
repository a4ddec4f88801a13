"""Ways out: actions that runs took after a kind of failure more often than they do otherwise.

The failed command need not be repeated. A kind of failure is a message with its details masked; an action is known by
a recurring word that the run had used neither in the failed action nor in a successful one before.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from t2s_local.analysts._exact import believed, tail
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.messages import merged
from t2s_local.analysts._mined.ways.scenes import Scene, Usual, survey
from t2s_local.analysts._mined.ways.telling import told
from t2s_local.analysts._mined.ways.word import wrote
from t2s_local.text.failures import error_signature
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

MIN_RUNS = 3
MIN_TASKS = 2
MOST_BELIEVED_BY_CHANCE = 0.001
"""Largest expected share of chance among the words found. Runs of one project share more than chance assumes.

The p values of true ways out are below one in a million; the best chance find of such runs had two in a thousand.
"""
MIN_SHARE = 0.4
"""Least share that must have used the action, of the runs with the failure whose outcome is not *failure*."""
MIN_LIFT = 3.0
"""Least ratio of the action's frequency after this failure to that after other failures."""
MIN_RATE = 2.0
"""Least ratio of the word's rate per action after this failure to its rate anywhere else."""


class WayOut(Value, frozen=True, kw_only=True):
    """A word that was tried for a failure."""

    word: str
    chance: float
    carriers: tuple[Scene, ...]
    is_way: bool
    """Whether enough runs used the word, more often than after other failures, and continued without the failure."""


def ways_out(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every kind of failure that most runs leave by the same action.

    Failures are grouped in three ways: by messages with details masked; then the failures without a way out by messages
    with their quoted names, if most quote the same names; and the rest by messages in which other words vary too.
    """
    scenes, usual = survey(runs)
    left, found = scenes, list[WayOut]()
    for grouped in (_by_kind, _by_name, _by_template):
        groups = grouped(left)
        best = _mine(groups, scenes, usual)
        found += [item for _, item in sorted(best.items())]
        gone = {id(scene) for name in best for scene in groups[name]}
        left = [scene for scene in left if id(scene) not in gone]
    lessons = (told(item.word, item.carriers) for item in found)
    yield from (lesson for lesson in lessons if lesson is not None)


Groups = Mapping[str, Sequence[Scene]]


def _by_kind(scenes: Sequence[Scene]) -> Groups:
    return _grouped(scenes, lambda scene: scene.kind)


def _by_name(scenes: Sequence[Scene]) -> Groups:
    """Group by message with quoted names; groups of less than half of the failures with that message are left out."""
    alike = Counter(scene.kind for scene in scenes)
    groups = _grouped(scenes, lambda scene: scene.named_kind)
    return {name: met for name, met in groups.items() if 2 * len(met) >= alike[met[0].kind]}


def _by_template(scenes: Sequence[Scene]) -> Groups:
    templates = merged(scene.kind for scene in scenes)
    return _grouped(scenes, lambda scene: templates[scene.kind])


def _grouped(scenes: Sequence[Scene], key: Callable[[Scene], str]) -> Groups:
    groups: defaultdict[str, list[Scene]] = defaultdict(list)
    for scene in scenes:
        groups[key(scene)].append(scene)
    return groups


def _mine(groups: Groups, scenes: Sequence[Scene], usual: Mapping[str, Usual]) -> Mapping[str, WayOut]:
    """Return the best word for every kind of failure that has a way out."""
    after = Counter(word for scene in scenes for word in scene.fresh)
    tried: list[tuple[str, WayOut]] = []
    for name, met in sorted(groups.items()):
        tried += [(name, item) for item in _tried(_one_a_run(met), len(scenes), after, usual)]
    trusted = believed([item.chance for _, item in tried], rate=MOST_BELIEVED_BY_CHANCE)
    best: dict[str, WayOut] = {}
    for (name, item), is_trusted in zip(tried, trusted, strict=True):
        if is_trusted and item.is_way and (name not in best or _rank(item) < _rank(best[name])):
            best[name] = item
    return best


def _rank(item: WayOut) -> tuple[float, int, float, str]:
    places = [scene.fresh[item.word] for scene in item.carriers]
    return item.chance, -len(item.carriers), sum(places) / len(places), item.word


def _one_a_run(met: Sequence[Scene]) -> Sequence[Scene]:
    first: dict[str, Scene] = {}
    for scene in met:
        first.setdefault(scene.run.piece.trajectory.id, scene)
    return tuple(first.values())


def _tried(met: Sequence[Scene], n_scenes: int, after: Counter[str], usual: Mapping[str, Usual]) -> Iterator[WayOut]:
    good = [scene for scene in met if scene.run.piece.trajectory.outcome != "failure"]
    harnesses = [usual[name] for name in sorted({scene.run.piece.trajectory.format for scene in good})]
    words = Counter(word for scene in good for word in scene.fresh)
    for word, count in sorted(words.items()):
        if count < MIN_RUNS:
            continue
        draws = sum(scene.fresh.get(word, len(scene.window) - 1) + 1 for scene in good)
        marked = sum(harness.taken_up[word] for harness in harnesses)
        total = sum(harness.n_actions - harness.after[word] for harness in harnesses)
        carriers = tuple(scene for scene in good if word in scene.fresh)
        share, others = count / len(good), (after[word] - count) / max(1, n_scenes - len(met))
        is_often = (
            share >= max(MIN_SHARE, MIN_LIFT * others)
            and count * (total - draws) >= MIN_RATE * (marked - count) * draws
        )
        yield WayOut(
            word=word,
            chance=tail(count, draws, max(marked, count), max(total, draws)),
            carriers=carriers,
            is_way=is_often and _holds(word, carriers, met),
        )


def _holds(word: str, carriers: Sequence[Scene], met: Sequence[Scene]) -> bool:
    """Return whether runs of several tasks used *word*, did not write its file, continued, and avoided the failure."""
    tasks = {scene.run.piece.trajectory.task_id or scene.run.piece.trajectory.id for scene in carriers}
    if len(tasks) < MIN_TASKS or 2 * sum(wrote(scene.run, word) for scene in carriers) > len(carriers):
        return False
    returned = sum(_returns(scene, word) for scene in carriers)
    went_on = sum(scene.window[scene.fresh[word]] is not scene.run.events[-1] for scene in carriers)
    return 3 * returned <= len(carriers) <= 2 * went_on and _pays(word, met)


def _returns(scene: Scene, word: str) -> bool:
    """Return whether the same failure occurred again after the way out."""
    way = scene.window[scene.fresh[word]]
    later = (event.error for event in scene.run.events if event.call > way.call and event.failed and event.error)
    return any(error_signature(error) == scene.kind for error in later)


def _pays(word: str, met: Sequence[Scene]) -> bool:
    """Return whether runs that used *word* succeed about as often as runs with the failure that did not."""
    labelled = [scene for scene in met if scene.run.piece.trajectory.outcome is not None]
    with_it = [scene.run.succeeded for scene in labelled if word in scene.fresh]
    without = [scene.run.succeeded for scene in labelled if word not in scene.fresh]
    if not with_it:
        return True
    return sum(with_it) * max(1, len(without)) >= 0.8 * sum(without) * len(with_it) and any(with_it)
