"""Rules of skills as a gate reads them."""

from pathlib import Path

import pytest

from t2s_local.stages.gates.rules import gated_skill
from tests.audited import source_of_files


def read(*lines: str) -> list[tuple[str, tuple[str, ...]]]:
    body = "\n".join(lines)
    text = f'---\nname: a-skill\ndescription: "Of tests."\n---\n\n# A skill\n\n## Steps\n\n{body}\n'
    skill = gated_skill(source_of_files({"SKILL.md": text}, name="a-skill"), Path("a-skill"))
    return [(rule.situation, rule.orders) for rule in skill.rules]


def test_a_condition_ends_before_the_order() -> None:
    assert read("1. When `deploy` fails with “no, not yet”, run `deploy --wait`. (R1: 3 runs)") == [
        ("When `deploy` fails with “no, not yet”", ("run `deploy --wait`.",))
    ]


def test_ways_below_a_situation_are_apart() -> None:
    found = read(
        "1. **`deploy` fails with “busy”** (R1: 3 runs)", "   - Do (2 runs): Run `a`.", "   - Or (1 run): Run `b`."
    )
    assert found == [("`deploy` fails with “busy”", ("Run `a`.", "Run `b`."))]


def test_why_is_no_order() -> None:
    (rule,) = read("1. If `x` fails: run `y`. (R1: 3 runs)", "   - Why: because of `z`.")
    assert rule == ("If `x` fails", ("run `y`.",))


@pytest.mark.parametrize("heading", ["When to use", "References", "Example"])
def test_lists_that_order_nothing_are_no_rules(heading: str) -> None:
    text = f'---\nname: a-skill\ndescription: "Of tests."\n---\n\n# A skill\n\n## {heading}\n\n- Run `x`.\n'
    assert gated_skill(source_of_files({"SKILL.md": text}, name="a-skill"), Path("a-skill")).rules == ()
