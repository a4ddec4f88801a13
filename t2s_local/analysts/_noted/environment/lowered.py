"""First commands that arrive in lower case: they fail, and pass when sent again with the same letters."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import join_words, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "lowered"
FIRST = "first_command"
LATER = "later_command"
THOUGHT = "thought_before_first"
LEAST_FIRST = 20
"""Fewest first commands of one recording that must all be in lower case for chance to be excluded."""
LEAST_SHARE = 0.2
"""Share of the runs that must have a capital letter in a later command, so that the agent does write capitals."""
LEAST_AGAIN = 2
_JOINS = frozenset({"|", "||", "&&", ";"})


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the letter case of the first shell command of *piece* and of later ones.

    Yield also a first command that failed and passed when sent again.
    """
    sent = [event for event in events if is_shell(event.tool) and event.result is not None]
    if not sent or piece.start:
        return
    first, later = sent[0], sent[1:]
    source = f"{piece.trajectory.format} {piece.trajectory.source}"
    yield Note(kind=FIRST, key=source, detail="capital" if _has_capital(first) else "")
    if any(step.kind == "thought" for step in piece.trajectory.steps[: first.call]):
        yield Note(kind=THOUGHT, key=source)
    if any(_has_capital(event) for event in later):
        yield Note(kind=LATER, key=source)
    again = next((event for event in later if event.action != first.action and _is_same(event, first)), None)
    if first.failed and first.error is not None and again is not None and not again.failed:
        quotes = (
            quote(piece, first.call, first.action, role="action"),
            quote(piece, first.result or 0, first.error, role="observation"),
            quote(piece, again.call, again.action, role="fix"),
        )
        shown = _changed(again.action.split(), first.action.split())
        yield Note(kind=KIND, key=source, detail=shown, quotes=quotes)


def _has_capital(event: Event) -> bool:
    return event.action != event.action.lower()


def _is_same(one: Event, other: Event) -> bool:
    return squeeze(one.action).lower() == squeeze(other.action).lower()


def _changed(sent: Sequence[str], came: Sequence[str]) -> str:
    """Return the first word that came in lower case, after its program: *`awk -F` came as `awk -f`*."""
    at = next((n for n, (one, other) in enumerate(zip(sent, came, strict=False)) if one != other), None)
    if at is None:
        return ""
    head = max((n for n in range(at + 1) if n == 0 or sent[n - 1] in _JOINS), default=at)
    begun = [] if head == at else [sent[head].lower()]
    return f"{code(' '.join([*begun, sent[at]]))} came as {code(' '.join([*begun, came[at]]))}"


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield at most one lesson, for all recordings whose first commands were converted to lower case."""
    firsts, laters, again = noted(runs, FIRST), noted(runs, LATER), noted(runs, KIND)
    lowered = [
        source
        for source, pairs in firsts.items()
        if len(pairs) >= LEAST_FIRST
        and not any(note.detail for _, note in pairs)
        and len(runs_of(laters.get(source, ()))) >= LEAST_SHARE * len(runs_of(pairs))
    ]
    pairs = [pair for source in lowered for pair in again.get(source, ())]
    met = runs_of(pairs)
    if len(met) < LEAST_AGAIN or len(tasks_of(met)) < LEAST_AGAIN:
        return
    n_first = sum(len(firsts[source]) for source in lowered)
    tools = {event.tool for run in met for event in run.events if is_shell(event.tool)}
    spared = [source for source, others in firsts.items() if any(_is_kept(*pair, tools) for pair in others)]
    shown = min((note.detail for _, note in pairs), key=lambda text: (len(text), text))
    named = join_words((f"`{tool}`" for tool in sorted(tools)), last="or")
    counts = [f"None of {n_first} first commands holds a capital letter, and {len(met)} passed when sent again"]
    if spared:
        others = [pair for source in spared for pair in firsts[source]]
        n_kept = sum(bool(note.detail) for _, note in others)
        counts += [f"in other recordings {n_kept} of {len(others)} first commands hold one"]
    yield lesson(
        when=f"the first command of a run to {named} fails, and you wrote capital letters in it"
        if spared
        else f"you send the first command of a run to {named}",
        do=_advice(shown, _where(lowered, spared, noted(runs, THOUGHT)) if spared else ""),
        because="; ".join(counts),
        polarity="success",
        pattern=KIND,
        evidence=quotes_of(pairs),
        trajectories=(run.piece.trajectory for run in met),
        tools=sorted(tools),
    )


def _is_kept(run: Run, note: Note, tools: Collection[str]) -> bool:
    """Return whether a first command of one of *tools* came with its capital letters."""
    return bool(note.detail) and any(event.tool in tools for event in run.events)


def _where(lowered: Sequence[str], spared: Sequence[str], thoughts: Mapping[str, Sequence[tuple[Run, Note]]]) -> str:
    """Return words for the runs whose first command is lowered: runs without thoughts, or “in some runs” if unclear."""
    is_without = all(source not in thoughts for source in lowered) and all(source in thoughts for source in spared)
    return (
        "in runs that send commands without a thought before them, the first one" if is_without else "in some runs it"
    )


def _advice(shown: str, where: str) -> str:
    """Return the advice; *where* names the runs concerned, and is empty if the advice is for all runs."""
    if where:
        return f"Send the same command again before you change it: {where} arrives in lower case ({shown})."
    return (
        f"Begin with one without capital letters, such as `ls`: it arrives in lower case ({shown}). If it fails,"
        " send the same command again before you change it."
    )
