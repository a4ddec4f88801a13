"""Merge of the lessons that code and a model found in one unit, and a warning if most answers are refused."""

from collections.abc import Iterable

from t2s_local.analysts._llm import checks, evidence
from t2s_local.analysts._llm.election import NO_EFFECT
from t2s_local.analysts._llm.skills.lines import UNSTABLE
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Lesson, Parked, Refusal

PARKED = "question parked: asked again by the next run"
NO_ANSWER = "no answer"
HIGHEST_RATE = 0.7
"""Share of refused answers above which a run warns: refusing half of a small model's lessons is normal."""
_FEWEST = 3
"""Fewest answers from which a share is computed."""
_FAULTS = frozenset(
    {
        *(NO_ANSWER, evidence.NOT_READ, evidence.NOT_OFFERED, NO_EFFECT, checks.ORDERED, checks.HIDDEN, checks.EMPTY),
        *(checks.EXAMPLE, checks.REPEATED, checks.BESIDE, checks.TURNED, checks.TYPED, checks.VAGUE, checks.ONE_RUN),
        UNSTABLE,
        *(checks.UNKNOWN.format(kind) for kind in ("command", "path", "name")),
    }
)
"""Reasons to refuse that are faults of the model."""


def merged(
    by_code: Extraction, lessons: Iterable[Lesson], refused: Iterable[Refusal], parked: Iterable[Parked]
) -> Extraction:
    """Return all lessons, refusals and parked questions; of lessons with one id, the lesson that code found is kept."""
    every = {item.id: item for item in (*lessons, *by_code.lessons)}
    return Extraction(
        lessons=tuple(every[key] for key in sorted(every)),
        refused=counted((*by_code.refused, *refused)),
        parked=tuple(sorted((*by_code.parked, *parked))),
    )


def counted(refused: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Return one refusal per reason, with the total count and the first detail, sorted by reason."""
    sums: dict[str, Refusal] = {}
    for item in refused:
        known = sums.get(item.reason)
        detail = item.detail if known is None else known.detail
        count = item.count + (0 if known is None else known.count)
        sums[item.reason] = Refusal(reason=item.reason, detail=detail, count=count)
    return tuple(sums[reason] for reason in sorted(sums))


def advice(n_lessons: int, losses: Iterable[Loss]) -> str | None:
    """Return a warning for the user of a model whose lessons are mostly refused; None if there is nothing to warn of.

    Args:
        n_lessons: Lessons that the model stated and that were kept.
        losses: Losses of the run; only those of the extraction are counted.
    """
    counts = {loss.reason: loss.count for loss in losses if loss.stage == "extract" and loss.reason in _FAULTS}
    refused = sum(counts.values())
    total = n_lessons + refused
    if total < _FEWEST or refused / total <= HIGHEST_RATE:
        return None
    most = max(sorted(counts), key=lambda reason: counts[reason])
    return (
        f"{refused} of {total} things the model stated were refused, most often for: {most} ({counts[most]}). "
        "This model reads these runs badly; what code found alone is told all the same. `--model none` asks no model."
    )
