"""Containers of the part `teams`: how runs lie in files."""

import json
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from _unheard.containers import Container, Files, Written
from _unheard.sessions import Json
from _unheard.words import Words


def _text(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _as_record(event: Json) -> dict[str, Json]:
    return event if isinstance(event, dict) else {"data": event}


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _stamp(number: int) -> str:
    return f"2025-10-{number // 1440 % 28 + 1:02}T{number // 60 % 24:02}:{number % 60:02}:07Z"


def logfmt(runs: Sequence[Written], words: Words) -> Files:
    """A log of lines with keys and values, texts in quotes."""
    lines: list[str] = []
    for run in runs:
        values = [{words.run: run.id, **run.header}, *({words.run: run.id, **_as_record(event)} for event in run.body)]
        for value in values:
            fields = "".join(f" {key}={_quoted(inner)}" for key, inner in value.items() if inner is not None)
            lines.append(f"ts={_stamp(len(lines))} level=info{fields}\n")
    return {"agent.log": "".join(lines)}


def _quoted(value: Json) -> str:
    text = _plain(value)
    is_bare = text and not any(mark in text for mark in ' "=\n\\')
    return text if is_bare else json.dumps(text, ensure_ascii=False)


def xml_file(runs: Sequence[Written], words: Words) -> Files:
    """A document of elements: runs, and a record for each event."""
    made = ['<?xml version="1.0" encoding="UTF-8"?>\n<export>\n']
    for run in runs:
        about = "".join(_element(key, value) for key, value in run.header.items())
        inner = "".join(f"  <record>{_inside(_as_record(event))}</record>\n" for event in run.body)
        made.append(f" <run id={quoteattr(run.id)}>{about}\n{inner} </run>\n")
    return {"export.xml": "".join([*made, "</export>\n"])}


def _element(key: str, value: Json) -> str:
    return f"<{key}>{_inside(value)}</{key}>"


def _inside(value: Json) -> str:
    if isinstance(value, dict):
        return "".join(_element(key, inner) for key, inner in value.items())
    if isinstance(value, list):
        return "".join(_element("li", inner) for inner in value)
    return "" if value is None else escape(_plain(value))


def sql_dump(runs: Sequence[Written], words: Words) -> Files:
    """A dump of two tables."""
    columns = list(dict.fromkeys(key for run in runs for event in run.body for key in _as_record(event)))
    about = list(dict.fromkeys(key for run in runs for key in run.header))
    made = ["CREATE TABLE runs (id TEXT PRIMARY KEY);\n"]
    for run in runs:
        cells = [run.id, *(run.header.get(key) for key in about)]
        made.append(f"INSERT INTO runs ({_names([words.run, *about])}) VALUES ({', '.join(map(_cell, cells))});\n")
    made.append("CREATE TABLE events (id INTEGER PRIMARY KEY);\n")
    number = 0
    for run in runs:
        for event in run.body:
            number += 1
            values = [number, run.id, *(_as_record(event).get(key) for key in columns)]
            names = _names(["row_id", "run_ref", *columns])
            made.append(f"INSERT INTO events ({names}) VALUES ({', '.join(map(_cell, values))});\n")
    return {"dump.sql": "".join(made)}


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _cell(value: Json) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return "'" + _plain(value).replace("'", "''") + "'"


def tsv_a_run(runs: Sequence[Written], words: Words) -> Files:
    """A table a run with tabs between cells, objects and texts of several lines as JSON."""
    made: Files = {}
    for run in runs:
        rows = [{"n": number, **_as_record(event)} for number, event in enumerate(run.body)]
        names = list(dict.fromkeys(key for row in rows for key in row))
        lines = ["\t".join(names)]
        lines += ["\t".join("" if row.get(name) is None else _tabbed(row[name]) for name in names) for row in rows]
        made[f"{run.id}.tsv"] = "".join(f"{line}\n" for line in lines)
    made["about.json"] = _text([{words.run: run.id, **run.header} for run in runs])
    return made


def _tabbed(value: Json) -> str:
    text = _plain(value)
    return json.dumps(text) if "\n" in text or "\t" in text or text[:1] == '"' else text


def days(runs: Sequence[Written], words: Words) -> Files:
    """Folders of days, a folder a run in them, with a file about it and one of its events."""
    made: Files = {}
    for place, run in enumerate(runs):
        folder = f"2025/10/{3 + place // 2:02}/{run.id}"
        made[f"{folder}/meta.json"] = _text({words.run: run.id, **run.header})
        made[f"{folder}/trace.jsonl"] = "".join(map(_line, run.body))
    return made


def shards(runs: Sequence[Written], words: Words) -> Files:
    """The events of all runs by time over some files of the same length, each with the id of its run."""
    lines: list[Json] = [{words.run: run.id, "note": "start", **run.header} for run in runs]
    for place in range(max(len(run.body) for run in runs)):
        lines += [
            {words.run: run.id, "ord": place, **_as_record(run.body[place])} for run in runs if place < len(run.body)
        ]
    size = -(-len(lines) // 3)
    return {f"shard-{n}.jsonl": "".join(map(_line, lines[n * size : n * size + size])) for n in range(3)}


def manifest(runs: Sequence[Written], words: Words) -> Files:
    """A manifest that lists the files of each run, and a file an event, all in one folder."""
    made: Files = {}
    listed: list[Json] = []
    for run in runs:
        names = [f"blobs/{run.id}_{number}.json" for number in range(len(run.body))]
        made |= {name: _text(_as_record(event)) for name, event in zip(names, run.body, strict=True)}
        listed.append({words.run: run.id, **run.header, "files": names})
    return {**made, "manifest.json": _text({"version": 1, "entries": listed})}


def pages(runs: Sequence[Written], words: Words) -> Files:
    """A file a run whose events lie on pages of six."""
    return {
        f"conv_{run.id}.json": _text(
            {
                words.run: run.id,
                **run.header,
                "pages": [
                    {"page": start // 6, "items": run.body[start : start + 6]} for start in range(0, len(run.body), 6)
                ],
            }
        )
        for run in runs
    }


def about_and_data(runs: Sequence[Written], words: Words) -> Files:
    """A line a run, with what is known of it apart from its steps."""
    return {
        "runs.ndjson": "".join(
            _line({"meta": {"uid": run.id, **run.header}, "data": run.body, "format_version": 2}) for run in runs
        )
    }


def one_after_another(runs: Sequence[Written], words: Words) -> Files:
    """Objects of several lines, one behind the other."""
    return {"all_runs.json": "\n".join(_text(run.whole(words)) for run in runs) + "\n"}


def markdown_reports(runs: Sequence[Written], words: Words) -> Files:
    """A report a run: what is known of it above, and a heading for each event with its fields as items."""
    made: Files = {}
    for run in runs:
        about = "".join(f"{key}: {_plain(value)}\n" for key, value in {words.run: run.id, **run.header}.items())
        parts = []
        for number, event in enumerate(run.body, 1):
            items = "".join(
                f"- **{key}**: {_plain(value)}\n" for key, value in _as_record(event).items() if value is not None
            )
            parts.append(f"### Step {number}\n\n{items}\n")
        made[f"{run.id}.md"] = f"---\n{about}---\n\n{''.join(parts)}"
    return made


def tables_of_kinds(runs: Sequence[Written], words: Words) -> Files:
    """A file for each make of event, all runs in it, with the place of the event in its run."""
    makes: dict[str, list[Json]] = {}
    names: dict[tuple[str, ...], str] = {}
    for run in runs:
        for number, event in enumerate(run.body):
            record = _as_record(event)
            name = names.setdefault(tuple(sorted(record)), f"table_{len(names)}")
            makes.setdefault(name, []).append({"run": run.id, "pos": number, **record})
    made = {f"{name}.jsonl": "".join(map(_line, rows)) for name, rows in makes.items()}
    return {**made, "runs.jsonl": "".join(_line({"run": run.id, **run.header}) for run in runs)}


CONTAINERS = (
    Container(write=logfmt, needs_list=True),
    Container(write=about_and_data),
    Container(write=xml_file, needs_list=True),
    Container(write=pages, needs_list=True),
    Container(write=sql_dump, needs_list=True),
    Container(write=one_after_another),
    Container(write=tsv_a_run, needs_list=True),
    Container(write=days, needs_list=True),
    Container(write=shards, needs_list=True),
    Container(write=about_and_data),
    Container(write=manifest, needs_list=True),
    Container(write=markdown_reports, needs_list=True),
    Container(write=one_after_another),
    Container(write=tables_of_kinds, needs_list=True),
)
