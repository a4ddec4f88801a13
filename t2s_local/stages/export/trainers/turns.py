"""Turns of a recorded run: the messages that trainers know, with every act of the agent as one of them."""

from collections.abc import Sequence
from typing import Literal

from t2s_local.values.trajectory import Step, Trajectory
from t2s_local.values.value import Value

Role = Literal["system", "user", "assistant", "tool"]
LONGEST_CONTEXT = 24_000
"""Characters before an action that a row holds: about 6,000 tokens, which a small model's window has room for."""
_OPENING = 8_000
"""Characters of them that the opening messages have at most."""


class Message(Value, frozen=True, kw_only=True):
    """One message, as chat templates take it."""

    role: Role
    content: str


class Turn(Value, frozen=True, kw_only=True):
    """One message of a run."""

    message: Message
    step: int
    """Index of the last step in it: of an act of the agent, its call."""


class Context(Value, frozen=True, kw_only=True):
    """Messages before an act of the agent, and whether some in their middle were left out for their length."""

    messages: tuple[Message, ...]
    is_cut: bool


def turns_of(run: Trajectory) -> tuple[Turn, ...]:
    """Return the messages of *run*: thoughts, words and calls in a row are one act, results in a row one answer."""
    turns = list[Turn]()
    is_open = True
    for index, step in enumerate(run.steps):
        text = _words(step)
        if not text.strip():
            continue
        role = _role(step, is_open=is_open)
        is_open = is_open and role == "system"
        if turns and turns[-1].message.role == role:
            text = f"{turns[-1].message.content}\n\n{text}"
            turns.pop()
        turns.append(Turn(message=Message(role=role, content=text), step=index))
    return tuple(turns)


def acts_of(turns: Sequence[Turn]) -> list[int]:
    """Return the positions in *turns* of what the agent did and said."""
    return [at for at, turn in enumerate(turns) if turn.message.role == "assistant"]


def opening_of(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """Return the messages before the agent's first act."""
    acts = acts_of(turns)
    return tuple(turn.message for turn in turns[: acts[0] if acts else len(turns)])


def context_of(turns: Sequence[Turn], act: int) -> Context:
    """Return what stands before the act at *act*: the opening messages, then as many of the last as fit."""
    opening = opening_of(turns)
    head = tuple(Message(role=one.role, content=one.content[:_OPENING]) for one in opening)
    is_cut = any(len(one.content) > _OPENING for one in opening)
    room = LONGEST_CONTEXT - sum(len(one.content) for one in head)
    tail = list[Message]()
    for turn in reversed(turns[len(opening) : act]):
        room -= len(turn.message.content)
        if room < 0:
            is_cut = True
            break
        tail.append(turn.message)
    return Context(messages=(*head, *reversed(tail)), is_cut=is_cut)


def _role(step: Step, *, is_open: bool) -> Role:
    if step.kind in {"assistant", "thought", "tool_call"}:
        return "assistant"
    if step.kind == "tool_result":
        return "tool"
    return "system" if step.kind == "system" and is_open else "user"


def _words(step: Step) -> str:
    return f"Action: {step.tool or 'tool'}\n{step.text}" if step.kind == "tool_call" else step.text
