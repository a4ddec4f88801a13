"""Calibrate a judge model: in either order, the model must prefer a skill to a copy with one planted defect."""

from collections.abc import Iterator, Sequence

import msgspec

from t2s_local.answer_shapes import Fields, OneOf, grammar_of, schema_of
from t2s_local.ports.engine import Engine, Request
from t2s_local.prompts import template
from t2s_local.stages.gates.calibration.pairs import JudgedPair, judged_pairs
from t2s_local.values.gates.calibration import Calibration, DefectCount
from t2s_local.vectors.exact_tests import TOLERANCE, upper_tail

SURE = 0.05
"""Largest one-sided p-value with which a judge passes."""
MOST_THROUGH = 0.45
"""A judge that lets through this share of defects or more fails: with it no skill retires (arXiv 2607.07436)."""
PROMPT = "skill_judge.v1.md"
_FIELDS: Fields = {"better": OneOf(choices=("A", "B"))}


class _Answer(msgspec.Struct):
    better: str


def calibrate(engine: Engine, *, pairs: Sequence[JudgedPair] = ()) -> Calibration:
    """Ask *engine* about every pair in both orders; a pair counts as right if both answers name the whole skill.

    Args:
        engine: The judge.
        pairs: The pairs; if empty, the pairs of :func:`judged_pairs`.

    Raises:
        ModelError: the model cannot be run.
    """
    asked = tuple(pairs) or judged_pairs()
    answers = {done.request_id: _read(done.text) for done in engine.complete(list(_requests(asked)))}
    right = [
        answers.get(f"{number} first") == "A" and answers.get(f"{number} second") == "B" for number in range(len(asked))
    ]
    found = list(answers.values())
    kinds = dict.fromkeys(one.defect for one in asked)
    defects = tuple(
        DefectCount(
            defect=kind,
            n=sum(one.defect == kind for one in asked),
            n_right=sum(is_right for one, is_right in zip(asked, right, strict=True) if one.defect == kind),
        )
        for kind in kinds
    )
    return judged(
        engine.name,
        n=len(asked),
        n_right=sum(right),
        n_first=found.count("A"),
        n_unread=2 * len(asked) - found.count("A") - found.count("B"),
        defects=defects,
    )


def judged(
    model: str, *, n: int, n_right: int, n_first: int = 0, n_unread: int = 0, defects: tuple[DefectCount, ...] = ()
) -> Calibration:
    """Return the verdict on a judge that answered *n_right* of *n* pairs rightly.

    The judge passes if chance gives *n_right* or more with a probability of at most .05, and over 55 % are right.

    Args:
        model: Name of the judge.
        n: Number of pairs, at least 1.
        n_right: Pairs whose whole skill was named in both orders.
        n_first: Answers that named the skill shown first.
        n_unread: Answers that could not be read.
        defects: Counts by kind of defect.
    """
    p_value = upper_tail(n_right, n)
    through = 1 - n_right / n
    is_good = p_value <= SURE + TOLERANCE and through < MOST_THROUGH - TOLERANCE
    return Calibration(
        model=model,
        n=n,
        n_right=n_right,
        n_first=n_first,
        n_unread=n_unread,
        p_value=round(p_value, 6),
        let_through=round(through, 4),
        verdict="passes" if is_good else "fails",
        defects=defects,
    )


def _requests(pairs: Sequence[JudgedPair]) -> Iterator[Request]:
    prefix = template(PROMPT)
    for number, pair in enumerate(pairs):
        for name, one, other in (("first", pair.whole, pair.damaged), ("second", pair.damaged, pair.whole)):
            yield Request(
                id=f"{number} {name}",
                prefix=prefix,
                prompt=f"Skill A\n{one}\n\nSkill B\n{other}\n\nAnswer",
                schema=schema_of(_FIELDS),
                grammar=grammar_of(_FIELDS),
                max_tokens=20,
            )


def _read(text: str) -> str | None:
    try:
        return msgspec.json.decode(text, type=_Answer).better
    except msgspec.MsgspecError:
        return None
