"""Tests of shortening one skill to a token budget."""

import pytest

from t2s_local.stages.use.compile.compaction import TooSmallError, compact
from t2s_local.stages.use.compile.lines import blocks_of, is_constraint, is_verbatim, line_kinds

VERBATIM = [
    "Run `make lint` before you push any change to the shared branch.",
    "Never push to main by yourself, whatever the reason may be.",
    "You must ask for a review, and wait for it.",
    "Use only the tools of the project for it.",
    "Do not edit what is generated, ever.",
]
REST = [
    f"This line number {number} explains at some length why the work is done in such a way." for number in range(60)
]


def count(text: str) -> int:
    """Tokens of a text: its words."""
    return len(text.split())


def rank(lines: object) -> list[float]:
    return [float("number 7 " in str(line)) for line in lines]  # type: ignore[attr-defined]  # a sequence of lines


def skill(verbatim: list[str], rest: list[str]) -> str:
    halves = len(rest) // 2
    return "\n".join(["# A skill", "", *rest[:halves], "", "## Rules", "", *verbatim, "", *rest[halves:], ""])


def test_a_line_with_code_marks_or_an_order_stays() -> None:
    assert all(map(is_verbatim, VERBATIM))
    assert not any(map(is_verbatim, REST))
    assert is_constraint("You MUST wait")
    assert not is_constraint("Run `only --once`")


def test_the_lines_of_a_block_of_code_stay_and_its_marks_start_no_section() -> None:
    text = "# A\n\n```sh\n# no heading\nls\n\n```\n\nplain\n"
    assert line_kinds(text) == [
        "heading",
        "blank",
        "verbatim",
        "verbatim",
        "verbatim",
        "verbatim",
        "verbatim",
        "blank",
        "rest",
        "blank",
    ]


def test_paragraphs_items_and_code_are_blocks() -> None:
    text = "1. one\n   goes on\n   - two\n\n   ```\n   ls\n   ```\n\n| a | b |\n|---|---|\n| c | d |"
    assert blocks_of(text)[:3] == [(0, 2), (2, 3), (4, 7)]


def test_a_skill_of_900_tokens_is_cut_to_300_and_keeps_every_verbatim_line() -> None:
    text = skill(VERBATIM, REST)
    assert count(text) > 900
    found = compact(text, budget=300, count=count, rank=rank, what="a")
    assert found.n_tokens == count(found.text) <= 300
    lines = found.text.split("\n")
    assert [line for line in lines if line in VERBATIM] == VERBATIM
    assert [line.text for line in found.lines] == [
        line for line in text.split("\n") if line in {one.text for one in found.lines}
    ]
    assert all(text.split("\n")[line.line - 1] == line.text for line in found.lines)
    assert any("number 7 " in line for line in lines), "what says most for the task is kept first"
    assert "## Rules" in lines
    assert found.n_left + len(found.lines) == sum(bool(line.strip()) for line in text.split("\n"))
    again = compact(text, budget=300, count=count, rank=rank, what="a")
    assert again == found


def test_a_budget_that_holds_all_changes_nothing() -> None:
    text = skill(VERBATIM, REST)
    found = compact(text, budget=count(text), count=count, rank=rank, what="a")
    assert (found.text, found.n_left) == (text, 0)


def test_a_budget_below_the_verbatim_lines_is_refused_with_what_they_need() -> None:
    verbatim = [f"Never do `{number}` of these things to it, ever again." for number in range(31)]
    assert sum(map(count, verbatim)) == 310
    with pytest.raises(TooSmallError, match="needs 310"):
        compact(skill(verbatim, REST), budget=300, count=count, rank=rank, what="a")
