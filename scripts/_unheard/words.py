"""Vocabularies of layouts, and how one of them writes calls, results and outcomes."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from _unheard.sessions import Call, Json


@dataclass(frozen=True, kw_only=True)
class Words:
    """The keys and values that a team chose; `words.toml` says for what."""

    who: str
    kind: str
    user: str
    agent: str
    tool: str
    system: str
    says: str
    thinks: str
    acts: str
    sees: str
    rules: str
    text: str
    thought: str
    call: str
    name: str
    args: str
    result: str
    ref: str
    task: str
    answer: str
    steps: str
    runs: str
    run: str
    when: str
    outcome: str
    good: str
    bad: str


WriteCall = Callable[[Call, Words], Json]
WriteResult = Callable[[Call, Words], Json]


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """A vocabulary with the ways in which calls and results are written."""

    words: Words
    write_call: WriteCall
    write_result: WriteResult

    def speaker(self, kind: str) -> str:
        """Return who an event of *kind* is of."""
        agent = self.words.agent
        return {"user": self.words.user, "system": self.words.system, "result": self.words.tool}.get(kind, agent)

    def event_kind(self, kind: str) -> str:
        """Return how the vocabulary names events of *kind*."""
        words = self.words
        return {
            "user": words.says,
            "assistant": words.says,
            "system": words.rules,
            "thought": words.thinks,
            "call": words.acts,
            "result": words.sees,
        }[kind]


@cache
def vocabularies(half: str) -> tuple[Words, ...]:
    """Return the vocabularies of a half."""
    folder = Path(__file__).parent
    data = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    data |= tomllib.loads((folder / "teams" / "words.toml").read_text("utf-8"))
    names = [field.name for field in fields(Words)]
    return tuple(Words(**{name: entry[name] for name in names}) for entry in data.get(half, data["development"]))
