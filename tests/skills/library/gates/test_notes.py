"""What the evidence log says of a gate's result."""

import pytest

from t2s_local.skills.library.gates.notes import UseVerdict, verdict_of
from t2s_local.values.gates.note import GateNote
from t2s_local.values.gates.results import GateLevel

Figures = dict[str, float | int | None]


@pytest.mark.parametrize(
    ("mode", "verdict", "reason", "figures", "said"),
    [
        ("recorded", "supported", None, {"net": 0.5}, "helped"),
        ("recorded", "reject", None, {"net": -0.2}, "hurt"),
        ("recorded", "no_evidence", None, {"net": 0.1}, "neutral"),
        ("recorded", "not_applicable", None, {"net": None}, "inapplicable"),
        ("strict", "reject", "no_gain", {"net": 0.2, "current": 0.2}, "neutral"),
        ("strict", "reject", "no_gain", {"net": 0.1, "current": 0.2}, "hurt"),
        ("strict", "reject", "no_gain", {"mean_before": 0.5, "mean_after": 0.5, "better": 0, "worse": 0}, "neutral"),
        ("strict", "reject", "task_worse", {"mean_before": 0.5, "mean_after": 0.6, "better": 2, "worse": 1}, "hurt"),
        ("strict", "reject", "missing_task", {"mean_before": 0.5, "mean_after": 0.1}, None),
        ("strict", "inert", "placebo_as_good", {"mean_before": 0.5, "mean_after": 0.6}, "neutral"),
        ("strict", "insufficient", "fewer_than_20_trials_an_arm", {}, None),
        ("marginal", "reject", "no_gain", {"marginal_utility": 0.0}, "neutral"),
        ("marginal", "reject", "no_gain", {"marginal_utility": -0.1}, "hurt"),
        ("marginal", "reject", "near_duplicate", {"marginal_utility": 0.4, "better": 3, "worse": 0}, "neutral"),
        ("marginal", "promoted", "gain", {"marginal_utility": 0.4}, "helped"),
        ("loo", "remove", "removal_raises", {"change": 0.1, "better": 1, "worse": 0}, "hurt"),
        ("loo", "rewrite", "no_change", {"change": 0.0}, "neutral"),
    ],
)
def test_only_what_did_worse_hurt(
    mode: str, verdict: str, reason: str | None, figures: Figures, said: UseVerdict | None
) -> None:
    level: GateLevel = "L1" if mode == "recorded" else "L3"
    noted = GateNote(
        skill="s",
        mode=mode,
        level=level,
        digest="d",
        verdict=verdict,
        reason=reason,
        figures=figures,
        command=("gate",),
        folder="/",
        at="2026-01-01T00:00:00+00:00",
    )
    assert verdict_of(noted) == said
