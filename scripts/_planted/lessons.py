"""Lessons as an analyst would state them, with what they truly say."""

import ast
import random
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from _planted.catalogue import Entry, entries, fill, fills, one_offs
from t2s_local.text.text import mask, squeeze
from t2s_local.values.lesson import Lesson, LessonId, Polarity
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import digest

ONE_OFF_SHARE = 0.15
"""Share of lessons that nothing else in the corpus repeats."""
_POLARITIES: tuple[Polarity, ...] = ("failure", "failure", "failure", "success", "correction")
_BEFORE = ("", "", "", "", "again ", "this time ", "as before, ", "in {dir}, ")
_AFTER = ("", "", "", "", " (seen with {name})", " in {dir}", " while working on {file}", " at step {number}")
_FEWEST_A_TOPIC = 5
"""Lessons a topic has on average in a small corpus; a large one uses the whole catalogue."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Lessons with what they say."""

    lessons: tuple[Lesson, ...]
    truth: tuple[str, ...]
    """Entry id of each lesson; one of its own for what occurs once."""
    runs: tuple[str, ...]
    """Trajectory of each lesson."""


def plant(n: int, *, seed: int) -> Planted:
    """Draw *n* lessons from the catalogue, some topics often and some seldom, and one-offs between them."""
    rng = random.Random(seed)
    n_alone = min(round(ONE_OFF_SHARE * n), len(one_offs()) + len(strange_pairs()) if n > 200 else len(one_offs()))
    topics = rng.sample(entries(), k=min(len(entries()), max(2, (n - n_alone) // _FEWEST_A_TOPIC)))
    shares = [1.0 / (rank + 4) ** 0.8 for rank in range(len(topics))]
    chosen = [*topics, *rng.choices(topics, weights=shares, k=max(0, n - n_alone - len(topics)))][: n - n_alone]
    alone = _alone(n_alone, rng)
    said = [(entry.id, *_phrase(entry, rng)) for entry in chosen] + [
        (f"one-off/{do}", when, do, None) for when, do in alone
    ]
    rng.shuffle(said)
    n_runs = max(1, round(0.7 * n))
    lessons, runs = [], []
    for number, (_, when, do, because) in enumerate(said):
        run = f"run-{rng.randrange(n_runs)}"
        runs.append(run)
        lessons.append(_lesson(number, when, do, because, run=run, polarity=rng.choice(_POLARITIES)))
    return Planted(lessons=tuple(lessons), truth=tuple(item[0] for item in said), runs=tuple(runs))


def _phrase(entry: Entry, rng: random.Random) -> tuple[str, str, str | None]:
    chosen = fills(rng)
    when = rng.choice(_BEFORE) + rng.choice(entry.when) + rng.choice(_AFTER)
    because = rng.choice(entry.because) if rng.random() < 0.6 else None
    return fill(when, chosen), fill(rng.choice(entry.do), chosen), because


def _alone(n: int, rng: random.Random) -> list[tuple[str, str]]:
    ours = list(one_offs())
    rng.shuffle(ours)
    if n <= len(ours):
        return ours[:n]
    strangers = list(strange_pairs())
    rng.shuffle(strangers)
    return (ours + strangers)[:n]


def _lesson(number: int, when: str, do: str, because: str | None, *, run: str, polarity: Polarity) -> Lesson:
    return Lesson(
        id=LessonId(digest(str(number), when, do, because or "", run)),
        when=when,
        do=do,
        because=because,
        polarity=polarity,
        pattern="planted",
        signature=squeeze(mask(f"{when}. {do}")),
        evidence=(),
        trajectory_ids=(TrajectoryId(run),),
        task_ids=(run,),
        analyst="planted",
    )


@cache
def strange_pairs() -> tuple[tuple[str, str], ...]:
    """Two sentences each from documentation strings of the standard library: prose about thousands of other things."""
    found: dict[str, str] = {}
    for _, text in documentation():
        sentences = [squeeze(part) for part in text.split(". ")]
        good = [part for part in sentences if 5 <= len(part.split()) <= 30 and part.isascii()]
        if len(good) >= 2:
            found.setdefault(good[0], good[1])
    return tuple(sorted(found.items()))


def documentation() -> Iterator[tuple[str, str]]:
    """Module name and documentation string of functions and classes of the standard library, in a fixed order."""
    library = Path(sysconfig.get_path("stdlib"))
    for path in sorted(library.glob("*.py")) + sorted(library.glob("*/*.py")):
        if path.parent.name in {"site-packages", "test", "tests", "idlelib"} or path.stat().st_size > 400_000:
            continue
        module = path.stem if path.parent == library else path.parent.name
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)):
                yield module, text


def label_set(*, n: int, seed: int, n_labels: int = 40) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Short texts by subject: first sentences of documentation strings, labelled by their module.

    Args:
        n: How many texts.
        seed: Which of them.
        n_labels: The modules with most sentences are used.
    """
    by_module: dict[str, set[str]] = {}
    for module, text in documentation():
        sentence = squeeze(text.split("\n\n")[0])
        if 5 <= len(sentence.split()) <= 30:
            by_module.setdefault(module, set()).add(sentence)
    largest = sorted(by_module, key=lambda module: (-len(by_module[module]), module))[:n_labels]
    pairs = [(sentence, module) for module in largest for sentence in sorted(by_module[module])]
    random.Random(seed).shuffle(pairs)
    return tuple(text for text, _ in pairs[:n]), tuple(label for _, label in pairs[:n])
