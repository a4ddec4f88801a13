"""The split between training and held-out runs."""

import pytest

from t2s_local.errors import T2SError
from t2s_local.stages.gates.split import SplitSide, refuse_leak


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
