"""Signatures: the verbs of a run, whatever its nouns."""

import pytest

from t2s_local.text.signature.signature import VERBS, signature_of
from t2s_local.values.trajectory import Step
from tests.build import step


def answered(*commands: str) -> tuple[Step, ...]:
    return (*(step("tool_call", command, tool="bash") for command in commands), step("assistant", "done"))


@pytest.mark.parametrize(
    "commands",
    [
        ("cat orders.csv", "grep 2024", "awk '{s+=$3} END {print s}'"),
        ("cat app.log", "grep ERROR", "wc -l"),
        ("cat app.log | grep ERROR | wc -l",),
        ("sed -n 1,20p app.log", "head app.log", "rg ERROR", "unknown-program", "wc -l"),
    ],
)
def test_other_nouns_have_one_signature(commands: tuple[str, ...]) -> None:
    assert signature_of(answered(*commands)) == "read-filter-compute-output"


def test_tools_are_known_by_a_word_of_their_names() -> None:
    tools = ("get_user_details", "mcp__shop__cancel_order", "mcp__shop__UpdateOrder", "frobnicate", "run_tests")
    calls = [step("tool_call", '{"id": 7}', tool=tool) for tool in tools[:-1]]
    assert signature_of(calls) == "retrieve-update"
    assert signature_of([]) == ""


def test_changes_and_checks_are_told_from_looking() -> None:
    commands = ("sed -i 's/a/b/' x.py", "git diff", "python -m pytest -q", "git commit -m x")
    assert signature_of(answered(*commands)) == "update-compare-validate-update-output"


def test_there_are_twelve_verbs() -> None:
    assert len(set(VERBS)) == 12
