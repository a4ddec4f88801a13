"""Versions of a skill: listed with their reasons, and each of them can come back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from t2s_local.errors import LockedError, NothingFoundError, T2SError
from t2s_local.skills.library.library import OWN, Written
from t2s_local.skills.library.one_skill.history import rollback, skill_versions
from t2s_local.skills.library.own_folder import OwnFolder
from tests.commands import in_process
from tests.libraries import AT, skill, write


def back(library: Path, name: str, to: str | None = None) -> int:
    return rollback(library, name, to=to, at=AT, command="test").number


def test_versions_are_listed_with_their_reasons(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    write(tmp_path, [skill("a", "two")])
    write(tmp_path, [])
    known = skill_versions(tmp_path, "a")
    assert (known.state, known.present, known.is_edited) == ("deprecated", None, False)
    assert [(event.number, event.kind, event.reason) for event in known.events] == [
        (1, "written", "new; support 3"),
        (2, "written", "new evidence; support 3"),
    ]
    done = in_process("library", "history", tmp_path / "a")
    assert done.out.splitlines()[1].split()[:3] == ["1", AT, "written"]
    assert "a is deprecated" in done.err


def test_an_earlier_version_comes_back_and_stays_through_later_runs(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    write(tmp_path, [skill("a", "two")])
    assert back(tmp_path, "a") == 1
    assert (tmp_path / "a" / "SKILL.md").read_text() == "# a\n\none\n"
    assert write(tmp_path, [skill("a", "two")]) == Written(kept=("a",))
    assert (tmp_path / "a" / "SKILL.md").read_text() == "# a\n\none\n"
    assert back(tmp_path, "a", "2") == 2
    assert write(tmp_path, [skill("a", "two")]) == Written(unchanged=("a",))


def test_a_deprecated_skill_that_is_brought_back_stays(tmp_path: Path) -> None:
    write(tmp_path, [skill("a"), skill("b")])
    write(tmp_path, [skill("b")])
    done = in_process("library", "rollback", tmp_path / "a")
    assert done.out == f"{tmp_path / 'a'}\n"
    assert skill_versions(tmp_path, "a").state == "active"
    assert write(tmp_path, [skill("b")]) == Written(kept=("a",), unchanged=("b",))
    assert (tmp_path / "a" / "SKILL.md").read_text() == "# a\n\none\n"


def test_a_rollback_can_be_rolled_back_edits_included(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    (tmp_path / "a" / "SKILL.md").write_text("# a\n\nmine\n")
    assert back(tmp_path, "a") == 1
    assert (tmp_path / "a" / "SKILL.md").read_text() == "# a\n\none\n"
    assert back(tmp_path, "a", "2") == 2
    assert (tmp_path / "a" / "SKILL.md").read_text() == "# a\n\nmine\n"


@pytest.mark.parametrize("name", ["nothing", "theirs"])
def test_what_t2s_did_not_write_has_no_history(tmp_path: Path, name: str) -> None:
    write(tmp_path, [skill("a")])
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "SKILL.md").write_text("theirs")
    with pytest.raises(NothingFoundError):
        back(tmp_path, name)
    assert in_process("library", "history", tmp_path / name).code == 10
    assert in_process("library", "rollback", tmp_path / "a", "--to", "7").code == 10


def test_links_in_the_way_of_a_rollback_are_left(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    write(tmp_path, [skill("a", "two")])
    (tmp_path / "a" / "link").symlink_to("SKILL.md")
    with pytest.raises(T2SError, match="holds links"):
        back(tmp_path, "a")
    assert (tmp_path / "a" / "link").is_symlink()
    (tmp_path / "a").rename(tmp_path / "elsewhere")
    (tmp_path / "a").symlink_to("elsewhere")
    with pytest.raises(T2SError, match="a link or a file"):
        back(tmp_path, "a", "1")


def test_the_log_can_be_read_by_programs(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    lines = in_process("library", "log", tmp_path, "--json").out.splitlines()
    assert [json.loads(line)["skill"] for line in lines] == ["a"]
    assert in_process("library", "log", tmp_path / "a").code == 3


def test_a_library_that_another_process_changes_names_it(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    own = OwnFolder(tmp_path)
    holding = "import sys,time; from t2s_local.skills.library.own_folder import OwnFolder; from pathlib import Path\n"
    holding += "with OwnFolder(Path(sys.argv[1])).locked('t2s distill x'): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holding, tmp_path], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with (
            pytest.raises(LockedError, match=rf"in use by process {other.pid} .*t2s distill x"),
            own.locked("test", patience=0.1),
        ):
            pass
        other.kill()
    with own.locked("test", patience=0.1):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_library_that_may_only_be_read_is_refused_and_left(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    tmp_path.chmod(0o555)
    trying = "import os; os.setgid(65534); os.setuid(65534)\nfrom pathlib import Path\n"
    trying += "from t2s_local.errors import T2SError\nfrom t2s_local.skills.library.library import check_library\n"
    trying += "try: check_library(Path('.'))\nexcept T2SError as error: print(error)"
    loaded = "import t2s_local.skills.library.library\n" + trying
    done = subprocess.run([sys.executable, "-c", loaded], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == ".: cannot be written to\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [OWN, "a"]
