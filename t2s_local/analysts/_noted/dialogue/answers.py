"""Answers that are a call or an address: names that occur mostly in right answers, and names of wrong answers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

KIND = "answer"
ADDRESS = "answer_address"
LEAST_RUNS = 5
LEAST_GROUP = 20
"""Fewest runs of one benchmark file whose answers are compared."""
MIN_Z = 2.58
"""Two-sided 1 %: dozens of names are tried."""
_SURE = 0.75
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\(")
_URL = re.compile(r"https?://[^\s\"'<>)\]`,]+")
_LONGEST = 20_000
_SHOWN = 3


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the names called and the addresses in the answer of a labelled run without tools."""
    run = piece.trajectory
    if run.outcome is None or events or piece.stop < len(run.steps):
        return
    said = [(at, run.steps[at].text) for at in range(piece.start, piece.stop) if run.steps[at].kind == "assistant"]
    if not said:
        return
    at, text = max(said, key=lambda item: (len(item[1]), -item[0]))
    names = set(_CALLED.findall(text[:_LONGEST]))
    families = {f"{name.partition('.')[0]}." for name in names if "." in name}
    for name in sorted(names | families):
        yield Note(kind=KIND, key=f"{run.source}\n{name}", quotes=(_around(piece, at, text, name),))
    for address in sorted(set(_URL.findall(text[:_LONGEST]))):
        yield Note(kind=ADDRESS, key=f"{run.source}\n{address}", quotes=(_around(piece, at, text, address),))


def _around(piece: Slice, at: int, text: str, name: str) -> Quote:
    start = text.index(name)
    return quote(piece, at, text[start : start + 120].splitlines()[0], role="result")


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for the names called in right answers of a benchmark file, and one for the addresses in them."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        if run.piece.trajectory.outcome is not None and not run.events:
            groups.setdefault(run.piece.trajectory.source, []).append(run)
    for source, group in sorted(groups.items()):
        if len(group) >= LEAST_GROUP and 0 < sum(run.succeeded for run in group) < len(group):
            others = [run for name, other in groups.items() if name != source for run in other]
            when = f"in a task that says “{_asked(group, others)}”"
            yield from _called(when, group, _of(group, KIND, source))
            yield from _addressed(when, _of(group, ADDRESS, source))


def _of(group: Sequence[Run], kind: str, source: str) -> Mapping[str, Sequence[tuple[Run, Note]]]:
    found = noted(group, kind)
    return {key.removeprefix(f"{source}\n"): pairs for key, pairs in found.items()}


def _called(when: str, group: Sequence[Run], found: Mapping[str, Sequence[tuple[Run, Note]]]) -> Iterator[Lesson]:
    scored = {name: _score(group, runs_of(pairs)) for name, pairs in found.items()}
    good = [name for name, (z, _) in scored.items() if z >= MIN_Z and not name.endswith(".")]
    bad = [name for name, (z, rate) in scored.items() if z <= -MIN_Z and rate < _overall(group) and name.endswith(".")]
    if not good:
        return
    best = min(good, key=lambda name: (-scored[name][0], name))
    worst = min(bad, key=lambda name: (scored[name][0], name)) if bad else None
    users = runs_of(found[best])
    others = [run for run in group if run not in users]
    told = f"Give {code(best + '(…)')}"
    because = f"{_won(users)} of {len(users)} answers with it were right, {_won(others)} of {len(others)} others"
    pairs = list(found[best])
    if worst is not None and not best.startswith(worst):
        wrong = runs_of(found[worst])
        told += f", not {code(worst + '…')}"
        because += f", and {_won(wrong)} of {len(wrong)} with {code(worst + '…')}"
        pairs += found[worst][:1]
    yield _lesson(when, f"{told}.", because, pairs, users)


def _addressed(when: str, found: Mapping[str, Sequence[tuple[Run, Note]]]) -> Iterator[Lesson]:
    counted = {name: runs_of(pairs) for name, pairs in found.items() if len(runs_of(pairs)) >= LEAST_RUNS}
    good = sorted(
        (name for name, users in counted.items() if _won(users) >= _SURE * len(users)),
        key=lambda name: (-len(counted[name]), name),
    )
    bad = sorted(
        (name for name, users in counted.items() if not _won(users)), key=lambda name: (-len(counted[name]), name)
    )
    if not good:
        return
    shown = join_words(f"{code(name)} ({_won(counted[name])} of {len(counted[name])})" for name in good[:_SHOWN])
    told = f"Addresses that were accepted: {shown}"
    if bad:
        told += f"; never accepted: {join_words(f'{code(name)} (0 of {len(counted[name])})' for name in bad[:_SHOWN])}"
    users = [run for name in good[:_SHOWN] for run in counted[name]]
    pairs = [pair for name in (*good[:_SHOWN], *bad[:_SHOWN]) for pair in found[name][:1]]
    yield _lesson(
        when, f"{told}.", f"{_won(users)} of {len(users)} answers with the first ones were right", pairs, users
    )


def _lesson(when: str, do: str, because: str, pairs: Sequence[tuple[Run, Note]], users: Sequence[Run]) -> Lesson:
    return lesson(
        when=when,
        do=do,
        because=because,
        polarity="success",
        pattern=KIND,
        evidence=quotes_of(pairs, most=4),
        trajectories=(run.piece.trajectory for run in users),
    )


def _asked(group: Sequence[Run], others: Sequence[Run]) -> str:
    """Return the sentence that most requests of the group contain, and fewest of the other groups."""
    inside, outside = _sentences(group), _sentences(others)
    shares = {text: count / len(group) - outside[text] / max(1, len(others)) for text, count in inside.items()}
    return min(shares, key=lambda text: (-round(shares[text], 3), len(text), text), default="")


def _sentences(runs: Sequence[Run]) -> Counter[str]:
    found: Counter[str] = Counter()
    for run in runs:
        said = {part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+|\\\\n", run.piece.request or "")}
        found.update(text for text in said if 20 <= len(text) <= 140)
    return found


def _score(group: Sequence[Run], users: Sequence[Run]) -> tuple[float, float]:
    """Return the z value of the association of a name with success, and the success rate of its users."""
    if len(users) < LEAST_RUNS or len(tasks_of(users)) < LEAST_RUNS or len(users) >= len(group):
        return 0.0, 0.0
    won, all_won = _won(users), _won(group)
    table = (won, all_won - won, len(users) - won, len(group) - len(users) - all_won + won)
    return mantel_haenszel([(table[0], table[1], table[2], table[3])])[1], won / len(users)


def _won(runs: Sequence[Run]) -> int:
    return sum(run.succeeded for run in runs)


def _overall(group: Sequence[Run]) -> float:
    return _won(group) / len(group)
