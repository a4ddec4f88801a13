"""Answers that are a call or an address: names that occur mostly in right answers, and names of wrong answers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.text.text import join_words, words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

KIND = "answer"
ADDRESS = "answer_address"
LEAST_RUNS = 5
LEAST_GROUP = 20
"""Fewest runs of one benchmark file whose answers are compared."""
MIN_Z = 2.58
"""Least z value (two-sided, 1 %): high, because dozens of names are tried."""
_SURE = 0.75
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\(")
_URL = re.compile(r"https?://[^\s\"'<>)\]`,]+")
_LONGEST = 20_000
_SHOWN = 3
_QUOTED = 2
_LEAST_LETTERS = 4
_LEAST_FIELDS = 2
_HOST = re.compile(r"\(\s*[\"']https?://([^/\"']+)/")
_FIELD = re.compile(r"<<<\w+>>>")
"""Mark before a part of an answer whose parts have names."""
_CHOICES = re.compile(r"\{((?:[\w-]{3,40}\s*,\s*){2,}[\w-]{3,40}\s*)\}")
"""Choices that a request lists in braces."""
_MOST_CHOICES = 100
_MOSTLY = 0.7
"""Least share of an address's requests that contain one of its words, and of a call's addresses with one host."""
_RARELY = 0.25
"""Largest share of the requests with other answers that may contain a word for the word to count as distinctive."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the names called and the addresses in the answer of a labelled run without tools."""
    run = piece.trajectory
    if run.outcome is None or events or piece.stop < len(run.steps):
        return
    said = [(at, run.steps[at].text) for at in range(piece.start, piece.stop) if run.steps[at].kind == "assistant"]
    if not said:
        return
    at, text = max(said, key=lambda item: (len(item[1]), -item[0]))
    called = _marked(text[:_LONGEST])
    names = set(_CALLED.findall(called))
    families = {f"{name.partition('.')[0]}." for name in names if "." in name}
    for name in sorted(names | families):
        yield Note(kind=KIND, key=f"{run.source}\n{name}", quotes=(_around(piece, at, text, name, text.index(called)),))
    for address in sorted(set(_URL.findall(text[:_LONGEST]))):
        yield Note(
            kind=ADDRESS,
            key=f"{run.source}\n{address}",
            detail=_choice(piece.request or "", text[:_LONGEST]),
            quotes=(_around(piece, at, text, address),),
        )


def _choice(request: str, answer: str) -> str:
    """Return the first of the choices listed in *request* that *answer* names; empty if there is none."""
    listed = [choice for found in _CHOICES.findall(request) for choice in re.split(r"\s*,\s*", found.strip())]
    places = {
        choice: found.start()
        for choice in listed[:_MOST_CHOICES]
        if (found := re.search(_alone(choice), answer)) is not None
    }
    return min(places, key=lambda choice: (places[choice], -len(choice), choice), default="")


def _alone(choice: str) -> str:
    return rf"(?<![\w-]){re.escape(choice)}(?![\w-])"


def _marked(answer: str) -> str:
    """Return the first marked part of *answer* with a call, the one that is graded; the whole answer without marks.

    A call that the explanation or the code behind it mentions is not the answer.
    """
    parts = _FIELD.split(answer)[1:]
    return next((part for part in parts if _CALLED.search(part)), answer) if len(parts) >= _LEAST_FIELDS else answer


def _around(piece: Slice, at: int, text: str, name: str, start: int = 0) -> Quote:
    start = text.index(name, start)
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
            yield from _addressed(when, group, _of(group, ADDRESS, source))


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
    told = f"Answer with {_spelt(best, found[best])}"
    because = f"{_won(users)} of {len(users)} answers with it were right, {_won(others)} of {len(others)} others"
    pairs = list(found[best])
    if worst is not None and not best.startswith(worst):
        wrong = runs_of(found[worst])
        told += f", not {code(worst + '…')}"
        because += f", and {_won(wrong)} of {len(wrong)} with {code(worst + '…')}"
        pairs += found[worst][:1]
    yield _lesson(when, f"{told}.", because, pairs, users)


