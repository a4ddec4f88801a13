"""Rules of a domain: refusals of its tools, in their own words, and the changes with which the calls passed.

A tool that refuses a call states how its domain works; a refusal counts from two runs on.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.arguments import ArgumentCall, ArgumentFault, calls_of, fault_of, shared_kind
from t2s_local.analysts._mined.before.records import is_past
from t2s_local.analysts._mined.fix import INDEX, leaves, source_of
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.searching import matching
from t2s_local.analysts._noted.searching.nothing import is_nothing
from t2s_local.analysts._noted.tools.differences import FEWER, differences
from t2s_local.analysts._noted.tools.error_sentences import STATES_RULE, sentence_of
from t2s_local.analysts._noted.tools.policy_words import Remedy, worded
from t2s_local.analysts._noted.tools.totals.parts import Results
from t2s_local.analysts._noted.tools.totals.totals import SUM, SUM_MET, accepted_total, refused_total, tell_total
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, is_shell
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import squeeze, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

KIND = "policy"
OUT = "policy_way_out"
VAIN = "policy_in_vain"
SEEN = "policy_seen_before"
MADE = "policy_made_of_words"
PAST = "policy_past"
PARTED = "policy_parted"
LEAST_RUNS = 2
LEAST_PAST = 0.8
"""Share of the refusals that must be about a past date for the date to count as the reason."""
WINDOW = 12
LEAST_PAST_TASKS = 2
"""Fewest tasks with refusals of past dates: a past date in one task may be peculiar to the task."""
_LACKS = re.compile(
    r"(?P<before>(?:[a-z]+ ){1,3})(?:is|are) not enough|(?:not enough|insufficient|no) (?P<after>(?:[a-z]+ ?){1,2})"
)
_OPEN = re.compile(r"<[\w ]+>|…")
"""Masks of differing parts: a message with a mask is about one case, and states no rule by itself."""
_IN = re.compile(r"\s(?:on|in|of|for|at|to|with|by)\b")
_KEY = re.compile(r'"(\w+)"\s*:')
_DIGITS = re.compile(r"\d{3,}")
_MOST_READ = 6000
_IDENTIFIER = re.compile(r'"([a-z]+(?:_[a-z]+)+)"')


class Way(Value, frozen=True, kw_only=True):
    """A change of the arguments of one tool after which its refused calls passed in several runs."""

    tool: str
    difference: str
    taken: tuple[tuple[Run, Note], ...]


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the refused tool calls of *piece*, the changes with which they passed, and hints seen before the call."""
    results = Results(events)
    for at, event in enumerate(events):
        if event.result is None or event.is_infrastructure:
            continue
        if not event.failed:
            yield from accepted_total(piece, results, event)
            continue
        if event.error is None:
            continue
        if not is_shell(event.tool) and not changes_files(event.tool, event.head) and _is_call(event):
            yield from _refusal(piece, events, at, event.error, results)


def _is_call(event: Event) -> bool:
    return event.action.lstrip().startswith("{")


def _refusal(piece: Slice, events: Sequence[Event], at: int, error: str, results: Results) -> Iterator[Note]:
    """Yield the notes on one refused call, at index *at* of *events*."""
    event = events[at]
    key = error_signature(error)
    quotes = (
        quote(piece, event.call, event.action, role="action"),
        quote(piece, event.result or 0, error, role="observation"),
    )
    yield Note(kind=KIND, key=key, detail=event.tool, quotes=quotes)
    later = [
        other for other in events[at + 1 : at + 1 + WINDOW] if other.tool == event.tool and other.result is not None
    ]
    passed = next(iter(later), None)
    yield from refused_total(piece, results, event, passed, key)
    if passed is not None and passed.failed:
        yield from _in_vain(piece, event, passed, key)
    if passed is not None and not passed.failed:
        fix = quote(piece, passed.call, passed.action, role="fix")
        source = partial(source_of, piece, event, passed)
        for difference in differences(leaves(piece, event), leaves(piece, passed), error=error, source=source):
            yield Note(kind=OUT, key=f"{key}\n{event.tool}", detail=difference, quotes=(*quotes, fix))
        if (made := _made_of_words(piece, event, passed)) is not None:
            yield Note(kind=MADE, key=key, detail=made)
    if is_past(piece, error):
        is_parted = any(not other.failed and _is_part(leaves(piece, other), leaves(piece, event)) for other in later)
        yield from (Note(kind=kind, key=key) for kind in (PAST, *([PARTED] if is_parted else [])))
    for place in _seen(piece, events[:at], event, error):
        yield Note(kind=SEEN, key=key, detail=place)


