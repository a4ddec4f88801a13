"""Rules of a domain: what its tools refuse, in their own words, and how the call passed.

A tool that refuses a call states how its domain works; that holds from two runs on.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.arguments import ArgumentCall, calls_of, fault_of
from t2s_local.analysts._mined.fix import INDEX, leaves, source_of
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of
from t2s_local.analysts._noted.searching import matching
from t2s_local.analysts._noted.searching.nothing import NOTHING
from t2s_local.analysts._noted.tools.differences import FEWER, differences
from t2s_local.analysts._noted.tools.error_sentences import ERROR_PREFIX, sentence_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, is_shell
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import content, join_words, squeeze, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

KIND = "policy"
OUT = "policy_way_out"
SUM = "policy_sum"
SEEN = "policy_seen_before"
ANSWER = "policy_answer"
ASKED = "policy_asked"
LEAST_RUNS = 2
WINDOW = 12
_POLICY = re.compile(
    r"\b(?:cannot|can ?not|can'?t|must|may not|should(?:n'?t)?|only|not allowed|forbidden|not permitted|requires?"
    r"|required|non-\w+|does not (?:add up|match|equal|cover|allow|support)|at (?:least|most)|exceeds?|unsupported"
    r"|not supported|either)\b",
    re.IGNORECASE,
)
"""Words with which an error says how things are, and not only what is lacking this time."""
_SUBJECT = re.compile(
    r"(?:the |an? )?((?!only\b)[a-z]+(?: [a-z]+){0,2}?) (?:should|must|cannot|can|may|does|is|are)\b", re.IGNORECASE
)
"""What a sentence that states a rule is about."""
_LACKS = re.compile(
    r"(?P<before>(?:[a-z]+ ){1,3})(?:is|are) not enough|(?:not enough|insufficient|no) (?P<after>(?:[a-z]+ ?){1,2})"
)
_MEASURE = re.compile(r"(?P<label>[A-Za-z]+(?: [a-z]+)*?)(?: is| was|:)? \$?(?P<value>\d+(?:\.\d+)?)(?![\w-])")
"""A number in an error with the words that say of what."""
_OPEN = re.compile(r"<[\w ]+>|…")
"""What differs from refusal to refusal: such a message speaks of one case, and states no rule by itself."""
_IN = re.compile(r"\s(?:on|in|of|for|at|to|with|by)\b")
_LONGEST_ANSWER = 300
_TWO = 2
_QUESTION = re.compile(r"[A-Z][^.!?\n]{15,200}\?")
_IDENTIFIER = re.compile(r'"([a-z]+(?:_[a-z]+)+)"')


class Way(Value, frozen=True, kw_only=True):
    """A change of the arguments of one tool after which its refused calls passed in several runs."""

    tool: str
    difference: str
    taken: tuple[tuple[Run, Note], ...]


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Calls of tools that *piece* was refused, how it got past that, and what it could have seen before."""
    yield from _without_call(piece)
    for at, event in enumerate(events):
        if not event.failed or event.error is None or event.result is None or event.is_infrastructure:
            continue
        if is_shell(event.tool) or changes_files(event.tool, event.head) or not event.action.lstrip().startswith("{"):
            continue
        key = error_signature(event.error)
        quotes = (
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result, event.error, role="observation"),
        )
        yield Note(kind=KIND, key=key, detail=event.tool, quotes=quotes)
        wanted = _wanted(leaves(piece, event), event.error)
        if wanted is not None:
            yield Note(kind=SUM, key=key, detail=wanted)
        passed = next(
            (
                later
                for later in events[at + 1 : at + 1 + WINDOW]
                if later.tool == event.tool and later.result is not None
            ),
            None,
        )
        if passed is not None and not passed.failed:
            fix = quote(piece, passed.call, passed.action, role="fix")
            source = partial(source_of, piece, event, passed)
            for difference in differences(
                leaves(piece, event), leaves(piece, passed), error=event.error, source=source
            ):
                yield Note(kind=OUT, key=f"{key}\n{event.tool}", detail=difference, quotes=(*quotes, fix))
        for place in _seen(piece, events[:at], event.error):
            yield Note(kind=SEEN, key=key, detail=place)


