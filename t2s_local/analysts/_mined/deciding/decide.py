"""Traits that decide: calls that went well have them, and calls that did not lack them, beyond chance.

Runs of one task count once, so that no single task decides. Calls are compared only within one harness and model, and
runs of the same task must not show the opposite. Many traits are tried, so the expected share of chance among the
reported traits is bounded.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._exact import believed, tail
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.deciding.cases import MIN_TASKS, MOST_VALUES, Case, CaseQuestion, Trait, questions
from t2s_local.analysts._mined.deciding.wording import told
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

MIN_GAP = 0.6
"""Least difference between the shares of tasks that went well, with the trait and without it."""
MOST_BELIEVED_BY_CHANCE = 0.05
_MOST_LESSONS = 3
"""Most lessons about the calls of one tool."""
_SAME = 0.8
_PART = re.compile(r"[A-Z]?[a-z]+")
_LEAST_LETTERS = 4
_ONLY_GOOD = frozenset({"call", "said"})
"""Kinds of traits that count only if they go with success: failing runs say and do much that is no cause of failure."""


class Decision(Value, frozen=True, kw_only=True):
    """A trait that was tried, with the test of its association with success."""

    question: CaseQuestion
    trait: Trait
    chance: float
    is_apart: bool
    """Whether the difference is large enough and no check speaks against it."""
    having: tuple[Case, ...]
    lacking: tuple[Case, ...]
    is_good: bool
    """Whether cases with the trait go well more often."""


def decisions(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every trait that decides about the calls of a tool."""
    tried = [item for question in questions(runs) for item in _tried(question)]
    trusted = believed([item.chance for item in tried], rate=MOST_BELIEVED_BY_CHANCE)
    strong = [item for item, is_trusted in zip(tried, trusted, strict=True) if is_trusted and item.is_apart]
    strong.sort(key=lambda item: (item.question.tool, item.chance, item.trait))
    chosen: list[Decision] = []
    for item in strong:
        rivals = [other for other in chosen if other.question.tool == item.question.tool]
        if len(rivals) < _MOST_LESSONS and not any(_is_same(item, other) for other in rivals):
            chosen.append(item)
            shares = [(sum(units.values()), len(units)) for units in map(_units, (item.having, item.lacking))]
            yield told(item.question, item.trait, item.having, item.lacking, is_good=item.is_good, shares=shares)


def _is_same(one: Decision, other: Decision) -> bool:
    """Return whether two traits are values of one field, or part the cases in nearly the same way."""
    if (one.trait.kind, one.trait.name) == (other.trait.kind, other.trait.name):
        return True
    first, second = ({_key(case) for case in item.having} for item in (one, other))
    return len(first & second) >= _SAME * min(len(first), len(second))


def _key(case: Case) -> tuple[str, int]:
    return case.run.piece.id, case.event.call


def _tried(question: CaseQuestion) -> Iterator[Decision]:
    """Yield every trait, with its p value, that calls of enough tasks have and calls of enough tasks lack."""
    counts = Counter(trait for case in question.cases for trait in case.traits)
    values = Counter((trait.kind, trait.name) for trait in counts)
    for trait in sorted(counts):
        if counts[trait] >= MIN_TASKS and values[trait.kind, trait.name] <= MOST_VALUES:
            compared = [case for case in question.cases if trait.value == "" or _has_field(case, trait)]
            found = _compared(question, trait, compared)
            if found is not None:
                yield found


def _compared(question: CaseQuestion, trait: Trait, cases: Sequence[Case]) -> Decision | None:
    having, lacking = _in_one_harness(
        [case for case in cases if trait in case.traits], [case for case in cases if trait not in case.traits]
    )
    with_it, without = _units(having), _units(lacking)
    if min(len(with_it), len(without)) < MIN_TASKS:
        return None
    is_good = _share(with_it) > _share(without)
    good, rest = (with_it, without) if is_good else (without, with_it)
    chance = tail(sum(good.values()), len(good), sum(good.values()) + sum(rest.values()), len(good) + len(rest))
    is_apart = (
        _share(good) - _share(rest) >= MIN_GAP
        and min(sum(good.values()), len(rest) - sum(rest.values())) >= MIN_TASKS
        and (is_good or trait.kind not in _ONLY_GOOD)
        and not _was_asked_for(trait, having)
        and not _contradicts(having, lacking, is_good=is_good)
    )
    return Decision(
        question=question,
        trait=trait,
        chance=min(1.0, 2 * chance),
        is_apart=is_apart,
        having=tuple(having),
        lacking=tuple(lacking),
        is_good=is_good,
    )


def _was_asked_for(trait: Trait, having: Sequence[Case]) -> bool:
    """Return whether half of the requests name the call: then the trait distinguishes tasks, not ways to do them."""
    if trait.kind != "call":
        return False
    named = {part for part in _PART.findall(trait.name) if len(part) >= _LEAST_LETTERS}
    asked = [(case.run.piece.request or "").lower() for case in having]
    return 2 * sum(any(part.lower() in request for part in named) for request in asked) >= len(asked)


def _has_field(case: Case, trait: Trait) -> bool:
    return any((other.kind, other.name) == (trait.kind, trait.name) for other in case.traits)


def _in_one_harness(having: Sequence[Case], lacking: Sequence[Case]) -> tuple[Sequence[Case], Sequence[Case]]:
    """Return the cases of the harnesses that occur on both sides, so that no harness is compared with another."""
    both = {case.harness for case in having} & {case.harness for case in lacking}
    return [case for case in having if case.harness in both], [case for case in lacking if case.harness in both]


def _units(cases: Sequence[Case]) -> Mapping[str, bool]:
    """Return for each task whether most of its runs went well; tasks with an even count are left out."""
    runs: dict[str, dict[str, bool]] = {}
    for case in cases:
        known = runs.setdefault(case.task, {})
        run = case.run.piece.trajectory.id
        known[run] = known.get(run, True) and case.is_good
    counts = {task: (sum(known.values()), len(known)) for task, known in runs.items()}
    return {task: 2 * good > n for task, (good, n) in counts.items() if 2 * good != n}


def _share(units: Mapping[str, bool]) -> float:
    return sum(units.values()) / len(units)


def _contradicts(having: Sequence[Case], lacking: Sequence[Case], *, is_good: bool) -> bool:
    """Return whether the association is reversed within tasks or within harnesses that have cases on both sides."""
    sign = 1 if is_good else -1
    by_task = _cells([(case.task, case) for case in having], [(case.task, case) for case in lacking])
    by_harness = _cells([(case.harness, case) for case in having], [(case.harness, case) for case in lacking])
    return any(cells and sign * mantel_haenszel(cells)[1] < 0 for cells in (by_task, by_harness))


def _cells(having: Sequence[tuple[object, Case]], lacking: Sequence[tuple[object, Case]]) -> Sequence[Sequence[int]]:
    """Return a 2x2 table for each key with cases on both sides: good with and without, then bad with and without."""
    cells: dict[object, list[int]] = {}
    for cases, place in ((having, 0), (lacking, 1)):
        for key, case in cases:
            cells.setdefault(key, [0, 0, 0, 0])[place + (0 if case.is_good else 2)] += 1
    return [cell for cell in cells.values() if cell[0] + cell[2] and cell[1] + cell[3]]
