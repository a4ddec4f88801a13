"""Ways out: what runs that met a kind of failure did next, more often than runs do it anyway.

The failed command need not come again. A failure is known by its message with details masked, an action by the words
that recur in it; a word counts where the run had not used it before, neither in what failed nor in what had worked.
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
"""Share of the words found that may be chance. Runs of one project have more in common than chance knows of: true ways
out lie below one in a million, and the best that such runs did together without one at two in a thousand.
"""
MIN_SHARE = 0.4
"""Share of the runs that met a failure and went on well that took its way out; a failure left in many ways has none."""
MIN_LIFT = 3.0
"""How much more often the action follows this failure than others, at least."""
MIN_RATE = 2.0
"""How much more often it is taken up there than anywhere else, action by action, at least."""


class WayOut(Value, frozen=True, kw_only=True):
    """A word that was tried for a failure."""

    word: str
    chance: float
    carriers: tuple[Scene, ...]
    is_way: bool
    """Whether enough runs took it, more than after other failures, and all went well."""


def ways_out(runs: Sequence[Run]) -> Iterator[Lesson]:
    """One lesson for every kind of failure that most runs leave by the same action.

    A kind is a message with its details masked; where these have no way out in common, the message with the names that
    it quotes, if most of them quote the same; and at last a message that other words vary in too.
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
    """By message and quoted names, where these are at least half of the failures that differ in nothing but names."""
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
    """The best word of every kind of failure that has one."""
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
    """Return whether runs of several tasks took it, had not written it, went on, and were rid of the failure."""
    tasks = {scene.run.piece.trajectory.task_id or scene.run.piece.trajectory.id for scene in carriers}
    if len(tasks) < MIN_TASKS or 2 * sum(wrote(scene.run, word) for scene in carriers) > len(carriers):
        return False
    returned = sum(_returns(scene, word) for scene in carriers)
    went_on = sum(scene.window[scene.fresh[word]] is not scene.run.events[-1] for scene in carriers)
    return 3 * returned <= len(carriers) <= 2 * went_on and _pays(word, met)


def _returns(scene: Scene, word: str) -> bool:
    """Return whether the same failure came again after the way out."""
    way = scene.window[scene.fresh[word]]
    later = (event.error for event in scene.run.events if event.call > way.call and event.failed and event.error)
    return any(error_signature(error) == scene.kind for error in later)


def _pays(word: str, met: Sequence[Scene]) -> bool:
    """Return whether runs that did it do not fail more often than those that met the failure and did not."""
    labelled = [scene for scene in met if scene.run.piece.trajectory.outcome is not None]
    with_it = [scene.run.succeeded for scene in labelled if word in scene.fresh]
    without = [scene.run.succeeded for scene in labelled if word not in scene.fresh]
    if not with_it:
        return True
    return sum(with_it) * max(1, len(without)) >= 0.8 * sum(without) * len(with_it) and any(with_it)
