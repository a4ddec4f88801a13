"""Files that are no recordings of an agent: nothing is read from them, however much their values relate."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.stages.intake.read_all import read

WORDS = (
    "Open the window of the hall.",
    "The pump of the cellar is loud.",
    "Please paint the fence green.",
    "No rain today.",
)


def text(number: int) -> str:
    return f"{WORDS[number % 4]} This is said for the {number}. time."


def lines(values: list[object]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def lock_file() -> str:
    packages = {
        f"node_modules/p{n}": {
            "version": f"1.{n}.0",
            "resolved": f"https://r.example/p{n}-1.{n}.0.tgz",
            "requires": {f"p{n + 1}": "^1.0.0", "tiny": "2.x"},
        }
        for n in range(12)
    }
    return json.dumps({"name": "shop", "lockfileVersion": 3, "packages": packages})


def questions() -> str:
    return lines(
        [
            {"id": n, "question": text(n), "context": text(n + 1), "answer": {"text": WORDS[n % 4], "start": n}}
            for n in range(12)
        ]
    )


def application_log() -> str:
    return lines(
        [
            {
                "ts": 1760000000 + n,
                "level": "INFO",
                "logger": f"app.{'http' if n % 2 else 'jobs'}",
                "msg": text(n),
                "ctx": {"user": n, "path": f"/v1/{n}"},
            }
            for n in range(20)
        ]
    )


def events_of_clicks() -> str:
    names = ("page_view", "add_to_cart", "search", "page_view")
    given: tuple[dict[str, object], ...] = (
        {"page": "/"},
        {"sku": "a1", "n": 2},
        {"q": "green paint"},
        {"page": "/cart"},
    )
    return lines(
        [{"event": names[n % 4], "properties": given[n % 4], "session": f"s{n // 8}", "at": n} for n in range(24)]
    )


def issues() -> str:
    return json.dumps(
        [
            {
                "number": n,
                "title": WORDS[n % 4],
                "body": text(n),
                "labels": [{"name": "bug"}],
                "comments": [{"user": f"u{c}", "body": text(c)} for c in range(3)],
            }
            for n in range(6)
        ]
    )


def interface() -> str:
    paths = {
        f"/items/{n}": {
            "get": {
                "operationId": f"get_item_{n}",
                "summary": WORDS[n % 4],
                "parameters": [{"name": "id", "in": "path", "description": text(n)}],
            }
        }
        for n in range(8)
    }
    return json.dumps({"openapi": "3.0.0", "info": {"title": "Shop", "version": "1"}, "paths": paths})


def tools() -> str:
    return json.dumps(
        [
            {
                "type": "function",
                "function": {
                    "name": f"do_{n}",
                    "description": text(n),
                    "parameters": {"type": "object", "properties": {"x": {"type": "string"}}},
                },
            }
            for n in range(8)
        ]
    )


def words_of_a_page() -> str:
    return json.dumps({f"page.{n}.title": text(n) for n in range(20)})


def chat_of_people() -> str:
    return json.dumps(
        {
            "messages": [
                {"who": f"person{n % 3}", "when": f"2025-11-0{n % 9 + 1}T10:00:00Z", "body": text(n)} for n in range(20)
            ]
        }
    )


def build_plan() -> str:
    jobs = {
        f"job{n}": {
            "needs": [f"job{n - 1}"],
            "steps": [{"uses": "checkout", "with": {"depth": n}}, {"run": f"make part{n}", "name": text(n)}],
        }
        for n in range(1, 8)
    }
    return json.dumps({"name": "ci", "on": ["push"], "jobs": jobs})


def results_of_tests() -> str:
    return json.dumps(
        {
            "tests": [
                {
                    "nodeid": f"tests/test_a.py::test_{n}",
                    "outcome": "passed",
                    "call": {"duration": 0.1 * n, "stdout": text(n)},
                }
                for n in range(14)
            ]
        }
    )


def table_of_sales() -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["order", "person", "item", "remark", "meta"])
    for number in range(20):
        writer.writerow(
            [f"o{number // 3}", f"p{number % 4}", "lamp", text(number), json.dumps({"colour": "green", "n": number})]
        )
    return out.getvalue()


def pictures() -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"place_{n}", "note": text(n)},
            "geometry": {"type": "Point", "coordinates": [n, n + 0.5]},
        }
        for n in range(10)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def queue_of_jobs() -> str:
    names = ("send_mail", "make_report", "clean_up")
    return lines(
        [
            {
                "id": f"j{n}7",
                "task": names[n % 3],
                "kwargs": {"to": f"u{n}"} if n % 3 == 0 else {"month": n, "note": text(n)},
                "state": "done",
            }
            for n in range(15)
        ]
    )


KINDS: dict[str, tuple[str, Callable[[], str]]] = {
    "a lock file": ("package-lock.json", lock_file),
    "questions and answers": ("train.jsonl", questions),
    "a log of a program": ("app.jsonl", application_log),
    "clicks": ("events.jsonl", events_of_clicks),
    "issues with comments": ("issues.json", issues),
    "an interface": ("openapi.json", interface),
    "a catalogue of tools": ("tools.json", tools),
    "words of a page": ("en.json", words_of_a_page),
    "a chat of people": ("chat.json", chat_of_people),
    "a plan of builds": ("ci.json", build_plan),
    "results of tests": ("report.json", results_of_tests),
    "a table of sales": ("sales.csv", table_of_sales),
    "places on a map": ("map.json", pictures),
    "a queue of jobs": ("jobs.jsonl", queue_of_jobs),
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_read_from_a_file_that_is_no_recording(kind: str, tmp_path: Path) -> None:
    name, write = KINDS[kind]
    (tmp_path / name).write_text(write())
    assert [[step.kind for step in run.steps] for run in read([tmp_path]).trajectories] == []


def test_nothing_is_read_from_a_folder_of_such_files(tmp_path: Path) -> None:
    for name, write in KINDS.values():
        (tmp_path / name).write_text(write())
    assert [[step.kind for step in run.steps] for run in read([tmp_path]).trajectories] == []
