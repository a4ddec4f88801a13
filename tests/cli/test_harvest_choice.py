"""``t2s distill --harvest`` takes what is new on the machine, keeps what it took before, and only reads."""

import json
import os
import time
from pathlib import Path

import msgspec
import pytest

from t2s_local.stages.reading.harvest import harvest
from t2s_local.user_files.folders import conversations_workspace
from t2s_local.workspace import open_workspace, read_workspace
from tests.conftest import Command

DEPLOY = ("deploy {0} --check", "Error: deploy cannot go on: {0} is busy", "deploy {0} --check --retry")
PRESS = ("press {0} --pdf", "Error: press found no engine for {0}", "press {0} --pdf --engine lua")
NAMES = ("alpha", "bravo", "delta", "gamma", "kappa", "omega")
COMMAND = ("distill", "--harvest", "-o", "out", "--model", "none")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder in which three Claude Code sessions met the same error."""
    folder = tmp_path / "home"
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in NAMES[:3]:
        session(folder, name, DEPLOY)
    return folder


def session(home: Path, name: str, way: tuple[str, str, str], *, project: str = "/srv/demo") -> Path:
    """Write a session in which a command fails and another one then works."""
    failing, error, working = (text.format(name) for text in way)
    key = f"{name}-{working.split()[0]}"
    turns = [
        ("user", f"Get {name} to work, please."),
        ("assistant", [call("1", failing)]),
        ("user", [answer("1", error, is_error=True)]),
        ("assistant", [call("2", working)]),
        ("user", [answer("2", "done", is_error=False)]),
        ("assistant", [{"type": "text", "text": "It works now."}]),
    ]
    path = home / ".claude" / "projects" / project.replace("/", "-") / f"{key}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(record(key, number, *turn, project=project) for number, turn in enumerate(turns)))
    return path


def record(key: str, number: int, role: str, content: object, *, project: str = "/srv/demo") -> str:
    """One line of a session."""
    parent = f"{key}-{number - 1}" if number else None
    known = {"sessionId": key, "cwd": project, "version": "2.1.0", "isSidechain": False, "type": role}
    place = {"uuid": f"{key}-{number}", "parentUuid": parent, "timestamp": f"2026-01-01T10:00:{number:02}Z"}
    return json.dumps({**known, **place, "message": {"role": role, "content": content}}) + "\n"


def call(key: str, command: str) -> dict[str, object]:
    return {"type": "tool_use", "id": f"toolu_{key}", "name": "Bash", "input": {"command": command}}


def answer(key: str, text: str, *, is_error: bool) -> dict[str, object]:
    return {"type": "tool_result", "tool_use_id": f"toolu_{key}", "content": text, "is_error": is_error}


def rules() -> int:
    """Count the rules of all skills."""
    return sum(path.read_text().count("(R") for path in Path("out").glob("*/*/SKILL.md"))


def skills() -> set[str]:
    return {path.parent.name for path in Path("out").glob("*/*/SKILL.md")}


def stored() -> Path:
    """The user's workspace for conversations of this machine."""
    return conversations_workspace()


def test_libraries_by_project_are_found_with_their_workspace_beside_one_of_the_folder(home: Path, t2s: Command) -> None:
    assert t2s(*COMMAND).code == 0
    assert t2s("demo", "-o", "demo", "--model", "none", "--quiet").code == 0
    shown = t2s("review", "out", "--json")
    assert (shown.code, shown.err) == (0, "")
    assert '"kind":"rule"' in shown.out.replace(" ", "")
    assert t2s("report", "out", "-o", "page.html").code == 0
    refused = t2s("library", "log", "out")
    assert refused.code == 3
    assert "Name one: out/" in refused.err


def test_a_decision_is_applied_without_new_conversations_and_once(home: Path, t2s: Command) -> None:
    assert t2s(*COMMAND).code == 0
    library = next(Path("out").glob("*/*/SKILL.md")).parent.parent
    assert t2s("review", str(library), "--reject", f"{next(library.glob('*/SKILL.md')).parent.name}#R1").code == 0
    t2s(*COMMAND)
    assert not list(library.glob("*/SKILL.md"))
    assert "were distilled before" in t2s(*COMMAND).err
    assert t2s("review", str(library), "--undo").code == 0
    assert t2s(*COMMAND).code == 0
    assert list(library.glob("*/SKILL.md"))


def test_what_is_found_is_listed_and_becomes_skills(home: Path, t2s: Command) -> None:
    ran = t2s(*COMMAND)
    assert ran.code == 0, ran.err
    head, row, total = ran.err.splitlines()[:3]
    assert head.split()[:3] == ["AGENT", "FILES", "SIZE"]
    assert row.split()[:2] == ["claude-code", "3"]
    assert str(home) in row
    assert total.startswith("3 files, ")
    assert "new or changed: 3 files, " in total
    assert {Path(line).name for line in ran.out.splitlines()} == skills() != set()


@pytest.mark.usefixtures("home")
def test_a_second_run_takes_nothing(t2s: Command) -> None:
    t2s(*COMMAND)
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*") if path.is_file()}
    ran = t2s(*COMMAND)
    assert ran.code == 10
    assert ran.out == ""
    assert ran.err.splitlines()[0] == "Nothing to do: all 3 files found were distilled before"
    kept = {path: moment for path, moment in before.items() if path.parts[0] == "out"}
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_skills_of_earlier_runs_stay_and_only_what_is_new_is_analysed(home: Path, t2s: Command) -> None:
    t2s(*COMMAND)
    first, n_rules = skills(), rules()
    for name in NAMES[3:]:
        session(home, name, PRESS)
    ran = t2s(*COMMAND)
    assert ran.code == 0, ran.err
    assert "6 files, " in ran.err
    assert "new or changed: 3 files, " in ran.err
    assert first <= skills()
    assert rules() > n_rules > 0
    assert json.loads(t2s("runs", "show", "--json").out)["stored_already"] == 3


