"""A plain installation: no compiler and no torch is wanted, and what is missing says how it is added."""

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.extras import command_for
from tests.conftest import Command
from tests.places import ROOT, SAMPLES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
COMPILED = {"llama-cpp-python", "torch", "sentence-transformers", "transformers"}
FIXED = {"click", "faiss-cpu", "hdbscan", "llama-cpp-python", "numpy", "sentence-transformers"}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s<>=~!\[]", one, maxsplit=1)[0] for one in requirements}


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home without models, in a process where nothing that runs models can be imported."""
    for name in ("llama_cpp", "sentence_transformers", "torch"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plain_installation_wants_no_compiler_and_no_torch() -> None:
    assert names(PROJECT["dependencies"]) & COMPILED == set()
    assert names(PROJECT["optional-dependencies"]["llm"]) == {"llama-cpp-python", "sentence-transformers"}


def test_what_the_project_is_built_on_is_named_and_pinned() -> None:
    extras = PROJECT["optional-dependencies"]
    pins = (ROOT / "scripts" / "constraints.txt").read_text("utf-8").replace("_", "-")
    assert names([*PROJECT["dependencies"], *extras["llm"]]) >= FIXED
    assert {name for name in (*FIXED, "torch") if not re.search(rf"(?m)^{name}==", pins)} == set()


def test_the_command_names_where_this_was_installed_from_or_the_package() -> None:
    words = command_for("llm").split()
    assert words[:2] == ["pip", "install"]
    assert words[-1].strip("'").endswith("[llm]")
    folder = Path(words[-1].strip("'").removesuffix("[llm]"))
    assert folder == Path("t2s-local") or (folder / "pyproject.toml").is_file()


def test_without_the_model_half_skills_are_written(plain: Path, t2s: Command) -> None:
    ran = t2s("distill", SAMPLES, "-o", plain / "skills", "--labels", SAMPLES / "labels.csv")
    assert ran.code == 0
    assert "using-tar" in ran.out


def test_doctor_says_in_one_line_how_the_model_half_is_added(plain: Path, t2s: Command) -> None:
    ran = t2s("doctor")
    assert ran.code == 0
    assert "not installed; t2s works without a model" in ran.out
    assert ran.err.count(command_for("llm")) == 1
    assert command_for("llm") in t2s("models", "ls").err


def test_a_model_or_an_embedder_that_is_named_says_how_it_is_run(plain: Path, t2s: Command) -> None:
    (plain / "modules.json").write_text("[]")
    ran = t2s("distill", SAMPLES, "-o", "skills", "--model", "none", "--embedder", str(plain))
    assert (ran.code, command_for("llm") in ran.err) == (5, True)


def test_a_model_that_is_there_is_passed_over_with_the_command(
    tiny_model: Callable[[str], Path], plain: Path, t2s: Command
) -> None:
    ran = t2s("distill", SAMPLES, "-o", "skills", "--model", tiny_model("llama-flat"))
    assert (ran.code, command_for("llm") in ran.err) == (5, True)