def _addressed(when: str, group: Sequence[Run], found: Mapping[str, Sequence[tuple[Run, Note]]]) -> Iterator[Lesson]:
    """Yield at most one lesson on accepted addresses, each with words of the tasks for which the address is right."""
    users = {name: runs_of(pairs) for name, pairs in found.items() if len(runs_of(pairs)) >= LEAST_RUNS}
    good = [name for name, runs in users.items() if _won(runs) >= _SURE * len(runs)]
    subjects = {name: _subject(name, users[name], group, found) for name in good}
    pays = [name for name, (what, others) in subjects.items() if what and _rate(others) < _rate(users[name])]
    ranked = sorted(pays, key=lambda name: (-len(users[name]), name))[:_SHOWN]
    if not ranked:
        return
    told = "; ".join(f"{subjects[name][0]}, {code(name)}" for name in ranked)
    counts = (
        f"{subjects[name][0]}, {_won(users[name])} of {len(users[name])} answers with it were right"
        + (f", {_won(others)} of {len(others)} others" if (others := subjects[name][1]) else "")
        for name in ranked
    )
    pairs = [pair for name in ranked for pair in found[name][:_QUOTED]]
    met = [run for name in ranked for run in users[name]]
    because = "; ".join(counts)
    because = f"{because[0].upper()}{because[1:]}"
    yield _lesson(when, f"Load what fits the task: {told}.", because, pairs, met)


def _subject(
    name: str, users: Sequence[Run], group: Sequence[Run], found: Mapping[str, Sequence[tuple[Run, Note]]]
) -> tuple[str, Sequence[Run]]:
    """Return a clause on the tasks for which the address *name* is right, or "", and other runs on such tasks.

    The clause has the choice that right answers with the address name, otherwise words of their requests.
    """
    choice = _chosen(found[name])
    if choice:
        return f"for {code(choice)}", _choosing(choice, users, found)
    kind = _kind_of(users, group)
    about = join_words((f"“{word}”" for word in kind), last="or")
    return (f"where it is about {about}", _others(users, group, kind)) if kind else ("", ())


def _chosen(pairs: Sequence[tuple[Run, Note]]) -> str:
    """Return the choice of the request that most right answers with an address name; empty if there is none."""
    right = [note.detail for run, note in pairs if run.succeeded]
    choice = most_common(right, most=1)
    return choice[0] if choice and right.count(choice[0]) >= _MOSTLY * len(right) else ""


def _choosing(choice: str, users: Sequence[Run], found: Mapping[str, Sequence[tuple[Run, Note]]]) -> Sequence[Run]:
    """Return the runs not in *users* whose answer names the same *choice* with another address."""
    ids = {run.piece.trajectory.id for run in users}
    pairs = [pair for same in found.values() for pair in same if pair[1].detail == choice]
    return [run for run in runs_of(pairs) if run.piece.trajectory.id not in ids]


def _others(users: Sequence[Run], group: Sequence[Run], kind: Sequence[str]) -> Sequence[Run]:
    """Return the runs of *group* that are not in *users* and whose request contains a word of *kind*."""
    ids = {run.piece.trajectory.id for run in users}
    others = [run for run in group if run.piece.trajectory.id not in ids]
    return [run for run in others if not set(kind).isdisjoint(words(run.piece.request or ""))]


def _kind_of(users: Sequence[Run], group: Sequence[Run]) -> Sequence[str]:
    """Return up to three words of which most requests of *users*, and few other requests, contain one; or ()."""
    ids = {run.piece.trajectory.id for run in users}
    inside = [set(words(run.piece.request or "")) for run in users]
    outside = [set(words(run.piece.request or "")) for run in group if run.piece.trajectory.id not in ids]
    rare = {word for said in inside for word in said if len(word) >= _LEAST_LETTERS and word not in _common()}
    rare -= {
        word for word, n in Counter(word for said in outside for word in said).items() if n > _RARELY * len(outside)
    }
    chosen: list[str] = []
    left = inside
    while left and len(chosen) < _SHOWN:
        held = Counter(word for said in left for word in said & rare)
        best = min(held, key=lambda word: (-held[word], word), default=None)
        if best is None:
            break
        chosen.append(best)
        left = [said for said in left if best not in said]
        if len(left) <= (1 - _MOSTLY) * len(inside):
            return chosen
    return ()


@cache
def _common() -> frozenset[str]:
    """Return English words that occur in any text."""
    return frozenset(resources.files("t2s_local.analysts._mined").joinpath("stopwords.txt").read_text("utf-8").split())


def _spelt(name: str, pairs: Sequence[tuple[Run, Note]]) -> str:
    """Return a call as inline code, with the host of the address that at least 70 % of the right answers pass to it."""
    hosts = Counter(
        found[1] if (found := _HOST.match(note.quotes[0].text[len(name) :])) is not None else ""
        for run, note in pairs
        if run.succeeded
    )
    host = min(hosts, key=lambda one: (-hosts[one], one), default="")
    is_usual = host and hosts[host] >= _MOSTLY * hosts.total()
    return f"{code(f'{name}(…)')}{f' and an address of `{host}`' if is_usual else ''}"


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


def _rate(runs: Sequence[Run]) -> float:
    return _won(runs) / len(runs) if runs else 0.0


def _overall(group: Sequence[Run]) -> float:
    return _won(group) / len(group)
