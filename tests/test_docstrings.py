"""Docstrings begin with a verb or a typed noun, so that they read at first sight."""

import ast
from pathlib import Path

import pytest

from tests.places import ROOT

RIDDLES = ("What ", "Whether ", "Those of ")
FOLDERS = (".", *sorted(path.name for path in (ROOT / "t2s_local").iterdir() if any(path.rglob("*.py"))))


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_begin_with_a_verb_or_a_noun(folder: str) -> None:
    found = [
        f"{path.name}: {text.splitlines()[0]}"
        for path in files_of(folder)
        for text in docstrings(path)
        if text.startswith(RIDDLES)
    ]
    assert found == []


def files_of(folder: str) -> list[Path]:
    place = ROOT / "t2s_local" / folder
    return sorted(place.glob("*.py") if folder == "." else place.rglob("*.py"))


def docstrings(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [text for node in nodes if isinstance(node, owners) and (text := ast.get_docstring(node))]
