"""Synthetic agent sessions: what a user asked, what an agent thought, called, got and answered."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

Json = Any
"""A JSON value."""
_FAILED_SHARE = 0.35
_STUMBLE_SHARE = 0.4
_PARALLEL_SHARE = 0.25


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a tool with its result."""

    ref: str
    tool: str
    arguments: dict[str, Any]
    result: str
    is_error: bool = False


@dataclass(frozen=True, kw_only=True)
class Act:
    """One turn of the agent: a thought or none, and calls made side by side."""

    thought: str | None
    calls: tuple[Call, ...]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request of the user, the acts that follow, the answer."""

    request: str
    acts: tuple[Act, ...]
    answer: str


@dataclass(frozen=True, kw_only=True)
class Session:
    """One run, before it is written in a layout."""

    id: str
    system: str | None
    exchanges: tuple[Exchange, ...]
    is_success: bool
    when: int
    """Seconds since 1970."""

    @property
    def task(self) -> str:
        """The first request."""
        return self.exchanges[0].request


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """What a layout can record."""

    system: bool = True
    several: bool = True
    """More than one request."""
    parallel: bool = True
    """More than one call in a turn of the agent."""


@dataclass(kw_only=True)
class _Lot:
    rng: random.Random
    words: dict[str, str]
    n_calls: int = field(default=0)

    def fill(self, value: Json) -> Json:
        if isinstance(value, str):
            for name, word in self.words.items():
                value = value.replace("{" + name + "}", word)
            return value
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        return value


@cache
def _topics() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("topics.toml").read_text("utf-8"))


def draw_session(rng: random.Random, able: Abilities) -> Session:
    """Draw a session that a layout with these abilities can record in full."""
    data = _topics()
    topic = rng.choice(data["topic"])
    lot = _Lot(rng=rng, words={name: rng.choice(words) for name, words in data["fills"].items()})
    lot.words |= {
        "day": str(rng.randint(1, 28)),
        "n": str(rng.randint(11, 97)),
        "id": f"{rng.randrange(16**6):06x}",
        "word": _word(rng),
    }
    is_success = rng.random() >= _FAILED_SHARE
    acts = list(_acts(topic["acts"], lot, parallel=able.parallel))
    if not is_success:
        acts = acts[: max(1, len(acts) - 1)]
    answer = lot.fill(topic["answer" if is_success else "sorry"])
    exchanges = [Exchange(request=lot.fill(topic["request"]), acts=tuple(acts), answer=answer)]
    if able.several and "more" in topic and rng.random() < 0.5:
        again = tuple(_acts(topic["acts"][-1:], lot, parallel=False))
        exchanges.append(
            Exchange(request=lot.fill(topic["more"]), acts=again, answer=lot.fill("Done, see {id}-{word}."))
        )
    return Session(
        id=f"{rng.randrange(16**8):08x}",
        system=lot.fill(topic["system"]) if able.system and rng.random() < 0.4 else None,
        exchanges=tuple(exchanges),
        is_success=is_success,
        when=1_760_000_000 + rng.randrange(10_000_000),
    )


def _acts(acts: list[dict[str, Any]], lot: _Lot, *, parallel: bool) -> Iterator[Act]:
    made = []
    for act in acts:
        if "wrong" in act and lot.rng.random() < _STUMBLE_SHARE:
            made.append(_act(act, lot, act["wrong"], act["error"], is_error=True))
            made.append(_act({**act, "thought": None}, lot, act["arguments"], act["result"]))
        else:
            made.append(_act(act, lot, act["arguments"], act["result"]))
    while made:
        first = made.pop(0)
        if parallel and made and lot.rng.random() < _PARALLEL_SHARE:
            yield Act(thought=first.thought, calls=(*first.calls, *made.pop(0).calls))
        else:
            yield first


def _act(act: dict[str, Any], lot: _Lot, arguments: dict[str, Any], result: str, *, is_error: bool = False) -> Act:
    lot.n_calls += 1
    call = Call(
        ref=f"{lot.words['id'][:3]}{lot.n_calls:02d}",
        tool=act["tool"],
        arguments=lot.fill(arguments),
        result=lot.fill(result),
        is_error=is_error,
    )
    thought = act.get("thought")
    return Act(thought=None if thought is None else lot.fill(thought), calls=(call,))


def _word(rng: random.Random) -> str:
    return "".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(3))


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened: what most layouts record one after another."""

    kind: str
    """``system``, ``user``, ``thought``, ``call``, ``result`` or ``assistant``."""
    text: str = ""
    call: Call | None = None
    """Of a call and of a result."""


def events(session: Session) -> list[Event]:
    """Return everything that happens in *session*, calls made side by side before their results."""
    happened = [] if session.system is None else [Event(kind="system", text=session.system)]
    for exchange in session.exchanges:
        happened.append(Event(kind="user", text=exchange.request))
        for act in exchange.acts:
            if act.thought is not None:
                happened.append(Event(kind="thought", text=act.thought))
            happened += [Event(kind="call", call=call) for call in act.calls]
            happened += [Event(kind="result", call=call, text=call.result) for call in act.calls]
        happened.append(Event(kind="assistant", text=exchange.answer))
    return happened
