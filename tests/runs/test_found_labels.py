"""A file of labels among the inputs is pointed out, with the command that joins it."""

import shlex
import shutil
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.places import SAMPLES


@pytest.mark.usefixtures("here")
def test_labels_that_lie_among_the_inputs_are_named_with_the_command_that_joins_them(t2s: Command) -> None:
    shutil.copytree(SAMPLES, "in")
    (Path("in") / "notes.csv").write_text("a,b\n1,2\n")
    words = ("distill", "in", "-o", "out", "--model", "none")
    said = [line for line in t2s(*words).err.splitlines() if "tells how runs ended" in line]
    assert len(said) == 1
    command = shlex.split(said[0].partition("was not used: ")[2])
    assert command[-2:] == ["--labels", "in/labels.csv"]
    ran = t2s(*words, *command[-2:])
    assert ran.code == 0
    assert "tells how runs ended" not in ran.err


@pytest.mark.usefixtures("here")
def test_several_files_of_labels_are_named_by_the_folder_they_share(t2s: Command) -> None:
    shutil.copytree(SAMPLES, "in")
    shutil.copytree("in/claude_code", "in/more")
    shutil.copy("in/labels.csv", "in/more/labels.csv")
    ran = t2s("distill", "in", "-o", "out", "--model", "none")
    assert "2 files below in tell how runs ended, and were not used: " in ran.err
    assert "--model none --labels in" in ran.err
