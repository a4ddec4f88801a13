"""Recurring action sequences of successful runs: closed sequences with their support."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.association import MIN_Z, mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.topics import Topics
from t2s_local.text.check_results import is_check
from t2s_local.text.commands import changes_files, is_scratch, is_shell, only_looks, without_cd
from t2s_local.text.events import Event
from t2s_local.text.text import squeeze
from t2s_local.values.lesson import Lesson, Quote

MIN_SUPPORT = 3
MIN_TASKS = 2
MIN_LENGTH = 3
"""Fewest actions of a procedure: two actions in a row are no order of work."""
MIN_OWN_STEPS = 2
_EDITS = frozenset({"sed -i", "cat > <file>"})
MAX_LENGTH = 5
MAX_SEQUENCES = 8
_SHOWN_RUNS = 3
_RUNNING = re.compile(
    r"^python|^node\b|\brun\b|submit|commit|push|deploy|send|book|create|update|cancel|delete|save|apply"
)
"""Actions that execute or submit something: a procedure without such an action has no result."""
_OUTPUT_FILTER = re.compile(r"(?:\s*2>&1)?(?:\s*\|\s*(?:tail|head)(?:\s+-n?\s*\d+)?)?\s*$")
_AGREEMENT = 0.4
"""Share of runs that must have used the same command for the lesson to show the command."""
_OVERLAP = 0.7
_MAX_EVENTS = 120
PASSING = re.compile(
    r"\b(?:test|tests|pytest|unittest|check|lint|build|vet|clippy|tsc|mypy|ruff|tox|ci|verify)\b", re.IGNORECASE
)
Heads = tuple[str, ...]


def is_verified(run: Run) -> bool:
    """Return whether *run* counts as successful: by its label, or without a label if its last check passed."""
    outcome = run.piece.trajectory.outcome
    if outcome is not None:
        return outcome == "success"
    checks = [event for event in run.events if is_check(event.head) or PASSING.search(event.head)]
    return bool(checks) and not checks[-1].failed


def procedures(runs: Sequence[Run], topics: Topics) -> Iterator[Lesson]:
    """Yield one lesson for every action sequence that recurs in successful runs; similar sequences count once."""
    good = [run for run in runs if is_verified(run)]
    bad = [run for run in runs if run.piece.trajectory.outcome == "failure"]
    for sequence, carriers in _closed(good):
        counts = (
            _n_runs(carriers),
            _n_runs(run for run in bad if sequence in _sequences(run)),
            _n_runs(good),
            _n_runs(bad),
        )
        a, b, n_good, n_bad = counts
        _, z = mantel_haenszel([(a, b, n_good - a, n_bad - b)])
        is_labelled = carriers[0].piece.trajectory.outcome is not None
        if (n_bad < MIN_SUPPORT or z >= MIN_Z) and (is_labelled or _is_work(sequence)):
            yield _lesson(sequence, carriers, counts, topics)


def _n_runs(runs: Iterable[Run]) -> int:
    return len({run.piece.trajectory.id for run in runs})


def _closed(runs: Sequence[Run]) -> Iterator[tuple[Heads, Sequence[Run]]]:
    carriers: dict[Heads, list[int]] = {}
    for position, run in enumerate(runs):
        for sequence in _sequences(run):
            carriers.setdefault(sequence, []).append(position)
    frequent = {
        sequence: positions
        for sequence, positions in carriers.items()
        if _recurs([runs[position] for position in positions]) and _is_telling(sequence)
    }
    ranked = sorted(frequent, key=lambda item: (-len(frequent[item]) * (len(item) - 0.5), item))
    chosen: list[Heads] = []
    for sequence in ranked:
        if len(chosen) < MAX_SEQUENCES and not any(_same(sequence, other, frequent) for other in chosen):
            chosen.append(sequence)
            yield sequence, [runs[position] for position in frequent[sequence]]


def _recurs(runs: Sequence[Run]) -> bool:
    """Return whether enough runs, of more than one task, contain the sequence."""
    seen = {run.piece.trajectory.id: run.piece.trajectory.task_id for run in runs}
    return len(seen) >= MIN_SUPPORT and len({task or run_id for run_id, task in seen.items()}) >= MIN_TASKS


def _is_telling(sequence: Heads) -> bool:
    repeats = len(sequence) - len(set(sequence))
    settles = PASSING.search(sequence[-1]) or _RUNNING.search(sequence[-1])
    return bool(settles) and repeats <= 1 and not _stutters(sequence)


def _is_work(sequence: Heads) -> bool:
    """Return whether a sequence is more than editing, installing and checking in turn, which any run does."""
    own = [head for head in sequence if not is_check(head) and not changes_files(head, head) and head not in _EDITS]
    return len(set(own)) >= MIN_OWN_STEPS


def _stutters(sequence: Heads) -> bool:
    return any(one == other for one, other in pairwise(sequence))


def _same(one: Heads, other: Heads, carriers: Mapping[Heads, Sequence[int]]) -> bool:
    if set(one) == set(other):
        return True
    shares_actions = len(set(one) & set(other)) >= min(len(set(one)), len(set(other))) - 1
    first, second = set(carriers[one]), set(carriers[other])
    return shares_actions and len(first & second) >= _OVERLAP * len(first | second)


def _steps(run: Run) -> list[Event]:
    """Return the completed actions of *run*, without mere reading, trials and direct repeats."""
    done: list[Event] = []
    for event in run.events[:_MAX_EVENTS]:
        is_idle = only_looks(event.tool, event.head) or is_scratch(event.head)
        if not event.failed and event.result is not None and not is_idle and (not done or done[-1].head != event.head):
            done.append(event)
    return done


def _sequences(run: Run) -> set[Heads]:
    heads = [event.head for event in _steps(run)]
    found: set[Heads] = set()
    for start in range(len(heads)):
        grown: list[tuple[Heads, int]] = [((heads[start],), start)]
        while grown:
            sequence, last = grown.pop()
            if len(sequence) >= MIN_LENGTH:
                found.add(sequence)
            if len(sequence) < MAX_LENGTH:
                grown += [((*sequence, heads[at]), at) for at in range(last + 1, min(last + 3, len(heads)))]
    return found


def _lesson(sequence: Heads, carriers: Sequence[Run], counts: tuple[int, int, int, int], topics: Topics) -> Lesson:
    tasks = [run.piece.trajectory.task_id or run.piece.trajectory.id for run in carriers]
    walks = [_walk(run, sequence) for run in carriers]
    shown = walks[:_SHOWN_RUNS]
    with_it, rivals, n_good, n_bad = counts
    kind = "successful runs" if carriers[0].piece.trajectory.outcome else "runs whose last check passed"
    because = f"{with_it} of {n_good} {kind} worked in this order"
    if n_bad:
        because += f", and {rivals} of {n_bad} failing ones"
    steps = [_step(head, events) for head, events in zip(sequence, zip(*walks, strict=True), strict=True)]
    return lesson(
        when=_situation(sequence) or topics.phrase(tasks) or f"the work ends in `{sequence[-1]}`",
        do=f"After {steps[0]}, go on with {steps[1]}."
        if len(steps) == 2
        else f"Work in this order: {', then '.join(steps)}.",
        because=because,
        polarity="success",
        pattern="sequence",
        evidence=[item for run, walk in zip(carriers, shown, strict=False) for item in _quotes(run, walk)],
        trajectories=(run.piece.trajectory for run in carriers),
        tools=sorted({event.tool for walk in shown for event in walk}),
    )


def _situation(sequence: Heads) -> str | None:
    check = next((head for head in reversed(sequence) if PASSING.search(head)), None)
    return None if check is None else f"code is changed in a project that is checked with `{check}`"


def _step(head: str, events: Sequence[Event]) -> str:
    """Return one action of a sequence: the command if enough runs agree on it, otherwise its program or tool."""
    if is_shell(events[0].tool):
        commands = Counter(_OUTPUT_FILTER.sub("", squeeze(without_cd(event.action))) for event in events)
        (command, times), *_ = sorted(commands.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
        if times >= max(2, _AGREEMENT * len(events)) and len(command) <= 80:
            return code(command)
    return "write a script to a file" if head == "cat > <file>" else f"`{head}`"


def _walk(run: Run, sequence: Heads) -> Sequence[Event]:
    """Return the events of the first occurrence of *sequence* in *run*.

    Raises:
        ValueError: the run does not contain the sequence.
    """
    events = _steps(run)
    for start in range(len(events)):
        walk: list[Event] = []
        for event in events[start:]:
            if event.head == sequence[len(walk)]:
                walk.append(event)
                if len(walk) == len(sequence):
                    return walk
            elif not walk:
                break
    message = f"the run does not hold {sequence}"
    raise ValueError(message)


def _quotes(run: Run, walk: Sequence[Event]) -> Iterator[Quote]:
    for event in walk:
        yield quote(run.piece, event.call, event.action, role="action")
