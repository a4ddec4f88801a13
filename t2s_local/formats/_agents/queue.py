"""Prompts that Claude Code put into a queue because the agent was still working."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from t2s_local.formats._dialects.messages import content_text
from t2s_local.records.json import Record, as_object, first_string, word

_REACHED = ("absorb", "deliver", "sent", "inject")
"""Words in the reason of a removal that say that the model was given the prompt."""
_COMMANDS = ("/", "!")
"""How commands of the terminal begin: once they are run, the harness writes them in tags of its own."""


class Prompt(NamedTuple):
    """Words that wait to be sent."""

    identity: str
    text: str
    line: int


class Queue:
    """The prompts of one session that wait."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: list[Prompt] = []

    def put(self, record: Record, line: int) -> Prompt | None:
        """Let the words of a record wait; None where it holds none."""
        text = content_text(record.get("content"))
        if not text.strip():
            return None
        self._waiting.append(Prompt(f"queued at {line}", text, line))
        return self._waiting[-1]

    def take(self, record: Record) -> list[Prompt]:
        """Prompts that leave the queue, in order; of a whole queue all, otherwise the first with the words told."""
        if record.get("operation") == "popAll":
            gone, self._waiting = self._waiting, []
            return gone
        told = content_text(record.get("content"))
        found = next((prompt for prompt in self._waiting if told in ("", prompt.text)), None)
        if found is None:
            return []
        self._waiting.remove(found)
        return [found]


def is_sent(record: Record) -> bool:
    """Return whether a record that takes a prompt out of the queue says that it reached the model."""
    if record.get("operation") == "popAll":
        return False
    reason = (first_string(record, "reason") or _REACHED[0]).lower()
    return any(name in reason for name in _REACHED)


def queued_words(record: Record) -> object:
    """The words of an attachment that a user typed while the agent worked; None where it holds no such words."""
    attached = as_object(record.get("attachment"))
    if attached.get("type") != "queued_command":
        return None
    return attached.get("prompt")


def is_users(record: Record) -> bool:
    """Return whether the words of such an attachment are a person's, rather than a note of the harness."""
    attached = as_object(record.get("attachment"))
    mode = word(attached.get("commandMode")) or "prompt"
    origin = as_object(attached.get("origin") or record.get("origin"))
    return mode == "prompt" and (word(origin.get("kind")) or "human") in ("human", "user")


def written_again(prompts: Sequence[Prompt], said: Iterable[tuple[int, str]]) -> set[str]:
    """Identities of the *prompts* that a later record holds too: by itself, or joined with others.

    Args:
        prompts: What was in the queue.
        said: Line and text of every message of the user.
    """
    later = [(line, text.strip()) for line, text in said]
    used: set[int] = set()
    found: set[str] = set()
    for prompt in prompts:
        text = prompt.text.strip()
        for place, (line, told) in enumerate(later):
            if line <= prompt.line or place in used:
                continue
            if told == text:
                used.add(place)
            elif f"\n{text}\n" not in f"\n{told}\n":
                continue
            found.add(prompt.identity)
            break
    return found


def is_command(prompt: Prompt) -> bool:
    """Return whether a prompt is a command of the terminal rather than words for the agent."""
    return prompt.text.lstrip().startswith(_COMMANDS)
