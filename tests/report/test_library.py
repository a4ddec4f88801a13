"""What a library tells of its skills: versions, states, use, versions that wait, decisions, projects."""

import shutil
from pathlib import Path

import pytest

from t2s_local.report.html import html_of
from t2s_local.report.values import Page, SkillView
from t2s_local.skills.library.evidence_log import append
from t2s_local.skills.library.gates.notes import note
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.versions import histories
from t2s_local.values.event import Event
from t2s_local.values.gates.note import GateNote
from tests.cli.test_projects import COMMAND, home
from tests.commands import in_process
from tests.conftest import Command
from tests.report.made import page_about

__all__ = ["home"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    done = in_process("demo", "-o", folder / "skills", "--workspace", folder / "ws", "-q")
    assert done.code == 0, done.err
    return folder


def skill(page: Page, name: str) -> SkillView:
    return next(item for item in page.skills if item.name == name)


def test_a_skill_has_the_state_and_the_version_that_the_log_has(made: Path) -> None:
    found = skill(page_about(made / "ws"), "using-git")
    assert (found.state, found.version, found.waiting, found.usage) == ("active", "version 1, written", None, ())


def test_uses_and_verdicts_are_counted(made: Path) -> None:
    events = [
        Event(at="2026-01-01T00:00:00+00:00", kind="used", skill="using-git", use="loaded", verdict=verdict)
        for verdict in ("helped", "helped", "hurt")
    ]
    log = made / "skills" / ".t2s-library" / "log.jsonl"
    before = log.read_bytes()
    append(log, events)
    page = page_about(made / "ws")
    log.write_bytes(before)
    assert skill(page, "using-git").usage == (("helped", 2), ("hurt", 1), ("loaded", 3))
    assert skill(page, "using-tar").usage == ()


def gated(folder: Path, skill: str, verdict: str, digest: str | None = None) -> GateNote:
    history = histories(OwnFolder(folder))[skill]
    assert history.last is not None
    return GateNote(
        skill=skill,
        mode="recorded",
        level="L1",
        digest=digest or history.last.digest,
        verdict=verdict,
        figures={"caught": 3, "failures": 4, "contradicts": 0, "successes": 0, "net": None},
        command=("t2s", "gate"),
        folder="/work",
        at="2026-01-02T00:00:00+00:00",
    )


def test_results_of_gates_have_their_level_their_interval_and_their_day(made: Path) -> None:
    library = made / "skills"
    files = [library / ".t2s-library" / name for name in ("log.jsonl", "gates.json")]
    before = files[0].read_bytes()
    note(
        OwnFolder(library), [gated(library, "using-git", "supported"), gated(library, "using-tar", "reject", "0" * 64)]
    )
    page = page_about(made / "ws")
    files[0].write_bytes(before)
    files[1].unlink()
    (found,) = skill(page, "using-git").gates
    assert (found.level, found.mode, found.verdict, found.day) == ("L1", "recorded", "supported", "2026-01-02")
    assert found.figures == ("caught 3 of 4 failures (95 % interval 30 to 95 %)", "contradicts 0 of 0 successes")
    assert not found.is_of_another_version
    assert skill(page, "using-tar").gates[0].is_of_another_version
    assert "caught 3 of 4 failures (95 % interval 30 to 95 %)" in html_of(page)
    assert skill(page_about(made / "ws"), "using-git").gates == ()


def test_a_decision_stands_at_its_rule_and_is_no_longer_asked_for(made: Path) -> None:
    before = page_about(made / "ws")
    candidate = before.candidates[0]
    review = ("review", made / "skills", "--workspace", made / "ws")
    assert in_process(*review, "--reject", "using-git#R1").code == 0
    assert in_process(*review, "--accept", candidate.id).code == 0
    page = page_about(made / "ws")
    assert skill(page, "using-git").rules[0].decision == "rejected"
    assert next(item for item in page.candidates if item.id == candidate.id).decision == "accepted"
    n_open = before.n_rules + before.n_candidates
    assert f"{n_open} rules" in before.next_steps[0].says
    assert f"{n_open - 2} rules" in page.next_steps[0].says


def test_a_version_that_waits_is_the_first_thing_to_do(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "ws", tmp_path / "ws")
    samples = Path(__file__).parents[2] / "t2s_local" / "samples"
    words = ("--model", "none", "-o", tmp_path / "skills", "--workspace", tmp_path / "ws", "-q")
    assert in_process("distill", samples, "--labels", samples / "labels.csv", *words).code == 0
    main = tmp_path / "skills" / "using-git" / "SKILL.md"
    main.write_text(main.read_text("utf-8").replace("1. **`git`", "1. **My own words: `git`"), "utf-8")
    fewer = tmp_path / "fewer"
    shutil.copytree(samples, fewer)
    next(path for path in sorted(fewer.rglob("*git*")) if path.is_file()).unlink()
    assert in_process("distill", fewer, "--labels", fewer / "labels.csv", *words).code == 0
    page = page_about(tmp_path / "ws")
    waiting = [item for item in page.skills if item.waiting is not None]
    merged = [item for item in page.skills if item.version is not None and "merged" in item.version]
    assert waiting or merged
    assert not waiting or "waits for you" in page.next_steps[0].says


def test_a_library_that_is_gone_leaves_the_page_of_its_run(tmp_path: Path) -> None:
    words = ("-o", tmp_path / "skills", "--workspace", tmp_path / "ws", "-q")
    assert in_process("demo", *words).code == 0
    shutil.rmtree(tmp_path / "skills")
    page = page_about(tmp_path / "ws")
    assert page.library is None
    assert page.skills and all(item.state is None and item.rules for item in page.skills)


def test_a_library_of_a_project_is_about_its_own_rules(home: Path, t2s: Command) -> None:
    assert t2s(*COMMAND).code == 0
    assert t2s("report", "-o", "all.html").code == 0
    assert t2s("report", "out/app", "-o", "app.html").code == 0
    every, app = Path("all.html").read_text("utf-8"), Path("app.html").read_text("utf-8")
    assert every.count('class="rule entry"') > app.count('class="rule entry"') > 0
    assert "deploy" in app
    assert "press" not in app.partition('id="skills"')[2].partition('id="left-out"')[0]
