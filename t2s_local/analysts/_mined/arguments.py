"""Argument values at fault: a kind of value that goes with an error, and a kind that passes instead."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TypeGuard

import msgspec

from t2s_local.analysts._mined.association import MIN_RUNS, MIN_Z, mantel_haenszel
from t2s_local.analysts._mined.changes import mask_numbers
from t2s_local.analysts._mined.fix import INDEX, leaves
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import words
from t2s_local.values.value import Value

_MOST_KINDS = 12
"""Most kinds of values of an argument; an argument with more is free text and is left out."""
_MOST_BETTER = 3
_RARELY = 0.05
"""Largest ratio of refused to passed calls with a kind of value at which the kind is still recommended."""


class ArgumentCall(Value, frozen=True, kw_only=True):
    """A call of a tool with the kinds of its arguments' values."""

    run: Run
    event: Event
    kinds: frozenset[tuple[str, str]]
    """Argument and value with its numbers masked: ``("payment", "gift_card_0")``."""
    refusal: str | None
    """Signature of the error with which the call was refused; None if there is none."""


def calls_of(runs: Sequence[Run], tools: Collection[str]) -> Mapping[str, Sequence[ArgumentCall]]:
    """Return the calls of *tools* except shells, by tool, with the kinds of their arguments' values."""
    calls: dict[str, list[ArgumentCall]] = {}
    for run in runs:
        for event in run.events:
            if event.tool not in tools or event.result is None or event.is_infrastructure or is_shell(event.tool):
                continue
            values = leaves(run.piece, event).items()
            kinds = frozenset((INDEX.sub("[]", name), mask_numbers(value)) for name, value in values if _is_kind(value))
            calls.setdefault(event.tool, []).append(
                ArgumentCall(
                    run=run, event=event, kinds=kinds, refusal=error_signature(event.error) if event.error else None
                )
            )
    for made in calls.values():
        numbers = Counter(name for name, _ in {kind for call in made for kind in call.kinds})
        free = {name for name, count in numbers.items() if count > _MOST_KINDS}
        made[:] = [
            msgspec.structs.replace(call, kinds=frozenset(kind for kind in call.kinds if kind[0] not in free))
            for call in made
        ]
    return calls


def _is_kind(value: object) -> TypeGuard[str]:
    if not isinstance(value, str) or len(value) > 40 or "/" in value or " " in value:
        return False
    return any(map(str.isalpha, value))


class ArgumentFault(Value, frozen=True, kw_only=True):
    """A kind of value with which calls are refused, and kinds that pass instead."""

    name: str
    """Path of the argument."""
    kind: str
    """The refused kind as inline code, such as ``gift_card_<number>``."""
    instead: tuple[str, ...]
    """Kinds that pass, as inline code, most frequent first; empty if the refused kind passes as well."""
    counts: str
    """Numbers of refused calls, as a clause."""


def fault_of(failed: Sequence[ArgumentCall], passed: Sequence[ArgumentCall]) -> ArgumentFault | None:
    """Return the kind of value with which calls are refused, and kinds that pass; None if there is no such kind."""
    found = _fault(failed, passed)
    if found is None:
        return None
    name, kind = found
    bad = sum(found in call.kinds for call in failed)
    good = sum(found in call.kinds for call in passed)
    better = Counter(value for call in passed for argument, value in call.kinds if argument == name and value != kind)
    told = f"with {_shown(kind)} as `{name}` {bad} of {bad + good} calls were refused"
    others: list[str] = []
    if better and "0" in kind:
        refused = {value: sum((name, value) in call.kinds for call in failed) for value in better}
        ranked = sorted(better, key=lambda value: (-better[value], value))
        told += f", with {_shown(ranked[0])} {refused[ranked[0]]} of {better[ranked[0]] + refused[ranked[0]]}"
        others = [value for value in ranked if better[value] >= MIN_RUNS and refused[value] <= _RARELY * better[value]]
    instead = () if good else tuple(map(_shown, others[:_MOST_BETTER]))
    return ArgumentFault(name=name, kind=_shown(kind), instead=instead, counts=told)


def shared_kind(failed: Sequence[ArgumentCall]) -> tuple[str, str] | None:
    """Return an argument and its kind of value, as inline code, that all *failed* calls share; None if none do.

    The error must name a word of the kind: values that calls share by chance do not cause it.
    """
    if not failed:
        return None
    shared = frozenset.intersection(*(call.kinds for call in failed))
    named = set(words(failed[0].event.error or ""))
    of_error = [kind for kind in sorted(shared) if "0" in kind[1] and _parts(kind[1]) & named]
    best = max(of_error, key=lambda kind: len(_parts(kind[1]) & named), default=None)
    return None if best is None else (best[0], _shown(best[1]))


def _parts(kind: str) -> set[str]:
    return set(re.split(r"[^a-z]+", kind.lower())) - {""}


def _fault(failed: Sequence[ArgumentCall], passed: Sequence[ArgumentCall]) -> tuple[str, str] | None:
    best: tuple[float, tuple[str, str]] | None = None
    named = set(words(failed[0].event.error or ""))
    for kind in sorted({kind for call in failed for kind in call.kinds}):
        if not named & _parts(kind[1]):
            continue
        bad, good = sum(kind in call.kinds for call in failed), sum(kind in call.kinds for call in passed)
        _, z = mantel_haenszel([(bad, good, len(failed) - bad, len(passed) - good)])
        if z >= MIN_Z and bad >= MIN_RUNS and (best is None or z > best[0]):
            best = (z, kind)
    return None if best is None else best[1]


def _shown(kind: str) -> str:
    return f"`{kind.replace('0', '<number>')}`"
