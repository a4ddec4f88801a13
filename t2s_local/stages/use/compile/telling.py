"""Judge whether a part of a skill says enough for a task, for its size, and note why it is in a context or not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from t2s_local.stages.use.compile.filling import Context
from t2s_local.stages.use.compile.parts import Part, Reason
from t2s_local.values.value import Value

_TELLING, _LIMITING = 0.5, 0.35
"""Share of the best part's value from which on a part of a chosen skill says enough for the task; the second is for
parts that forbid or limit something, which do more harm when they lack."""
_LARGE = 250
"""Tokens of a part for which its value must be as large as that of the best part (decision 0922)."""
Lack = Literal["too little", "too long", "no room", "no room for its skill"]
"""Why a part is not in: it says too little for any part, or for one of its size; or it does not fit into the budget."""


class JudgedPart(Value, frozen=True, kw_only=True):
    """A part of a chosen skill, with what decides whether it is in a context."""

    place: str
    """Place of its first line, as ``skill#line``."""
    value: float
    """How much it says for the task, rounded to 6 decimals."""
    n_tokens: int
    """Number of tokens of its lines."""
    least: float
    """Value from which on a part of this size says enough, rounded to 6 decimals; 0 for a part of a core."""
    reason: Reason | None
    """Why it is in; None if it is not."""
    lack: Lack | None
    """Why it is not in; None if it is."""


def judged(
    parts: Sequence[Part], context: Context, *, without: Collection[str]
) -> tuple[tuple[Part, ...], tuple[JudgedPart, ...]]:
    """Return the parts that say enough for their size, and all parts with the reason; none is in a context yet.

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
        least = 0.0 if part.is_core else min(share + (1 - _TELLING) * size / _LARGE, 1.0) * best
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
    """Return the verdicts with the reasons of the parts that are in *context*; *known* has the parts by place."""

    def told(one: JudgedPart) -> JudgedPart:
        part = known[one.place]
        if not set(part.lines) <= context.lines.keys():
            return one
        own = next((line for line in part.lines if line not in part.headings), part.lines[0])
        return msgspec.structs.replace(one, reason=context.lines[own], lack=None)

    return tuple(map(told, verdicts))
