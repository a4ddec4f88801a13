"""Estimate the outcomes of runs without a label from their steps.

An estimate is only a guess: it is marked as estimated, and never replaces a label. The weights were fitted on runs with
known outcomes, whose labels were hidden (decision 0101).
"""

import math
import re
from collections import Counter

import msgspec

from t2s_local.text.check_results import read_result
from t2s_local.text.text import normalise
from t2s_local.values.trajectory import Label, Outcome, Step, Trajectory
from t2s_local.values.value import Value

SOURCE = "estimated"
SURE = 0.75
"""Least probability for an estimate: reached by a tenth of the labelled runs, of which 96 % are estimated rightly."""
_TEST = re.compile(
    r"\b(?:pytest|unittest|tox|nox|jest|vitest|mocha|rspec|phpunit|ctest|gradle|mvn|make|ninja)\b"
    r"|\b(?:tsc|mypy|ruff|eslint|flake8)\b"
    r"|\b(?:go|cargo|npm|yarn|pnpm|bun|dotnet|swift|mix|bundle exec)\s+"
    r"(?:run\s+)?(?:test|build|vet|check|clippy|lint)\b"
    r"|\b(?:run_?tests?|test\.sh|runtests\.py|manage\.py test|python3? \S*(?:test|reproduc)\S*\.py)\b",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\b(?:\d+ failed|FAILED|FAIL:|Traceback \(most recent call last\)|AssertionError|SyntaxError|error:)"
    r"|\bError executing"
    r"|\b(?:command not found|No such file or directory|Permission denied|build failed|tests? failed)\b"
)
_CORRECTED = re.compile(
    r"^\W*(?:no\b|nope|wrong|that'?s (?:not|wrong)|not what|you (?:forgot|missed|broke)|undo|revert|stop)"
    r"|\b(?:still (?:fails?|broken|not|doesn'?t|getting)|doesn'?t work|didn'?t work|not working|isn'?t right|is wrong"
    r"|instead of what|i (?:said|asked|meant)|try again|please continue working)\b",
    re.IGNORECASE,
)
_THANKED = re.compile(
    r"\b(?:thanks|thank you|perfect|great|awesome|looks good|lgtm|works(?: now)?|excellent|well done|that'?s all)\b",
    re.IGNORECASE,
)
_REVERTED = re.compile(r"\bgit (?:checkout (?:--|\.)|(?:restore|revert|reset --hard|stash)\b)|\bundo_edit\b")
_CLAIMED = re.compile(
    r"\b(?:successfully|completed?|done|fixed|implemented|all (?:tests|checks) pass|submitted|has been|have been)\b",
    re.IGNORECASE,
)
_GAVE_UP = re.compile(
    r"\b(?:unable to|cannot|can'?t|could ?n[o']t|couldn'?t|sorry|apologi[sz]e|not possible|failed to"
    r"|no (?:results?|answer)|not (?:found|available|able)|transfer(?:red|ring)? (?:you )?to)\b",
    re.IGNORECASE,
)
_BAD_ENDS = re.compile(
    r"limit|max|timeout|exceed|error|abort|interrupt|halt|exit_(?!status)|format|fail", re.IGNORECASE
)


class Signal(Value, frozen=True, kw_only=True):
    """One feature of a run that makes its success likelier or less likely."""

    name: str
    value: float
    """Strength of the feature, from 0 to 1."""
    weight: float
    """Change of the log odds of success at full strength; negative if the feature makes success less likely."""


class Estimate(Value, frozen=True, kw_only=True):
    """Estimated outcome of a run."""

    outcome: Outcome | None
    """Success or failure; None if neither is likely enough."""
    probability: float
    """Probability of success."""
    signals: tuple[Signal, ...]
    """Signals that the run shows, the strongest first."""


BIAS = 1.09
WEIGHTS: dict[str, float] = {
    "last test passed": 1.26,
    "last test failed": -0.47,
    "last result failed": -1.89,
    "same action again": -1.78,
    "ended badly": -0.44,
    "claims success": 0.11,
    "gives up": -0.07,
    "long": -2.04,
    "no action": -1.23,
    "corrected by the user": -1.20,
    "thanked at the end": 0.30,
    "interrupted": -1.00,
    "asked again": -0.70,
    "reverted": -0.50,
}
"""Signal to its weight; the last five weights are set by hand, since no labelled runs with real users exist."""


