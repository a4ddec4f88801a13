"""``t2s report``: one page about a run or a library, and what it says where that cannot be."""

import re
from pathlib import Path

import pytest

from t2s_local.workspace import read_workspace
from tests.commands import Ran, in_process

MADE = ("demo", "--model", "none", "-q")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    done = in_process(*MADE, "-o", folder / "skills", "--workspace", folder / "ws")
    assert done.code == 0, done.err
    return folder


def report(folder: Path, *words: str | Path) -> Ran:
    return in_process("report", *words, "--workspace", folder / "ws")


def run_id(folder: Path) -> str:
    return run_id_of(folder / "ws")


def test_a_page_is_written_for_this_user_alone_and_named(folder: Path, here: Path) -> None:
    done = report(folder)
    assert (done.code, done.out) == (0, "t2s-report.html\n")
    assert re.fullmatch(r"About run \w{16}: t2s .*\n", done.err)
    page = here / "t2s-report.html"
    assert page.stat().st_mode & 0o777 == 0o600
    assert "using-git" in page.read_text("utf-8")


def test_the_same_command_again_writes_nothing(folder: Path, here: Path) -> None:
    page = here / "page.html"
    assert report(folder, "-o", page).code == 0
    before = page.stat().st_mtime_ns
    assert report(folder, "-o", page).code == 0
    assert page.stat().st_mtime_ns == before


def test_a_run_and_its_library_are_the_same_page(folder: Path, here: Path) -> None:
    assert report(folder, run_id(folder), "-o", here / "run.html").code == 0
    assert report(folder, folder / "skills", "-o", here / "library.html").code == 0
    assert (here / "run.html").read_bytes() == (here / "library.html").read_bytes()


def test_a_library_says_where_its_recordings_are(folder: Path, here: Path) -> None:
    done = in_process("report", folder / "skills", "-o", here / "library.html")
    assert done.code == 0
    assert re.fullmatch(r"About run \w{16}: t2s .*\n", done.err)


