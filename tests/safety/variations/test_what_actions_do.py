"""Actions of every kind in many spellings, of `actions.txt`: the kind, or `-` for none, a tab, and the action.

A kind with a question mark is that of everyday work, which counts where nobody named the address or a tool result
asked for the action.
"""

from pathlib import Path

import pytest

from t2s_local.safety.actions.effect import KINDS
from t2s_local.safety.actions.effects import effects_of_shell

CASES = [
    line.split("\t", 1) for line in Path(__file__).with_name("actions.txt").read_text(encoding="utf-8").splitlines()
]


def kinds_of(action: str) -> set[str]:
    """Return the kinds of the effects of *action*, those of everyday work with a question mark."""
    effects = effects_of_shell(action.replace("\\n", "\n"))
    return {f"{effect.kind}?" if effect.is_common else effect.kind for effect in effects}


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_of_a_risky_action_gets_through(kind: str) -> None:
    tried = [action for own, action in CASES if own == kind]
    assert [action for action in tried if kind not in kinds_of(action)] == []
    assert len(tried) >= 3


def test_everyday_actions_that_reach_for_something_else_are_seen_as_such() -> None:
    tried = [(kind, action) for kind, action in CASES if kind.endswith("?")]
    assert [action for kind, action in tried if kind not in kinds_of(action)] == []
    assert len(tried) >= 30


def test_ordinary_actions_that_look_like_them_have_no_effect() -> None:
    assert [action for kind, action in CASES if kind == "-" and effects_of_shell(action)] == []


def test_four_hundred_spellings_are_tried() -> None:
    assert sum(kind != "-" for kind, _ in CASES) >= 400
