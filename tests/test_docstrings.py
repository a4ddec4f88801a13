"""Docstrings begin with a verb or a typed noun, so that they read at first sight."""

import ast
from pathlib import Path

import pytest

from tests.places import ROOT

RIDDLES = ("What ", "Whether ", "Those of ")
CLEAN = ("clusterers", "embedders", "text/shell", "user_files", "values", "vectors")
"""Folders of the package in which no docstring begins so; each that is rewritten joins them."""


@pytest.mark.parametrize("folder", CLEAN)
def test_docstrings_begin_with_a_verb_or_a_noun(folder: str) -> None:
    found = [
        f"{path.name}: {text.splitlines()[0]}"
        for path in sorted((ROOT / "t2s_local" / folder).rglob("*.py"))
        for text in docstrings(path)
        if text.startswith(RIDDLES)
    ]
    assert found == []


def docstrings(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [text for node in nodes if isinstance(node, owners) and (text := ast.get_docstring(node))]
