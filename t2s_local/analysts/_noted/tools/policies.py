"""Rules of a domain: refusals of its tools, in their own words, and the changes with which the calls passed.

A tool that refuses a call states how its domain works; a refusal counts from two runs on.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.arguments import ArgumentCall, calls_of, fault_of
from t2s_local.analysts._mined.before.records import is_past
from t2s_local.analysts._mined.fix import INDEX, leaves, source_of
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.searching import matching
from t2s_local.analysts._noted.searching.nothing import NOTHING
from t2s_local.analysts._noted.tools.differences import FEWER, differences
from t2s_local.analysts._noted.tools.error_sentences import STATES_RULE, sentence_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, is_shell
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import join_words, squeeze, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

KIND = "policy"
OUT = "policy_way_out"
SUM = "policy_sum"
SUM_MET = "policy_sum_met"
SEEN = "policy_seen_before"
PAST = "policy_past"
LEAST_RUNS = 2
LEAST_PAST = 0.8
"""Share of the refusals with a past date for the date to be the reason."""
WINDOW = 12
LEAST_PAST_TASKS = 3
"""Fewest tasks with such refusals: a past date in one task may be peculiar to it."""
_OVER = "Its date has passed, and nothing can be done about it any more: say so instead of trying again."
_LACKS = re.compile(
    r"(?P<before>(?:[a-z]+ ){1,3})(?:is|are) not enough|(?:not enough|insufficient|no) (?P<after>(?:[a-z]+ ?){1,2})"
)
_MEASURE = re.compile(r"(?P<label>[A-Za-z]+(?: [a-z]+)*?)(?: is| was|:)? \$?(?P<value>\d+(?:\.\d+)?)(?![\w-])")
"""A number in an error with the words that name the quantity."""
_OPEN = re.compile(r"<[\w ]+>|…")
"""Masks of differing parts: a message with a mask is about one case, and states no rule by itself."""
_IN = re.compile(r"\s(?:on|in|of|for|at|to|with|by)\b")
_FROM_ANSWER = re.compile(r"Set (?P<names>.+) to the one (?P<tool>`[^`]+`) returned, which worked in \d+ runs\.$")
"""Form of a remedy that is known before the call: an earlier answer contained the value."""
_TWO = 2
_IDENTIFIER = re.compile(r'"([a-z]+(?:_[a-z]+)+)"')


class Way(Value, frozen=True, kw_only=True):
    """A change of the arguments of one tool after which its refused calls passed in several runs."""

    tool: str
    difference: str
    taken: tuple[tuple[Run, Note], ...]


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the refused tool calls of *piece*, the changes with which they passed, and hints seen before the call."""
    for at, event in enumerate(events):
        if not event.failed or event.error is None or event.result is None or event.is_infrastructure:
            continue
        if not is_shell(event.tool) and not changes_files(event.tool, event.head) and _is_call(event):
            yield from _refusal(piece, events, at, event.error)


def _is_call(event: Event) -> bool:
    return event.action.lstrip().startswith("{")


def _refusal(piece: Slice, events: Sequence[Event], at: int, error: str) -> Iterator[Note]:
    """Yield the notes on one refused call, at index *at* of *events*."""
    event = events[at]
    key = error_signature(error)
    quotes = (
        quote(piece, event.call, event.action, role="action"),
        quote(piece, event.result or 0, error, role="observation"),
    )
    yield Note(kind=KIND, key=key, detail=event.tool, quotes=quotes)
    later = (
        other for other in events[at + 1 : at + 1 + WINDOW] if other.tool == event.tool and other.result is not None
    )
    passed = next(later, None)
    yield from _sum(piece, event, passed, key)
    if passed is not None and not passed.failed:
        fix = quote(piece, passed.call, passed.action, role="fix")
        source = partial(source_of, piece, event, passed)
        for difference in differences(leaves(piece, event), leaves(piece, passed), error=error, source=source):
            yield Note(kind=OUT, key=f"{key}\n{event.tool}", detail=difference, quotes=(*quotes, fix))
    if is_past(piece, error):
        yield Note(kind=PAST, key=key)
    for place in _seen(piece, events[:at], error):
        yield Note(kind=SEEN, key=key, detail=place)


