"""What a proposed edit rests on."""

import msgspec
import numpy as np
import pytest

from t2s_local.embedders.static import load
from t2s_local.ports.writer import Background
from t2s_local.skills.patch.page import Page
from t2s_local.stages.deepen.matching import Relations
from t2s_local.stages.deepen.practice import Use
from t2s_local.stages.deepen.proposing import Draft, Proposer, proposal_of
from t2s_local.stages.deepen.rules import REQUESTED, found_rules
from t2s_local.stages.deepen.units import units_of
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


def test_a_rule_that_a_skill_contains_already_replaces_no_other_piece_of_it() -> None:
    learned = msgspec.structs.replace(lesson("you deploy", "Run `deploy --wait`.", runs=("a", "b")), pattern=REQUESTED)
    cluster = Cluster(id=ClusterId("c"), lesson_ids=(learned.id,), cohesion=1.0, support=2, task_support=1)
    background = Background(lessons={learned.id: learned}, outcomes={}, tasks={})
    (rule,) = found_rules((), [cluster], background, frozenset())
    rule = msgspec.structs.replace(rule, text=rule.line)
    pages = [Page(path="SKILL.md", text=f"# S\n\n- {text}\n") for text in (f"{rule.text}", "Never wait for a deploy.")]
    units = [unit for page in pages for unit in units_of(page, frozenset())]
    use = Use(practice={}, defiances={}, unseen=(), users={})

    def revised(home: str, *, says: bool) -> list[Draft]:
        relations = Relations(says={0: 0} if says else {}, opposes={1: 0}, cosines=np.zeros((2, 1), dtype=np.float32))
        homes = {"s": pages[:1], home: [*(pages[:1] if home == "s" and says else ()), pages[1]]}
        return Proposer(homes, [("s", units[0]), (home, units[1])], [rule], load(None), use).revisions(relations)

    assert revised("s", says=True) == []
    assert len(revised("t", says=True)) == 1
    (draft,) = revised("s", says=False)
    assert (draft.gives_way, draft.contradiction) == (
        "Never wait for a deploy.",
        "Users asked for the opposite in 2 runs.",
    )
