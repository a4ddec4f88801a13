"""Turns of a recorded run: messages in the form that trainers read, with every act of the agent as one message."""

from collections.abc import Sequence
from typing import Literal

from t2s_local.values.trajectory import Step, Trajectory
from t2s_local.values.value import Value

Role = Literal["system", "user", "assistant", "tool"]
LONGEST_CONTEXT = 24_000
"""Largest number of characters before an act in a row: about 6,000 tokens, which fit a small model's window."""
_OPENING = 8_000
"""Largest number of characters kept of each opening message."""


class Message(Value, frozen=True, kw_only=True):
    """One message, in the form of chat templates."""

    role: Role
    content: str


class Turn(Value, frozen=True, kw_only=True):
    """One message of a run."""

    message: Message
    step: int
    """Index of the last recorded step in the message; for an act of the agent, usually its call."""


class Context(Value, frozen=True, kw_only=True):
    """Messages before an act of the agent; if they are too long, messages in the middle are left out (``is_cut``)."""

    messages: tuple[Message, ...]
    is_cut: bool


def turns_of(run: Trajectory) -> tuple[Turn, ...]:
    """Return the messages of *run*; consecutive thoughts, words and calls form one message, and so do results."""
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
    """Return the positions in *turns* of the acts of the agent."""
    return [at for at, turn in enumerate(turns) if turn.message.role == "assistant"]


def opening_of(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """Return the messages before the agent's first act."""
    acts = acts_of(turns)
    return tuple(turn.message for turn in turns[: acts[0] if acts else len(turns)])


def context_of(turns: Sequence[Turn], act: int) -> Context:
    """Return the messages before the act at position *act*: the opening messages, then as many of the last as fit."""
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
