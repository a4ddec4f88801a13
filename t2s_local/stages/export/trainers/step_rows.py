"""Rows of step verdicts for a trainer of process reward models (DataPRM, arXiv 2604.24198)."""

from collections import Counter
from collections.abc import Sequence

from t2s_local.stages.export.trainers.rows import Rows, StepRow
from t2s_local.stages.steps.steps import FATAL, StepVerdict, judge_steps, settled
from t2s_local.text.text import clip
from t2s_local.values.trajectory import Step, Trajectory

_LONGEST = 4_000
"""Largest number of characters kept of an act, and of each result or message before it."""


def step_rows(runs: Sequence[Trajectory]) -> Rows:
    """Return a row for every run: its acts with a verdict, each after the messages and results since the act before.

    Args:
        runs: Labelled and redacted runs; their order does not change the result.
    """
    rows, left_out = list[StepRow](), Counter[str]()
    for run in sorted(runs, key=lambda one: one.id):
        verdicts = settled(judge_steps(run), run.outcome)
        judged = [(one, one.verdict) for one in verdicts if one.verdict is not None]
        left_out["steps without a verdict"] += len(verdicts) - len(judged)
        prompt = run.task or next((step.text for step in run.steps if step.kind == "user"), "")
        if not judged or not prompt.strip():
            left_out["runs without a request or without an act"] += 1
            continue
        row = StepRow(
            prompt=prompt,
            completions=_completions(run, [one for one, _ in judged]),
            labels=tuple(value != FATAL for _, value in judged),
            verdicts=tuple(value for _, value in judged),
            reasons=tuple(one.reason for one, _ in judged),
            trajectory=run.id,
        )
        rows.append(row)
    return Rows(rows, +left_out)


def _completions(run: Trajectory, verdicts: Sequence[StepVerdict]) -> tuple[str, ...]:
    """Return the text of each judged step, after the messages and results since the judged step before it."""
    found, start = list[str](), 0
    for verdict in verdicts:
        before = [_told(step) for step in run.steps[start : verdict.step] if step.kind not in {"system", "summary"}]
        is_first = not found
        told = [] if is_first else [text for text in before if text]
        found.append("\n".join([*told, _acted(run.steps[verdict.step])]))
        start = verdict.step + 1
    return tuple(found)


def _told(step: Step) -> str:
    names = {"tool_result": "Observation", "user": "User"}
    text = clip(step.text.strip(), _LONGEST)
    return f"{names[step.kind]}: {text}" if step.kind in names and text else text


def _acted(step: Step) -> str:
    text = clip(step.text, _LONGEST)
    return f"Action: {step.tool or 'tool'}\n{text}" if step.kind == "tool_call" else text
