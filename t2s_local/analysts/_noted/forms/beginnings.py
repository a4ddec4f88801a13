"""First words with which statements never pass, open brackets, and the first word of statements that pass."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import code, lesson, quote, said
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import as_fixes, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_reflection, is_shell
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

KIND = "beginning"
LEAST_BAD = 6
LEAST_RUNS = 5
MOST_GOOD = 0.05
"""Largest share of the statements with a first word that may pass if the word is at fault."""
LEAST_OTHERS = 0.4
"""Least share of the other statements that pass if the first word is at fault."""
MIN_Z = 5.0
USUAL = 0.5
"""Share of the passing statements that must share a first word for the lesson to recommend it."""
LEAST_WITHIN = 3
"""Fewest runs whose passing statements contain the word further inside for the lesson to say so."""
_GOOD, _BAD = "good", "bad"
_OPEN = "open "
_BEGINS = re.compile(r"\s*(?P<word>[A-Za-z_]\w*)(?P<bracket>[\[({])?")
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_LONGEST = 2000
_SHOWN = 300


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the first word of each different statement of *piece*, and whether the statement passed."""
    seen: set[str] = set()
    for event in events:
        if event.result is None or event.is_infrastructure or is_shell(event.tool) or is_reflection(event.head):
            continue
        begins = _beginning(event.action)
        if begins is None or event.action in seen:
            continue
        seen.add(event.action)
        shown: tuple[Quote, ...] = (
            quote(piece, event.call, event.action[:_SHOWN], role="action" if event.failed else "fix"),
        )
        if event.failed and event.error:
            shown = (*shown, quote(piece, event.result, event.error, role="observation"))
        yield Note(kind=KIND, key=event.tool, detail=f"{_BAD if event.failed else _GOOD}\n{begins}", quotes=shown)


def _beginning(action: str) -> str | None:
    """Return the first word of a statement, with ``open`` before it if its bracket is not closed.

    None if the action does not begin with a word, or is too long.
    """
    found = _BEGINS.match(action)
    if found is None or len(action) > _LONGEST:
        return None
    bracket = found["bracket"]
    if bracket and _CLOSING[bracket] not in action:
        return f"{_OPEN}{found['word']}{bracket}"
    return found["word"]


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every first word with which statements never pass."""
    for tool, pairs in noted(runs, KIND).items():
        begun: dict[str, list[tuple[Run, Note]]] = {}
        for pair in pairs:
            begun.setdefault(_begins(pair[1]), []).append(pair)
        for begins, same in sorted(begun.items()):
            bad = [pair for pair in same if _is_bad(pair[1])]
            others = [pair for pair in pairs if _begins(pair[1]) != begins]
            good = [pair for pair in others if not _is_bad(pair[1])]
            if begins != tool and _is_at_fault(same, bad, others, good):
                yield _lesson(tool, begins, same, bad, others, good)


def _begins(note: Note) -> str:
    return note.detail.partition("\n")[2]


def _is_bad(note: Note) -> bool:
    return note.detail.startswith(_BAD)


def _inside(word: str, note: Note) -> bool:
    """Return whether a later, indented line of a statement begins with *word*."""
    return re.search(rf"\n[ \t]+{re.escape(word)}\b", note.quotes[0].text) is not None


def _is_at_fault(*groups: Sequence[tuple[Run, Note]]) -> bool:
    """Return whether statements with the first word fail and others do not.

    The four *groups* are statements with the word, the failed ones of them, other statements, and the passed ones.
    """
    same, bad, others, good = groups
    met = runs_of(bad)
    if len(bad) < LEAST_BAD or len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS:
        return False
    if len(same) - len(bad) > MOST_GOOD * len(same) or len(good) < LEAST_OTHERS * len(others):
        return False
    table = (len(good), len(others) - len(good), len(same) - len(bad), len(bad))
    return mantel_haenszel([table])[1] >= MIN_Z


def _lesson(tool: str, begins: str, *groups: Sequence[tuple[Run, Note]]) -> Lesson:
    same, bad, others, good = groups
    counted = Counter(_begins(note) for _, note in good)
    usual = min(counted, key=lambda name: (-counted[name], name))
    way = [pair for pair in good if _begins(pair[1]) == usual]
    errors = Counter(said(note.quotes[1].text) for _, note in bad if len(note.quotes) > 1)
    error = f" ({min(errors, key=lambda text: (-errors[text], text))})" if errors else ""
    if begins.startswith(_OPEN):
        word = begins.removeprefix(_OPEN)
        whole = f"{word}…{_CLOSING[word[-1]]}"
        do = f"Write {code(whole)} in one action, with the closing bracket: what is left open is not run{error}."
        error, way = "", [pair for pair in way if pair[1].quotes[0].text.startswith(word)]
        such = f"that left {code(word)} open"
    else:
        instead = f": begin with {code(usual)}" if len(way) >= USUAL * len(good) and usual != begins else ""
        within = [pair for pair in way if _inside(begins, pair[1])]
        if instead and len(runs_of(within)) >= LEAST_WITHIN:
            instead, way = f"{instead}, and write {code(begins)} inside it", within
        do = f"Do not begin with {code(begins)}{instead}."
        such = f"that began with {code(begins)}"
    met = runs_of(bad)
    return lesson(
        when=f"with `{tool}`",
        do=do,
        because=f"{len(bad)} of {len(same)} actions {such} failed{error}"
        + ("" if begins.startswith(_OPEN) else f", {len(others) - len(good)} of {len(others)} others did"),
        polarity="success",
        pattern=KIND,
        evidence=[*quotes_of(bad), *as_fixes(quotes_of(way, most=1))],
        trajectories=(run.piece.trajectory for run in met),
        tools=(tool,),
    )
