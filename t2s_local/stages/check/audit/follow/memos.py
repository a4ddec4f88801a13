"""Find attempts and their memos in recorded runs: within one run, or across the runs of one task, in order of time."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from t2s_local.stages.check.audit.follow.series import Attempt, PdiStep, pdi_steps
from t2s_local.text.failures import is_infrastructure
from t2s_local.values.trajectory import Step, Trajectory
from t2s_local.values.value import Value

_SECTION = re.compile(
    r"^\s*(?:#{1,6}\s*|\*\*\s*)?(?:\d+[.)]\s*)?([A-Z][A-Za-z ]{3,40}?)\s*(?:\*\*)?\s*:?\s*(?:\*\*)?\s*$"
)
_FACTS, _STRATEGY = "verified facts", "next strategy"
_SECTIONS = frozenset({"attempts log", "commands", _FACTS, "current error pattern", _STRATEGY})
_FAILED = "✗"


class PdiSeries(Value, frozen=True, kw_only=True):
    """PDI index of each attempt at one task: a measure of acting on noted facts instead of clinging to a plan."""

    task: str
    steps: tuple[PdiStep, ...]


class _RawAttempt(Value, frozen=True, kw_only=True):
    """An attempt in a recorded run, before it is paired with a memo."""

    commands: tuple[str, ...]
    failed: tuple[str, ...]
    memo: tuple[str, str] | None
    """Verified facts and next strategy of the memo that ends the attempt; None without a memo."""
    is_infrastructure: bool


def pdi_series(runs: Sequence[Trajectory]) -> tuple[PdiSeries, ...]:
    """Return the PDI series of each task that has at least two attempts with a memo, sorted by task name."""
    by_task: dict[str, list[Trajectory]] = defaultdict(list)
    for run in runs:
        by_task[run.task_id or run.id].append(run)
    found = []
    for task, group in sorted(by_task.items()):
        ordered = sorted(group, key=lambda run: (run.started_at or "", run.source, run.id))
        attempts = paired([attempt for run in ordered for attempt in _attempts(run)])
        if len(attempts) > 1:
            found.append(PdiSeries(task=task, steps=pdi_steps(attempts)))
    return tuple(found)


def paired(raw: Sequence[_RawAttempt]) -> list[Attempt]:
    """Pair memo number *i* with attempt number *i*, counting only attempts that no infrastructure error ended.

    ``failed_before`` lists the failed tests of the attempt recorded directly before, even if an infrastructure error
    ended that attempt.
    """
    memos = [attempt.memo for attempt in raw if attempt.memo is not None]
    ran = [(place, attempt) for place, attempt in enumerate(raw) if not attempt.is_infrastructure]
    return [
        Attempt(
            facts=facts,
            strategy=strategy,
            commands=attempt.commands,
            failed=attempt.failed,
            failed_before=raw[place - 1].failed if place else None,
        )
        for (facts, strategy), (place, attempt) in zip(memos, ran, strict=False)
    ]


def _attempts(run: Trajectory) -> Iterator[_RawAttempt]:
    """Yield the attempts of a run: a memo ends each attempt, and calls after the last memo are one more attempt."""
    steps: list[Step] = []
    for step in run.steps:
        memo = None if step.kind in ("tool_call", "user", "system") else memo_in(step.text)
        if memo is None:
            steps.append(step)
        else:
            yield _attempt(steps, memo)
            steps = []
    if any(step.kind == "tool_call" for step in steps):
        yield _attempt(steps, None)


def _attempt(steps: Sequence[Step], memo: tuple[str, str] | None) -> _RawAttempt:
    results = [step.text for step in steps if step.kind == "tool_result"]
    lines = (line.strip() for text in results for line in text.splitlines())
    return _RawAttempt(
        commands=tuple(step.text for step in steps if step.kind == "tool_call"),
        failed=tuple(dict.fromkeys(line for line in lines if line.startswith(_FAILED))),
        memo=memo,
        is_infrastructure=bool(results) and is_infrastructure(results[-1]),
    )


def memo_in(text: str) -> tuple[str, str] | None:
    """Return the verified facts and the next strategy of a memo; None if *text* is no memo."""
    if "erified" not in text or "trategy" not in text:
        return None
    sections: dict[str, list[str]] = {}
    title = ""
    for line in text.splitlines():
        found = _SECTION.match(line)
        name = found[1].strip().lower() if found else ""
        if name in _SECTIONS:
            title = name
            sections[title] = []
        elif title:
            sections[title].append(line)
    if _FACTS not in sections or _STRATEGY not in sections:
        return None
    return "\n".join(sections[_FACTS]), "\n".join(sections[_STRATEGY])
