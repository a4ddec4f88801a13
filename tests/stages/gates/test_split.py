"""The split between training and held-out runs."""

import pytest

from t2s_local.errors import T2SError
from t2s_local.stages.gates.split import SplitSide, held_out_groups, refuse_leak


def side(run: str, *, conversation: str | None = None, task: str = "") -> SplitSide:
    return SplitSide(run=run, conversation=conversation, task=task)


@pytest.mark.parametrize(
    ("learned", "held", "named"),
    [
        (side("a"), side("a"), "run 'a'"),
        (side("a", task="t1"), side("b", task="t1"), "task 't1'"),
        (side("a", conversation="c1", task="t1"), side("b", conversation="c1", task="t2"), "conversation 'c1'"),
    ],
)
def test_what_is_on_both_sides_is_named(learned: SplitSide, held: SplitSide, named: str) -> None:
    with pytest.raises(T2SError, match=named) as raised:
        refuse_leak([learned], [held])
    assert raised.value.exit_code == 1


def test_what_nobody_knows_is_no_leak() -> None:
    refuse_leak([side("a")], [side("b")])
    refuse_leak([side("a", conversation="c", task="t")], [side("b", conversation="d", task="u")])


def test_runs_of_one_task_or_conversation_stay_together_and_the_order_does_not_show() -> None:
    runs = [f"r{number}" for number in range(30)]
    names = [[f"task {number // 3}", *(["conversation c"] if number in {2, 3} else [])] for number in range(30)]
    held = dict(zip(runs, held_out_groups(runs, names, 0.2, seed=0), strict=True))
    assert sum(held.values()) == 6
    assert all(len({held[f"r{3 * task + at}"] for at in range(3)}) == 1 for task in range(10))
    assert held["r2"] == held["r3"]
    again = held_out_groups(runs[::-1], names[::-1], 0.2, seed=0)
    assert dict(zip(runs[::-1], again, strict=True)) == held
    assert held_out_groups(runs, names, 0.2, seed=1) != [*held.values()]