def test_a_session_that_grew_is_taken_again(home: Path, t2s: Command) -> None:
    t2s(*COMMAND)
    grown = session(home, NAMES[0], DEPLOY)
    with grown.open("a") as stream:
        stream.write(record(grown.stem, 6, "user", "Thank you, that was it."))
    ran = t2s(*COMMAND)
    assert ran.code == 0, ran.err
    assert "new or changed: 1 file, " in ran.err
    assert t2s(*COMMAND).code == 10


def test_a_conversation_kept_as_one_file_an_event_is_taken_again_when_events_come(home: Path, t2s: Command) -> None:
    events = home / ".openhands" / "conversations" / "c-1" / "events"
    events.mkdir(parents=True)

    def write(number: int, text: str) -> None:
        event = {"id": number, "source": "user", "action": "message", "args": {"content": text}}
        (events / f"event-{number:05}-{text[:2].lower()}.json").write_text(json.dumps(event))

    write(0, "Get sigma to work, please.")
    first = msgspec.json.decode(t2s(*COMMAND, "--json").out)
    write(1, "And theta, too.")
    second = msgspec.json.decode(t2s(*COMMAND, "--json").out)
    assert first["run"] != second["run"]
    assert [ran["funnel"]["counts"]["trajectories"] for ran in (first, second)] == [4, 4]
    assert t2s(*COMMAND).code == 10


def test_a_run_that_was_not_finished_has_taken_nothing(home: Path, t2s: Command) -> None:
    assert t2s(*COMMAND, "--shard", "1/2").code == 0
    assert t2s(*COMMAND, "--dry-run").code == 0
    with (home / ".claude/projects/-srv-demo/alpha-deploy.jsonl").open("a") as stream:
        stream.write(record("alpha-deploy", 6, "user", "Thank you, that was it."))
    ran = t2s(*COMMAND)
    assert ran.code == 0, ran.err
    assert "new or changed: 3 files, " in ran.err


@pytest.mark.usefixtures("home")
def test_a_restart_takes_everything_again_and_goes_on_when_it_was_stopped(t2s: Command) -> None:
    t2s(*COMMAND)
    assert t2s(*COMMAND, "--restart").code == 0
    with open_workspace(stored(), command="a test") as workspace:
        (run,) = workspace.ledger
        assert run.about is not None
        workspace.ledger.start(run.id, run.manifest, run.about, now=time.time(), restart=True)
    assert t2s(*COMMAND).code == 0
    assert t2s(*COMMAND).code == 10


@pytest.mark.usefixtures("home")
def test_removing_the_run_forgets_what_it_took(t2s: Command) -> None:
    t2s(*COMMAND)
    with read_workspace(stored()) as workspace:
        (run,) = workspace.ledger
    assert t2s("runs", "rm", run.id, "--yes").code == 0
    assert t2s(*COMMAND).code == 0


def test_a_project_and_a_time_narrow_what_is_taken(home: Path, t2s: Command) -> None:
    for name in NAMES[3:]:
        os.utime(session(home, name, PRESS, project="/srv/other"), (1_700_000_000, 1_700_000_000))
    ran = t2s(*COMMAND, "--project", "/srv/other", "--since", "2026-01-01")
    assert ran.code == 10
    assert "no other one changed since 2026-01-01" in ran.err
    ran = t2s(*COMMAND, "--project", "/srv/other")
    assert "\n3 files, " in ran.err
    ran = t2s(*COMMAND, "--since", "2026-01-01")
    assert "\n6 files, " in ran.err
    assert "new or changed: 3 files, " in ran.err


def test_named_paths_are_read_beside_what_is_found(home: Path, t2s: Command, tmp_path: Path) -> None:
    named = [session(tmp_path / "elsewhere", name, PRESS) for name in NAMES[3:]]
    t2s(*COMMAND)
    ran = t2s(*COMMAND, *named, "--json")
    assert ran.code == 0, ran.err
    assert msgspec.json.decode(ran.out)["funnel"]["counts"]["files"] == 6
    assert {source.path for source in harvest(home, environment={}).sources}.isdisjoint(map(str, named))


def test_the_folders_of_the_agents_are_only_read(home: Path, t2s: Command) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in [home, *home.rglob("*")]
        }

    before = state()
    assert t2s(*COMMAND).code == 0
    assert t2s(*COMMAND, "--restart").code == 0
    assert state() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "out"), "no PATHS to read"),
        (("runs", "-o", "out", "--since", "7d"), "--project, --since and --into go with --harvest"),
        (("--harvest", "-o", "out", "--since", "lately"), "'lately' is no time"),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_command_that_cannot_be_meant_is_refused(arguments: tuple[str, ...], said: str, t2s: Command) -> None:
    ran = t2s("distill", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert not stored().exists()


def test_a_machine_without_conversations_is_nothing_found(
    home: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(home / "empty"))
    ran = t2s(*COMMAND)
    assert ran.code == 10
    assert "no conversations found on this machine" in ran.err
