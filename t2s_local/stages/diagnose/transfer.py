"""Compute, from a user's scores, if skills of one model help another model (SkillLens, arXiv 2605.23899)."""

import math
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.stages.diagnose.tables import read_table
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE, sign_test

COLUMNS = ("extractor", "target", "with", "without")


class Cell(Value, frozen=True, kw_only=True, rename={"with_skill": "with", "without_skill": "without"}):
    """Scores of one target (the model that uses skills) with and without the skills that one extractor model wrote."""

    extractor: str
    target: str
    with_skill: float
    without_skill: float
    delta: float


class Transfer(Value, frozen=True, kw_only=True):
    """Summary of a table of scores, with its cells from the largest loss to the largest gain."""

    cells: tuple[Cell, ...]
    n_better: int
    n_worse: int
    share_negative: float
    mean_delta: float
    p_value: float | None
    """P-value of an exact two-sided sign test over the cells; None if no cell differs."""
    figures: str = "the user's"


def read_transfer(path: Path) -> Transfer:
    """Read a table with the columns extractor, target, with and without.

    Raises:
        InputError: the table cannot be read, or a row lacks a name or number or occurs twice; the line is named.
    """
    cells = list[Cell]()
    seen = set[tuple[str, str]]()
    for line, row in read_table(path, COLUMNS):
        key = row["extractor"], row["target"]
        values = [_number(row[name]) for name in ("with", "without")]
        if not all(key) or values[0] is None or values[1] is None:
            message = "needs an extractor, a target, and two numbers"
            raise InputError(message, path=path, line=line)
        if key in seen:
            message = f"a second row for {key[0]} and {key[1]}"
            raise InputError(message, path=path, line=line)
        seen.add(key)
        delta = values[0] - values[1]
        cell = Cell(
            extractor=key[0], target=key[1], with_skill=values[0], without_skill=values[1], delta=round(delta, 9)
        )
        cells.append(cell)
    cells.sort(key=lambda cell: (cell.delta, cell.extractor, cell.target))
    n_worse, n_better = (sum(sign * cell.delta > TOLERANCE for cell in cells) for sign in (-1, 1))
    return Transfer(
        cells=tuple(cells),
        n_better=n_better,
        n_worse=n_worse,
        share_negative=n_worse / len(cells),
        mean_delta=sum(cell.delta for cell in cells) / len(cells),
        p_value=sign_test(n_better, n_worse),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
