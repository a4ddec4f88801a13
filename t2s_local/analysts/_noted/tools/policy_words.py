"""Wording of refusals: what to pass, to check or to ask before the call."""

import re
from collections.abc import Sequence

from t2s_local.analysts._mined.arguments import ArgumentFault
from t2s_local.text.text import join_words
from t2s_local.values.value import Value

_OVER = "Where that date has passed, it cannot be changed any more: say so instead of trying again."
_NO_PART = "Do not send the call again with the rest alone: the runs that did failed."
_FROM_ANSWER = re.compile(r"set (?P<names>.+) to the one (?P<tool>`[^`]+`) returned")
"""Form of a remedy that is known before the call: an earlier answer contained the value."""
_FORMAT = re.compile(r"give .+ as `[^`]+`")
"""Form of a remedy that says how to write a date or a time."""


class Remedy(Value, frozen=True, kw_only=True):
    """Ways to avoid a refusal, found in several runs whose calls were refused."""

    difference: str | None
    """Change with which calls passed, as an instruction without a full stop."""
    seen: tuple[str, str, tuple[str, ...], str] | None
    """What is lacking, the field that shows it, the tools that return it, and the argument that picks a part or ""."""
    is_over: bool
    """Whether the refused calls are about a past day."""
    is_parted_in_vain: bool
    """Whether the runs that then sent only the accepted items of the call did not succeed."""
    fault: ArgumentFault | None
    shared: tuple[str, str] | None
    """An argument and its kind of value, as inline code, that all refused calls share; None if there is none."""
    made: str | None
    """A refused value whose digits the user had said; None if there is none."""

    @property
    def is_empty(self) -> bool:
        """True if nothing is known but the refusal itself."""
        return self.difference is None and self.seen is None and self.fault is None and not self.is_over


def worded(tools: Sequence[str], sentence: str, remedy: Remedy, *, is_rule: bool) -> tuple[str, str]:
    """Return situation and advice: before the call if the remedy is known by then, otherwise after the refusal.

    Args:
        tools: The tools that refuse.
        sentence: The refusal as a sentence.
        remedy: Ways to avoid the refusal.
        is_rule: Whether the refusal states a rule.
    """
    names = join_words((f"`{tool}`" for tool in tools), last="or")
    message = f"“{sentence.rstrip('.')}”"
    before = _before(remedy, message)
    if before is not None:
        if remedy.seen is None:
            return f"you call {names}", before
        shared = remedy.shared if remedy.fault is None else (remedy.fault.name, remedy.fault.kind)
        kind = "" if shared is None else f" with {shared[1]} as `{shared[0]}`"
        return f"you are about to call {names}{kind}", before
    told = [_sentence(remedy.difference)] if remedy.difference else []
    told += [_OVER, *([_NO_PART] if remedy.is_parted_in_vain else [])] if remedy.is_over else []
    if is_rule or not told:
        return f"with {names}", " ".join((sentence, *told))
    return f"{names} answers {message}", " ".join(told)


def _before(remedy: Remedy, message: str) -> str | None:
    """Return the advice for the time before the call; None if the remedy is known only after the refusal."""
    if remedy.seen is not None:
        what, field, sources, part = remedy.seen
        shown = join_words((f"`{name}`" for name in sources), last="or")
        picked = f" for the `{part}` of the call" if part else ""
        return (
            f"Check the {what} first, at `{field}`{picked} in what {shown} returns. If the call needs more, do not send"
            f" it, since it is then refused ({message}): tell the user, and ask what they want instead."
        )
    fault, difference = remedy.fault, remedy.difference or ""
    if fault is not None and fault.instead:
        return (
            f"Pass {join_words(fault.instead, last='or')} as `{fault.name}`, not {fault.kind}, which is refused:"
            f" {message}."
        )
    source = _FROM_ANSWER.fullmatch(difference)
    if source is not None:
        other = (
            "a value that was made up" if remedy.made is None else f"one made from what the user says (`{remedy.made}`)"
        )
        return f"Take {source['names']} from what {source['tool']} returned: {other} is refused ({message})."
    return (
        f"{_sentence(difference)[:-1]}; other forms are refused ({message})." if _FORMAT.fullmatch(difference) else None
    )


def _sentence(instruction: str) -> str:
    return f"{instruction[0].upper()}{instruction[1:]}."
