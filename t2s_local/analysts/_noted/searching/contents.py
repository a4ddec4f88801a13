"""Contents of the files that runs search: their fields, the first line of their records, and ids that join them."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.choices import passed_on
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_state, is_shell
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

FIELDS = "contents"
HEADER = "record_header"
LEAST_TASKS = 8
LEAST_FILES = 3
LEAST_OF_FILE = 3
"""Fewest tasks whose runs must have seen a file for the lesson to describe it."""
LEAST_SHOWN = 2
"""Fewest runs that must show a field of a file for the lesson to name the field."""
LEAST_HEADERS = 0.8
"""Share of the lines between fields that must have one form for this form to count as the first line of records."""
_MOST_READ = 20_000
_MOST_FILES = 10
_MOST_FIELDS = 6
_ANY = re.compile(r"\.[A-Za-z]\w{0,4}:\d")
_WHERE = re.compile(r"(?:^|[\s=])(?P<path>(?:[\w.-]+/)*[\w-]+\.[A-Za-z]\w{0,4}):\d+\b")
_NUMBER = re.compile(r"^[>\s]*\d+\s*[:|-]\s?")
_FIELD = re.compile(r"^\W{0,4}(?P<name>[a-z][a-z_]{1,30})\"?\s*[:=]\s*\S", re.IGNORECASE)
_ID = re.compile(r"\b[a-z]+[-_]\d{2,}\b", re.IGNORECASE)
_LONGEST_HEADER = 80
_SHOWN = 240
"""Most characters of a result that are quoted for the fields of a file."""
LEAST_NAMED = 8
"""Fewest different first lines of records from which their common form is read."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the fields of files in the results of *piece*, one note a file, and the first lines of records."""
    fields: dict[str, dict[str, None]] = {}
    shown: dict[str, Event] = {}
    begun: set[tuple[str, str]] = set()
    for event in events:
        if event.failed or event.result is None or is_shell(event.tool) or changes_state(event.tool, event.head):
            continue
        for path, name in _shown(event.output[:_MOST_READ]):
            if name.startswith("#"):
                form = _ID.sub("…", name)
                if (path, form) not in begun:
                    begun.add((path, form))
                    begins = quote(piece, event.result, name, role="observation")
                    yield Note(kind=HEADER, key=form, detail=f"{path}\n{name}", quotes=(begins,))
            else:
                fields.setdefault(path, {})[name] = None
                shown.setdefault(path, event)
    for path, names in sorted(fields.items()):
        event = shown[path]
        start = re.search(rf"{re.escape(path)}:\d", event.output)
        line = event.output[start.start() if start else 0 :][:_SHOWN]
        quotes = (
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result or 0, line, role="observation"),
        )
        yield Note(kind=FIELDS, key=path, detail=" ".join(names), quotes=quotes)


