"""Runs in which failures are left by other commands, among runs that only look so."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from _planted.calls import call, fill, fills
from _planted.catalogue import FOLDER
from _planted.runs import Occurrence, Run
from t2s_local.values.trajectory import Outcome, Step

WAYS = FOLDER / "catalogue" / "ways_out"
_FEWEST, _MOST = 4, 7
"""Runs that a failure of the catalogue occurs in."""
_ASIDE_SHARE = 0.15
"""Share of these runs that leave it in a way of their own."""
_AGAIN_SHARE = 0.25
"""Share that repeat the command that failed after the way out."""
_IN_VAIN_SHARE = 0.3
"""Share that try something in vain first."""
_UNASKED_SHARE = 0.3
"""Share of the ways out that another run goes without the failure."""
_REQUESTS = ("Get {name} to work again.", "Bring {name} to {branch}.", "Look after {name}, the {dir} part is stuck.")


@dataclass(frozen=True, kw_only=True)
class Way:
    """A failure with its way out, or a distractor that has none worth telling."""

    id: str
    """``file/key``."""
    kind: str
    """``seen`` and ``held_out`` for ways out, otherwise the kind of distractor."""
    fail: tuple[str, ...]
    error: str
    out: tuple[str, ...]
    good: str = ""
    tells: tuple[str, ...] = ()
    """What a rule about it has to name."""
    knows: str = ""
    """What the situation of such a rule has to name."""
    calls: str = "shell"
    and_then: str | None = None

    @property
    def is_told(self) -> bool:
        """Whether a rule about it is right."""
        return bool(self.tells)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One run's share of an entry."""

    way: Way
    how: str
    """``met``: the failure and the entry's way out; ``aside``: another way out; ``unasked``: no failure."""
    turn: int
    """How many runs the entry has had before."""


