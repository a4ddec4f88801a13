"""Steps that a judge called wrong, though no error says so, are asked about as failures are."""

import msgspec

from t2s_local.analysts import llm
from t2s_local.engines import scripted
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.lesson import Lesson, Unit
from t2s_local.values.trajectory import StepFault, StepFaults, Trajectory, TrajectoryId
from tests.build import step, trajectory
from tests.recorded import shell, wording

QUOTE = "0 rows"


def silent() -> Trajectory:
    """A wrong total (steps 1 and 2) that a later call mends (3 and 4); no call has an error."""
    return trajectory(
        step("user", "show the totals of all shops"),
        *shell("./totals.sh", QUOTE, 0, key="1"),
        *shell("./totals.sh --all-shops", "412 rows", 0, key="2"),
    )


def faults(run: Trajectory, verdict: str = "repaired") -> StepFaults:
    return {run.id: {1: msgspec.convert({"verdict": verdict, "quote": QUOTE}, type=StepFault)}}


def learned(run: Trajectory, found: StepFaults) -> tuple[list[Lesson], int]:
    """Lessons that the model stated about *run*, and the number of questions that it was asked."""
    words = wording(cause="it covers one shop", when="totals cover one shop only", do="Run `./totals.sh --all-shops`.")
    engine = scripted.load(lambda one: words if '"cause"' in one.prefix else '{"failed": 1, "fixed": 3}')
    analyst = llm.load(engine, alone=True, faults=found)
    units = analyst.analyse(analyst.plan(slice_all([run])))
    return [one for _, said in units for one in said.lessons], len(engine.asked)


def test_a_slip_that_only_a_judge_sees_becomes_a_lesson_on_what_mended_it() -> None:
    run = silent()
    ((lesson,), n_asked) = learned(run, faults(run))
    assert (lesson.polarity, lesson.pattern) == ("failure", "diagnosis")
    assert [(quote.role, quote.text) for quote in lesson.evidence[:2]] == [
        ("action", "./totals.sh"),
        ("observation", QUOTE),
    ]
    assert n_asked > 1
    assert learned(run, {}) == ([], 0)


def test_a_step_of_another_run_and_a_failure_of_the_rules_are_as_they_were() -> None:
    run = silent()
    other = {TrajectoryId("other"): faults(run)[run.id]}
    assert learned(run, other) == ([], 0)


def keys(analyst: llm.Llm, *runs: Trajectory) -> set[str]:
    units: list[Unit] = list(analyst.plan(slice_all(runs)))
    return {unit.id for unit in units if unit.kind == "slice"}


def test_only_the_pieces_with_a_fault_are_asked_about_again() -> None:
    run, other = silent(), msgspec.structs.replace(silent(), id=TrajectoryId("other"))
    engine = scripted.load(["{}"])
    before, after = llm.load(engine), llm.load(engine, faults=faults(run))
    assert before.version != after.version
    assert len(keys(before, run, other) & keys(after, run, other)) == 1
    assert llm.load(engine, faults=faults(run, "fatal")).version != after.version
