"""What is cleaned is every string of a run and of what is said about the input, whatever field holds it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import zstandard

from t2s_local.ports.format import Guess, Passed, Quarantined
from t2s_local.safety.redaction.sanitise import Sanitiser, sanitise
from t2s_local.safety.redaction.tree import OURS, mapped
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Label, Step, Trajectory, TrajectoryId
from tests.conftest import Command

TOKEN = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
STEPS = (
    Step(kind="user", text="get it going"),
    Step(kind="tool_call", text="ls", tool="bash", call_id="1", arguments={"command": "ls"}),
    Step(kind="tool_result", text="x", tool="bash", call_id="1", at="2026-01-02T03:04:05Z"),
)


def holders(kind: type[msgspec.Struct]) -> list[str]:
    """Names of the fields that can hold a string somebody recorded."""
    fields = msgspec.structs.fields(kind)
    held = ("str", "Label")
    return [
        field.name
        for field in fields
        if any(one in str(field.type) for one in held) and field.name not in {*OURS, "arguments"}
    ]


def run_with(**fields: object) -> Trajectory:
    given = {"id": TrajectoryId("t"), "source": "runs/a", "format": "native", "steps": STEPS, **fields}
    return Trajectory(**given)  # type: ignore[arg-type]  # the fields of a trajectory


def stored(path: Path) -> str:
    """Everything in a store, unpacked."""
    unpack = zstandard.ZstdDecompressor().decompress
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = [cell for name in tables for row in database.execute(f'SELECT * FROM "{name}"') for cell in row]
    found = [unpack(cell) if isinstance(cell, bytes) and cell[:4] == b"\x28\xb5\x2f\xfd" else cell for cell in cells]
    return "\n".join(cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in found)


def cleaned(run: Trajectory) -> Trajectory:
    return sanitise([run]).trajectories[0]


def test_the_fields_that_are_looked_at_are_those_that_there_are() -> None:
    assert {"tool", "call_id", "at", "text"} <= set(holders(Step))
    assert {"model", "label", "started_at", "agent", "termination"} <= set(holders(Trajectory))


@pytest.mark.parametrize("name", holders(Trajectory))
def test_no_field_of_a_run_keeps_a_secret(name: str) -> None:
    value = Label(outcome="success", source=f"x {TOKEN}") if name == "label" else f"x {TOKEN}"
    assert TOKEN not in msgspec.json.encode(cleaned(run_with(**{name: value}))).decode()


@pytest.mark.parametrize("name", holders(Step))
@pytest.mark.parametrize("place", range(3))
def test_no_field_of_a_step_keeps_a_secret(name: str, place: int) -> None:
    steps = [
        msgspec.structs.replace(step, **{name: f"x {TOKEN}"}) if at == place else step for at, step in enumerate(STEPS)
    ]
    assert TOKEN not in msgspec.json.encode(cleaned(run_with(steps=tuple(steps)))).decode()


@pytest.mark.parametrize("value", [TOKEN, [TOKEN], {TOKEN: 1}, {"a": [{"b": f"x{TOKEN[:3]} {TOKEN}"}]}])
def test_no_depth_of_arguments_keeps_a_secret(value: object) -> None:
    step = Step(kind="tool_call", text="ls", tool="bash", arguments={"x": value})
    assert TOKEN not in msgspec.json.encode(cleaned(run_with(steps=(step,)))).decode()


def test_a_call_and_its_result_stay_linked() -> None:
    steps = [msgspec.structs.replace(step, call_id=f"{TOKEN}{step.call_id}") for step in STEPS[1:]]
    other = Step(kind="tool_call", text="pwd", tool="bash", call_id=f"{TOKEN}2")
    ids = [step.call_id for step in cleaned(run_with(steps=(*steps, other))).steps]
    assert ids[0] == ids[1] != ids[2]


def test_times_names_of_tools_and_models_stay_as_they_are() -> None:
    run = run_with(
        model="gpt-4o-2024-05-13",
        started_at="2026-01-02T03:04:05.123+00:00",
        agent="claude-code",
        label=Label(outcome="success", source="field:reward"),
    )
    assert cleaned(run) is run


def test_the_name_of_a_model_in_an_id_is_no_secret_anywhere() -> None:
    runs = [run_with(session_id="slack-user_task_9:gpt-4o-2024-05-13", model="gpt-4o-2024-05-13")]
    assert sanitise(runs).trajectories[0].model == "gpt-4o-2024-05-13"


def test_a_secret_in_the_name_of_a_tool_is_gone_everywhere() -> None:
    told = "token=" + "q7Wz-9Kp2-Xr4T-vB6n"
    named = Step(kind="tool_call", text="ls", tool=f"deploy --{told}")
    later = Step(kind="assistant", text=f"I used {told.removeprefix('token=')} for it")
    assert told.removeprefix("token=") not in msgspec.json.encode(cleaned(run_with(steps=(named, later)))).decode()


def test_no_word_about_the_input_keeps_a_secret() -> None:
    said = f"x-{TOKEN}"
    report = Report(
        n_files=1,
        quarantined=(Quarantined(path=said, line=1, reason=said),),
        passed=(Passed(path="", record=said),),
        unrecognised=(Unrecognised(path=said, seen=said),),
        guesses=(Guess(path=said, certainty=0.5, reasons=(said,)),),
    )
    found = Sanitiser().without_secrets(report)
    assert TOKEN not in msgspec.json.encode(found).decode()
    assert found.quarantined[0].path == "x-<SECRET>"
    assert (found.n_files, found.guesses[0].certainty) == (1, 0.5)


def test_a_value_without_secrets_is_mapped_to_itself() -> None:
    report = Report(n_files=2, passed=(Passed(path="", record="a", count=3),))
    assert mapped(report, str) == report


def test_no_secret_of_a_whole_run_is_in_the_store_or_the_output(here: Path, t2s: Command) -> None:
    (here / "runs").mkdir()
    for number in range(3):
        steps = [
            {"kind": "user", "text": f"Get team {number} going"},
            {
                "kind": "tool_call",
                "tool": f"bash {TOKEN}",
                "text": f"serve {number} --port 80",
                "call_id": f"{TOKEN}a",
                "at": TOKEN,
            },
            {"kind": "tool_result", "text": "permission denied", "call_id": f"{TOKEN}a", "exit_code": 1},
        ]
        fields = {
            "model": f"/home/jordan/{TOKEN}.gguf",
            "started_at": TOKEN,
            "label_source": TOKEN,
            "outcome": "success",
        }
        (here / "runs" / f"{number}.jsonl").write_text(
            json.dumps({"session_id": f"s{number}", "steps": steps, **fields})
        )
    (here / "runs" / f"{TOKEN}.txt").write_text("nothing here")
    ran = t2s("distill", "runs", "-o", "out", "--model", "none", "--workspace", "ws", "-v")
    assert TOKEN not in stored(here / "ws" / "store.db") + ran.out + ran.err
