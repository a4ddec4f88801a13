"""Find the later call that got past a failure: the same thing tried again, or a mended cause.

What repairs a failure is decided here alone: analysts word it as a lesson, and steps are judged by it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from t2s_local.text.commands import changes_state, heads_of, is_same_call, is_shell, script_of, scripts_of
from t2s_local.text.events import Event, action_signature
from t2s_local.text.text import words

_RUNNERS = frozenset({"python", "node", "bash", "sh", "cat"})
"""Programs whose name in another command says nothing about what is done."""
_SAME_THINGS = 0.8
WINDOW = 12
"""Actions after a failure in which its recovery is looked for; later ones belong to something else."""


class Mended(NamedTuple):
    """Positions of the call that changed what an error named, and of the call that then got past that error."""

    helper: int
    proof: int


def recovered_at(events: Sequence[Event], position: int) -> int | None:
    """Position of the first later action with the same goal that succeeded, or that got past this error."""
    failed = events[position]
    for later in range(position + 1, min(len(events), position + 1 + WINDOW)):
        event = events[later]
        if not same_goal(failed, event) or event.result is None:
            continue
        if not event.failed:
            return later
        if event.error is not None and event.error != failed.error:
            return later if is_same_call(event.tool, failed.action, event.action) else None
    return None


def same_goal(failed: Event, event: Event) -> bool:
    """Return whether a later call tries again what *failed* tried: with the same program, on much the same things."""
    if event.tool != failed.tool:
        return False
    if not is_shell(failed.tool):
        return event.head == failed.head and overlap(failed.action, event.action) >= 0.3
    if failed.head not in heads_of(event.action):
        return _wraps(failed, event)
    script = script_of(failed.action)
    if (script is not None and script not in scripts_of(event.action)) or _avoids(failed, event):
        return False
    same_thing = action_signature(failed) == action_signature(event)
    return same_thing or overlap(failed.action, event.action) >= (0.8 if failed.head == "python -c" else 0.5)


def mended_at(events: Sequence[Event], position: int) -> Mended | None:
    """Return the first call that changed what the error names, and the next of the same program if it got past it."""
    failed = events[position]
    stop = min(len(events), position + 1 + WINDOW)
    for at in range(position + 1, stop):
        helper = events[at]
        if helper.failed or helper.result is None or not changes_state(helper.tool, helper.head):
            continue
        if not shared_names(failed.error or "", helper.action):
            continue
        proofs = (
            later
            for later in range(at + 1, stop)
            if events[later].head == failed.head and events[later].result is not None
        )
        proof = next(proofs, None)
        return None if proof is None or events[proof].error == failed.error else Mended(at, proof)
    return None


def _wraps(failed: Event, event: Event) -> bool:
    """Return whether the later command has another program run the one that failed, on the same things."""
    program = failed.head.split()[0]
    is_named = re.search(rf"(?<![\w./-]){re.escape(program)}(?![\w./-])", event.action) is not None
    return is_named and program not in _RUNNERS and overlap(failed.action, event.action) >= _SAME_THINGS


def _avoids(failed: Event, event: Event) -> bool:
    """Return whether a later program passed because it no longer uses what the error named."""
    if not failed.head.startswith("python") or is_same_call(event.tool, failed.action, event.action):
        return False
    named = shared_names(failed.error or "", failed.action)
    return bool(named) and not shared_names(failed.error or "", event.action)


def overlap(one: str, other: str) -> float:
    """Share of the words of the text with fewer words that stand in the other one too, in [0, 1]."""
    first, second = set(words(one[:4000])), set(words(other[:4000]))
    smaller = min(len(first), len(second))
    return 1.0 if smaller == 0 else len(first & second) / smaller


def shared_names(error: str, fix: str) -> Sequence[str]:
    """Words quoted in *error* that *fix* uses too: what the lesson must leave open."""
    named = re.findall(r"['\"`‘“]([\w./-]{2,60})['\"`’”]", error)
    return [name for name in dict.fromkeys(named) if spelt(name).search(fix)]


def spelt(name: str) -> re.Pattern[str]:
    """*name* as a word, with hyphens for underscores and the other way round: modules and their packages."""
    parts = (re.escape(part) for part in re.split("[-_]", name))
    return re.compile(rf"(?<!\w){'[-_]'.join(parts)}(?!\w)")
