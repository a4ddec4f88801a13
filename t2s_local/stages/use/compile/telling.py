"""Judge whether a part of a skill is valuable enough for its size, and record why it is in a context or not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from t2s_local.stages.use.compile.filling import Context
from t2s_local.stages.use.compile.parts import Part, Reason
from t2s_local.values.value import Value

_TELLING, _LIMITING = 0.35, 0.25
"""Share of the best part's value from which on a part of a chosen skill is valuable enough. The second share is for
parts that forbid or limit something: their absence does more harm.
"""
_RISE, _LARGE = 0.7, 300
"""The share is raised by .7 for each 300 tokens of a part (decision 0922), up to 1 for the value of the best part."""
Lack = Literal["too little", "too long", "no room", "no room for its skill"]
"""Reason why a part is not in a context: its value is too small, or too small for its size; or the part or the core of
its skill does not fit into the budget.
"""


class JudgedPart(Value, frozen=True, kw_only=True):
    """A part of a chosen skill, with the figures that decide whether it enters a context."""

    place: str
    """Place of the first line of the part, as ``skill#line``."""
    value: float
    """Value of the part for the task, rounded to 6 decimals."""
    n_tokens: int
    """Number of tokens of the part's lines."""
    least: float
    """Least value with which a part of this size enters, rounded to 6 decimals; 0 for a part of a core."""
    reason: Reason | None
    """Reason why the part is in the context; None if it is not."""
    lack: Lack | None
    """Reason why the part is not in the context; None if it is."""


def judged(
    parts: Sequence[Part], context: Context, *, without: Collection[str]
) -> tuple[tuple[Part, ...], tuple[JudgedPart, ...]]:
    """Return the parts that are valuable enough for their size, and the verdicts on all parts, none of them placed yet.

    Args:
        parts: Parts of the chosen skills, the best first.
        context: Context with the cores, which reads and counts lines.
        without: Names of skills whose cores do not fit into the budget.
    """
    best = parts[0].value if parts else 0.0
    verdicts = []
    for part in parts:
        size = context.count("\n".join(context.read(place) for place in part.lines))
        share = _LIMITING if part.is_limit else _TELLING
        least = 0.0 if part.is_core else min(share + _RISE * size / _LARGE, 1.0) * best
        lack: Lack = "no room"
        if part.skill in without:
            lack = "no room for its skill"
        elif not part.is_core and (part.value <= 0 or part.value < least):
            lack = "too little" if part.value <= 0 or part.value < share * best else "too long"
        verdicts.append(
            JudgedPart(
                place=part.place,
                value=round(part.value, 6),
                n_tokens=size,
                least=round(least, 6),
                reason=None,
                lack=lack,
            )
        )
    telling = (part for part, one in zip(parts, verdicts, strict=True) if one.lack == "no room" and not part.is_core)
    return tuple(telling), tuple(verdicts)


def with_reasons(verdicts: Iterable[JudgedPart], known: Mapping[str, Part], context: Context) -> tuple[JudgedPart, ...]:
    """Return the verdicts with the reasons of the parts that are in *context*; *known* contains the parts by place."""

    def told(one: JudgedPart) -> JudgedPart:
        part = known[one.place]
        if not set(part.lines) <= context.lines.keys():
            return one
        own = next((line for line in part.lines if line not in part.headings), part.lines[0])
        return msgspec.structs.replace(one, reason=context.lines[own], lack=None)

    return tuple(map(told, verdicts))
