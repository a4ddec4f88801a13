"""Versions are digests of sources: nothing has to be raised by hand."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from t2s_local import registry
from t2s_local.analysts import mined
from t2s_local.code_digest import modules_behind, sources_digest
from t2s_local.writers import template

PACKAGE = Path(registry.__file__).parent
PLUG_INS = [
    f"{folder}.{name}" for folder in ("t2s_local.analysts", "t2s_local.writers") for name in registry.names(folder)
]


def imports_of(file: Path) -> set[str]:
    """Every name a file imports, by Python's own parser."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


@pytest.mark.parametrize("module", PLUG_INS)
def test_every_module_behind_a_plug_in_counts(module: str) -> None:
    behind = modules_behind(module)
    wanted = {name for file in behind.values() for name in imports_of(file) if name.startswith("t2s_local.")}
    files = {name: PACKAGE.joinpath(*name.split(".")[1:]) for name in wanted}
    modules = {name for name, path in files.items() if path.with_suffix(".py").exists() or path.is_dir()}
    assert modules <= behind.keys()


def test_the_rules_an_analyst_and_a_writer_go_by_are_among_them() -> None:
    assert "t2s_local.analysts._mined.recovery" in modules_behind("t2s_local.analysts.mined")
    assert {"t2s_local.analysts.mined", "t2s_local.text.mentions"} <= modules_behind("t2s_local.analysts.llm").keys()
    assert "t2s_local.writers._page.sections" in modules_behind("t2s_local.writers.template")


@pytest.mark.parametrize(
    "changed",
    [
        "analysts/_mined/recovery.py",
        "analysts/_mined/stopwords.txt",
        "analysts/_mined/new.txt",
        "text/actions.toml",
        "text/text.py",
        "text/mentions.toml",
    ],
)
def test_whatever_changes_what_is_found_changes_the_version(tmp_path: Path, changed: str) -> None:
    copy = tmp_path / "t2s_local"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("samples", "decisions", "__pycache__", "models"))
    versions = [version_in(tmp_path)]
    with copy.joinpath(changed).open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    versions.append(version_in(tmp_path))
    assert versions[0] == sources_digest("t2s_local.analysts.llm")
    assert versions[1] != versions[0]


def version_in(folder: Path) -> str:
    code = "from t2s_local.code_digest import sources_digest; print(sources_digest('t2s_local.analysts.llm'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_nothing_imports_changes_no_version() -> None:
    assert not any(name.startswith("t2s_local.cli") for name in modules_behind("t2s_local.analysts.llm"))


def test_the_plug_ins_that_need_no_model_are_known_by_their_sources() -> None:
    assert mined.load().version == sources_digest("t2s_local.analysts.mined")
    assert template.load().version == sources_digest("t2s_local.writers.template")


def test_a_module_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no module"):
        sources_digest("t2s_local.nowhere")
