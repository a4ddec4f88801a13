"""Containers of the wide part: how runs lie in files."""

import csv
import io
import json
from collections.abc import Sequence

from _unheard.containers import Container, Files, Written
from _unheard.sessions import Json
from _unheard.words import Words


def _text(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _lines(values: Sequence[Json]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _as_record(event: Json) -> dict[str, Json]:
    return event if isinstance(event, dict) else {"item": event}


def begun_and_ended(runs: Sequence[Written], words: Words) -> Files:
    """Lines of events; a line begins a run and a line ends it, with how it went."""
    made: list[Json] = []
    for run in runs:
        made += [{"mark": "run_begins", words.run: run.id}, *map(_as_record, run.body)]
        made.append({"mark": "run_ends", words.run: run.id, **run.header})
    return {"events.jsonl": _lines(made)}


def meta_and_steps(runs: Sequence[Written], words: Words) -> Files:
    """Two lists beside each other: what runs are, and their steps."""
    meta = [{words.run: run.id, **run.header} for run in runs]
    return {"batch.json": _text({"meta": meta, words.steps: [run.body for run in runs]})}


def order_and_data(runs: Sequence[Written], words: Words) -> Files:
    """Ids in order, and an object of runs under them, some levels down."""
    data = {run.id: run.whole(words) for run in runs}
    return {"dump.json": _text({"result": {"order": [run.id for run in runs], "store": {"items": data}}})}


def numbered_folders(runs: Sequence[Written], words: Words) -> Files:
    """A folder a run with a file for each event."""
    made: Files = {}
    for place, run in enumerate(runs):
        made[f"run-{place:02}/000_info.json"] = _text({words.run: run.id, **run.header})
        for number, event in enumerate(run.body, 1):
            made[f"run-{place:02}/{number:03}_step.json"] = _text(_as_record(event))
    return made


def two_a_file(runs: Sequence[Written], words: Words) -> Files:
    """Parts of an export, two runs each."""
    wholes = [run.whole(words) for run in runs]
    return {
        f"part-{place // 2}.json": _text({"part": place // 2, words.runs: wholes[place : place + 2]})
        for place in range(0, len(wholes), 2)
    }


def first_and_length(runs: Sequence[Written], words: Words) -> Files:
    """A file of events of all runs, and an index of first line and length."""
    index: list[Json] = []
    events: list[Json] = []
    for run in runs:
        index.append({words.run: run.id, "offset": len(events), "length": len(run.body), **run.header})
        events += run.body
    return {"index.json": _text({"sessions": index}), "events.jsonl": _lines([_as_record(one) for one in events])}


def rows_of_a_table(runs: Sequence[Written], words: Words) -> Files:
    """A table of values separated by commas, a row an event, objects as JSON."""
    rows = [{words.run: run.id, "row": n, **_as_record(event)} for run in runs for n, event in enumerate(run.body)]
    names = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {key: json.dumps(value) if isinstance(value, dict | list) else value for key, value in row.items()}
        )
    table = [{words.run: run.id, **run.header} for run in runs]
    return {"events.csv": out.getvalue(), "runs.json": _text(table)}


def grouped_deep(runs: Sequence[Written], words: Words) -> Files:
    """Runs in groups in a project, with an index of how they went elsewhere in the file."""
    half = (len(runs) + 1) // 2
    groups = [
        {"name": name, "members": [{words.run: run.id, **_fields(run, words)} for run in some]}
        for name, some in (("alpha", runs[:half]), ("beta", runs[half:]))
    ]
    about = {run.id: {"id": run.id, **run.header} for run in runs}
    return {"project.json": _text({"project": {"groups": groups}, "summary": about})}


def _fields(run: Written, words: Words) -> dict[str, Json]:
    return {words.steps: run.body} if isinstance(run.body, list) else run.body


def plain_files(runs: Sequence[Written], words: Words) -> Files:
    """A file a run whose whole content is its steps, beside a file of how the runs went."""
    steps = {f"{run.id}.json": _text(run.body) for run in runs}
    return {**steps, "runs.jsonl": _lines([{words.run: run.id, **run.header} for run in runs])}


def flat_rows(runs: Sequence[Written], words: Words) -> Files:
    """One list of events with the id of the run in each, and one of runs after it."""
    rows = [{words.run: run.id, "n": n, **_as_record(e)} for run in runs for n, e in enumerate(run.body)]
    return {"rows.json": _text({"rows": rows, "about": {run.id: run.header for run in runs}})}


CONTAINERS = (
    Container(write=begun_and_ended, needs_list=True),
    Container(write=meta_and_steps),
    Container(write=order_and_data),
    Container(write=numbered_folders, needs_list=True),
    Container(write=two_a_file),
    Container(write=first_and_length, needs_list=True),
    Container(write=rows_of_a_table, needs_list=True),
    Container(write=grouped_deep),
    Container(write=plain_files),
    Container(write=flat_rows, needs_list=True),
)
