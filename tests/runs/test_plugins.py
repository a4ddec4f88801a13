"""Plug-ins are found by name, and every one is held against its protocol."""

import ast
from typing import get_args

import pytest

from t2s_local import registry
from t2s_local.errors import UsageError
from t2s_local.ports.grouping import Selection
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.plugins import Choice, load_clusterer, open_tools
from tests.places import ROOT

FOLDERS = ("analysts", "clusterers", "embedders", "executors", "writers")


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_plug_in_is_forgotten_where_the_type_checker_looks(folder: str) -> None:
    tree = ast.parse((ROOT / "t2s_local" / "runs" / "plugins.py").read_text("utf-8"))
    held = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == f"t2s_local.{folder}"
        for name in node.names
    }
    assert held == set(registry.names(f"t2s_local.{folder}"))


def test_settings_of_hdbscan_make_it_hdbscan_and_are_refused_by_linkage() -> None:
    for selection in get_args(Selection):
        assert load_clusterer("auto", selection=selection).name == "hdbscan"
    assert load_clusterer("auto").name == "auto"
    with pytest.raises(UsageError, match="settings of HDBSCAN"):
        load_clusterer("linkage", epsilon=0.1)


def test_a_name_nobody_has_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no embedder is called 'best'"):
        load_embedder("best")
    with (
        pytest.raises(UsageError, match="no executor is called 'cloud'"),
        open_tools(Choice(model="none", embedder="static", algorithm="auto", executor="cloud")),
    ):
        pass


def test_what_is_said_about_the_model_reaches_whoever_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for variable in ("HF_HUB_CACHE", "HF_HOME", "OLLAMA_MODELS", "HOME"):
        monkeypatch.setenv(variable, f"{tmp_path}/{variable}")
    said: list[str] = []
    with open_tools(Choice(model="auto", embedder="static", algorithm="auto"), say=said.append) as tools:
        assert not tools.analyst.asks_model
    assert said == ["No model is installed that runs and fits: the mined analyst and the template writer do the work."]