def _sum(piece: Slice, event: Event, next_call: Event | None, key: str) -> Iterator[Note]:
    """Yield a note if the error names the sum of the call's numbers and the sum they must have.

    Yield a second note if the next call of the tool passed with the required sum: the error names the right number.
    """
    named = {float(found["value"]): found["label"].lower() for found in _MEASURE.finditer(event.error or "")}
    found = [(place, total) for place, total in sorted(_totals(leaves(piece, event)).items()) if total in named]
    if len(named) != _TWO or len(found) != 1:
        return
    place, total = found[0]
    right, label = next((value, label) for value, label in named.items() if value != total)
    yield Note(kind=SUM, key=key, detail=f"{place}\n{label}")
    if next_call is not None and not next_call.failed and _totals(leaves(piece, next_call)).get(place) == right:
        fix = quote(piece, next_call.call, next_call.action, role="fix")
        yield Note(kind=SUM_MET, key=key, detail=event.tool, quotes=(fix,))


def _totals(arguments: Mapping[str, object]) -> Mapping[str, float]:
    """Return the sums of the numbers in *arguments* by path; the items of one list are added up."""
    sums: dict[str, float] = {}
    for name, value in arguments.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            place = INDEX.sub("[]", name)
            sums[place] = sums.get(place, 0.0) + value
    return sums


