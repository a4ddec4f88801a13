"""Search tools whose results lack what was asked for, beside a tool that finds it."""

import json

from t2s_local.values.trajectory import Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons


def call(name: str, answer: str, *, key: str, **arguments: object) -> tuple[Step, Step]:
    return (
        Step(kind="tool_call", text=json.dumps(arguments), tool=name, arguments=arguments, call_id=key),
        step("tool_result", answer, tool=name, call_id=key),
    )


def searched(number: int, loose: str, *, tool: str = "similar_parts_search", exact: str = "grep_parts") -> Trajectory:
    """Return a run with two searches for a number of a part, the first with the answer *loose*."""
    wanted = f"nr 55-{number:03}"
    return trajectory(
        step("user", f"what is part {number}?"),
        *call(tool, f"results for: '{wanted}'\n{loose.format(wanted=wanted)}", key="1", query=wanted),
        *call(exact, f"stock.txt:7: {wanted} bolt", key="2", pattern=wanted),
        task_id=f"t{number}",
        source=f"{number}",
    )


def told(*answers: str, tool: str = "similar_parts_search", exact: str = "grep_parts") -> list[str]:
    runs = [searched(n, answer, tool=tool, exact=exact) for n, answer in enumerate(answers)]
    return [f"{one.do} {one.because}" for one in lessons(*runs, pattern="inexact")]


OTHERS = ["nr 77-001 nut"] * 16
HITS = ["{wanted} bolt"] * 4


def test_a_search_that_mostly_shows_something_else_gives_way_to_the_one_that_finds_what_is_asked_for() -> None:
    assert told(*OTHERS, *HITS) == [
        "Use `grep_parts` instead of `similar_parts_search`, whose results mostly do not contain it. What was asked for"
        + " stands in 4 of 20 results of `similar_parts_search`, and in 20 of 20 of `grep_parts`"
    ]


def test_no_search_gives_way_that_finds_it_mostly_or_is_no_search_or_looks_elsewhere() -> None:
    assert told(*OTHERS[:8], *HITS, *HITS, *HITS) == []
    assert told(*OTHERS, *OTHERS[:4]) == []
    assert told(*OTHERS, *HITS, tool="open_parts") == []
    assert told(*OTHERS, *HITS, exact="grep_bills") == []
