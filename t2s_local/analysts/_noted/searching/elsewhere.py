"""Searches that find nothing with one tool and succeed with another, because the two search different places."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.searching.nothing import found_nothing
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_state, is_shell, only_looks
from t2s_local.text.events import Event
from t2s_local.text.text import join_words, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "elsewhere"
EMPTY = "found_nothing"
FOUND = "found_by_name"
LEAST_RUNS = 3
LEAST_EACH = 2
_MOST_OTHERS = 3
WINDOW = 6
_SHORT = 300
_LONGEST_ACTION = 300
_LONGEST_ANSWER = 4000
_MOST_BESIDE = 1
LEAST_FOUND = 5
DOCUMENTED = "searches_contents"
_TOOL = re.compile(r"[ \t#*`-]{0,8}(?P<name>[a-z]\w{2,39})\b")
"""A name at the start of a line of a manual."""
_ALL_FILES = ("all files", "every file", "the files")
_MENTIONS = "search"
_LONGEST_MANUAL = 20_000
_LONGEST_LINE = 400
LEAST_NAMES = 0.9
"""Share of a tool's successful searches that must match files by name for the tool to count as a search of names."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the searches of *piece* that found nothing, and the next search with another tool that found the word."""
    steps = piece.trajectory.steps[: piece.start + 2]
    told = frozenset(name for step in steps if step.kind in {"system", "user"} for name in _documented(step.text))
    for at, event in enumerate(events):
        if not _found_nothing(event):
            if event.head in told and not event.failed and only_looks(event.tool, event.head):
                yield Note(kind=DOCUMENTED, key=event.head)
            if (is_name := _is_of_names(event)) is not None:
                yield Note(kind=FOUND, key=_name(event), detail="names" if is_name else "")
            continue
        word = _sought(event)
        if word is None:
            continue
        quotes = (
            (
                quote(piece, event.call, event.action, role="action"),
                quote(piece, event.result or 0, event.output.strip()[:_SHORT] or " ", role="observation"),
            )
            if event.output.strip()
            else ()
        )
        if not quotes:
            continue
        yield Note(kind=EMPTY, key=_name(event), quotes=quotes)
        other = next((later for later in events[at + 1 : at + 1 + WINDOW] if _finds(later, word, event)), None)
        if other is not None:
            fix = quote(piece, other.call, other.action, role="fix")
            yield Note(kind=KIND, key=f"{_name(event)}\n{_name(other)}", quotes=(*quotes, fix))


@lru_cache(maxsize=64)
def _documented(text: str) -> frozenset[str]:
    """Return the names of the tools that *text*, the manual of a run, says search all files.

    The sentence that says so is on the line with the name or, if that line has only the name, on the next line. The
    time grows linearly with the number of characters of *text*.
    """
    lines = text[:_LONGEST_MANUAL].split("\n")
    named = (
        (_TOOL.match(line), line, after)
        for line, after in pairwise([*lines, ""])
        if _MENTIONS in f"{line}{after}".lower()
    )
    told = ((found["name"], line[found.end() :], after) for found, line, after in named if found is not None)
    return frozenset(name for name, rest, after in told if _searches_all(rest if rest.strip(" :`*()<>[]") else after))


def _searches_all(said: str) -> bool:
    _, found, after = said[:_LONGEST_LINE].lower().partition(_MENTIONS)
    return bool(found) and any(words in after for words in _ALL_FILES)


def _name(event: Event) -> str:
    return event.head


def _found_nothing(event: Event) -> bool:
    is_search = only_looks(event.tool, event.head) and len(event.action) <= _LONGEST_ACTION
    return is_search and event.result is not None and found_nothing(event)


def _sought(event: Event) -> str | None:
    """Return the longest word of the search; None if there is none."""
    return max(_words_sought(event), key=len, default=None)


def _words_sought(event: Event) -> list[str]:
    """Return the words in the arguments of a call, or after the program of a command."""
    text = (
        event.action.split(None, 1)[-1]
        if not event.action.lstrip().startswith("{")
        else re.sub(r'"\w+"\s*:', " ", event.action)
    )
    return [word for word in words(text) if len(word) > 3 and "/" not in word]


def _is_of_names(event: Event) -> bool | None:
    """Return whether a search matched files by their names only; None if it is no search or found no file."""
    if event.failed or event.result is None or not only_looks(event.tool, event.head) or is_shell(event.tool):
        return None
    sought = _words_sought(event) if len(event.action) <= _LONGEST_ACTION else []
    lines = [line.strip() for line in event.output[:_LONGEST_ANSWER].splitlines() if line.strip()]
    files = [line for line in lines if "/" in line and " " not in line]
    if not sought or not files:
        return None
    names = [file.rpartition("/")[2].lower() for file in files]
    return len(lines) - len(files) <= _MOST_BESIDE and any(all(word in name for name in names) for word in sought)


def _finds(event: Event, word: str, empty: Event) -> bool:
    if event.failed or event.result is None or event.head == empty.head or changes_state(event.tool, event.head):
        return False
    is_sought = re.search(rf"(?<![/.\w]){re.escape(word)}(?![/.])", event.action.lower()) is not None
    if not only_looks(event.tool, event.head) or not is_sought:
        return False
    return word in event.output.lower() and not _found_nothing(event)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every search tool that other tools can replace."""
    empty, found_files = noted(runs, EMPTY), noted(runs, FOUND)
    found: dict[str, dict[str, Sequence[tuple[Run, Note]]]] = {}
    for key, pairs in noted(runs, KIND).items():
        first, _, second = key.partition("\n")
        if len(runs_of(pairs)) >= LEAST_EACH:
            found.setdefault(first, {})[second] = pairs
    for first, others in sorted(found.items()):
        pairs = [pair for second in others.values() for pair in second]
        met, helped = runs_of(empty[first]), runs_of(pairs)
        if len(helped) < LEAST_RUNS or len(tasks_of(helped)) < 2:
            continue
        ranked = sorted(others, key=lambda second: (-len(runs_of(others[second])), second))[:_MOST_OTHERS]
        by_name = _looks_at_names(found_files.get(first, ()))
        everywhere = [name for name in sorted(noted(runs, DOCUMENTED)) if by_name and name != first]
        yield lesson(
            when="you look for what stands in a file" if by_name else f"`{first}` finds nothing",
            do=f"Use {_either(dict.fromkeys([*everywhere, *ranked]))}: `{first}` matches only the names of files."
            if by_name
            else f"Look for the same word with {_either(ranked)}: it finds what `{first}` does not.",
            because=f"{len(met)} runs got nothing from `{first}`, up to {_at_most(met, first)} times; {len(helped)}"
            " found the word this way right after",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in helped for event in run.events if event.head == first}),
        )


def _looks_at_names(pairs: Sequence[tuple[Run, Note]]) -> bool:
    by_name = sum(note.detail == "names" for _, note in pairs)
    return len(pairs) >= LEAST_FOUND and by_name >= LEAST_NAMES * len(pairs)


def _either(names: Iterable[str]) -> str:
    return join_words((f"`{name}`" for name in names), last="or")


def _at_most(runs: Sequence[Run], head: str) -> int:
    """Return the largest number of searches with *head* in one run that found nothing."""
    return max(sum(note.kind == EMPTY and note.key == head for note in run.notes) for run in runs)
