"""A question to a model about one unit: which steps it shows, how it is worded, how it is asked again."""

from collections.abc import Iterator, Mapping

import msgspec

from t2s_local.analysts._events import events_of
from t2s_local.analysts._llm.choice import budget_for, choose, described, hints_of, quoted
from t2s_local.analysts._llm.contrast import choose_both, pair
from t2s_local.analysts._llm.excerpt import Excerpt, parts
from t2s_local.analysts._llm.fence import fenced
from t2s_local.analysts._llm.kinds import CONTRAST, SLICE_PROMPT, QuestionKind, kinds_for
from t2s_local.analysts._llm.retries import LADDER
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Engine, Request
from t2s_local.prompts import fence_code, fill
from t2s_local.text.text import clip
from t2s_local.values.lesson import Unit
from t2s_local.values.trajectory import Slice

ANSWER_TOKENS = 900
"""Three lessons with four quotes each take about 750 tokens; a longer answer has lost its way."""
_SPARE = 96
"""Tokens left for the chat template and for what two tokenizations of joined texts differ by."""
_ASKED = 600
_FEWEST = 256
"""Tokens of an excerpt below which nothing can be learned from it."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question, which may be asked several times."""

    id: str
    unit: Unit
    kind: QuestionKind
    slices: dict[str, Slice]
    """Slices by the name the model knows them under: ``A``, and ``B`` where two are compared."""
    excerpt: Excerpt
    rung: int = 0
    """Position in the ladder of ways to ask."""


class Rooms:
    """Tokens the engine has for a recording, by the kind of question, each worked out once."""

    def __init__(self, engine: Engine) -> None:
        """Ask *engine*."""
        self.count = engine.count_tokens
        self._engine = engine
        self._instructions: dict[str, int] = {}

    def of(self, kind: QuestionKind) -> int:
        """Tokens of a recording that a question of *kind* can hold.

        Raises:
            ModelError: too few to learn anything from.
        """
        if kind.name not in self._instructions:
            self._instructions[kind.name] = self.count(fill(kind.prompt))
        context = self._engine.context
        room = context - self._instructions[kind.name] - ANSWER_TOKENS - _SPARE - _ASKED // 2
        if room < _FEWEST:
            message = f"a context of {context} tokens has no room for a recording"
            raise ModelError(message, hint=f"Give the model at least {context - room + _FEWEST} tokens.")
        return room


def questions(unit: Unit, rooms: Rooms) -> Iterator[Question]:
    """The questions *unit* deserves, in a fixed order; several of a kind where the excerpt does not fit the context.

    Raises:
        ModelError: the model's context has no room for a recording at all.
    """
    for kind, slices, excerpt in _excerpts(unit):
        for number, part in enumerate(parts(excerpt, room=rooms.of(kind), count=rooms.count)):
            identity = f"{unit.id}-{kind.name}-{number:03}"
            yield Question(id=identity, unit=unit, kind=kind, slices=slices, excerpt=part)


def request_of(question: Question, *, seed: int) -> Request:
    """The request *question* is asked with at its rung."""
    rung = LADDER[question.rung]
    excerpt = _halved(question) if rung.halved else question.excerpt
    return Request(
        id=f"{question.id}-{question.rung}",
        prefix=fill(question.kind.prompt),
        prompt=prompt_of(question, excerpt),
        schema=question.kind.schema,
        max_tokens=ANSWER_TOKENS,
        temperature=rung.temperature,
        seed=seed + rung.seed_offset,
    )


def prompt_of(question: Question, excerpt: Excerpt) -> str:
    """The words of *question* that no other one shares, with *excerpt* as its recording."""
    request = next(iter(question.slices.values())).request
    asked = None if request is None else clip(request.strip(), _ASKED)
    code = fence_code((asked or "", *(entry.text for entry in excerpt.entries)))
    recording = fenced(excerpt, code=code, asked=asked)
    return fill(SLICE_PROMPT, nonce=code, facts=_facts(question, excerpt), recording=recording, hints=_hints(question))


def _excerpts(unit: Unit) -> Iterator[tuple[QuestionKind, dict[str, Slice], Excerpt]]:
    if unit.kind == "task":
        slices = pair(unit.slices)
        budget = sum(map(budget_for, slices.values()))
        yield CONTRAST, slices, choose_both(slices, budget=budget)
        return
    piece = unit.slices[0]
    hints = hints_of(piece)
    kinds = kinds_for(piece, events_of(piece), hints)
    if kinds:
        excerpt = choose(piece, hints, budget=budget_for(piece))
        yield from ((kind, {"A": piece}, excerpt) for kind in kinds)


def _halved(question: Question) -> Excerpt:
    """About half of what is shown: no outline, and of the rest the longest steps go that no hint quotes."""
    excerpt = question.excerpt
    kept = [entry for entry in excerpt.entries if entry.head is not None] or list(excerpt.entries)
    needed = {
        (run if len(question.slices) > 1 else "", step)
        for run, piece in question.slices.items()
        for step, _ in quoted(piece, hints_of(piece))
    }
    spare = sorted((entry for entry in kept if (entry.run, entry.step) not in needed), key=lambda entry: entry.n_tokens)
    while spare and sum(entry.n_tokens for entry in kept) > excerpt.n_tokens // 2:
        kept.remove(spare.pop())
    return Excerpt(entries=tuple(kept), n_steps=excerpt.n_steps)


def _facts(question: Question, excerpt: Excerpt) -> str:
    shown = f"{len(excerpt.steps)} of {excerpt.n_steps} steps are shown."
    if len(question.slices) > 1:
        return f"Run A succeeded, run B failed. {shown}"
    outcome = question.slices["A"].trajectory.outcome
    return f"{'The run has no label.' if outcome is None else f'The run is labelled as a {outcome}.'} {shown}"


def _hints(question: Question) -> str:
    named: Mapping[str, Slice] = question.slices
    lines = [
        line for run, piece in named.items() for line in described(hints_of(piece), run=run if len(named) > 1 else "")
    ]
    if not lines and len(named) > 1:
        return ""
    if not lines:
        return "A program that looks for failures and what repaired them found none."
    listed = "\n".join(f"- {line}" for line in lines)
    return f"A program that looks for failures and what repaired them found, by step number:\n{listed}"