def _wanted(arguments: Mapping[str, object], error: str) -> str | None:
    """Return what numbers among *arguments* must come to, where *error* names what they do and what they should."""
    named = {float(found["value"]): found["label"].lower() for found in _MEASURE.finditer(error)}
    sums: dict[str, float] = {}
    for name, value in arguments.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            place = INDEX.sub("[]", name)
            sums[place] = sums.get(place, 0.0) + value
    found = [(place, total) for place, total in sorted(sums.items()) if total in named]
    if len(named) != _TWO or len(found) != 1:
        return None
    place, total = found[0]
    label = next(label for value, label in named.items() if value != total)
    return (
        f"The values of `{place}` must add up to the {label}." if "[]" in place else f"`{place}` must be the {label}."
    )


def _without_call(piece: Slice) -> Iterator[Note]:
    """Refusals in recordings that keep the answers of tools and not the calls, and what the agent asked next."""
    for at in range(piece.start, piece.stop):
        step = piece.trajectory.steps[at]
        if step.kind != "tool_result" or step.call_id is not None or len(step.text) > _LONGEST_ANSWER:
            continue
        if not ERROR_PREFIX.match(step.text.lstrip()) or (
            at > 0 and piece.trajectory.steps[at - 1].kind == "tool_call"
        ):
            continue
        said = step.text.strip()
        shown = quote(piece, at, said, role="observation")
        yield Note(kind=ANSWER, key=error_signature(said), detail=said, quotes=(shown,))
        later = piece.trajectory.steps[at + 1] if at + 1 < piece.stop else None
        asked = _QUESTION.findall(later.text) if later is not None and later.kind == "assistant" else []
        if asked and _asks_for_more(asked[-1], piece, at):
            words_said = asked[-1].strip()
            fix = quote(piece, at + 1, words_said, role="fix")
            yield Note(kind=ASKED, key=error_signature(said), detail=words_said, quotes=(shown, fix))


def _asks_for_more(question: str, piece: Slice, at: int) -> bool:
    """Return whether half of a *question* is new: to ask once more for what was refused is what any agent does."""
    steps = piece.trajectory.steps
    before = " ".join(step.text for step in steps[piece.start : at + 1] if step.kind in {"assistant", "tool_result"})
    asked = content(question)
    return len(asked - content(before)) * _TWO >= len(asked)


def _seen(piece: Slice, earlier: Sequence[Event], error: str) -> Iterator[str]:
    """Where what the call lacked stood in an earlier result: the field, and the tool that returned it."""
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
                yield f"Check the {what} first, at `{name}` in what `{event.tool}` returns."


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """One lesson for every refusal that several runs met and that says how to act, or how the domain works."""
    yield from _tell_calls(runs)
    yield from _tell_answers(runs)


def _tell_calls(runs: Sequence[Run]) -> Iterator[Lesson]:
    outs, sums, seen = noted(runs, OUT), noted(runs, SUM), noted(runs, SEEN)
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
        told = [*_shared(sums.get(key, ()), len(met)), *_shared(seen.get(key, ()), len(met))]
        remedy, quoted = _remedy(key, tools, calls, out, told)
        sentence = sentence_of([note.quotes[1].text for _, note in pairs])
        if remedy is None and (_OPEN.search(sentence) or not _POLICY.search(key)):
            continue
        names = join_words((f"`{tool}`" for tool in tools), last="or")
        is_rule = remedy is None or _POLICY.search(key) is not None
        yield lesson(
            when=f"with {names}" if is_rule else f"{names} answers “{sentence.rstrip('.')}”",
            do=f"{sentence} {remedy or ''}".strip() if is_rule else f"{remedy}",
            because=f"{len(pairs)} calls in {len(met)} runs were refused so",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(pairs), *quotes_of(quoted, most=2)],
            trajectories=(run.piece.trajectory for run in met),
            tools=tools,
        )