def _shown(output: str) -> Iterator[tuple[str, str]]:
    """Yield files with each field that *output* shows of them, and with each heading line that contains an id."""
    if _ANY.search(output) is None:
        return
    path = ""
    for line in output.splitlines():
        where = _WHERE.search(line)
        text = _NUMBER.sub("", line[where.end() :] if where is not None else line).strip(" :=")
        path = where["path"] if where is not None else path
        if not path or not text:
            continue
        named = [found["name"] for part in text.split(" | ") if (found := _FIELD.match(part)) is not None]
        if named:
            yield from ((path, name) for name in named)
        elif text.startswith("#") and len(text) <= _LONGEST_HEADER and _ID.search(text):
            yield path, text


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield a lesson on which file has which fields, and one on the first line of records and the ids in them."""
    files = {path: pairs for path, pairs in noted(runs, FIELDS).items() if len(tasks_of(runs_of(pairs))) >= LEAST_TASKS}
    own = _own_fields(files)
    if len(own) < LEAST_FILES:
        return
    ranked = sorted(own, key=lambda path: (-len(runs_of(files[path])), path))[:_MOST_FILES]
    pairs = [pair for path in ranked for pair in files[path]]
    met = runs_of(pairs)
    begun = _beginnings(runs)
    told = "; ".join(
        f"{code(_name(path))} ({_in_words(begun.get(path))}{', '.join(f'`{name}`' for name in own[path])})"
        for path in sorted(ranked)
    )
    yield lesson(
        when="you look for something in these files",
        do=f"Search the file that holds it: {told}.",
        because=f"Results of {len(met)} runs show these fields there",
        polarity="success",
        pattern=FIELDS,
        evidence=[one for path in ranked for one in quotes_of(files[path], most=1)],
        trajectories=(run.piece.trajectory for run in met),
        tools=_tools(pairs),
    )
    yield from _records(runs, ranked, pairs)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _in_words(header: str | None) -> str:
    return "" if header is None else f"records begin with {code(header)}, then "


def _beginnings(runs: Sequence[Run]) -> dict[str, str]:
    """Return the common form of the first lines of records for files that name each record by its content."""
    lines: dict[str, set[str]] = {}
    for pairs in noted(runs, HEADER).values():
        for _, note in pairs:
            path, _, line = note.detail.partition("\n")
            lines.setdefault(path, set()).add(_ID.sub("…", line))
    return {path: form for path, found in lines.items() if (form := _common_form(found)) is not None}


def _common_start(lines: Sequence[str]) -> str:
    """Return the characters with which all *lines* begin."""
    same = takewhile(lambda signs: len(set(signs)) == 1, zip(*lines, strict=False))
    return "".join(signs[0] for signs in same)


def _common_form(lines: Collection[str]) -> str | None:
    """Return the common start and end of many different lines, with ``<name>`` between; None for few lines."""
    if len(lines) < LEAST_NAMED:
        return None
    start = _common_start(list(lines))
    end = _common_start([line[::-1] for line in lines])[::-1]
    return f"{start}<name>{end}" if start.strip() and end.strip() else None


def _own_fields(files: Mapping[str, Sequence[tuple[Run, Note]]]) -> dict[str, list[str]]:
    """Return the fields of each file that has a field of its own; fields that no other file has precede shared ones."""
    counts = {path: Counter(name for _, note in pairs for name in note.detail.split()) for path, pairs in files.items()}
    places = Counter(name for names in counts.values() for name in {name.lower() for name in names})
    found: dict[str, list[str]] = {}
    for path, names in counts.items():
        often = [name for name in sorted(names, key=lambda name: (-names[name], name)) if names[name] >= LEAST_SHOWN]
        mine = [name for name in often if places[name.lower()] == 1]
        shared = [name for name in often if 1 < places[name.lower()] < len(counts) / 2]
        if mine:
            found[path] = [*mine, *shared][:_MOST_FIELDS]
    return found


def _records(runs: Sequence[Run], files: Sequence[str], pairs: Sequence[tuple[Run, Note]]) -> Iterator[Lesson]:
    headers = [
        pair for same in noted(runs, HEADER).values() for pair in same if pair[1].detail.partition("\n")[0] in files
    ]
    form, having = _usual_header(headers)
    if form is None:
        return
    ids: dict[str, set[str]] = {}
    for _, note in headers:
        path, _, line = note.detail.partition("\n")
        for found in _ID.findall(line):
            ids.setdefault(re.split(r"[-_]", found)[0].lower(), set()).add(path)
    joining = [name for name, places in sorted(ids.items()) if len(places) >= LEAST_FILES]
    headers = [pair for pair in headers if pair[1].detail.partition("\n")[0] in having]
    met = runs_of(headers)
    if len(tasks_of(met)) < LEAST_TASKS:
        return
    joined = _joined(joining[0], len(ids[joining[0]]), len(files), runs) if len(joining) == 1 else ""
    yield lesson(
        when="a search shows a line of a record",
        do=f"Read upwards to the `{form}` line: a record begins with it, and the one shown below belongs to the next"
        f" record. Ask for enough lines of context to see it.{joined}",
        because=f"Results of {len(met)} runs show records so",
        polarity="success",
        pattern=HEADER,
        evidence=quotes_of(headers),
        trajectories=(run.piece.trajectory for run in met),
        tools=_tools(pairs),
    )


def _joined(name: str, n_places: int, n_files: int, runs: Sequence[Run]) -> str:
    """Return a sentence, after a space, on the names that records of most files share; shorter if a rule orders it."""
    told = {item.form for item in passed_on.followed(runs)}
    if passed_on.identifier(f"{name}-") in told:
        return f" Most questions take several searches: {n_places} of {n_files} files name a `{name}-<number>`."
    return (
        f" Most questions take several searches, the next for the `{name}-<number>` that the record"
        f" names: {n_places} of {n_files} files contain such names."
    )


def _usual_header(headers: Sequence[tuple[Run, Note]]) -> tuple[str | None, set[str]]:
    """Return the form of the first line of records in most files, and these files; None if too few share a form.

    Files whose first lines name each record by its content have no such form.
    """
    counts: dict[str, Counter[str]] = {}
    for _, note in headers:
        counts.setdefault(note.detail.partition("\n")[0], Counter())[note.key] += 1
    usual = {path: form for path, forms in counts.items() for form, times in forms.items() if _is_most(times, forms)}
    files = Counter(usual.values())
    form = min(files, key=lambda name: (-files[name], name), default=None)
    if form is None or files[form] < LEAST_FILES:
        return None, set()
    return form, {path for path in usual if usual[path] == form}


def _is_most(times: int, forms: Counter[str]) -> bool:
    return times >= LEAST_HEADERS * forms.total()


def _tools(pairs: Sequence[tuple[Run, Note]]) -> list[str]:
    """Return the tool that shows the files in most runs, as a list of one; empty if there are no quotes."""
    counted = Counter(run.piece.trajectory.steps[note.quotes[0].step].tool or "" for run, note in pairs if note.quotes)
    return [min(counted, key=lambda name: (-counted[name], name))] if counted else []
