"""The table of traces and of chats of tools, counted once more in the raw files, without any reader."""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from t2s_local.stages.intake.read_all import read
from tests.formats import test_counts as test_read_counts
from tests.formats.test_table import TABLE
from tests.raw import Counts, documents, records, table_of, values

ROO_TOOLS = (
    *("read_file", "write_to_file", "apply_diff", "search_files", "list_files", "execute_command"),
    *("update_todo_list", "attempt_completion"),
)
TELLS = re.compile(
    r'"(?:gen_ai\.(?:input\.messages|prompt\b|tool\.call)|llm\.input_messages|input\.value|ai\.prompt)'
    r'|"gcp\.vertex\.agent\.llm_request|"span_events": \[\{[^\[\]]*"body": \{"input"'
)
"""What instrumentations call the words that went into a model or a tool."""


def objects(value: object) -> Iterator[dict[str, object]]:
    """Every object, however deep, also in texts that are JSON themselves."""
    if isinstance(value, str) and value[:1] in ("[", "{", '"'):
        try:
            yield from objects(json.loads(value))
        except ValueError:
            return
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            yield from objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


def aider_dev_history(folder: Path) -> Counts:
    """Pages with a line of the user, and edits that are complete, in the spelling of their time."""
    pages = [path.read_text() for path in folder.glob("*.md") if path.name != "SOURCE.md"]
    edits = sum(len(re.findall(r"^>>>>>>> UPDATED", page, flags=re.MULTILINE)) for page in pages)
    return sum("\n#### " in page for page in pages), edits, 0, 0


def atif(folder: Path) -> Counts:
    """Files of the format but those another one names as its continuation, and a session of OpenClaw.

    Terminus writes what it types as JSON into its message, the other agents have calls.
    """
    found = [record for record in records(folder, "**/*.json") if "schema_version" in record]
    named = [record for record in found if record.get("continued_trajectory_ref")]
    calls = sum(len(given) for given in values(found, "tool_calls") if isinstance(given, list))
    said = [step["message"] for record in found for step in record["steps"] if step["source"] == "agent"]
    calls += sum("keystrokes" in one for one in objects(said))
    calls += Counter(values(records(folder, "**/*.jsonl"), "type"))["toolCall"]
    return len(found) - len(named) + len(list(folder.glob("**/*.jsonl"))), calls, 0, 0


def claude_code_viewer(folder: Path) -> Counts:
    """A run for each turn that follows no other; a call for each identity, as a turn may be written again."""
    roots = 0
    identities = set[tuple[Path, object]]()
    for path, record in documents(folder, "**/*.jsonl"):
        assert isinstance(record, dict)
        if record["type"] in ("user", "assistant"):
            roots += record["parentUuid"] is None
            content = record["message"]["content"]
            used = [one for one in content if one["type"] == "tool_use"] if isinstance(content, list) else []
            identities.update((path, one["id"]) for one in used)
    return roots, len(identities), 0, 0


def inspect(folder: Path) -> Counts:
    """Samples in logs and in members of archives, and one result of tau-bench among them."""
    samples = [sample for record in records(folder, "**/*.json") for sample in record.get("samples", [])]
    for path in folder.glob("**/*.eval"):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.startswith("samples/")]
            samples += [json.loads(archive.read(name)) for name in names]
    (tau,) = (record for record in records(folder, "**/*.json") if "traj" in record)
    verdicts = Counter(score["value"] for sample in samples for score in (sample.get("scores") or {}).values())
    turns = [*(sample["messages"] for sample in samples), tau["traj"]]
    calls = sum(len(given) for given in values(turns, "tool_calls") if isinstance(given, list))
    verdicts[tau["reward"]] += 1
    return len(samples) + 1, calls, verdicts["C"], verdicts["I"] + verdicts[0.0]