def _tell_answers(runs: Sequence[Run]) -> Iterator[Lesson]:
    """One lesson for every refusal of recordings without calls: the rule it states, or what to ask the user then."""
    asked = noted(runs, ASKED)
    for key, pairs in noted(runs, ANSWER).items():
        met, questions = runs_of(pairs), asked.get(key, ())
        sentence = sentence_of([note.detail for _, note in pairs])
        is_way_out = len(runs_of(questions)) * 2 > len(met) and len(runs_of(questions)) > LEAST_RUNS
        if len(met) < LEAST_RUNS or not (is_way_out or _POLICY.search(key)):
            continue
        question = _most_alike([note.detail for _, note in questions]) if is_way_out else None
        yield lesson(
            when=f"a tool answers “{sentence.rstrip('.')}”" if question else _topic(sentence),
            do=f"Ask the user: “{question}”" if question else sentence,
            because=f"{len(pairs)} calls in {len(met)} runs were answered so"
            + (f", and {len(runs_of(questions))} runs went on with such a question" if question else ""),
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(pairs), *quotes_of(questions if question else (), most=2)],
            trajectories=(run.piece.trajectory for run in met),
        )


def _topic(rule: str) -> str:
    """The situation that a rule is for, where no call says it: its subject."""
    found = _SUBJECT.match(rule)
    return f"a request turns on the {found[1].lower()}" if found else "you plan a call"


def _most_alike(sentences: Sequence[str]) -> str:
    """The sentence that has most words in common with the others."""
    bags = [set(words(sentence)) for sentence in sentences]
    scores = [sum(len(one & other) / len(one | other) for other in bags if one | other) for one in bags]
    return min(zip(scores, sentences, strict=True), key=lambda item: (-round(item[0], 6), len(item[1]), item[1]))[1]


def _shared_way(
    key: str, pairs: Sequence[tuple[Run, Note]], outs: Mapping[str, Sequence[tuple[Run, Note]]]
) -> Way | None:
    """Return the change that let refused calls of one tool pass in several runs; None where they share none."""
    tools = sorted({note.detail for _, note in pairs})
    found = [(tool, pair) for tool in tools for pair in outs.get(f"{key}\n{tool}", ())]
    for difference in most_common((pair[1].detail for _, pair in found), most=2, least=LEAST_RUNS):
        for tool in tools:
            taken = [pair for place, pair in found if place == tool and pair[1].detail == difference]
            if pays(runs_of(taken)) and len(runs_of(taken)) >= LEAST_RUNS:
                return Way(tool=tool, difference=difference, taken=tuple(taken))
    return None


def _shared(found: Sequence[tuple[Run, Note]], n_met: int) -> list[str]:
    """The detail that at least half of the runs have that met a refusal; none where there is no such detail."""
    return most_common((note.detail for _, note in found), most=1, least=max(LEAST_RUNS, (n_met + 1) // 2))


def _remedy(
    key: str,
    tools: Sequence[str],
    calls: Mapping[str, Sequence[ArgumentCall]],
    out: Way | None,
    told: Sequence[str],
) -> tuple[str | None, Sequence[tuple[Run, Note]]]:
    """How to do it instead, as a sentence, and the notes it is taken from."""
    parts: list[str] = []
    if out is not None:
        parts.append(f"{out.difference[0].upper()}{out.difference[1:]} ({len(runs_of(out.taken))} runs).")
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
    """Return whether a remedy is borne out: a run that took it succeeded, or without labels none of them failed."""
    outcomes = Counter(run.piece.trajectory.outcome for run in taken)
    if outcomes["success"]:
        return True
    return outcomes[None] > outcomes["failure"] + outcomes["partial"]
