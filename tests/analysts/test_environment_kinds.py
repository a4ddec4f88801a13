"""What machines and projects are like, counted over many runs."""

import msgspec
import pytest

from t2s_local.values.trajectory import Label, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons
from tests.recorded import shell


def run(number: int, *steps: Step, task: str | None = None) -> Trajectory:
    return trajectory(step("user", f"mend till {number}"), *steps, task_id=task or f"t{number}", source=f"{number}")


def bare(number: int, project: str) -> Trajectory:
    return run(
        number,
        *shell("python a.py", "ModuleNotFoundError: No module named 'ledger'", 1, key="1"),
        *shell("pip install ledger", "Successfully installed ledger", 0, key="2"),
        *shell("python -m pytest", "/usr/bin/python: No module named pytest", 1, key="3"),
        *shell("pip install pytest", "Successfully installed pytest", 0, key="4"),
        task=f"acme__{project}-{number}",
    )


ALL_OF_TILL = "Start with `pip install ledger pytest`: `ledger` and `pytest` are not there."


def test_a_bare_environment_is_named_once_and_what_each_project_needs_apart_where_three_runs_show_it() -> None:
    told = lessons(*[bare(n, "till") for n in range(3)], *[bare(10 + n, "cart") for n in range(2)], pattern="bare")
    till, whole = sorted(told, key=lambda lesson: len(lesson.trajectory_ids))
    assert whole.when == "before the first run"
    assert whole.do == (
        "Install what is missing in one command, since `/usr/bin/python` comes without it: in cart"
        " `pip install ledger pytest`, elsewhere `pip install ledger pytest`"
        " and the project itself, with what it names as its needs. If an environment was prepared for the project"
        " (a `.venv` in its folder), try that one before."
    )
    counted = "5 of 5 runs met a missing module, 5 of them several in turn"
    assert whole.because == f"{counted}, and none looked for another environment"
    assert len(whole.trajectory_ids) == 5
    assert (till.when, till.do, till.because) == (
        "in till",
        ALL_OF_TILL,
        "3 runs found them missing, one after the other",
    )


def test_an_environment_that_a_run_looked_for_is_not_advised() -> None:
    looked = run(9, *bare(9, "till").steps[1:], *shell("ls .venv", "no such folder", 2, key="6"), task="acme__till-9")
    told = lessons(
        looked, *[bare(n, "till") for n in range(3)], *[bare(10 + n, "cart") for n in range(2)], pattern="bare"
    )
    assert not any(".venv" in lesson.do for lesson in told)
    assert any(lesson.do.startswith("Install what is missing") for lesson in told)


def test_a_project_whose_runs_alone_lack_packages_is_named_and_no_other() -> None:
    others = [run(30 + n, *shell("ls", "a", 0, key="1")) for n in range(9)]
    (till,) = lessons(*[bare(n, "till") for n in range(3)], *others, pattern="bare")
    assert (till.when, len(till.trajectory_ids)) == ("in till", 3)
    assert till.do == ALL_OF_TILL
    cart = [bare(10 + n, "cart") for n in range(3)]
    both = lessons(*[bare(n, "till") for n in range(3)], *cart, *others, pattern="bare")
    assert sorted(lesson.when for lesson in both if lesson.when != "before the first run") == ["in cart", "in till"]


SCRIPT_GONE = "python: can't open file '/srv/manage.py': [Errno 2] No such file or directory"


def test_what_run_after_run_asked_for_in_vain_is_told_with_what_they_used_instead() -> None:
    runs = [
        run(
            n,
            *shell(f"python manage.py test {n}", SCRIPT_GONE, 2, key="1"),
            *shell(f"python tools/check.py {n}", "ok", 0, key="2"),
            task=f"acme__till-{n}",
        )
        for n in range(3)
    ]
    (lesson,) = lessons(*runs, pattern="absent")
    assert (lesson.when, lesson.do) == (
        "in till",
        "Use `tools/check.py` (`python tools/check.py 0`): there is no `manage.py`.",
    )


def test_a_prefix_that_is_not_there_is_left_out() -> None:
    runs = [
        run(
            n,
            *shell(f"sudo chown me file{n}", "bash: sudo: command not found", 127, key="1"),
            *shell(f"chown me file{n}", "", 0, key="2"),
        )
        for n in range(3)
    ]
    (lesson,) = lessons(*runs, pattern="absent")
    assert lesson.do == "Leave `sudo` out: it is not installed."


def test_a_folder_that_several_projects_lack_is_no_matter_of_one_thing() -> None:
    def looked(n: int) -> Trajectory:
        name = ("till", "cart", "shop", "shelf", "crate", "pallet")[n]
        gone = shell(f"find_file a.py lib/{name}", f"Directory lib/{name} not found", 1, key="1")
        there = shell(f"find_file a.py {name}", f"Found 1 match in {name}", 0, key="2")
        return run(n, *gone, *there, task=f"acme__{name}-{n}")

    assert lessons(*[looked(n) for n in range(6)], pattern="absent") == []


