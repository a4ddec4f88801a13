"""Calls that pass only after an earlier call about the same object, such as a file that was opened first."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import code, lesson, quote, said
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.commands import is_reflection, is_shell
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.value import Value

PATTERN = "same_thing"
LEAST_RUNS = 5
LEAST_TASKS = 3
MIN_Z = 5.0
"""Least z value: high, because every earlier call is tried against every error."""
MOST_WITHOUT = 0.25
"""Largest share of the calls without the earlier call that may pass if the earlier call is needed."""
LEAST_WITH = 0.75
LEAST_WON = 3
"""Fewest successful runs whose calls passed after the earlier call, so that the call is of use."""
_MOST_FORMS = 3
_MOST_NEEDS = 2
"""Most earlier calls that one call may need, such as taking an object and going to a place."""
_LONGEST = 200
_LONGEST_VALUE = 120
_THING = re.compile(r"\b[A-Za-z]\w* \d+\b|[\w/-]+\.\w[\w./-]*|\b[\w-]*\d[\w-]*\b|\b\w+_\w+\b")
"""Names with a number, paths and identifiers, in calls of plain text."""
_OPEN = "…"
_SAME = "X"


class Earlier(Value, frozen=True, order=True):
    """An earlier call about the same object, which a later call may need."""

    head: str
    argument: str
    """Argument of the later call that names the object; empty in a call of plain text."""
    is_last: bool
    """Whether the earlier call has to be the last of its tool before the later call."""


class Tried(Value, frozen=True, kw_only=True):
    """One call with the earlier calls about the same object."""

    run: Run
    event: Event
    after: Mapping[Earlier, Event]


class Needed(Value, frozen=True, kw_only=True):
    """An earlier call without which the calls of one tool fail with one error."""

    head: str
    error: str
    earlier: Earlier
    failed: Sequence[Tried]
    """Calls without the earlier call that failed with the error."""
    passed: Sequence[Tried]
    """Calls after the earlier call that passed."""
    n_without: int
    """Number of calls without the earlier call."""
    n_failed_after: int
    """Number of calls after the earlier call that failed with the error."""


def same_things(needed: Sequence[Needed]) -> Iterator[Lesson]:
    """Yield one lesson for every earlier call without which later calls about the same object fail."""
    groups: dict[tuple[Earlier | str, str, str], list[Needed]] = {}
    for one in needed:
        first, _ = _forms(one)
        groups.setdefault((one.earlier if one.earlier.argument else one.earlier.head, one.error, first), []).append(one)
    for _, group in sorted(groups.items(), key=lambda item: (item[0][2], item[0][1])):
        yield _lesson(sorted(group, key=lambda one: (-len(one.failed), one.head)))


def failed_without(needed: Sequence[Needed]) -> Mapping[str, int]:
    """Return the number of failed calls without an earlier call that they needed, by tool or command."""
    return Counter(one.head for one in needed for _ in one.failed)


def needed_calls(runs: Sequence[Run]) -> Iterator[Needed]:
    """Yield the earlier calls without which later calls of a tool about the same object fail."""
    for head, made in sorted(_tried(runs).items()):
        yield from _needs(head, made)


def _tried(runs: Sequence[Run]) -> Mapping[str, Sequence[Tried]]:
    """Return the calls of tools, not shells, that fail in several runs, by tool; an unchanged repeat is left out."""
    failing: dict[str, set[str]] = {}
    for run in runs:
        for event in run.events:
            if event.failed and _is_plain(event):
                failing.setdefault(event.head, set()).add(run.piece.trajectory.id)
    heads = {head for head, met in failing.items() if len(met) >= LEAST_RUNS}
    found: dict[str, list[Tried]] = {}
    for run in runs:
        if heads.intersection(event.head for event in run.events):
            for made in _of_run(run, heads):
                found.setdefault(made.event.head, []).append(made)
    return found


def _is_plain(event: Event) -> bool:
    return event.result is not None and not event.is_infrastructure and not is_shell(event.tool)


def _of_run(run: Run, heads: set[str]) -> Iterator[Tried]:
    seen: set[tuple[str, bool]] = set()
    last: dict[str, tuple[Event, Mapping[str, str]]] = {}
    ever: dict[str, dict[str, Event]] = {}
    for event in run.events:
        if not _is_plain(event) or is_reflection(event.head):
            continue
        things = _things(run, event)
        if event.head in heads and things and (event.action, event.failed) not in seen:
            seen.add((event.action, event.failed))
            yield Tried(run=run, event=event, after=_after(event.head, things, last, ever))
        if not event.failed:
            last[event.head] = event, things
            ever.setdefault(event.head, {}).update(dict.fromkeys(things, event))


def _after(
    head: str,
    things: Mapping[str, str],
    last: Mapping[str, tuple[Event, Mapping[str, str]]],
    ever: Mapping[str, Mapping[str, Event]],
) -> Mapping[Earlier, Event]:
    """Return the kinds of earlier calls that named an object of this call, each with the latest such call."""
    found: dict[Earlier, Event] = {}
    for other, known in ever.items():
        if other == head:
            continue
        for thing, argument in things.items():
            if thing in known:
                found[Earlier(other, argument, is_last=False)] = known[thing]
            if thing in last[other][1]:
                found[Earlier(other, argument, is_last=True)] = last[other][0]
    return found


def _things(run: Run, event: Event) -> Mapping[str, str]:
    """Return the objects that a call names, each with the argument that names it."""
    arguments = run.piece.trajectory.steps[event.call].arguments
    if arguments and event.action.lstrip().startswith(("{", "[")):
        return {
            str(value): name
            for name, value in arguments.items()
            if isinstance(value, str) and 1 < len(value) <= _LONGEST_VALUE
        }
    if len(event.action) > _LONGEST:
        return {}
    return dict.fromkeys(_THING.findall(event.action), "")


def _needs(head: str, made: Sequence[Tried]) -> Iterator[Needed]:
    passed = [one for one in made if not one.event.failed]
    errors: dict[str, list[Tried]] = {}
    for one in made:
        if one.event.error is not None:
            errors.setdefault(error_signature(one.event.error), []).append(one)
    for error, failed in sorted(errors.items()):
        left, right = failed, passed
        for _ in range(_MOST_NEEDS):
            best = _strongest(head, error, left, right)
            if best is None:
                break
            yield best
            left, right = ([one for one in tried if best.earlier in one.after] for tried in (left, right))


def _strongest(head: str, error: str, failed: Sequence[Tried], passed: Sequence[Tried]) -> Needed | None:
    found = (_need(head, error, earlier, failed, passed) for earlier in _earlier(passed))
    best = max(
        ((z, need) for z, need in found if need is not None),
        key=lambda item: (item[0], not item[1].earlier.is_last, item[1].earlier.head, item[1].earlier.argument),
        default=None,
    )
    return None if best is None else best[1]


def _earlier(passed: Sequence[Tried]) -> list[Earlier]:
    return sorted({earlier for one in passed for earlier in one.after})


def _need(
    head: str, error: str, earlier: Earlier, failed: Sequence[Tried], passed: Sequence[Tried]
) -> tuple[float, Needed | None]:
    without = [one for one in failed if earlier not in one.after]
    after = [one for one in passed if earlier in one.after]
    n_passed_without, n_failed_after = len(passed) - len(after), len(failed) - len(without)
    n_without = len(without) + n_passed_without
    runs = {one.run.piece.trajectory.id for one in without}
    tasks = {one.run.piece.trajectory.task_id or one.run.piece.trajectory.id for one in without}
    if (
        len(runs) < LEAST_RUNS
        or len(tasks) < LEAST_TASKS
        or n_passed_without > MOST_WITHOUT * n_without
        or len(after) < LEAST_WITH * (len(after) + n_failed_after)
        or not _pays([one.run for one in after])
    ):
        return 0.0, None
    _, z = mantel_haenszel([(len(after), n_failed_after, n_passed_without, len(without))])
    need = Needed(
        head=head,
        error=error,
        earlier=earlier,
        failed=without,
        passed=after,
        n_without=n_without,
        n_failed_after=n_failed_after,
    )
    return z, need if z >= MIN_Z else None


def _pays(runs: Sequence[Run]) -> bool:
    """Return whether at least three of *runs* succeeded, or the outcome of none of them is known."""
    known = {run.piece.trajectory.id: run.succeeded for run in runs if run.piece.trajectory.outcome is not None}
    return not known or sum(known.values()) >= LEAST_WON


def _forms(need: Needed) -> tuple[str, str]:
    """Return the most frequent wording of the earlier and the later call, with X for the object they share."""
    if need.earlier.argument:
        return need.earlier.head, need.head
    counted: Counter[tuple[str, str]] = Counter()
    for one in need.passed:
        earlier = one.after[need.earlier]
        shared = set(_THING.findall(earlier.action)).intersection(_THING.findall(one.event.action))
        thing = max(shared, key=lambda text: (len(text), text))
        counted[_opened(earlier.action, thing), _opened(one.event.action, thing)] += 1
    return min(counted, key=lambda pair: (-counted[pair], pair))


def _opened(action: str, thing: str) -> str:
    return _THING.sub(lambda found: _SAME if found[0] == thing else _OPEN, action)


def _lesson(group: Sequence[Needed]) -> Lesson:
    first = group[0]
    earlier, _ = _forms(first)
    later = list(dict.fromkeys(_forms(one)[1] for one in group))[:_MOST_FORMS]
    failed = [one for need in group for one in need.failed]
    n_without, n_failed_after = sum(need.n_without for need in group), sum(need.n_failed_after for need in group)
    n_after = sum(len(need.passed) for need in group) + n_failed_after
    argument = first.earlier.argument
    same = f"with the same `{argument}`" if argument else f"with the same {_SAME}"
    last = f", and no other `{first.earlier.head}` in between" if all(need.earlier.is_last for need in group) else ""
    error = next(one.event.error for one in failed if one.event.error is not None)
    return lesson(
        when=f"before {join_words((code(form) for form in later), last='or')}",
        do=f"Call {code(earlier)} first, {same}{last}: else it answers {said(error)}.",
        because=f"Without it {len(failed)} of {n_without} such calls failed so, after it {n_failed_after} of {n_after}",
        polarity="success",
        pattern=PATTERN,
        evidence=[*_shown(failed), *_prepared(first)],
        trajectories=(one.run.piece.trajectory for one in failed),
        tools=sorted({need.failed[0].event.tool for need in group}),
    )


def _shown(failed: Sequence[Tried]) -> Iterator[Quote]:
    for one in list({one.run.piece.trajectory.id: one for one in reversed(failed)}.values())[-3:]:
        yield quote(one.run.piece, one.event.call, one.event.action, role="action")
        yield quote(one.run.piece, one.event.result or 0, one.event.error or "", role="observation")


def _prepared(need: Needed) -> Iterator[Quote]:
    one = need.passed[0]
    yield quote(one.run.piece, one.after[need.earlier].call, one.after[need.earlier].action, role="fix")
    yield quote(one.run.piece, one.event.call, one.event.action, role="fix")
