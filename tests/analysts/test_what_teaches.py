"""Which runs teach something at all, how many it takes, and where two runs part."""

from t2s_local.analysts._mined.contrast import divergence
from t2s_local.stages.compose.compose import compose
from t2s_local.stages.intake.slices import slice_all
from t2s_local.text.events import events_of
from t2s_local.values.funnel import NOTHING_TO_LEARN
from t2s_local.values.trajectory import Step, Trajectory
from t2s_local.writers.template import load
from tests.build import step, trajectory
from tests.mining import MISSING, lessons, refusals
from tests.recorded import shell
from tests.skill_corpus import evidence, family


def repaired(source: str, *, said: str) -> Trajectory:
    return trajectory(
        step("user", "make a.py run"),
        *shell("python a.py", MISSING, 1, key="1"),
        step("assistant", said),
        *shell("pip install yaml -q", "", 0, key="2"),
        *shell("python a.py", "done", 0, key="3"),
        source=source,
    )


STATED = "The problem is that the module yaml is not installed here."


def looked(n: int) -> list[Step]:
    """Steps of *n* commands that passed, each another one."""
    return [item for at in range(n) for item in shell(f"ls /srv/{at}", f"file {at}", 0, key=str(at))]


def test_of_five_runs_those_with_a_cause_or_with_work_in_them_stay() -> None:
    runs = {
        "no connection": trajectory(
            step("user", "list the files"),
            *shell("curl http://a.test", "curl: (6) Could not resolve host: a.test", 6, key="1"),
            *shell("ls", "a.py", 0, key="2"),
            source="1",
        ),
        "one command to the end": trajectory(step("user", "count"), *looked(1), source="2", termination="max_steps"),
        "one step": trajectory(step("user", "list"), *looked(1), source="3", outcome="success"),
        "a failure with a cause": repaired("4", said=STATED),
        "six steps": trajectory(step("user", "look through it"), *looked(6), source="5", outcome="success"),
    }
    left_out = {name: refusals(run) for name, run in runs.items()}
    assert left_out["no connection"] == {"infrastructure error": 1}
    assert left_out["one command to the end"] == left_out["one step"] == {NOTHING_TO_LEARN: 1}
    assert left_out["a failure with a cause"] == left_out["six steps"] == {}
    assert len(lessons(runs["a failure with a cause"], pattern="root_cause")) == 1


def test_two_failures_of_one_kind_give_no_rule_and_three_do() -> None:
    def composed(n: int) -> int:
        made = [repaired(f"{place}", said=STATED) for place in range(n)]
        learned = lessons(*made)
        known = evidence(made, learned)
        return len(compose([family(learned)], known, load(), min_support=3, names={}).skills)

    assert composed(2) == 0
    assert composed(3) == 1


def test_runs_part_at_the_first_action_that_differs_and_equal_ones_nowhere() -> None:
    one = trajectory(step("user", "go"), *looked(3), *shell("make", "built", 0, key="m"), source="1")
    other = trajectory(step("user", "go"), *looked(3), *shell("pytest", "1 passed", 0, key="p"), source="2")
    first, second = (events_of(slice_all([run])[0]) for run in (one, other))
    assert divergence(first, second) == divergence(second, first) == 3
    assert divergence(first, first[:3]) == 3
    assert divergence(first, first) is None