def test_a_file_of_somebody_else_is_left_alone(folder: Path, here: Path) -> None:
    (here / "notes.html").write_text("<p>mine</p>")
    done = report(folder, "-o", here / "notes.html")
    assert (done.code, done.out) == (2, "")
    assert "no page that t2s wrote" in done.err
    assert (here / "notes.html").read_text() == "<p>mine</p>"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("nosuchrun",), 2, "no run"),
        (("no/such/folder",), 2, "no such folder"),
        (("-o", "."), 2, "is a folder"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_written(
    words: tuple[str, ...], code: int, says: str, folder: Path, here: Path
) -> None:
    done = report(folder, *words)
    assert (done.code, done.out) == (code, ""), done.err
    assert says in done.err
    assert list(here.iterdir()) == []


def test_a_name_that_is_a_run_and_a_folder_is_asked_about(folder: Path, here: Path) -> None:
    name = run_id(folder)[:6]
    (here / name).mkdir()
    done = report(folder, name)
    assert (done.code, done.out) == (2, "")
    assert f"./{name}" in done.err


def test_a_folder_that_t2s_did_not_write_is_no_library(folder: Path, here: Path) -> None:
    (here / "mine").mkdir()
    done = report(folder, "mine/")
    assert done.code == 10
    assert "no finished run of this workspace wrote it" in done.err


def test_without_a_workspace_the_way_to_one_is_said(here: Path) -> None:
    done = in_process("report")
    assert done.code == 3
    assert "t2s distill" in done.err


def test_where_no_browser_can_be_opened_the_page_is_named(
    folder: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    done = report(folder, "--open")
    assert done.code == 0
    assert str(here / "t2s-report.html") in done.err
    quiet = report(folder, "--open", "-q")
    assert (quiet.code, quiet.out, quiet.err) == (0, done.out, "")


def test_a_run_without_text_is_a_page_of_counts_that_says_so(here: Path) -> None:
    place = ("-o", here / "skills", "--workspace", here / "ws")
    samples = Path(__file__).parents[2] / "t2s_local" / "samples" / "claude_code"
    assert in_process("distill", samples, "--model", "none", "--no-keep-text", "-q", *place).code == 0
    done = report(here)
    assert done.code == 0, done.err
    source = (here / "t2s-report.html").read_text("utf-8")
    assert "kept no text" in source
    assert "<mark>" not in source


def test_a_run_that_was_removed_is_no_run(here: Path) -> None:
    place = ("-o", here / "skills", "--workspace", here / "ws")
    assert in_process(*MADE, *place).code == 0
    gone = run_id(here)
    assert in_process("runs", "rm", "--yes", gone, "--workspace", here / "ws").code == 0
    assert report(here, gone).code == 2
    assert report(here, here / "skills").code == 10
    assert report(here).code == 10


def test_a_run_without_skills_shows_what_its_rules_lack(here: Path) -> None:
    place = ("-o", here / "skills", "--workspace", here / "ws", "--review", "-q")
    samples = Path(__file__).parents[2] / "t2s_local" / "samples"
    assert in_process("distill", samples, "--model", "none", *place).code == 0
    assert report(here).code == 0
    source = (here / "t2s-report.html").read_text("utf-8")
    assert "No skill was written" in source
    assert 'class="candidate entry"' in source


def test_a_run_can_end_with_its_page(here: Path) -> None:
    done = in_process("demo", "--report", "--workspace", here / "ws", "-q")
    assert done.code == 0
    assert "t2s-report.html: the page to look at." in done.err
    page = (here / "t2s-report.html").read_bytes()
    samples = Path(__file__).parents[2] / "t2s_local" / "samples"
    words = ("distill", samples, "--labels", samples / "labels.csv", "--model", "none", "-o", "skills-demo", "-q")
    again = in_process(*words, "--report", "--workspace", here / "ws")
    assert again.code == 0, again.err
    assert (here / "t2s-report.html").read_bytes() == page


@pytest.mark.parametrize("other", [("--dry-run",), ("--shard", "1/2")])
def test_a_page_about_a_run_that_is_not_made_is_refused(other: tuple[str, ...], here: Path) -> None:
    samples = Path(__file__).parents[2] / "t2s_local" / "samples"
    done = in_process("distill", samples, "-o", "out", "--model", "none", "--report", *other)
    assert done.code == 2
    assert "--report shows a finished run" in done.err
    assert not (here / "out").exists()


def test_a_file_in_the_place_of_the_page_is_said_before_any_work(here: Path) -> None:
    (here / "t2s-report.html").write_text("mine")
    done = in_process("demo", "--report")
    assert done.code == 2
    assert [path.name for path in here.iterdir()] == ["t2s-report.html"]


def test_the_workflow_is_drawn_where_it_is_asked_for(folder: Path, here: Path) -> None:
    assert report(folder, "--graph").code == 0
    assert 'class="graph"' in (here / "t2s-report.html").read_text("utf-8")
    assert report(folder).code == 0
    assert 'class="graph"' not in (here / "t2s-report.html").read_text("utf-8")


def test_a_skill_is_no_library_and_its_library_is_named(folder: Path, here: Path) -> None:
    done = report(folder, folder / "skills" / "using-git")
    assert done.code == 2
    assert f"t2s report {folder / 'skills'}" in done.err


def test_commands_on_the_page_name_a_workspace_and_a_run_that_are_not_meant_anyway(here: Path) -> None:
    assert in_process(*MADE, "-o", here / "skills").code == 0
    older = run_id_of(here / ".t2s")
    assert in_process("report", "-o", "newest.html").code == 0
    assert in_process("report", here / "skills", "-o", "library.html").code == 0
    newest = (here / "newest.html").read_text("utf-8")
    assert newest == (here / "library.html").read_text("utf-8")
    assert "--workspace" not in newest
    assert "--run" not in newest
    samples = Path(__file__).parents[2] / "t2s_local" / "samples" / "claude_code"
    assert in_process("distill", samples, "--model", "none", "-q", "-o", here / "other").code == 0
    told = in_process("report", older, "-o", "older.html")
    assert told.out == "older.html\n"
    assert told.err.startswith(f"About run {older}: t2s demo ")
    assert in_process("report", older, "-o", "older.html", "-q").err == ""
    assert f"t2s why using-git#R1 --run {older}" in (here / "older.html").read_text("utf-8")


def run_id_of(workspace: Path) -> str:
    with read_workspace(workspace) as store:
        return store.ledger.find(None).id