def ways() -> tuple[Way, ...]:
    """The ways out of the catalogue and the distractors, by id."""
    found = []
    for path in sorted(WAYS.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        calls = table.get("calls", "shell")
        sections = {key: value for key, value in table.items() if isinstance(value, dict)}
        found += [_way(f"{path.stem}/{key}", table["half"], value, calls) for key, value in sections.items()]
    for kind, sections in distractors().items():
        if isinstance(sections, dict):
            found += [_way(f"{kind}/{key}", kind, value, "shell") for key, value in sections.items()]
    return tuple(sorted(found, key=lambda way: way.id))


def distractors() -> Mapping[str, object]:
    """The file of distractors as it stands."""
    return tomllib.loads((FOLDER / "distractors.toml").read_text("utf-8"))


def _way(name: str, kind: str, value: Mapping[str, object], calls: str) -> Way:
    parts = {key: tuple(part) if isinstance(part, list) else part for key, part in value.items()}
    return Way(id=name, kind=kind, calls=calls, **parts)  # type: ignore[arg-type]  # the fields, by their names in the file


def make_ways(*, seed: int) -> tuple[Run, ...]:
    """Draw runs in which every entry occurs in four to seven of them; the same seed gives the same runs."""
    rng = random.Random(seed)
    todo: list[Visit] = []
    for way in ways():
        for turn in range(rng.randint(_FEWEST, _MOST)):
            is_aside = way.is_told and rng.random() < _ASIDE_SHARE
            todo.append(Visit(way=way, how="aside" if is_aside else "met", turn=turn))
        if way.is_told and rng.random() < _UNASKED_SHARE:
            todo.append(Visit(way=way, how="unasked", turn=0))
    rng.shuffle(todo)
    runs: list[Run] = []
    while todo:
        first, other = todo.pop(), rng.random() < 0.4
        second = next((item for item in todo if _fits(first, item)), None)
        chosen = [first]
        if other and second is not None:
            todo.remove(second)
            chosen.append(second)
        runs.append(_run(len(runs), chosen, rng))
    return tuple(runs)


def _fits(one: Visit, other: Visit) -> bool:
    """Whether both may stand in one run."""
    is_free = not {one.way.kind, other.way.kind} & {"doomed", "by_heart"}
    return is_free and one.way.id != other.way.id and one.way.calls == other.way.calls


def _run(number: int, chosen: Sequence[Visit], rng: random.Random) -> Run:
    story = _Story(number, rng)
    story.say("user", fill(rng.choice(_REQUESTS), fills(rng)))
    solved = True
    occurrences = []
    for visit in chosen:
        story.pass_time(rng.randint(0, 2))
        texts = story.tell(visit)
        solved = solved and visit.way.kind != "doomed" and not (visit.how == "aside" and rng.random() < 0.5)
        if visit.how != "unasked":
            occurrences.append(Occurrence(lesson=visit.way.id, texts=texts, is_solved=visit.how == "met" and solved))
        story.pass_time(rng.randint(1, 3))
    story.say("assistant", "Done." if solved else "I could not finish this.")
    outcome: Outcome = "success" if solved else "failure"
    by_heart = next((visit.way.id for visit in chosen if visit.way.kind == "by_heart"), None)
    return Run(
        name=f"way-{number:05d}",
        task=by_heart or f"task-{number // 2}",
        steps=tuple(story.steps),
        outcome=outcome,
        occurrences=tuple(occurrences),
    )


class _Story:
    """The steps of one run, as they come."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self.steps: list[Step] = []
        self._key = f"w{number}"
        self._rng = rng
        table = distractors()
        self._frequent, self._looks = table["frequent"], table["looks"]

    def say(self, kind: str, text: str) -> None:
        """Add words of the user or of the agent."""
        self.steps.append(Step(kind=kind, text=text))  # type: ignore[arg-type]  # one of the kinds

    def act(self, text: str, output: str, *, calls: str = "shell", code: int = 0) -> None:
        """Add a call with its result."""
        self.steps += call(text, output, key=f"{self._key}-{len(self.steps)}", calls=calls, code=code)

    def pass_time(self, n: int) -> None:
        """Add what any run does."""
        for _ in range(n):
            action, output = self._rng.choice(self._rng.choice((self._frequent, self._looks)))  # type: ignore[call-overload]  # two lists of pairs, from TOML
            words = fills(self._rng)
            self.act(fill(action, words), fill(output, words))

    def tell(self, visit: Visit) -> tuple[str, ...]:
        """Add a failure and how it is left; return the texts it is known by."""
        rng, words, way, how = self._rng, fills(self._rng), visit.way, visit.how
        fail, error = fill(rng.choice(way.fail), words), fill(way.error, words)
        if how != "unasked":
            self.act(_dressed(fail, way, rng), error, calls=way.calls, code=1)
        if rng.random() < _IN_VAIN_SHARE and way.calls == "shell":
            self.act(f"{fail.split()[0]} --verbose --debug={words['number']}", error, code=1)
        if way.is_told:
            self.pass_time(rng.choice((0, 0, 1, 2)))
        if how == "aside":
            self.act(f"{words['name']}ctl mend --{words['name']}-{words['number']}", "ok")
            return fail, error
        out = way.out[visit.turn % len(way.out)] if way.kind == "scattered" else rng.choice(way.out)
        self.act(_dressed(fill(out, words), way, rng), fill(way.good, words), calls=way.calls)
        if way.and_then is not None:
            self.act(way.and_then, "ok")
        if how == "met" and way.is_told and rng.random() < _AGAIN_SHARE:
            self.act(fail, "ok", calls=way.calls)
        return fail, error, fill(out, words)


def _dressed(command: str, way: Way, rng: random.Random) -> str:
    """A command as agents write it: after a change of folder, with the end of its output alone."""
    if way.calls != "shell" or "<<" in command:
        return command
    before = rng.choice(("", "", "", "cd /srv/work && "))
    after = "" if "|" in command else rng.choice(("", "", "", " 2>&1 | tail -n 20"))
    return before + command + after
