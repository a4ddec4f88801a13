"""The rooms of the house: who may enter, and how many fit in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from t2s_local.cli import COMMANDS
from tests.places import ROOT

SOURCES = sorted(
    path
    for folder in ("t2s_local", "scripts", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix == ".py" or (path.is_file() and path.read_bytes()[:22].startswith(b"#!/usr/bin/env python"))
)
MOST = 13
PLUG_INS = {"formats", "analysts", "engines", "embedders", "clusterers", "writers", "executors", "gates"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_private_module_is_imported_from_outside_its_folder(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix().replace("tests/", "t2s_local/", 1) + "/"
    homes = [
        found[1].replace(".", "/") for name in imported(path) if (found := re.match(r"(t2s_local.*?)\._(?!_)", name))
    ]
    assert [home for home in homes if not here.startswith(f"{home}/")] == []


def test_no_folder_holds_more_helpers_than_a_newcomer_can_look_through() -> None:
    commands = {name.partition(":")[0].rpartition(".")[2] for name, _ in COMMANDS.values()}
    sizes: dict[str, int] = {}
    for path in (ROOT / "t2s_local").rglob("*.py"):
        folder = path.parent.relative_to(ROOT / "t2s_local").as_posix()
        is_plug_in = folder in PLUG_INS and not path.name.startswith("_")
        is_command = folder == "cli" and path.stem in commands
        sizes[folder] = sizes.get(folder, 0) + (path.name != "__init__.py" and not is_plug_in and not is_command)
    assert {folder: size for folder, size in sizes.items() if size > MOST} == {}


STATIONS = ["reading", "conversations", "intake", "extract", "group", "naming", "compose"]


@pytest.mark.parametrize("station", STATIONS)
def test_every_station_of_the_main_job_has_a_door_of_its_name(station: str) -> None:
    assert (ROOT / "t2s_local" / "stages" / station / f"{station}.py").is_file()
