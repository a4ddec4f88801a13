"""Trajectories that teach planted lessons, with a record of what each one teaches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from _planted.catalogue import Entry, entries, fill, fills, one_offs
from t2s_local.values.trajectory import Outcome, Step

_CORRECTED_SHARE = 0.2
"""Share of occurrences in which a user corrects the agent instead of an error."""
_FAILED_SHARE = 0.2
"""Share of runs that give up at their last error."""
_ALONE_SHARE = 0.15
_LOOKS = (
    ("ls", "README.md\nconf\ndata\nlib\nsrc"),
    ("git status --short", " M src/main.py"),
    ("cat conf/app.ini", "[app]\nlevel = info"),
    ("wc -l data/orders.txt", "480 data/orders.txt"),
    ("head -n 2 data/orders.txt", "id,amount\n1,20"),
    ("pwd", "/srv/job"),
)
_REQUESTS = (
    "Please get the {subject} job of {name} to run.",
    "Finish the {subject} part for {name}, it stopped half way.",
    "Take care of {name}: the {subject} step has to work.",
    "The {subject} work on {name} is left to do, please do it.",
)


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One place where a run teaches something."""

    lesson: str
    """Entry id; one of its own for what occurs once."""
    texts: tuple[str, ...]
    """What a quote about it can be taken from: the failing command, the error, the remedy, the words of the user."""
    is_solved: bool


@dataclass(frozen=True, kw_only=True)
class Run:
    """One trajectory before it is written in a format."""

    name: str
    task: str
    steps: tuple[Step, ...]
    outcome: Outcome
    occurrences: tuple[Occurrence, ...]


def make_runs(n: int, *, seed: int, subject: str | None = None) -> Iterator[Run]:
    """Draw *n* runs of one to three lessons each, all of one *subject* if given; the same seed gives the same runs."""
    rng = random.Random(seed)
    known = [entry for entry in entries() if subject in (None, entry.subject)]
    topics = rng.sample(known, k=min(len(known), max(2, n // 3)))
    alone = list(one_offs())
    rng.shuffle(alone)
    for number in range(n):
        chosen = rng.sample(topics, k=min(len(topics), rng.choice((1, 1, 2, 3))))
        strange = alone.pop() if alone and rng.random() < _ALONE_SHARE else None
        yield _run(number, chosen, strange, rng)


def _run(number: int, chosen: Sequence[Entry], strange: tuple[str, str] | None, rng: random.Random) -> Run:
    words = fills(rng)
    request = fill(rng.choice(_REQUESTS).replace("{subject}", chosen[0].subject), words)
    steps = [Step(kind="user", text=request)]
    occurrences = []
    gives_up = rng.random() < _FAILED_SHARE
    for at, entry in enumerate(chosen):
        steps += _looks(rng, f"{number}-{at}")
        is_solved = not (gives_up and at == len(chosen) - 1)
        teach = _corrected if is_solved and rng.random() < _CORRECTED_SHARE else _recovered
        occurrence, taught = teach(entry, fills(rng), rng, f"{number}-{at}", is_solved=is_solved)
        occurrences.append(occurrence)
        steps += taught
    if strange is not None and not gives_up:
        occurrence, taught = _strange(*strange, key=f"{number}-x")
        occurrences.append(occurrence)
        steps += taught
    steps.append(Step(kind="assistant", text="I could not finish this." if gives_up else "Done: everything works now."))
    return Run(
        name=f"run-{number:05d}",
        task=f"task-{number // 2}",
        steps=tuple(steps),
        outcome="failure" if gives_up else "success",
        occurrences=tuple(occurrences),
    )


def _looks(rng: random.Random, key: str) -> list[Step]:
    chosen = rng.sample(_LOOKS, k=rng.choice((0, 1, 2)))
    return [
        step for at, (command, output) in enumerate(chosen) for step in _call(command, output, key=f"{key}-look{at}")
    ]


def _call(command: str, output: str, *, key: str, code: int = 0) -> list[Step]:
    call = Step(kind="tool_call", text=command, tool="Bash", arguments={"command": command}, call_id=f"call-{key}")
    text = f"Exit code {code}\n{output}" if code else output
    answer = Step(kind="tool_result", text=text, tool="Bash", call_id=f"call-{key}", is_error=code != 0, exit_code=code)
    return [call, answer]


def _recovered(
    entry: Entry, words: dict[str, str], rng: random.Random, key: str, *, is_solved: bool
) -> tuple[Occurrence, list[Step]]:
    fail, error, fix, good = (fill(text, words) for text in (entry.fail, entry.error, entry.fix, entry.good))
    because = fill(rng.choice(entry.because), words)
    steps = _call(fail, error, key=f"{key}-fail", code=1)
    if is_solved:
        cause = f"The problem is that {because}. {fill(rng.choice(entry.do), words)}"
        steps += [Step(kind="assistant", text=cause), *_call(fix, good, key=f"{key}-fix")]
    texts = (fail, error, *((fix, because) if is_solved else ()))
    return Occurrence(lesson=entry.id, texts=texts, is_solved=is_solved), steps


def _corrected(
    entry: Entry, words: dict[str, str], rng: random.Random, key: str, *, is_solved: bool
) -> tuple[Occurrence, list[Step]]:
    fail, fix, good = (fill(text, words) for text in (entry.fail, entry.fix, entry.good))
    order = f"No, not like that. {fill(rng.choice(entry.do), words)}"
    steps = [*_call(fail, "", key=f"{key}-wrong"), Step(kind="user", text=order), *_call(fix, good, key=f"{key}-fix")]
    return Occurrence(lesson=entry.id, texts=(fail, order, fix), is_solved=is_solved), steps


def _strange(when: str, do: str, *, key: str) -> tuple[Occurrence, list[Step]]:
    tool = "".join(word[0] for word in when.split()) + "ctl"
    fail, fix = f"{tool} check --all", f"{tool} check --all --mended"
    steps = [
        *_call(fail, f"error: {when}", key=f"{key}-fail", code=1),
        Step(kind="assistant", text=f"The problem is that {when}. {do}"),
        *_call(fix, "ok", key=f"{key}-fix"),
    ]
    return Occurrence(lesson=f"one-off/{do}", texts=(fail, when, fix), is_solved=True), steps
