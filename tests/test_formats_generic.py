"""The fallback, tested by hiding each format in turn: what it reads is compared with what the proper reader reads."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from t2s_local import registry
from t2s_local.errors import InputError
from t2s_local.formats._head import look, look_deeper
from t2s_local.ports import Head
from t2s_local.stages.detect import FALLBACK, FORMATS, detect
from t2s_local.stages.read import find, read_file
from t2s_local.types import Trajectory

SHARE = 0.85
"""Of all trajectories, those the fallback has to read step by step as the proper reader does."""


def runs(path: Path, name: str) -> list[Trajectory]:
    return [item for item in read_file(path, source="x", format_name=name) if isinstance(item, Trajectory)]


def words(run: Trajectory) -> tuple[tuple[str, str], ...]:
    return tuple((step.kind, step.text.strip()) for step in run.steps)


def without(head: Head, hidden: str) -> str | None:
    """Who reads a file when the format *hidden* does not exist."""
    for seen in filter(None, (head, look_deeper(head))):
        names = [name for name in registry.names(FORMATS) if name not in (hidden, FALLBACK)]
        claiming = [name for name in names if registry.load(FORMATS, name).claims(seen)]
        if len(claiming) == 1:
            return claiming[0]
        if registry.load(FORMATS, FALLBACK).claims(seen):
            return FALLBACK
    return None


@pytest.mark.slow
def test_the_fallback_reads_what_hidden_formats_hold(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held: Counter[str] = Counter()
    same: Counter[str] = Counter()
    for path in find([shared_data]).files:
        try:
            head = look(path)
            name = detect(head)
        except InputError:
            continue
        if name is None or name == FALLBACK:
            continue
        proper = runs(path, name)
        held[name] += len(proper)
        if proper and (other := without(head, name)) is not None:
            found = Counter(words(run) for run in runs(path, other))
            same[name] += (found & Counter(words(run) for run in proper)).total()
    lines = ["", "format                runs   same"]
    lines += [f"{name:20}{held[name]:6}{same[name]:7}" for name in sorted(held)]
    lines += [f"{'all':20}{held.total():6}{same.total():7}  {same.total() / held.total():.3f}", ""]
    with capsys.disabled():
        sys.stdout.write("\n".join(lines))
    assert held.total() > 5000
    assert same.total() >= SHARE * held.total()