def _seen(piece: Slice, earlier: Sequence[Event], error: str) -> Iterator[str]:
    """Yield advice to check first a field of an earlier result whose name matches what the error says is lacking."""
    found = _LACKS.search(error.lower())
    if found is None:
        return
    what = _IN.split(squeeze(found["before"] or found["after"]))[0]
    lacked = set(words(what))
    told: set[str] = set()
    for event in earlier:
        for name in _IDENTIFIER.findall(event.output[:6000]) if not event.failed else ():
            parts = set(name.split("_"))
            if len(parts & lacked) * 2 >= len(parts) and name not in told:
                told.add(name)
                yield (
                    f"Check the {what} first, at `{name}` in what `{event.tool}` returns. If that is not enough, do not"
                    " send the call: pick something else that fits, or ask the user."
                )


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every refusal that several runs met and that has a remedy or states a rule."""
    outs, sums, sums_met, seen, past = (noted(runs, kind) for kind in (OUT, SUM, SUM_MET, SEEN, PAST))
    calls = calls_of(runs)
    literal = {name.split("\n")[0] for name in matching.literal(runs)}
    for key, every in noted(runs, KIND).items():
        out = _shared_way(key, every, outs)
        is_told = NOTHING.search(key) and literal.issuperset(note.detail for _, note in every)
        if is_told and (out is None or out.difference.startswith(FEWER)):
            continue
        pairs = every if out is None else [pair for pair in every if pair[1].detail == out.tool]
        met, tools = runs_of(pairs), sorted({note.detail for _, note in pairs})
        if len(met) < LEAST_RUNS:
            continue
        if wanted := _shared(sums.get(key, ()), len(met)):
            yield _adding_up(wanted[0], pairs, sums_met.get(key, ()))
            continue
        told = _shared(seen.get(key, ()), len(met))
        over = past.get(key, ())
        if len(over) >= LEAST_PAST * len(pairs) and len(tasks_of(runs_of(over))) >= LEAST_PAST_TASKS:
            told.append(_OVER)
        remedy, quoted = _remedy(key, tools, calls, out, told)
        sentence = sentence_of([note.quotes[1].text for _, note in pairs])
        if remedy is None and (_OPEN.search(sentence) or not STATES_RULE.search(key)):
            continue
        when, do = _words(tools, sentence, remedy, is_rule=remedy is None or STATES_RULE.search(key) is not None)
        yield lesson(
            when=when,
            do=do,
            because=f"{len(pairs)} calls in {len(met)} runs were refused with this message",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(pairs), *quotes_of(quoted, most=2)],
            trajectories=(run.piece.trajectory for run in met),
            tools=tools,
        )


def _words(tools: Sequence[str], sentence: str, remedy: str | None, *, is_rule: bool) -> tuple[str, str]:
    """Return situation and advice: a rule, advice before the call, or advice after the refusal."""
    names = join_words((f"`{tool}`" for tool in tools), last="or")
    if is_rule:
        return f"with {names}", f"{sentence} {remedy or ''}".strip()
    message = f"“{sentence.rstrip('.')}”"
    source = _FROM_ANSWER.match(remedy or "")
    if source is None:
        return f"{names} answers {message}", remedy or ""
    told = f"Take {source['names']} from what {source['tool']} returned, and make up none: others it answers with"
    return f"you are about to call {names}", f"{told} {message}."


def _adding_up(wanted: str, pairs: Sequence[tuple[Run, Note]], passed: Sequence[tuple[Run, Note]]) -> Lesson:
    """Return the lesson that numbers of a call must have a sum, which has to be worked out before the call."""
    place, label = wanted.split("\n")
    met, tools = runs_of(pairs), sorted({note.detail for _, note in pairs})
    what = f"the values of `{place}` must add up to" if "[]" in place else f"`{place}` must be"
    again = (
        f" If the call is refused all the same, the refusal names the {label}: where somebody agreed to another one,"
        " ask before you send the call again."
        if passed
        else ""
    )
    counts = f"{len(pairs)} calls in {len(met)} runs were refused because they did not come to it"
    return lesson(
        when=f"you are about to call {join_words((f'`{tool}`' for tool in tools), last='or')}",
        do=f"Work out the {label} first: {what} the {label} exactly.{again}",
        because=f"{counts}; {len(passed)} passed when sent again with the number named" if passed else counts,
        polarity="success",
        pattern=KIND,
        evidence=[*quotes_of(pairs), *quotes_of(passed, most=2)],
        trajectories=(run.piece.trajectory for run in met),
        tools=tools,
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


def _shared(found: Sequence[tuple[Run, Note]], n_met: int) -> list[str]:
    """Return the most frequent detail if at least half of the *n_met* refused runs have it, otherwise an empty list."""
    return most_common((note.detail for _, note in found), most=1, least=max(LEAST_RUNS, (n_met + 1) // 2))


def _remedy(
    key: str,
    tools: Sequence[str],
    calls: Mapping[str, Sequence[ArgumentCall]],
    out: Way | None,
    told: Sequence[str],
) -> tuple[str | None, Sequence[tuple[Run, Note]]]:
    """Return the advice of all sources as one text, or None, and the notes to quote for it."""
    parts: list[str] = []
    if out is not None:
        n_runs = len(runs_of(out.taken))
        parts.append(f"{out.difference[0].upper()}{out.difference[1:]}, which worked in {n_runs} runs.")
    parts += told
    for tool in tools:
        failed = [call for call in calls.get(tool, ()) if call.event.error and error_signature(call.event.error) == key]
        passed = [call for call in calls.get(tool, ()) if not call.event.failed]
        better = fault_of(failed, passed) if failed and passed else None
        if better is not None:
            parts.append(better)
            break
    return (" ".join(parts) or None), () if out is None else out.taken


def pays(taken: Sequence[Run]) -> bool:
    """Return whether a run in *taken* succeeded, or more of them are unlabelled than failed or partly succeeded."""
    outcomes = Counter(run.piece.trajectory.outcome for run in taken)
    if outcomes["success"]:
        return True
    return outcomes[None] > outcomes["failure"] + outcomes["partial"]
