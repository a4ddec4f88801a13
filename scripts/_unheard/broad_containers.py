"""Ways of laying runs into files, as broad as could be thought of: they belong to the development half."""

import json
from collections.abc import Sequence

from _unheard.containers import Container, Files, Written
from _unheard.sessions import Json
from _unheard.words import Words


def _whole(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _lines(values: Sequence[Json]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _as_record(event: Json) -> dict[str, Json]:
    return event if isinstance(event, dict) else {"entry": event}


def a_list(runs: Sequence[Written], words: Words) -> Files:
    """All runs in one list and nothing around it."""
    return {"runs.json": _whole([run.whole(words) for run in runs])}


def under_ids(runs: Sequence[Written], words: Words) -> Files:
    """An object of runs under their ids."""
    return {"db.json": _whole({words.runs: {run.id: run.whole(words) for run in runs}, "schema": 3})}


def interleaved_lines(runs: Sequence[Written], words: Words) -> Files:
    """The events of all runs in turn, each with the id of its run; first a line about each run."""
    made: list[Json] = [{words.run: run.id, **run.header} for run in runs]
    longest = max(len(run.body) for run in runs)
    for place in range(longest):
        made += [{words.run: run.id, **_as_record(run.body[place])} for run in runs if place < len(run.body)]
    return {"stream.jsonl": _lines(made)}


def two_tables(runs: Sequence[Written], words: Words) -> Files:
    """A table of runs and one of their events."""
    table = [{words.run: run.id, **run.header} for run in runs]
    rows = [{"of": run.id, **_as_record(event)} for run in runs for event in run.body]
    return {"tables.json": _whole({"first": table, "second": rows})}


def index_and_files(runs: Sequence[Written], words: Words) -> Files:
    """A file of events for each run, and an index that names the files."""
    index = [{words.run: run.id, "file": f"{run.id}.jsonl", **run.header} for run in runs]
    return {"index.json": _whole(index), **{f"{run.id}.jsonl": _lines(run.body) for run in runs}}


def a_folder_a_run(runs: Sequence[Written], words: Words) -> Files:
    """A folder a run: one file about it, one of its events."""
    made: Files = {}
    for run in runs:
        made[f"{run.id}/about.json"] = _whole({words.run: run.id, **run.header})
        made[f"{run.id}/events.jsonl"] = _lines(run.body)
    return made


def envelopes(runs: Sequence[Written], words: Words) -> Files:
    """A run inside of objects that say nothing."""
    return {
        f"{run.id}.json": _whole({"api": "v2", "payload": {"attributes": run.whole(words), "links": {"self": "/x/1"}}})
        for run in runs
    }


def text_in_lines(runs: Sequence[Written], words: Words) -> Files:
    """Lines of a logger, each with an event as JSON in a text."""
    made: Files = {}
    for run in runs:
        values = [{words.run: run.id, **run.header}, *map(_as_record, run.body)]
        made[f"{run.id}.log.jsonl"] = _lines(
            [{"level": "info", "no": number, "line": json.dumps(value)} for number, value in enumerate(values)]
        )
    return made


def one_after_another(runs: Sequence[Written], words: Words) -> Files:
    """A line about a run, its events, the next run."""
    made: list[Json] = []
    for run in runs:
        made += [{words.run: run.id, **run.header}, *map(_as_record, run.body)]
    return {"all.jsonl": _lines(made)}


def counted_spans(runs: Sequence[Written], words: Words) -> Files:
    """The events of all runs in one list, beside how many each run has."""
    index = [{words.run: run.id, **run.header, "n": len(run.body)} for run in runs]
    return {"log.json": _whole({"toc": index, words.steps: [event for run in runs for event in run.body]})}


def by_month(runs: Sequence[Written], words: Words) -> Files:
    """Lists of runs under a month."""
    half = (len(runs) + 1) // 2
    wholes = [run.whole(words) for run in runs]
    return {"archive.json": _whole({"2025-11": wholes[:half], "2025-12": wholes[half:]})}


def numbered_files(runs: Sequence[Written], words: Words) -> Files:
    """All in one folder: the name of a file is the run and the number of the event."""
    made: Files = {}
    for run in runs:
        made[f"{run.id}.000.json"] = _whole({words.run: run.id, **run.header})
        made |= {
            f"{run.id}.{number:03}.json": _whole({words.run: run.id, **_as_record(event)})
            for number, event in enumerate(run.body, 1)
        }
    return made


def enveloped_events(runs: Sequence[Written], words: Words) -> Files:
    """A file a run, each event in an envelope with a number."""
    return {
        f"{run.id}.json": _whole(
            {
                "head": {words.run: run.id, **run.header},
                "body": [{"seq": number, "inner": event} for number, event in enumerate(run.body)],
            }
        )
        for run in runs
    }


CONTAINERS = (
    Container(write=a_list),
    Container(write=under_ids),
    Container(write=interleaved_lines, needs_list=True),
    Container(write=two_tables, needs_list=True),
    Container(write=index_and_files, needs_list=True),
    Container(write=a_folder_a_run, needs_list=True),
    Container(write=envelopes),
    Container(write=text_in_lines, needs_list=True),
    Container(write=one_after_another, needs_list=True),
    Container(write=counted_spans, needs_list=True),
    Container(write=by_month),
    Container(write=numbered_files, needs_list=True),
    Container(write=enveloped_events, needs_list=True),
)