def without_folder(n: int, then: str, score: float) -> Trajectory:
    gone = shell("ls /depot", "ls: cannot access '/depot': No such file or directory", 2, key="1")
    made = run(n, *gone, *shell(then, "", 0, key="2"), task=f"depot-{n}")
    return msgspec.structs.replace(made, label=Label(outcome="partial", score=score, source="field:reward"))


def test_a_folder_is_not_to_be_created_where_runs_that_did_so_fared_worse() -> None:
    there = run(99, *shell("ls /depot", "a", 0, key="1"))
    made = [without_folder(n, "mkdir -p /depot/a", 0.5) for n in range(6)]
    left = [without_folder(10 + n, "find /depot || true", 0.8) for n in range(8)]
    (lesson,) = lessons(*made, *left, there, pattern="absent")
    assert lesson.when == "a task names `/depot` and it is missing"
    assert lesson.do == "Do not create it; send the command that the task asks for all the same."
    assert (lesson.because or "").endswith("0 of 6 runs that created it scored more than 0.67, the mean, 8 of 8 others")
    even = [without_folder(10 + n, "find /depot || true", 0.5 - 0.01 * (n % 2)) for n in range(8)]
    assert lessons(*made, *even, there, pattern="absent") == []


@pytest.mark.parametrize(
    ("command", "output", "is_lost"),
    [
        ('echo "three words here"', "three", True),
        ('echo "three words here"', "three words here", False),
        ('grep -E "a(b|c)" x.txt', "bash: -c: line 1: syntax error near unexpected token `('", True),
        ("echo three", "three", False),
    ],
)
def test_quotes_that_do_not_arrive_are_one_cause(command: str, output: str, *, is_lost: bool) -> None:
    runs = [run(n, *shell(command, output, 0 if command.startswith("echo") else 2, key="1")) for n in range(3)]
    told = lessons(*runs, pattern="quoting")
    assert [lesson.do.startswith("Put it in single quotes") for lesson in told] == ([True] if is_lost else [])


def checked(number: int, home: str, *commands: str) -> Trajectory:
    edit = (
        step("tool_call", f'{{"file_path": "{home}/till/src/shop/cart/a{number}.go"}}', tool="Edit", call_id="e"),
        step("tool_result", "edited", tool="Edit", call_id="e"),
    )
    ran = [part for key, text in enumerate(commands) for part in shell(text, "ok", 0, key=str(key))]
    return trajectory(step("user", f"mend {number}"), *edit, *ran, source=f"{number}")


def test_runs_that_ran_only_part_of_the_command_told_are_counted_as_such() -> None:
    lines = ["make lint"] * 4 + ["make fmt && make lint"] * 4 + ["make lint"]
    told = lessons(*[checked(n, "/Users/a/work", line) for n, line in enumerate(lines)], pattern="check")
    (lesson,) = [one for one in told if one.when == "after editing files"]
    assert lesson.do == "Run `make fmt && make lint` before you say that you are done."
    because = "9 of 9 runs that edited files ran `make lint`, 4 of them all of this; it passed 9 of 9 times"
    assert lesson.because == because
    assert len(lesson.trajectory_ids) == 4


def test_a_project_is_known_by_the_folders_its_runs_share_and_its_ways_to_check_are_told() -> None:
    homes = ("/Users/a/work", "/Users/b/code/go", "/Users/c/x")
    ours = [checked(n, home, "make fmt && make lint", "make test | tail -3") for n, home in enumerate(homes)]
    others = [run(20 + n, *shell("make test-all", "ok", 0, key="1")) for n in range(20)]
    told = {lesson.when: lesson for lesson in lessons(*ours, *others, pattern="check")}
    assert told["after editing files"].do == "Run `make fmt && make lint` before you say that you are done."
    assert told["after editing files"].because == "3 of 3 runs that edited files did; it passed 3 of 3 times"
    assert told["to run the tests"].do == "Run `make test`."
    assert told["to run the tests"].because == "3 of 3 runs on the project did; it passed 3 of 3 times"


def test_an_order_of_a_linter_is_a_rule_from_two_runs_on() -> None:
    said = "shop/till.go:{}:2: net.Dial must not be called. use net.Dialer (noctx)"
    runs = [run(n, *shell("make lint", said.format(n + 3), 1, key="1")) for n in range(2)]
    (lesson,) = lessons(*runs, pattern="lint_rule")
    assert lesson.do == "Use net.Dialer: net.Dial must not be called (noctx)."
    assert lessons(runs[0], pattern="lint_rule") == []


def test_libraries_newer_than_the_code_are_one_cause_behind_different_errors() -> None:
    errors = (
        "AttributeError: `np.Big` was removed in the Grid 2.0 release.",
        "TypeError: run() got an unexpected keyword argument 'mix'",
    )
    runs = [run(n, *shell("python a.py", errors[n % 2], 1, key="1")) for n in range(4)]
    (lesson,) = lessons(*runs, pattern="too_new")
    assert lesson.do.startswith("Your change is not to blame: the code is older than the library.")
    assert all(f"“{error}”" in lesson.when for error in errors)