def _in_vain(piece: Slice, event: Event, again: Event, key: str) -> Iterator[Note]:
    """Yield the differences between a refused call and the next call *again*, if *again* got the same message."""
    if error_signature(again.error or "") == key:
        before, after = leaves(piece, event), leaves(piece, again)
        for difference in differences(before, after, error=event.error or "", source=lambda _: None):
            yield Note(kind=VAIN, key=f"{key}\n{event.tool}", detail=difference)


def _is_part(after: Mapping[str, object], before: Mapping[str, object]) -> bool:
    """Return whether a call sends a part of the items that another call sent."""
    kept, all_items = (
        {value for name, value in one.items() if INDEX.search(name) and isinstance(value, str)}
        for one in (after, before)
    )
    return bool(kept) and kept < all_items


def _made_of_words(piece: Slice, event: Event, passed: Event) -> str | None:
    """Return a refused value whose digits the user had said and that the passing call replaced, or None."""
    before, after = leaves(piece, event), leaves(piece, passed)
    said = [step.text for step in piece.trajectory.steps[piece.start : event.call] if step.kind == "user"]
    for name, value in before.items():
        digits = _DIGITS.findall(value) if isinstance(value, str) and after.get(name) != value else []
        if digits and all(any(re.search(rf"(?<!\d){one}(?!\d)", text) for text in said) for one in digits):
            return str(value)
    return None


