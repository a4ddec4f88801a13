"""Ways of putting runs into files, each in one half alone."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from _unheard.sessions import Json
from _unheard.words import Words


@dataclass(frozen=True, kw_only=True)
class Written:
    """A run as its body wrote it."""

    id: str
    header: dict[str, Json]
    """What is known of the run beside its steps."""
    body: Json
    """A list of events, or the fields that hold the steps."""

    def whole(self, words: Words) -> dict[str, Json]:
        """Return the run as one object."""
        fields = {words.steps: self.body} if isinstance(self.body, list) else self.body
        return {words.run: self.id, **self.header, **fields}


Files = dict[str, str]
"""Text by path."""


def _pretty(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _lines(values: Sequence[Json]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _event(event: Json, extra: dict[str, Json]) -> dict[str, Json]:
    return {**extra, **event} if isinstance(event, dict) else {**extra, "entry": event}


def a_file_a_run(runs: Sequence[Written], words: Words) -> Files:
    """One object a file."""
    return {f"{run.id}.json": _pretty(run.whole(words)) for run in runs}


def a_line_a_run(runs: Sequence[Written], words: Words) -> Files:
    """One object a line."""
    return {"export.jsonl": _lines([run.whole(words) for run in runs])}


def list_in_an_object(runs: Sequence[Written], words: Words) -> Files:
    """All runs in a list, beside what was run."""
    return {
        "all.json": _pretty({"exported_by": "nightly", "count": len(runs), words.runs: [r.whole(words) for r in runs]})
    }


def a_line_an_event(runs: Sequence[Written], words: Words) -> Files:
    """A file a run, whose first line is about the run and whose other lines are events."""
    return {f"{run.id}.jsonl": _lines([{words.run: run.id, **run.header}, *run.body]) for run in runs}


def a_file_a_step(runs: Sequence[Written], words: Words) -> Files:
    """A folder a run, a file a step."""
    made: Files = {}
    for run in runs:
        made[f"{run.id}/run.json"] = _pretty({words.run: run.id, **run.header})
        made |= {f"{run.id}/{number:04}.json": _pretty(_event(event, {})) for number, event in enumerate(run.body)}
    return made


def spans_of_one_list(runs: Sequence[Written], words: Words) -> Files:
    """The events of all runs in one list, and an index of where each run begins and ends."""
    index, all_events = [], []
    for run in runs:
        first = len(all_events)
        all_events += run.body
        index.append({words.run: run.id, **run.header, "first": first, "last": len(all_events) - 1})
    return {"log.json": _pretty({"index": index, words.steps: all_events})}


def bare_list(runs: Sequence[Written], words: Words) -> Files:
    """A list of runs and nothing else."""
    return {"dump.json": _pretty([run.whole(words) for run in runs])}


def map_of_runs(runs: Sequence[Written], words: Words) -> Files:
    """A map of ids to runs."""
    return {"by-id.json": _pretty({f"run-{run.id}": run.whole(words) for run in runs})}


def mixed_lines(runs: Sequence[Written], words: Words) -> Files:
    """The events of runs that went on at the same time, each with the id of its run, and a last line a run."""
    rng = random.Random(runs[0].id)
    waiting = [[_event(event, {words.run: run.id}) for event in run.body] for run in runs]
    for run, events in zip(runs, waiting, strict=True):
        events.append({words.run: run.id, **run.header})
    made = []
    while any(waiting):
        made.append(rng.choice([events for events in waiting if events]).pop(0))
    return {"stream.ndjson": _lines(made)}


def suite_of_cases(runs: Sequence[Written], words: Words) -> Files:
    """Suites of cases of attempts."""
    cases = [{"case": number, "attempts": [run.whole(words)]} for number, run in enumerate(runs, 1)]
    half = (len(cases) + 1) // 2
    suites = [{"name": "first", "cases": cases[:half]}, {"name": "second", "cases": cases[half:]}]
    return {"report.json": _pretty({"suites": suites})}


def flat_step_files(runs: Sequence[Written], words: Words) -> Files:
    """One folder for all runs, a file a step that names its run and its place."""
    made: Files = {}
    for run in runs:
        header = {words.run: run.id, "no": 0, **run.header}
        made[f"{run.id}.000.json"] = json.dumps(header, ensure_ascii=False)
        for number, event in enumerate(run.body, 1):
            extra = {words.run: run.id, "no": number}
            made[f"{run.id}.{number:03}.json"] = json.dumps(_event(event, extra), ensure_ascii=False)
    return made


def by_reference(runs: Sequence[Written], words: Words) -> Files:
    """Runs that list the ids of their events, and a map of ids to events."""
    pool, listed = {}, []
    for run in runs:
        keys = [f"e{run.id[:4]}{number}" for number in range(len(run.body))]
        pool |= dict(zip(keys, run.body, strict=True))
        listed.append({words.run: run.id, **run.header, f"{words.steps}_refs": keys})
    shuffled = list(pool.items())
    random.Random(runs[0].id).shuffle(shuffled)
    return {"store.json": _pretty({words.runs: listed, "objects": dict(shuffled)})}


def marked_lines(runs: Sequence[Written], words: Words) -> Files:
    """Events a line, with a line where a run begins and one where it ends."""
    made: list[Json] = []
    for run in runs:
        made.append({"marker": "begin", words.run: run.id, **run.header})
        made += run.body
        made.append({"marker": "end", words.run: run.id, "events": len(run.body)})
    return {"journal.jsonl": _lines(made)}


def text_in_lines(runs: Sequence[Written], words: Words) -> Files:
    """An export of a table, in which the run is JSON inside a field."""
    made = [
        {"row_id": number, "inserted": "2025-10-02 11:00:04 UTC", "payload": json.dumps(run.whole(words))}
        for number, run in enumerate(runs)
    ]
    return {"table.jsonl": _lines(made)}


@dataclass(frozen=True, kw_only=True)
class Container:
    """A way of putting runs into files."""

    write: Callable[[Sequence[Written], Words], Files]
    needs_list: bool = False
    """Whether it spreads events, so that a body must be a list of them."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.write.__name__


CONTAINERS = {
    "development": (
        Container(write=a_file_a_run),
        Container(write=a_line_a_run),
        Container(write=list_in_an_object),
        Container(write=a_line_an_event, needs_list=True),
        Container(write=a_file_a_step, needs_list=True),
        Container(write=spans_of_one_list, needs_list=True),
    ),
    "held_out": (
        Container(write=bare_list),
        Container(write=map_of_runs),
        Container(write=suite_of_cases),
        Container(write=text_in_lines),
        Container(write=mixed_lines, needs_list=True),
        Container(write=flat_step_files, needs_list=True),
        Container(write=by_reference, needs_list=True),
        Container(write=marked_lines, needs_list=True),
    ),
}
