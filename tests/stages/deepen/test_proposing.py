"""What a proposed edit rests on."""

import msgspec
import pytest

from t2s_local.ports.writer import Background
from t2s_local.stages.deepen.proposing import Draft, proposal_of
from t2s_local.stages.deepen.rules import found_rules
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.edit import Edit
from t2s_local.values.trajectory import TrajectoryId
from tests.build import lesson


@pytest.mark.parametrize(("n_worked", "n_runs", "confidence"), [(3, 3, 0.80), (1, 1, 0.6667), (1, 2, 0.50)])
def test_confidence_is_the_share_of_runs_that_it_worked_in_with_one_of_each_kind_more(
    n_worked: int, n_runs: int, confidence: float
) -> None:
    runs = [f"r{number}" for number in range(n_runs)]
    learned = msgspec.structs.replace(
        lesson("you deploy", "Run `deploy --wait`.", runs=tuple(runs)), polarity="success", pattern="sequence"
    )
    ends = ["success"] * n_worked + ["failure"] * (n_runs - n_worked)
    outcomes: dict[TrajectoryId, str | None] = {TrajectoryId(one): end for one, end in zip(runs, ends, strict=True)}
    cluster = Cluster(id=ClusterId("c"), lesson_ids=(learned.id,), cohesion=1.0, support=n_runs, task_support=1)
    background = Background(lessons={learned.id: learned}, outcomes=outcomes, tasks={})
    (rule,) = found_rules((), [cluster], background, frozenset())
    edit = Edit(op="append_to_section", section="S", text="x")
    made = proposal_of(Draft("deploying", edit, 0), rule)
    assert (made.n_worked, made.support) == (n_worked, n_runs)
    assert made.confidence == pytest.approx(confidence, abs=1e-4)
