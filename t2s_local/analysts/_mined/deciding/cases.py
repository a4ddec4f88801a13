"""Calls that are compared, with the traits that may decide whether they go well."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from t2s_local.analysts._mined.before.records import acts
from t2s_local.analysts._mined.before.sentences import gist
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import mask, words
from t2s_local.values.value import Value

MIN_TASKS = 3
"""Fewest tasks with the trait and without it, and fewest tasks with the expected outcome on each side."""
_MOST_CALLS = 4
"""Most calls of one tool that are compared in a run: later ones are mostly repeats."""
_MANY = 10
"""Fewest runs in a file that counts as a harness of its own: benchmarks write the runs of one agent into one file."""
MOST_VALUES = 8
"""Most values of a field or an argument for each value to count as a kind."""


Harness = tuple[str, str | None, str | None]


class Trait(Value, frozen=True, kw_only=True, order=True):
    """A property that a call has or lacks at the time it is made."""

    kind: str
    """One of ``field`` of an earlier answer, ``argument``, ``call`` made before, or ``said`` before."""
    name: str
    """For a field ``tool field``; for a call its program or tool; for a sentence its masked form."""
    value: str = ""


class Case(Value, frozen=True, kw_only=True):
    """One call, its outcome, and its traits with the step and the words that show each trait."""

    run: Run
    event: Event
    is_good: bool
    traits: Mapping[Trait, tuple[int, str] | None]
    harness: Harness
    """Recording format, model, and the file if one file contains many runs: calls are compared within one harness."""

    @property
    def task(self) -> str:
        """Task of the case: runs of one task count once."""
        return self.run.piece.trajectory.task_id or self.run.piece.trajectory.id


class CaseQuestion(Value, frozen=True, kw_only=True):
    """The calls of one tool, parted by an error that some of them met or by the outcome of their runs."""

    tool: str
    error: str | None
    """Message of the error that parts the calls; None if the outcome of the run parts them."""
    cases: tuple[Case, ...]


Made = tuple[Run, Event, Harness]


def questions(runs: Sequence[Run]) -> Iterator[CaseQuestion]:
    """Yield for every tool its calls parted by each error, and its calls parted by the outcome of their runs."""
    calls: dict[str, list[Made]] = {}
    sources = Counter(run.piece.trajectory.source for run in runs)
    for run in runs:
        trajectory = run.piece.trajectory
        source = trajectory.source if sources[trajectory.source] >= _MANY else None
        harness = (trajectory.format, trajectory.model, source)
        made_here = Counter[str]()
        for event in run.events:
            if event.result is None or event.is_infrastructure or not acts(event):
                continue
            made_here[event.tool] += 1
            if made_here[event.tool] <= _MOST_CALLS:
                calls.setdefault(event.tool, []).append((run, event, harness))
    for tool, made in sorted(calls.items()):
        yield from _of_errors(tool, made)
        labelled = [one for one in made if not one[1].failed and _is_labelled(one[0])]
        if min(_n_tasks(one for one in labelled if one[0].succeeded is good) for good in (True, False)) >= MIN_TASKS:
            cases = (_case(one, is_good=one[0].succeeded, is_whole=True) for one in labelled)
            yield CaseQuestion(tool=tool, error=None, cases=tuple(cases))


def _of_errors(tool: str, made: Sequence[Made]) -> Iterator[CaseQuestion]:
    """Yield for every recurring error the calls that met it and the calls that passed.

    A call is compared only if earlier answers stated facts about its object.
    """
    known = [one for one in made if one[1].call in one[0].known]
    errors: dict[str, list[Made]] = {}
    for one in known:
        if one[1].error is not None:
            errors.setdefault(error_signature(one[1].error), []).append(one)
    often = {error: failed for error, failed in errors.items() if _n_tasks(failed) >= MIN_TASKS}
    passed = [_case(one, is_good=True, is_whole=False) for one in known if often and not one[1].failed]
    for _, failed in sorted(often.items()):
        cases = [_case(one, is_good=False, is_whole=False) for one in failed]
        yield CaseQuestion(tool=tool, error=failed[0][1].error, cases=(*cases, *passed))


def _is_labelled(run: Run) -> bool:
    return run.piece.trajectory.outcome in {"success", "failure"}


def _n_tasks(made: Iterable[Made]) -> int:
    return len({run.piece.trajectory.task_id or run.piece.trajectory.id for run, _, _ in made})


def _case(made: Made, *, is_good: bool, is_whole: bool) -> Case:
    """Return one case; if *is_whole*, its traits also include arguments, earlier calls and earlier sentences.

    Calls with an error are compared without these traits, because other kinds of lessons compare them.
    """
    run, event, harness = made
    traits: dict[Trait, tuple[int, str] | None] = {}
    for known in run.known.get(event.call, ()):
        trait = Trait(kind="field", name=f"{known.source} {known.field}", value=known.value)
        traits[trait] = None if known.shown is None else (known.step, known.shown)
    if is_whole:
        traits.update(dict.fromkeys(_arguments(run, event)))
        for other in run.events:
            if other.call < event.call and not other.failed and other.head != event.head:
                traits.setdefault(Trait(kind="call", name=other.head), (other.call, other.action))
        for step, sentence in run.spoken:
            if step < event.call:
                traits.setdefault(Trait(kind="said", name=gist(sentence)), (step, sentence))
    return Case(run=run, event=event, is_good=is_good, traits=traits, harness=harness)


def _arguments(run: Run, event: Event) -> Iterator[Trait]:
    """Yield the arguments whose value is a choice of the agent: a word that the request does not contain."""
    asked = set(words(run.piece.request or ""))
    for name, value in (run.piece.trajectory.steps[event.call].arguments or {}).items():
        text = str(value).lower() if isinstance(value, bool) else value
        if isinstance(text, str) and _CHOICE.fullmatch(text) and mask(text) == text and text not in asked:
            yield Trait(kind="argument", name=name, value=text)


_CHOICE = re.compile(r"[a-z][a-z_]{0,23}")
