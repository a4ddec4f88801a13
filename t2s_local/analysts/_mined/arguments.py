"""Arguments at fault: a kind of value that goes with an error, and the kind that passes instead."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from t2s_local.analysts._events import Event
from t2s_local.analysts._failures import error_signature
from t2s_local.analysts._lessons import lesson, quote, said
from t2s_local.analysts._mined.association import MIN_RUNS, MIN_Z, mantel_haenszel
from t2s_local.analysts._mined.fix import INDEX, leaves, mask_numbers
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.commands import is_shell
from t2s_local.text.text import words
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

_MOST_KINDS = 12
"""Kinds of values an argument may have; more of them and it is free text."""


class Call(Value, frozen=True, kw_only=True):
    """A call of a tool with the kinds of its arguments' values."""

    run: Run
    event: Event
    kinds: frozenset[tuple[str, str]]
    """Argument and value with its numbers masked: ``("payment", "gift_card_0")``."""


def faults(runs: Sequence[Run]) -> Iterator[Lesson]:
    """For every recurring error of a tool, the kind of argument that goes with it."""
    for tool, calls in sorted(_calls(runs).items()):
        for error in sorted({error_signature(call.event.error) for call in calls if call.event.error}):
            failed = [call for call in calls if call.event.error and error_signature(call.event.error) == error]
            passed = [call for call in calls if not call.event.failed]
            if len({call.run.piece.trajectory.id for call in failed}) < MIN_RUNS or len(passed) < MIN_RUNS:
                continue
            found = _fault(failed, passed)
            if found is not None:
                yield _lesson(tool, found, failed, passed)


def _calls(runs: Sequence[Run]) -> Mapping[str, Sequence[Call]]:
    calls: dict[str, list[Call]] = {}
    for run in runs:
        for event in run.events:
            if event.result is None or event.is_infrastructure or is_shell(event.tool):
                continue
            values = leaves(run.piece, event).items()
            kinds = frozenset((INDEX.sub("[]", name), mask_numbers(value)) for name, value in values if _is_kind(value))
            calls.setdefault(event.tool, []).append(Call(run=run, event=event, kinds=kinds))
    for made in calls.values():
        numbers = Counter(name for name, _ in {kind for call in made for kind in call.kinds})
        free = {name for name, count in numbers.items() if count > _MOST_KINDS}
        made[:] = [
            Call(run=call.run, event=call.event, kinds=frozenset(kind for kind in call.kinds if kind[0] not in free))
            for call in made
        ]
    return calls


def _is_kind(value: object) -> TypeGuard[str]:
    if not isinstance(value, str) or not any(character.isalpha() for character in value):
        return False
    return len(value) <= 40 and "/" not in value and " " not in value


def _fault(failed: Sequence[Call], passed: Sequence[Call]) -> tuple[tuple[str, str], tuple[int, int, int, int]] | None:
    best: tuple[float, tuple[str, str], tuple[int, int, int, int]] | None = None
    named = set(words(failed[0].event.error or ""))
    for kind in sorted({kind for call in failed for kind in call.kinds}):
        if not named & set(re.split(r"[^a-z]+", kind[1].lower())) - {""}:
            continue
        bad, good = sum(kind in call.kinds for call in failed), sum(kind in call.kinds for call in passed)
        _, z = mantel_haenszel([(bad, good, len(failed) - bad, len(passed) - good)])
        if z >= MIN_Z and bad >= MIN_RUNS and (best is None or z > best[0]):
            best = (z, kind, (bad, bad + good, len(failed) - bad, len(failed) + len(passed) - bad - good))
    return None if best is None else (best[1], best[2])


def _lesson(
    tool: str,
    found: tuple[tuple[str, str], tuple[int, int, int, int]],
    failed: Sequence[Call],
    passed: Sequence[Call],
) -> Lesson:
    (name, kind), (bad, with_it, others_bad, others) = found
    at_fault = [call for call in failed if (name, kind) in call.kinds]
    better = Counter(value for call in passed for argument, value in call.kinds if argument == name and value != kind)
    do = f"Make sure first that {said(at_fault[0].event.error or '')} cannot happen"
    if better and "0" in kind:
        (value, times), *_ = sorted(better.items(), key=lambda item: (-item[1], item[0]))
        do += f", or pass {_shown(value)} as `{name}`, which passed {times} times"
    shown = at_fault[:3]
    evidence = [quote(call.run.piece, call.event.call, call.event.action, role="action") for call in shown]
    evidence += [
        quote(call.run.piece, call.event.result or 0, call.event.error or "", role="observation") for call in shown
    ]
    return lesson(
        when=f"you are about to call `{tool}` with {_shown(kind)} as `{name}`",
        do=f"{do}.",
        because=f"{bad} of {with_it} such calls failed this way, and {others_bad} of {others} others",
        polarity="failure",
        pattern="contrast",
        evidence=evidence,
        trajectories=[call.run.piece.trajectory for call in at_fault],
        tools=(tool,),
    )


def _shown(kind: str) -> str:
    return f"`{kind.replace('0', '<number>')}`"
