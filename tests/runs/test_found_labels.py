"""Labels among the inputs are joined where they name one run, and otherwise pointed out with the command."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.places import SAMPLES

WORDS = ("distill", "in", "-o", "out", "--model", "none")


@pytest.mark.usefixtures("here")
def test_labels_that_lie_among_the_inputs_are_joined_as_if_they_were_named(t2s: Command) -> None:
    shutil.copytree(SAMPLES, "in")
    (Path("in") / "notes.csv").write_text("a,b\n1,2\n")
    said = t2s(*WORDS).err
    assert "runs labelled by files that lie among the inputs (`--labels FILE` names others)" in said
    assert "tells how runs ended" not in said
    skills = {path: path.read_bytes() for path in Path("out").rglob("SKILL.md")}
    assert t2s(*WORDS, "--labels", "in/labels.csv").code == 0
    assert {path: path.read_bytes() for path in Path("out").rglob("SKILL.md")} == skills


@pytest.mark.usefixtures("here")
def test_labels_that_name_several_runs_are_pointed_out_with_the_command_that_joins_them(t2s: Command) -> None:
    for place in ("one", "two"):
        shutil.copytree(SAMPLES / "claude_code", Path("in") / place)
    for place in ("a", "b"):
        (Path("in") / f"{place}.csv").write_text("path,outcome\nnowhere,success\n")
    said = t2s(*WORDS).err
    assert "2 files below in tell how runs ended, and were not used: " in said
    assert "--model none --labels in" in said
