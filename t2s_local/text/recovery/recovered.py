"""Find the later call that overcame a failure: a successful retry, or a repair of the cause.

Only this module decides which call repaired a failure: analysts state the repair as a lesson, and steps are judged by
it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from t2s_local.text.commands import changes_state, heads_of, is_same_call, is_shell, script_of, scripts_of
from t2s_local.text.events import Event, action_signature
from t2s_local.text.text import overlap_coefficient, words

_RUNNERS = frozenset({"python", "node", "bash", "sh", "cat"})
"""Programs whose name in another command does not identify the work."""
_SAME_THINGS = 0.8
WINDOW = 12
"""Number of actions after a failure in which its recovery is searched; later actions belong to other work."""


class Mended(NamedTuple):
    """Positions of a call that changed the object named in an error, and of a call that then passed the error."""

    helper: int
    proof: int


def recovered_at(events: Sequence[Event], position: int) -> int | None:
    """Return the position of the first retry that succeeded, or failed later with another error; None if there is none.

    A retry with another error counts only if it repeats the failed call.
    """
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
    """Return whether *event* retries the call *failed*: with the same program and mostly the same words."""
    if event.tool != failed.tool:
        return False
    if not is_shell(failed.tool):
        return event.head == failed.head and words_in_common(failed.action, event.action) >= 0.3
    if failed.head not in heads_of(event.action):
        return _wraps(failed, event)
    script = script_of(failed.action)
    if (script is not None and script not in scripts_of(event.action)) or _avoids(failed, event):
        return False
    least = 0.8 if failed.head == "python -c" else 0.5
    has_same_words = words_in_common(failed.action, event.action) >= least
    return has_same_words or action_signature(failed) == action_signature(event)


def mended_at(events: Sequence[Event], position: int) -> Mended | None:
    """Return the first call that changed an object named in the error, and the next call of the failed program.

    None if there is no such pair, or if that next call failed with the same error.
    """
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
    """Return whether *event* runs the failed program through another program, with mostly the same words."""
    program = failed.head.split()[0]
    is_named = re.search(rf"(?<![\w./-]){re.escape(program)}(?![\w./-])", event.action) is not None
    return is_named and program not in _RUNNERS and words_in_common(failed.action, event.action) >= _SAME_THINGS


def _avoids(failed: Event, event: Event) -> bool:
    """Return whether a later Python call avoids the failure by no longer using the names in the error."""
    if not failed.head.startswith("python") or is_same_call(event.tool, failed.action, event.action):
        return False
    named = shared_names(failed.error or "", failed.action)
    return bool(named) and not shared_names(failed.error or "", event.action)


def words_in_common(one: str, other: str) -> float:
    """Return the share of the words in the text with fewer words that the other text contains too, in [0, 1]."""
    first, second = set(words(one[:4000])), set(words(other[:4000]))
    return overlap_coefficient(first, second, empty=1.0)


def shared_names(error: str, fix: str) -> Sequence[str]:
    """Return the names quoted in *error* that *fix* uses too, which a lesson must generalise; each once, in order."""
    named = re.findall(r"['\"`‘“]([\w./-]{2,60})['\"`’”]", error)
    return [name for name in dict.fromkeys(named) if spelt(name).search(fix)]


def spelt(name: str) -> re.Pattern[str]:
    """Return a pattern for *name* as a word in which hyphens and underscores are equal, as in names of packages."""
    parts = (re.escape(part) for part in re.split("[-_]", name))
    return re.compile(rf"(?<!\w){'[-_]'.join(parts)}(?!\w)")
