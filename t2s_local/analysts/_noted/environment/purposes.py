"""Purposes for which a project's commands are run: to test, lint, format, build or start it."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from t2s_local.text.check_results import check_of, unwrapped
from t2s_local.text.commands import heads_of, runs_tasks

Purpose = Literal["test", "lint", "format", "build", "run"]
_PURPOSES: tuple[tuple[Purpose, re.Pattern[str]], ...] = (
    ("lint", re.compile(r"\b(?:fmt|format)\W?check\b|\bcheck\W?(?:fmt|format|style|types?)\b")),
    (
        "lint",
        re.compile(r"^(?:npx |uv run )?(?:ruff|eslint|mypy|flake8|pylint|pyright|golangci-lint|rubocop)\b|\bclippy\b"),
    ),
    ("build", re.compile(r"^cargo check$|^(?:make|ninja)$")),
    (
        "test",
        re.compile(r"\btests?\b|\bspec\b|\bcheck\b|\b(?:pytest|unittest|jest|vitest|mocha|rspec|ctest|tox|nox)\b"),
    ),
    ("lint", re.compile(r"\blint\b|\bstyle\b|\btypecheck\b|\bvet\b")),
    ("format", re.compile(r"\bfmt\b|\bformat\b")),
    ("build", re.compile(r"\bbuild\b|\bcompile\b")),
)
_STARTS = re.compile(r"(?:^| |/)(?:start|serve|dev|develop|preview)(?:[:_-]\w+)*(?:\.sh)?$")
_RUNS = re.compile(r"^(?:make|just|task|invoke|rake|cargo|go|dotnet|swift) run$")


class Served(NamedTuple):
    """A purpose, and the program with its task that serves it, such as ``mise run test``."""

    purpose: Purpose
    head: str


@lru_cache(maxsize=4096)
def purpose_of(line: str) -> Served | None:
    """Return the purpose of a shell line; None if it neither checks nor starts a project.

    The purpose of a line that both lints and formats is to lint, whatever the order.
    """
    check = check_of(line)
    found = None if check is None else _named(check)
    if check is not None and found is not None:
        lints = [head for head in heads_of(unwrapped(line)) if _named(head) == "lint"] if found == "format" else []
        return Served("lint", lints[-1]) if lints else Served(found, check)
    head = next(reversed(heads_of(unwrapped(line))), "")
    is_start = bool(_RUNS.search(head)) or (runs_tasks(head or "-") and bool(_STARTS.search(head)))
    return Served("run", head) if is_start else None


def _named(head: str) -> Purpose | None:
    return next((name for name, pattern in _PURPOSES if pattern.search(head)), None)
