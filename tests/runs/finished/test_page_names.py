"""Places in the folder of a skill, and the rules they mean."""

from pathlib import Path

import pytest

from t2s_local.errors import InputError, UsageError
from t2s_local.runs.finished.page_names import page_name
from tests.uses import GIT


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    """The folder of a skill with two rules."""
    folder = tmp_path / "skills" / "using-git"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(GIT)
    return folder


def meant(place: object) -> str:
    found = page_name(str(place))
    assert found is not None
    assert found.library.name == "skills"
    return found.name


def test_a_folder_its_page_a_line_and_a_number_are_names(skill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = skill / "SKILL.md"
    lines = GIT.splitlines()
    first = next(number for number, line in enumerate(lines, 1) if "R1" in line)
    assert [meant(place) for place in (skill, f"{skill}/", page)] == ["using-git"] * 3
    assert [meant(f"{page}:{first + more}") for more in (0, 1, 2, 3)] == [f"using-git#R{n}" for n in (1, 1, 2, 2)]
    assert meant(f"{skill}#R2") == "using-git#R2"
    monkeypatch.chdir(skill)
    assert meant("SKILL.md") == meant(".") == "using-git"


def test_a_name_is_no_path_and_a_wrong_path_is_said(skill: Path) -> None:
    assert page_name("using-git") is page_name("using-git#R1") is page_name("30de9a1b8aec1304") is None
    with pytest.raises(InputError, match="no skill is there"):
        page_name(f"{skill}/nothing")
    for line in (2, 6, 400):
        with pytest.raises(UsageError, match="belongs to no rule"):
            page_name(f"{skill}/SKILL.md:{line}")