def test_first_commands_that_arrive_in_lower_case_are_to_be_sent_again() -> None:
    def sent(n: int, first: str, again: str) -> Trajectory:
        return trajectory(
            step("user", f"cut list {n}"),
            *shell(first, "awk: cannot open ," if first != again else "x", 2 if first != again else 0, key="1"),
            *shell(again, f"A{n}", 0, key="2"),
            task_id=f"t{n}",
            source="runs.json",
        )

    lowered = [sent(n, f"awk -f, a{n}.txt", f"awk -F, a{n}.txt") for n in range(6)]
    plain = [sent(10 + n, f"ls a{n}", f"ls a{n}") for n in range(16)]
    (lesson,) = lessons(*lowered, *plain, pattern="lowered")
    assert lesson.when == "you send the first command of a run to `bash`"
    assert lesson.because == "None of 22 first commands holds a capital letter, and 6 passed when sent again"
    assert "(`awk -F,` came as `awk -f,`)" in lesson.do
    thought = [
        trajectory(
            step("user", f"list {n}"),
            step("thought", "I list it."),
            *shell("ls -A", "x", 0, key="1"),
            task_id=f"t{30 + n}",
            source="thought.json",
        )
        for n in range(2)
    ]
    (lesson,) = lessons(*lowered, *plain, *thought, pattern="lowered")
    assert lesson.when == "the first command of a run to `bash` fails, and you wrote capital letters in it"
    assert lesson.do == (
        "Send the same command again before you change it: in runs that send commands without a thought before them,"
        " the first one arrives in lower case (`awk -F,` came as `awk -f,`)."
    )
    assert (lesson.because or "").endswith("; in other recordings 2 of 2 first commands hold one")


def test_a_package_whose_newest_version_breaks_a_project_is_kept_below_it() -> None:
    removed = "AttributeError: `tally` was removed in the Ledger 2.0 release."
    renamed = "TypeError: run() got an unexpected keyword argument 'mix'"
    path = "/usr/lib/python3/site-packages/{}/core.py:3: in run\n"

    def newer(number: int) -> Trajectory:
        plain = bare(number, "till")
        installed = shell("pip install pytest", "Successfully installed pytest-9.0.3", 0, key="5")
        failed = shell("python -m pytest tests", f"{path.format('ledger')}E   {removed}\n1 failed", 1, key="6")
        again = shell("python -m pytest", f"{path.format('_pytest')}E   {renamed}\n1 failed", 1, key="7")
        return run(number, *plain.steps[1:], *installed, *failed, *again, task=plain.task_id)

    runs = [*[newer(n) for n in range(3)], *[bare(10 + n, "cart") for n in range(2)]]
    till, whole = sorted(lessons(*runs, pattern="bare"), key=lambda lesson: len(lesson.trajectory_ids))
    assert "Start with `pip install 'ledger<2' 'pytest<9'`" in till.do
    assert "in cart `pip install ledger pytest`" in whole.do
    (blamed,) = lessons(*runs, pattern="too_new")
    assert "(`pip install 'ledger<2' 'pytest<9'`)" in blamed.do


def test_a_version_with_letters_is_read_by_its_first_number() -> None:
    def newer(number: int) -> Trajectory:
        installed = shell("pip install tz", "Successfully installed tz-2024a", 0, key="5")
        failed = "/usr/lib/python3/site-packages/tz/core.py:3: in run\nE   TypeError: run() got an unexpected keyword"
        broke = shell("python -m pytest", f"{failed} argument 'mix'\n1 failed", 1, key="6")
        plain = bare(number, "till")
        return run(number, *plain.steps[1:], *installed, *broke, task=plain.task_id)

    told = lessons(*[newer(n) for n in range(3)], pattern="bare")
    assert any("'tz<2024'" in lesson.do for lesson in told if lesson.when == "in till")


def test_what_one_run_of_a_project_lacked_is_not_told_of_the_project() -> None:
    extra = run(
        9,
        *bare(9, "till").steps[1:],
        *shell("python b.py", "ModuleNotFoundError: No module named 'abacus'", 1, key="6"),
        *shell("pip install abacus", "Successfully installed abacus", 0, key="7"),
        task="acme__till-9",
    )
    told = lessons(*[bare(n, "till") for n in range(4)], extra, pattern="bare")
    assert all("abacus" not in lesson.do for lesson in told)


def test_other_commands_of_a_project_with_the_same_purpose_are_named_with_the_runs_that_used_them() -> None:
    home = "/Users/a/work"
    ours = [checked(n, home, "make lint", "make test") for n in range(3)]
    more = [checked(10 + n, home, "make lint", "make test-all") for n in range(2)]
    (told,) = (lesson for lesson in lessons(*ours, *more, pattern="check") if lesson.when == "to run the tests")
    assert told.do == "Run `make test`. There is also `make test-all`."
