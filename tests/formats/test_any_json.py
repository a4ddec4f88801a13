"""Every reader against every JSON value: as a document, as lines, and in every place of its own sample."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from t2s_local import registry
from t2s_local.errors import InputError
from t2s_local.packing import packed
from t2s_local.ports.format import Reading
from t2s_local.records.head import look
from t2s_local.safety.inert_text import inert
from t2s_local.safety.redaction.sanitise import sanitise
from t2s_local.stages.conversations.fingerprint import print_of
from t2s_local.stages.intake.corpus import outline_of
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory
from tests.readings import sample

FORMATS = registry.names("t2s_local.formats")
LARGE = (10**20, -(10**20), 2**63, 2**64, 10**400, -(10**400), 1e308, float("nan"), float("inf"), float("-inf"))
TEXTS = ("", "\ud800", "a\udc00", "\0", "9" * 5000, "²", "1e999", "NaN", "[]", '{"a": 1}', "2026-13-45T99:00:00Z")
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(LARGE)
    | st.sampled_from(TEXTS)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def recorded(name: str) -> list[object]:
    """The JSON values of a format's sample; none where it is text."""
    path = sample(name)
    try:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in path.read_text().splitlines()]
        return [json.loads(path.read_text())]
    except ValueError:
        return []


def places(value: object) -> Iterator[tuple[object, object]]:
    """Every place in a JSON value: the list or object, and the index or key."""
    keys: list[object] = list(value) if isinstance(value, dict) else []
    keys = list(range(len(value))) if isinstance(value, list) else keys
    for key in keys:
        yield value, key
        yield from places(value[key])  # type: ignore[index]  # a list or an object, by its own keys


def is_taken_in(path: Path, name: str) -> bool:
    """Whether the reader itself, without the net below it, gives values that can be stored, compared and cleaned."""
    try:
        items = list(registry.load("t2s_local.formats", name).read(path, source="x"))
    except InputError:
        return True
    runs = [inert(item) for item in items if isinstance(item, Trajectory)]
    for run in runs:
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(run), type=Trajectory).steps
        assert packed(run)
        print_of(run)
        outline_of(run)
    sanitise(runs)
    return all(isinstance(item, Reading) for item in items)


@pytest.mark.parametrize("name", [name for name in FORMATS if recorded(name)])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_reader_takes_any_value_in_any_place(name: str, data: st.DataObject, tmp_path: Path) -> None:
    records = copy.deepcopy(recorded(name))
    for _ in range(data.draw(st.integers(1, 3))):
        found = [(records, index) for index in range(len(records))]
        holder, key = data.draw(st.sampled_from([*found, *places(records)]))
        holder[key] = data.draw(anything)  # type: ignore[index]  # a list or an object, by its own keys
    path = tmp_path / sample(name).name
    path.write_text("\n".join(map(json.dumps, records)))
    assert is_taken_in(path, name)
    assert is_taken_in(path, "generic")
    assert registry.load("t2s_local.formats", name).claims(look(path)) in (True, False)


@pytest.mark.parametrize("number", LARGE)
def test_a_number_no_store_can_hold_costs_no_trajectory(number: float, tmp_path: Path) -> None:
    call = {"name": "send", "arguments": {"value": number, "list": [{"n": number}]}}
    chat = [
        {"role": "user", "content": "Send it"},
        {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": "1", "content": "sent"},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"messages": chat, "reward": number}) + "\n" + json.dumps({"messages": chat[:1]}) + "\n")
    runs = [item for item in read_file(path, source="x") if isinstance(item, Trajectory)]
    assert [len(run.steps) for run in runs] == [3, 1]
    assert all(packed(run) for run in runs)


def test_an_error_no_reader_expects_costs_its_file_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path, *, source: str) -> Iterator[Reading]:
        yield from ()
        raise KeyError(source)

    monkeypatch.setattr(registry.load("t2s_local.formats", "native"), "read", broken)
    (tmp_path / "a.jsonl").write_text("{}")
    (found,) = read_file(tmp_path / "a.jsonl", source="x", format_name="native")
    assert found == msgspec.convert(
        {"path": "x", "line": None, "reason": "its content is not what its format allows (KeyError)"}, type(found)
    )


def test_a_trajectory_of_ours_without_steps_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "native.jsonl"
    path.write_text(json.dumps({"task": "Count.", "steps": []}) + "\n" + sample("native").read_text())
    first, *others = registry.load("t2s_local.formats", "native").read(path, source="x")
    assert (first.line, first.reason) == (1, "a trajectory without steps")
    assert others
    assert all(isinstance(item, Trajectory) for item in others)
