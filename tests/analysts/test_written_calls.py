"""Calls that a model writes into its answer, which nobody carries out."""

import msgspec

from t2s_local.values.trajectory import Outcome, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons

WRITTEN = '<function=track>{"id": 1}</function>'


def answered(number: int, outcome: Outcome, *, model: str, last: str, before: str = "Let me see.") -> Trajectory:
    calls = [
        part
        for at in range(2)
        for part in (
            step("assistant", before),
            step("tool_call", f'{{"id": {number}, "at": {at}}}', tool="track", call_id=str(at)),
            step("tool_result", "on its way", tool="track", call_id=str(at)),
        )
    ]
    run = trajectory(
        step("user", f"what of parcel {number}?"),
        *(calls if last == "done" else ()),
        step("assistant", last),
        task_id=f"t{number}",
        outcome=outcome,
        source=f"{model} {number}",
    )
    return msgspec.structs.replace(run, model=model)


def told(n_written: int, *, won: int = 0, n_carried_out: int = 0) -> list[str]:
    fine = [answered(200 + n, "success", model="m1", last="done", before=WRITTEN) for n in range(n_carried_out)]
    good = [answered(100 + n, "success", model=model, last="done") for model in ("m1", "m2") for n in range(20)]
    bad = [answered(n, "success" if n < won else "failure", model="m1", last=WRITTEN) for n in range(n_written)]
    return [lesson.do for lesson in lessons(*fine, *good, *bad, pattern="ending")]


def test_a_written_call_of_one_model_is_told_where_many_runs_of_any_task_ended_with_it_in_vain() -> None:
    assert told(10) == ["Do not write the call into the answer, in tags or as JSON: only a tool call is executed."]
    assert told(9) == []
    assert told(10, won=1) == []


def test_a_written_call_is_not_called_vain_where_others_were_carried_out() -> None:
    assert told(10, n_carried_out=1) == []
