"""Sums of losses: every item is counted, and every recorded run is named or counted."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.values.funnel import MOST_NAMED, NOTHING_TO_LEARN, Loss, tally
from t2s_local.values.trajectory import TrajectoryId


def loss(count: int, *runs: int) -> Loss:
    ids = tuple(TrajectoryId(f"{run:04}") for run in runs)
    return Loss(stage="extract", reason="trivial run", count=count, trajectory_ids=ids)


@given(st.lists(st.sets(st.integers(0, 600), max_size=300), min_size=1, max_size=4))
def test_a_sum_names_the_first_runs_and_counts_the_others(parts: list[set[int]]) -> None:
    (found,) = tally(loss(len(part), *part) for part in parts)
    every = sorted(set.union(*parts))
    assert found.count == sum(map(len, parts))
    assert list(found.trajectory_ids) == [f"{run:04}" for run in every[:MOST_NAMED]]
    assert len(found.trajectory_ids) + found.n_unnamed == len(every)
    assert tally([found]) == (found,)
    assert tally(loss(len(part), *part) for part in reversed(parts)) == (found,)


def test_a_loss_that_an_earlier_version_stored_names_no_run() -> None:
    stored = b'{"stage":"extract","reason":"trivial run","count":3}'
    assert msgspec.json.decode(stored, type=Loss) == loss(3)
    assert msgspec.json.encode(loss(3)) == stored


def test_what_held_nothing_to_learn_from_does_not_read_like_a_loss() -> None:
    one, many = (Loss(stage="extract", reason=NOTHING_TO_LEARN, count=count).words for count in (1, 1490))
    assert one.startswith("1 piece of a run had nothing to learn from: ")
    assert many.startswith("1,490 pieces of runs had nothing to learn from: ")
    assert Loss(stage="extract", reason="failure without a message", count=2).words == "2 × failure without a message"