def langfuse(folder: Path) -> Counts:
    """Exports; identities of calls however deep they lie; scores of correctness, the other ones judge no run."""
    identities = set[tuple[str, object]]()
    correct = Counter[object]()
    for path, export in documents(folder, "*.trace.json"):
        for one in objects(export):
            called = one.get("type") in ("tool_call", "tool-call", "function", "tool_use")
            identity = one.get("call_id") or one.get("tool_call_id") or one.get("toolCallId")
            identity = identity or (one.get("id") if called else None)
            if isinstance(identity, str):
                identities.add((path.name, identity))
            if one.get("name") == "correctness":
                correct[one["value"]] += 1
    return len(list(folder.glob("*.trace.json"))), len(identities), correct[1], correct[0]


def otel_otlp(folder: Path) -> Counts:
    """Traces with words, and conversations that a test of another project captured as messages, items or events.

    Calls are not counted: each instrumentation tells them in a way of its own, in spans, in messages or in both.
    """
    traces = set[tuple[Path, object]]()
    captured = 0
    for path in folder.glob("**/*.json"):
        text = path.read_text()
        lines = text.splitlines() if path.name == "test-traces.json" else [text]
        for value in [json.loads(line) for line in lines]:
            spans = [one for one in objects(value) if one.keys() & {"spanId", "span_id", "spanID", "spanName"}]
            traces.update(
                (path, one.get("traceId", one.get("trace_id", one.get("traceID"))))
                for one in spans
                if TELLS.search(json.dumps(one))
            )
        if not spans and isinstance(value, dict):
            kept = [value, *(item for item in value.values() if isinstance(item, dict))]
            captured += sum(bool(one.keys() & {"messages", "items", "contents", "events"}) for one in kept)
    return len(traces) + captured, None, 0, 0


def roo_code(folder: Path) -> Counts:
    """Conversations with the model; a call for each tag of a tool in what the assistant says."""
    found = list(folder.glob("**/api_conversation_history.json"))
    calls = 0
    for message in (message for path in found for message in json.loads(path.read_text())):
        if message["role"] == "assistant":
            said = "\n".join(block["text"] for block in message["content"])
            calls += len(re.findall(rf"<(?:{'|'.join(ROO_TOOLS)})>", said))
    return len(found), calls, 0, 0


COUNTED: dict[str, Callable[[Path], Counts]] = {
    "aider-dev-history": aider_dev_history,
    "atif": atif,
    "claude-code-viewer": claude_code_viewer,
    "inspect": inspect,
    "langfuse": langfuse,
    "otel-otlp": otel_otlp,
    "roo-code": roo_code,
}


@pytest.mark.parametrize("source", sorted(COUNTED))
def test_the_table_says_what_the_raw_files_of_traces_say(source: str, shared_data: Path) -> None:
    counted = COUNTED[source](shared_data / source)
    assert counted == table_of(source, like=counted)


@pytest.mark.parametrize(
    ("part", "run", "call"),
    [
        ("agent-sessions/stage0/agents/kimi", "*.jsonl", "tool.call"),
        ("agent-sessions/stage0/agents/openclaw", "*.jsonl", "toolCall"),
        ("agent-sessions/stage0/agents/opencode", "**/ses_*.json", "tool"),
        ("agent-sessions/stage0/agents/pi", "*.jsonl", "toolCall"),
        ("agentsview/codex", "*.jsonl", "function_call"),
        ("inspect_scout-claude_code", "*.jsonl", "tool_use"),
    ],
)
def test_fixtures_that_are_whole_sessions_hold_what_their_files_say(
    part: str, run: str, call: str, shared_data: Path
) -> None:
    """A file a run, and a value a call.

    The rest of cli-fixtures was made by hand to be broken, unknown or without words: which of it is a run there is no
    telling without a reader.
    """
    folder = shared_data / "cli-fixtures" / part
    found = read([folder]).trajectories
    kinds = Counter(
        kind for pattern in ("**/*.json", "**/*.jsonl") for kind in values(records(folder, pattern), "type")
    )
    calls = [step for trajectory in found for step in trajectory.steps if step.kind == "tool_call"]
    assert (len(found), len(calls)) == (len(list(folder.glob(run))), kinds[call])


def test_every_source_is_counted_twice() -> None:
    assert {*COUNTED, *test_read_counts.COUNTED, "cli-fixtures"} == set(TABLE)