def estimate(run: Trajectory) -> Estimate:
    """Estimate the outcome of *run*, without using its label."""
    values = measure(run)
    signals = [
        Signal(name=name, value=round(value, 4), weight=WEIGHTS[name])
        for name, value in values.items()
        if value and WEIGHTS.get(name)
    ]
    odds = BIAS + sum(signal.value * signal.weight for signal in signals)
    probability = 1 / (1 + math.exp(-odds))
    outcome: Outcome | None = "success" if probability >= SURE else "failure" if probability <= 1 - SURE else None
    strongest = sorted(signals, key=lambda signal: (-abs(signal.value * signal.weight), signal.name))
    return Estimate(outcome=outcome, probability=round(probability, 4), signals=tuple(strongest))


def estimated(run: Trajectory) -> Trajectory:
    """Return *run* with an estimated outcome; unchanged if it has a label, or no outcome is likely enough."""
    if run.label is not None:
        return run
    found = estimate(run)
    if found.outcome is None:
        return run
    return msgspec.structs.replace(run, label=Label(outcome=found.outcome, source=SOURCE))


def measure(run: Trajectory) -> dict[str, float]:
    """Return the strength of every signal in *run*, from 0 to 1."""
    results = [step for step in run.steps if step.kind == "tool_result"]
    calls = [step for step in run.steps if step.kind == "tool_call"]
    users = [step.text for step in run.steps if step.kind == "user"][1:]
    failed = [_has_failed(step) for step in results]
    said = next((step.text for step in reversed(run.steps) if step.kind in ("assistant", "tool_call")), "")[-2000:]
    same = Counter((step.tool, step.text) for step in calls)
    return {
        **_tests(run.steps),
        "last result failed": float(bool(failed) and failed[-1]),
        "corrected by the user": min(1.0, sum(bool(_CORRECTED.search(text)) for text in users) / 2),
        "thanked at the end": float(any(_THANKED.search(text[:300]) for text in users[-2:])),
        "interrupted": float(
            any("[Request interrupted" in step.text[:60] for step in run.steps if step.kind == "system")
        ),
        "asked again": float(_asked_again(run)),
        "reverted": float(any(_REVERTED.search(step.text[:2000]) for step in calls)),
        "same action again": min(1.0, (max(same.values(), default=1) - 1) / 4),
        "ended badly": float(run.termination is not None and _BAD_ENDS.search(run.termination) is not None),
        "claims success": float(_CLAIMED.search(said) is not None),
        "gives up": float(_GAVE_UP.search(said) is not None),
        "long": min(1.0, math.log2(1 + len(run.steps)) / 8),
        "no action": float(not calls),
    }


def _has_failed(step: Step) -> bool:
    if step.exit_code is not None:
        return step.exit_code != 0
    if step.is_error is not None:
        return step.is_error
    return _BROKEN.search(step.text[:4000]) is not None


def _tests(steps: tuple[Step, ...]) -> dict[str, float]:
    """Return 0 or 1 for "last test passed" and "last test failed" (tests or builds); both are 0 without a test."""
    tested = {step.call_id for step in steps if step.kind == "tool_call" and _TEST.search(step.text[:2000])}
    last = next((step for step in reversed(steps) if step.kind == "tool_result" and step.call_id in tested), None)
    failed = last is not None and _has_not_passed(last)
    return {"last test passed": float(last is not None and not failed), "last test failed": float(failed)}


def _has_not_passed(result: Step) -> bool:
    """Return whether a test or build did not pass: by its summary, else by its exit code or an error in its output."""
    found = read_result(result.text)
    if found is not None:
        return found.verdict != "passed" or _has_failed(result)
    return _has_failed(result) or _BROKEN.search(result.text[-4000:]) is not None


def _asked_again(run: Trajectory) -> bool:
    asked = [normalise(step.text)[:300] for step in run.steps if step.kind == "user" and len(step.text) > 20]
    return len(asked) != len(set(asked))
