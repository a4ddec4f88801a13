"""Queue of prompts that a user typed in Claude Code while the agent was still working."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from t2s_local.formats._dialects.messages import content_text
from t2s_local.records.json import Record, as_object, first_string, word

_REACHED = ("absorb", "deliver", "sent", "inject")
"""Words in the reason of a removal that state that the model received the prompt."""
_COMMANDS = ("/", "!")
"""First characters of terminal commands; after running them, the harness writes them again in its own tags."""


class Prompt(NamedTuple):
    """A prompt that waits to be sent."""

    identity: str
    text: str
    line: int


class Queue:
    """The waiting prompts of one session."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: list[Prompt] = []

    def put(self, record: Record, line: int) -> Prompt | None:
        """Add the prompt of a record to the queue; None if the record has no text."""
        text = content_text(record.get("content"))
        if not text.strip():
            return None
        self._waiting.append(Prompt(f"queued at {line}", text, line))
        return self._waiting[-1]

    def take(self, record: Record) -> list[Prompt]:
        """Remove and return the prompts that a record removes, in order: all, or the first with the record's text."""
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
    """Return whether a record that removes a prompt from the queue states that the model received it."""
    if record.get("operation") == "popAll":
        return False
    reason = (first_string(record, "reason") or _REACHED[0]).lower()
    return any(name in reason for name in _REACHED)


def queued_words(record: Record) -> object:
    """Return the content of an attachment with a queued prompt; None for any other attachment."""
    attached = as_object(record.get("attachment"))
    if attached.get("type") != "queued_command":
        return None
    return attached.get("prompt")


def is_users(record: Record) -> bool:
    """Return whether a queued prompt was written by a person rather than by the harness."""
    attached = as_object(record.get("attachment"))
    mode = word(attached.get("commandMode")) or "prompt"
    origin = as_object(attached.get("origin") or record.get("origin"))
    return mode == "prompt" and (word(origin.get("kind")) or "human") in ("human", "user")


def written_again(prompts: Sequence[Prompt], said: Iterable[tuple[int, str]]) -> set[str]:
    """Return the identities of the *prompts* that a later message repeats, alone or joined with other prompts.

    Args:
        prompts: The prompts that were in the queue.
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
    """Return whether a prompt is a terminal command rather than a message to the agent."""
    return prompt.text.lstrip().startswith(_COMMANDS)
