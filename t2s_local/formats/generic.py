"""Fallback for unknown formats: the longest list of objects that look like messages is the conversation.

If there is no such list, a text in the form of a run is read: ReAct, a dialogue, or a session with prompt signs.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from t2s_local.errors import InputError, NothingFoundError
from t2s_local.formats._build import passed, trajectory
from t2s_local.formats._dialects.react import FIRST_MARK, episodes, is_react, react_steps, without_verdict
from t2s_local.formats._fallback.certainty import Observations
from t2s_local.formats._fallback.conversation_shape import are_steps, places, words
from t2s_local.formats._fallback.inferred import SAMPLE, better_layout, certainty_by_words, words_of
from t2s_local.formats._fallback.parted import is_parted_by_index
from t2s_local.formats._fallback.search import Search, narrowed
from t2s_local.formats._fallback.vocabulary import VOCABULARY
from t2s_local.formats._induced.groups import Group, group_of
from t2s_local.formats._induced.steps import trajectories
from t2s_local.formats._maps.fields import Used
from t2s_local.formats._maps.mapped_runs import SCRIPT, Conversation, RunReader
from t2s_local.formats._maps.requests import longest
from t2s_local.formats._maps.stand_alone import StandAlone
from t2s_local.ports.format import Guess, Head, Passed, Quarantined, Reading, Suggestion
from t2s_local.records import streams
from t2s_local.records.budget import count_look, count_unsearched, may_search
from t2s_local.records.head import is_json, seen
from t2s_local.records.json import values
from t2s_local.records.lines import Numbered
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Step, Trajectory

NAME = "generic"
MAPPED = "map"
"""Name of the format of files that are read by a map."""
IS_FALLBACK = True
"""Marks this reader as the last one that is asked, about files that no other format claims."""
_TOO_UNSURE = 0.45
"""Certainty (0 to 1) below which a reading by known names of fields is refused."""
_SURE = 0.9
"""Certainty (0 to 1) from which runs read whole by known names of fields are not compared with induced runs."""
_FEWEST_CALLS = 4
"""Least number of tool calls in runs found by induction that are preferred to an accepted reading by known names."""
_RULER = re.compile(r"^[-#=*]{8,}.*$", re.MULTILINE)


def claims(head: Head) -> bool:
    """Return whether the file has objects that look like messages, or text in ReAct's form.

    If it has neither, runs must be found by induction from the file and the files beside it.
    """
    first = None
    if head.document is None and not head.records:
        text = head.raw.decode("utf-8", "replace")
        if is_react(text) and FIRST_MARK.search(text) is not None and "\nObservation" in text:
            return True
        if text.count("\n") <= 1 or b"\0" in head.raw:
            return False
    elif are_steps(first := seen(head)):
        return True
    if not may_search():
        count_unsearched()
        return False
    if first is None:
        return _has_runs(head)
    return bool(places(head.document)) or any(places(record) for record in first[:3]) or _has_runs(head)


def _has_runs(head: Head) -> bool:
    """Return whether induction finds a run in the file; if not, count the search in the file's budget."""
    if group_of(head.path) is not None:
        return True
    count_look(head.raw)
    return False


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every conversation of the file.

    Raises:
        InputError: two lists of the file may be the conversation, one list contains several runs split by an index, or
            the reading is too uncertain.
    """
    if not is_json(path):
        text = streams.text_of(path)
        if not is_react(text) and (group := group_of(path)) is not None:
            yield from _induced_runs(group, path, source)
        else:
            yield from _episodes(text, source)
        return
    stream = values(path, source=source, is_known=False)
    start = list(islice(stream, SAMPLE))
    held = [item[1] for item in start if not isinstance(item, Quarantined)]
    sure, is_whole = certainty_by_words(held)
    if (not is_whole or sure < _SURE) and (group := _better_group(path, sure)) is not None:
        yield from (item for item in chain(start, stream) if isinstance(item, Quarantined))
        yield from _induced_runs(group, path, source)
        return
    if any(map(is_parted_by_index, held)):
        message = "one list holds the steps of several runs, parted by an index"
        raise InputError(message, path=path, hint="Write each run as a list of its own.")
    if 0 < sure < _TOO_UNSURE:
        message = f"would be read as an unknown format, {100 * sure:.0f} % sure"
        raise InputError(message, path=path, hint="Write a map, beginning with `t2s read FILE --suggest-map`.")
    yield from _read_by_words(chain(start, stream), path, source)


def _better_group(path: Path, sure: float) -> Group | None:
    """Return the runs induced from a file and the files beside it; None if known names of fields fit better.

    Args:
        path: The file.
        sure: Certainty (0 to 1) of a reading of the file by known names of fields.
    """
    group = group_of(path)
    is_better = group is not None and (
        sure < _TOO_UNSURE or (group.found.certainty >= _SURE and group.found.n_calls >= _FEWEST_CALLS)
    )
    return group if is_better else None


def _induced_runs(group: Group, path: Path, source: str) -> Iterator[Reading]:
    """Yield the runs of a file as they were induced from it and the files beside it."""
    runs = group.of(path)
    yield from trajectories(group.found, [run.number for run in runs], source=source, format_name=NAME)
    if not runs:
        yield Passed(path=source, record="part of runs that are read from files beside it")
    else:
        yield Guess(path=source, certainty=group.found.certainty, reasons=tuple(group.found.reasons()))


def _read_by_words(items: Iterable[Numbered | Quarantined], path: Path, source: str) -> Iterator[Reading]:
    evidence = Observations(words().steps)
    search = Search(RunReader(VOCABULARY, guesses=True))
    requests: list[Trajectory | Passed] = []
    for item in items:
        if isinstance(item, Quarantined):
            yield item
            continue
        runs = _runs(search.look(item[1], path), search.reader, source, evidence)
        if search.are_requests:
            requests += runs
        else:
            yield from runs
    yield from longest(requests, source=source)
    yield from _runs(search.conversations(), search.reader, source, evidence)
    evidence.left(search.unknown.total())
    yield from passed(search.unknown + search.reader.unread, source=source)
    yield from evidence.guesses(source)


def _runs(
    found: Iterable[Conversation], reader: RunReader, source: str, evidence: Observations | None = None
) -> Iterator[Trajectory | Passed]:
    for one in found:
        run = reader.trajectory(one, source=source, format_name=NAME if evidence else MAPPED)
        if evidence is not None:
            evidence.add(one, run)
        yield run


def read_mapped(path: Path, *, source: str, layout: Layout) -> Iterator[Reading]:
    """Yield every run in a file, read by *layout*, a map that names the fields of the file.

    Raises:
        InputError: the file is no JSON.
    """
    if not is_json(path):
        message = "no JSON, and a map is of JSON"
        raise InputError(message, path=path)
    yield from _read_by(layout, values(path, source=source, is_known=False), source, None)


def _read_by(
    layout: Layout, items: Iterable[Numbered | Quarantined], source: str, evidence: Observations | None
) -> Iterator[Reading]:
    reader = RunReader(layout)
    alone = StandAlone(reader)
    requests: list[Trajectory | Passed] = []
    unknown: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Quarantined):
            yield item
        elif layout.runs.each == "file":
            unknown["no step by the map"] += not alone.add(item[1])
        else:
            runs = list(_runs(reader.conversations(item[1]), reader, source, evidence))
            if reader.are_requests:
                requests += runs
            else:
                yield from runs
            unknown["no run by the map"] += not runs
    yield from longest(requests, source=source)
    yield from _runs(alone.conversations(), reader, source, evidence)
    yield from passed(unknown + reader.unread, source=source)
    if evidence is not None:
        yield from evidence.guesses(source)


def suggest(path: Path) -> Suggestion | None:
    """Return a suggested map for a file: the used part of the map of all known names; None if no run is found.

    Raises:
        InputError: two lists of the file may be the conversation.
        NothingFoundError: the runs are found by induction, which no map can express; the message has the reason.
    """
    if not is_json(path):
        _refuse_map(path)
        return None
    if (inferred := _inferred(path)) is not None:
        return inferred
    used: Used = set()
    search = Search(RunReader(VOCABULARY, used, guesses=True))
    evidence = Observations(words().steps)
    found: list[Trajectory] = []
    for item in values(path, source="", is_known=False):
        if not isinstance(item, Quarantined):
            runs = _runs(search.look(item[1], path), search.reader, "", evidence)
            found += [run for run in runs if isinstance(run, Trajectory)]
    runs = _runs(search.conversations(), search.reader, "", evidence)
    found += [run for run in runs if isinstance(run, Trajectory)]
    if search.are_requests:
        found = [run for run in longest(found, source="") if isinstance(run, Trajectory)]
    if not found:
        _refuse_map(path)
        return None
    evidence.left(search.unknown.total())
    layout = narrowed(VOCABULARY, used, search.shape, search.reader.skipped)
    again = Counter(run.id for run in read_mapped(path, source="", layout=layout) if isinstance(run, Trajectory))
    return Suggestion(
        layout=layout,
        n_runs=len(found),
        n_alike=(again & Counter(run.id for run in found)).total(),
        certainty=next(evidence.guesses("")).certainty,
    )


def _refuse_map(path: Path) -> None:
    """Raise an error if the runs of a file are found by induction; do nothing if it contains no run.

    Raises:
        NothingFoundError: the runs are found by induction, which no map can express.
    """
    if (group := group_of(path)) is not None:
        message = f"`t2s read` reads it without a map, and no map can say how: {group.found.beyond_maps()}"
        raise NothingFoundError(message, path=path, hint="Read it without a map, or write its runs in another layout.")


def _inferred(path: Path) -> Suggestion | None:
    """Return the map inferred from the order and content of records, if the known names fit badly; otherwise None."""
    start = [item[1] for item in islice(values(path, source=""), SAMPLE) if not isinstance(item, Quarantined)]
    layout = better_layout(start, is_cut=len(start) == SAMPLE)
    if layout is None:
        return None
    evidence = Observations(words_of(layout))
    items = values(path, source="", is_known=False)
    n_runs = sum(isinstance(run, Trajectory) for run in _read_by(layout, items, "", evidence))
    certainty = next(evidence.guesses("")).certainty
    return Suggestion(layout=layout, n_runs=n_runs, n_alike=n_runs, certainty=certainty)


def _episodes(text: str, source: str) -> Iterator[Reading]:
    """Yield the runs in a text, each after its question; a ruler ends the text of a run."""
    evidence = Observations(words().steps)
    for stretch in _RULER.split(text):
        for _, episode in episodes(stretch):
            if start := FIRST_MARK.search(episode):
                question = episode[: start.start()].strip()
                asked = [Step(kind="user", text=question)] if question else []
                acts = react_steps(without_verdict(episode[start.start() :]))
                run = trajectory([*asked, *acts], source=source, format_name=NAME)
                evidence.add(Conversation([{SCRIPT: episode}], ()), run)
                yield run
    yield from evidence.guesses(source)
