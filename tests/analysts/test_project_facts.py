"""Facts of a project: its commands for every purpose, and what they need first, in recordings of two agents."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Trajectory
from tests.agents_logs import Line, answer, asked, claude, codex, wanted
from tests.mining import lessons
from tests.readings import read_as

Ran = tuple[str, str, int]
"""A shell line, its output, and its exit code."""
Recorded = Callable[[Path, int, Sequence[Ran]], Trajectory]
MISSING = "sh: 1: tester: not found\n[test] ERROR the task failed"
FINE = "12 passed in 0.3s"


def of_claude(folder: Path, number: int, ran: Sequence[Ran]) -> Trajectory:
    """A session of Claude Code in a checkout of its own."""
    messages = [("user", f"mend bill {number}"), asked(looked(number), "look"), answer("x", "look")]
    for at, (command, output, code) in enumerate(ran):
        shown = f"Exit code {code}\n{output}" if code else output
        messages += [asked(command, f"k{at}"), answer(shown, f"k{at}", failed=code != 0)]
    return read_as(folder / f"{number}", claude(*messages, session=f"c-{number}"), name="a.jsonl")


def of_codex(folder: Path, number: int, ran: Sequence[Ran]) -> Trajectory:
    """A rollout of Codex in a checkout of its own."""
    items: list[Line] = [wanted(f"mend bill {number}")]
    for at, (command, output, code) in enumerate([(looked(number), "x", 0), *ran]):
        arguments = json.dumps({"command": ["bash", "-lc", command]})
        result = json.dumps({"output": output, "metadata": {"exit_code": code}})
        items += [
            {"type": "function_call", "name": "shell", "call_id": f"k{at}", "arguments": arguments},
            {"type": "function_call_output", "call_id": f"k{at}", "output": result},
        ]
    return read_as(folder / f"{number}", codex(*items, id=f"x-{number}"), name="a.jsonl")


def looked(number: int) -> str:
    """A call that names the folders of the project."""
    return f"cat /Users/u{number}/code/till/src/shop/cart/a.go"


def facts(recorded: Recorded, folder: Path, *conversations: Sequence[Ran]) -> list[Lesson]:
    """Lessons on the commands of a project."""
    runs = [recorded(folder, number, ran) for number, ran in enumerate(conversations)]
    return lessons(*runs, pattern="check")


@pytest.fixture(params=[of_claude, of_codex])
def recorded(request: pytest.FixtureRequest) -> Recorded:
    """A way to record runs."""
    chosen: Recorded = request.param
    return chosen


FAILED: Ran = ("make test", MISSING, 2)
PASSED: Ran = ("make test", FINE, 0)
READY: Ran = ("make deps", "ready", 0)


def test_a_command_says_what_it_needs_first(recorded: Recorded, tmp_path: Path) -> None:
    met = [FAILED, READY, PASSED]
    (told,) = facts(recorded, tmp_path, met, met, [READY, PASSED])
    assert (told.when, told.do) == (
        "to run the tests",
        "Run `make test`, after `make deps`: without it you get “sh: <number>: tester: not found”.",
    )
    assert told.because == "3 of 3 runs on the project did; it passed 3 of 5 times; 2 runs failed until they did so"


def test_a_need_of_two_conversations_is_told_though_few_runs_share_the_command(
    recorded: Recorded, tmp_path: Path
) -> None:
    met = [("npm run build", "Error: no icons", 1), ("./icons.sh", "drawn", 0), ("npm run build", "built", 0)]
    (told,) = facts(recorded, tmp_path, met, met)
    assert (told.when, told.do) == (
        "to build the project",
        "Run `npm run build`, after `./icons.sh`: without it you get “Error: no icons”.",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("cd web && make test", "Run `make test` in `web`: elsewhere you get"),
        ("TILL=x make test", "Run `make test` with `TILL=x`: without it you get"),
        ("export TILL=x; make test", "Run `make test` with `TILL=x`: without it you get"),
        ("source env.sh && make test", "Run `make test`, after `source env.sh`: without it you get"),
        ("make libs && make deps && make test", "Run `make test`, after `make libs` and `make deps`: without them you"),
    ],
)
def test_a_need_in_the_same_line_is_read(line: str, words: str, recorded: Recorded, tmp_path: Path) -> None:
    met = [FAILED, (line, FINE, 0)]
    told = facts(recorded, tmp_path, met, met)
    assert [lesson.do.startswith(words) for lesson in told] == [True]


@pytest.mark.parametrize(
    "conversations",
    [
        pytest.param([[FAILED, READY, PASSED]] * 1 + [[PASSED]], id="one conversation"),
        pytest.param([[FAILED, READY, PASSED]] * 2 + [[PASSED]] * 3, id="it passes anyway"),
        pytest.param([[FAILED, ("sed -i s/a/b/ a.go", "", 0), READY, PASSED]] * 2, id="the code was changed"),
        pytest.param([[FAILED, ("git checkout old", "", 0), READY, PASSED]] * 2, id="other code was there"),
        pytest.param([[("echo x > do.sh", "", 0), FAILED, ("sh do.sh", "", 0), PASSED]] * 2, id="a script of its own"),
        pytest.param([[FAILED, ("cd ..", "", 0), PASSED]] * 2, id="another folder each time"),
        pytest.param([[FAILED, ('(true); "./a b" && make test', FINE, 0)]] * 2, id="no program"),
        pytest.param([[FAILED, ("ls web", "a", 0), PASSED]] * 2, id="nothing was done"),
        pytest.param([[READY, FAILED, READY, PASSED]] * 2, id="it had run before"),
        pytest.param([[FAILED, READY, FAILED]] * 2, id="it never passed"),
        pytest.param(
            [[FAILED, ("make a", "", 0), PASSED], [FAILED, ("make b", "", 0), PASSED]], id="nothing in common"
        ),
    ],
)
def test_without_its_cause_no_need_is_told(
    conversations: Sequence[Sequence[Ran]], recorded: Recorded, tmp_path: Path
) -> None:
    told = facts(recorded, tmp_path, *conversations)
    assert [lesson.do for lesson in told if lesson.do != "Run `make test`."] == []


def test_a_package_that_the_message_names_is_no_need(recorded: Recorded, tmp_path: Path) -> None:
    lacks = ("pytest", "E   ModuleNotFoundError: No module named 'abacus'\n1 error in 0.1s", 2)
    met = [lacks, ("pip install abacus", "Successfully installed abacus-1", 0), ("pytest", FINE, 0)]
    assert facts(recorded, tmp_path, met, met) == []


def test_commands_that_format_and_start_a_project_are_told(recorded: Recorded, tmp_path: Path) -> None:
    ran = [("make fmt", "", 0), ("npm run dev", "ready on port 1", 0)]
    told = {lesson.when: lesson.do for lesson in facts(recorded, tmp_path, ran, ran, ran)}
    assert told == {"after editing files": "Run `make fmt`.", "to start the project": "Run `npm run dev`."}


def test_a_format_that_is_a_part_of_the_lint_line_is_told_once(recorded: Recorded, tmp_path: Path) -> None:
    ran = [("make fmt && make lint", "", 0), ("make fmt", "", 0)]
    (told,) = facts(recorded, tmp_path, ran, ran, ran)
    assert told.do == "Run `make fmt && make lint` before you say that you are done."
