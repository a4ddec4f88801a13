"""Questions that ask a model to word one lesson from the steps of a situation, and the wordings in its answers."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from t2s_local.analysts._llm.situation import Kind, Situation
from t2s_local.answer_shapes import CodedLine, Fields, Line, grammar_of, schema_of, sources_of
from t2s_local.ports.engine import Request
from t2s_local.prompts import fill
from t2s_local.text.effect.shown import WHOLE, action_of, changes, cut
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import Step
from t2s_local.values.value import Value

PROMPTS: Mapping[Kind, str] = {
    "failure": "failure_wording.v1.md",
    "success": "step_wording.v1.md",
    "contrast": "step_wording.v1.md",
    "skill": "step_wording.v1.md",
    "wish": "wish_wording.v1.md",
}
CANDIDATES = 3
"""Wordings asked for: the likeliest, and two sampled ones to choose from; each costs its tokens."""
TEMPERATURE = 0.8
ANSWER_TOKENS = 150
_LONGEST = 140
_TASK = 300
_SAID = 300
_CLOSING = "Answer with JSON on one line."

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=800)]


class LessonWords(Value, frozen=True, kw_only=True):
    """Wording of a lesson by a model."""

    cause: Text
    when: Text
    do: Text


def requests(situation: Situation, *, id: str, seed: int, beside: str = "") -> tuple[Request, ...]:  # as in Request
    """Return one request per candidate; only seed and temperature differ, so that a model reads the situation once.

    The text *beside*, about an existing skill, comes before the situation.
    """
    fields = _fields(situation)
    return tuple(
        Request(
            id=f"{id}-{number}",
            prefix=f"{fill(PROMPTS[situation.kind])}{beside}\n{layout(situation)}",
            prompt=_CLOSING,
            schema=schema_of(fields),
            grammar=grammar_of(fields),
            max_tokens=ANSWER_TOKENS,
            temperature=TEMPERATURE if number else 0.0,
            seed=seed + number,
        )
        for number in range(CANDIDATES)
    )


def read(text: str) -> LessonWords | None:
    """Return the wording in an answer; None if the answer is incomplete or not valid."""
    try:
        said = msgspec.json.decode(text, type=LessonWords)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return LessonWords(cause=squeeze(said.cause).rstrip("."), when=_condition(said.when), do=squeeze(said.do))


def layout(situation: Situation) -> str:
    """Return the lines that describe *situation* in a question."""
    return "\n".join(f"{name}: {text}" for name, text in _lines(situation) if text)


def shown_texts(situation: Situation) -> tuple[str, ...]:
    """Return the texts of the steps of *situation* that a question shows."""
    steps = situation.piece.trajectory.steps
    indices = (situation.before, situation.got, *situation.remedy, situation.proof)
    return tuple(steps[index].text for index in indices if index is not None)


def _condition(text: str) -> str:
    """Return *text* without a leading “when” and a final full stop."""
    said = squeeze(text).rstrip(".")
    return said[5:] if said.lower().startswith("when ") else said


def _fields(situation: Situation) -> Fields:
    sources = sources_of([text[:WHOLE] for text in shown_texts(situation)])
    return {
        "cause": Line(longest=_LONGEST),
        "when": Line(longest=_LONGEST),
        "do": CodedLine(longest=_LONGEST, sources=sources),
    }


def _lines(situation: Situation) -> Iterator[tuple[str, str]]:
    steps = situation.piece.trajectory.steps
    before = None if situation.before is None else steps[situation.before]
    remedy = [steps[index] for index in situation.remedy]
    yield "Task", cut(situation.piece.request or "", _TASK)
    if before is not None:
        yield "Ran", action_of(before)
    if situation.got is not None:
        yield "The user said" if situation.kind == "wish" else "Got", cut(steps[situation.got].text, WHOLE)
    yield "Said", cut(_said(situation), _SAID)
    yield "The skill says otherwise", cut(situation.line or "", _SAID)
    worked = "; then ".join(action_of(step) for step in remedy)
    yield {"failure": "Worked", "wish": "Then ran"}.get(situation.kind, "Ran"), cut(worked, WHOLE)
    if before is not None and situation.kind == "failure":
        yield "Changed", cut(_changed(before, remedy), WHOLE)
    if situation.proof is not None:
        yield "Got" if situation.kind != "failure" else "", cut(steps[situation.proof].text, _SAID)


def _changed(before: Step, remedy: list[Step]) -> str:
    """Return the difference between each action that worked and the failed one; a call of another tool is added."""
    return "; ".join(
        changes(action_of(before), action_of(step)) if step.tool == before.tool else f"added a call of {step.tool}"
        for step in remedy
    )


def _said(situation: Situation) -> str:
    """Return the agent's first two messages between the failure and the action that worked."""
    if situation.before is None or not situation.remedy:
        return ""
    steps = situation.piece.trajectory.steps
    words = [
        step.text
        for step in steps[situation.before + 1 : situation.remedy[0]]
        if step.kind in {"assistant", "thought"} and step.text.strip()
    ]
    return " ".join(words[:2])