def _seen(piece: Slice, earlier: Sequence[Event], event: Event, error: str) -> Iterator[str]:
    """Yield the fields of earlier results with names that match what the error says is lacking.

    A field is four lines: what is lacking, the field, its tool, and the argument of the call that picks a part of it.
    """
    found = _LACKS.search(error.lower())
    if found is None:
        return
    what = _IN.split(squeeze(found["before"] or found["after"]))[0]
    lacked = set(words(what))
    given = {value: name for name, value in leaves(piece, event).items() if isinstance(value, str)}
    told: set[tuple[str, str]] = set()
    for other in earlier:
        output = "" if other.failed else other.output[:_MOST_READ]
        for name in dict.fromkeys(_IDENTIFIER.findall(output)):
            parts = set(name.split("_"))
            if len(parts & lacked) * 2 >= len(parts) and (name, other.tool) not in told:
                told.add((name, other.tool))
                keys = re.search(rf'"{name}"\s*:\s*{{([^{{}}]*)}}', output)
                picked = [given[key] for key in _KEY.findall(keys[1] if keys else "") if key in given]
                yield "\n".join((what, name, other.tool, picked[0] if picked else ""))


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every refusal that several runs met and that has a remedy or states a rule."""
    outs, sums, sums_met = (noted(runs, kind) for kind in (OUT, SUM, SUM_MET))
    seen, past, parted, made, vain = (noted(runs, kind) for kind in (SEEN, PAST, PARTED, MADE, VAIN))
    calls = calls_of(runs, {note.detail for every in noted(runs, KIND).values() for _, note in every})
    literal = {name.split("\n")[0] for name in matching.literal(runs)}
    for key, every in noted(runs, KIND).items():
        out = _shared_way(key, every, outs)
        is_told = is_nothing(key) and literal.issuperset(note.detail for _, note in every)
        if is_told and (out is None or out.difference.startswith(FEWER)):
            continue
        pairs = every if out is None else [pair for pair in every if pair[1].detail == out.tool]
        met, tools = runs_of(pairs), sorted({note.detail for _, note in pairs})
        if len(met) < LEAST_RUNS:
            continue
        if wanted := _shared(sums.get(key, ()), len(met)):
            yield tell_total(runs, wanted[0], pairs, sums_met.get(key, ()))
            continue
        over = past.get(key, ())
        remedy = Remedy(
            difference=None if out is None else out.difference,
            seen=_places(seen.get(key, ()), len(met)),
            is_parted_in_vain=_is_in_vain(runs_of(parted.get(key, ()))),
            is_over=len(over) >= LEAST_PAST * len(pairs) and len(tasks_of(runs_of(over))) >= LEAST_PAST_TASKS,
            fault=_fault(key, tools, calls),
            shared=shared_kind([call for tool in tools for call in _refused(key, calls.get(tool, ()))]),
            made=next(iter(_shared(made.get(key, ()), len(met), least=1)), None),
        )
        sentence = sentence_of([note.quotes[1].text for _, note in pairs])
        if remedy.is_empty and (_OPEN.search(sentence) or not STATES_RULE.search(key)):
            continue
        is_rule = remedy.is_empty or STATES_RULE.search(key) is not None
        when, do = worded(tools, sentence, remedy, is_rule=is_rule)
        how = "got this message" if is_nothing(key) else "were refused with this message"
        counts = [f"{len(pairs)} calls in {len(met)} runs {how}"]
        counts += [_worked(out, vain.get(f"{key}\n{out.tool}", ()))] if out is not None else []
        counts += [remedy.fault.counts] if remedy.fault is not None else []
        counts += [f"the date had passed in {len(over)} of them"] if remedy.is_over else []
        yield lesson(
            when=when,
            do=do,
            because="; ".join(counts),
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(pairs), *quotes_of(() if out is None else out.taken, most=2)],
            trajectories=(run.piece.trajectory for run in met),
            tools=tools,
        )


def _is_in_vain(parted: Sequence[Run]) -> bool:
    """Return whether several labelled runs in *parted* sent only a part of a refused call, and none succeeded."""
    labelled = [run for run in parted if run.piece.trajectory.outcome is not None]
    return len(labelled) >= LEAST_RUNS and not any(run.succeeded for run in labelled)


def _worked(out: Way, vain: Sequence[tuple[Run, Note]]) -> str:
    """Return a clause with the number of runs in which a change worked, and of all runs that tried the change."""
    n_worked = len(runs_of(out.taken))
    failed = runs_of([pair for pair in vain if pair[1].detail == out.difference])
    n_tried = len({run.piece.trajectory.id for run in (*runs_of(out.taken), *failed)})
    return (
        f"this worked in {n_worked} of the {n_tried} runs that tried it"
        if n_tried > n_worked
        else f"this worked in all {n_worked} runs that tried it"
    )


def _shared_way(
    key: str, pairs: Sequence[tuple[Run, Note]], outs: Mapping[str, Sequence[tuple[Run, Note]]]
) -> Way | None:
    """Return the change with which refused calls of one tool passed in several runs; None if there is none."""
    tools = sorted({note.detail for _, note in pairs})
    found = [(tool, pair) for tool in tools for pair in outs.get(f"{key}\n{tool}", ())]
    for difference in most_common((pair[1].detail for _, pair in found), most=2, least=LEAST_RUNS):
        for tool in tools:
            taken = [pair for place, pair in found if place == tool and pair[1].detail == difference]
            if pays(runs_of(taken)) and len(runs_of(taken)) >= LEAST_RUNS:
                return Way(tool=tool, difference=difference, taken=tuple(taken))
    return None


def _shared(found: Sequence[tuple[Run, Note]], n_met: int, *, least: int = LEAST_RUNS) -> list[str]:
    """Return a list of the most frequent detail if at least half of the *n_met* refused runs have it, otherwise []."""
    if len(runs_of(found)) < (n_met + 1) // 2:
        return []
    return most_common(
        (note.detail for _, note in found), most=1, least=max(least, (n_met + 1) // 2 if least > 1 else 1)
    )


def _places(found: Sequence[tuple[Run, Note]], n_met: int) -> tuple[str, str, tuple[str, ...], str] | None:
    """Return what is lacking, its field, the tools that return it, and the argument that picks a part; or None.

    At least half of the *n_met* refused runs must have had the field before the call.
    """
    runs: dict[tuple[str, str], set[str]] = {}
    tools: dict[tuple[str, str], Counter[str]] = {}
    parts: dict[tuple[str, str], Counter[str]] = {}
    for run, note in found:
        what, name, tool, part = note.detail.split("\n")
        runs.setdefault((what, name), set()).add(run.piece.trajectory.id)
        tools.setdefault((what, name), Counter())[tool] += 1
        parts.setdefault((what, name), Counter())[part] += 1
    best = min(runs, key=lambda place: (-len(runs[place]), place), default=None)
    if best is None or len(runs[best]) < max(LEAST_RUNS, (n_met + 1) // 2):
        return None
    ranked = most_common(tools[best].elements(), most=2, least=1)
    return *best, tuple(ranked), most_common(parts[best].elements(), most=1)[0]


def _fault(key: str, tools: Sequence[str], calls: Mapping[str, Sequence[ArgumentCall]]) -> ArgumentFault | None:
    """Return the kind of value that is refused with the error *key* by all *tools*, or else by one tool, or None."""
    for of in dict.fromkeys((tuple(tools), *((tool,) for tool in tools))):
        made = [call for tool in of for call in calls.get(tool, ())]
        failed, passed = _refused(key, made), [call for call in made if not call.event.failed]
        found = fault_of(failed, passed) if failed and passed else None
        if found is not None:
            return found
    return None


def _refused(key: str, calls: Sequence[ArgumentCall]) -> list[ArgumentCall]:
    return [call for call in calls if call.refusal == key]


def pays(taken: Sequence[Run]) -> bool:
    """Return whether a run in *taken* succeeded, or more of them are unlabelled than failed or partly succeeded."""
    outcomes = Counter(run.piece.trajectory.outcome for run in taken)
    if outcomes["success"]:
        return True
    return outcomes[None] > outcomes["failure"] + outcomes["partial"]
