"""Names of members are data: whatever a member is called, it is read or named, and the others are read."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from t2s_local.ports.format import Quarantined
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory

NAMES = (
    "..",
    "b/..",
    "../../out.json",
    "../" * 40 + "out.json",
    "/out.json",
    "//host/share/out.json",
    "C:\\out.json",
    "..\\out.json",
    "~/out.json",
    "$HOME/out.json",
    "a\nb.json",
    "a\x1b[2Jb.json",
    "a\x00b.json",
    "a" * 300 + ".json",
    "a/" * 2000 + "b.json",
    "con.json",
    "nul",
    "-rf",
    "--output=x",
    "`id`.json",
    "$(id).json",
    "; rm x;.json",
    "\u202egnp.json",
    "b.json ",
    " ",
    ".",
    "./",
    "a//b.json",
    "/proc/self/environ",
    "/dev/stdin",
    "a.json/../../b.json",
    "\udcff.json",
)


def run_of(number: int) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": f"task {number}"}, {"role": "assistant"}]}).encode()


def zipped(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(("a.json", name.encode("utf-8", "replace").decode(), "z.json")):
            archive.writestr(zipfile.ZipInfo(one), run_of(number))


def tarred(path: Path, name: str) -> None:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for number, one in enumerate(("a.json", name, "z.json")):
            info = tarfile.TarInfo(one)
            info.size = len(run_of(number))
            archive.addfile(info, io.BytesIO(run_of(number)))


@pytest.mark.parametrize("form", ["zip", "tar"])
@pytest.mark.parametrize("name", NAMES)
def test_a_member_is_read_or_named_whatever_it_is_called(tmp_path: Path, name: str, form: str) -> None:
    folder = tmp_path / "deep" / "in"
    folder.mkdir(parents=True)
    path = folder / f"x.{form}"
    (zipped if form == "zip" else tarred)(path, name)
    found = list(read_file(path, source="x"))
    tasks = {item.steps[0].text for item in found if isinstance(item, Trajectory)}
    assert {"task 0", "task 2"} <= tasks
    assert "task 1" in tasks or any(not isinstance(item, Trajectory) for item in found)
    assert all("\n" not in item.path for item in found if isinstance(item, Quarantined))
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]
