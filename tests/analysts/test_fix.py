"""What the mined analyst takes for the remedy of a failed command."""

import pytest

from t2s_local.text.commands import head_of
from t2s_local.values.lesson import Lesson
from tests.build import step, trajectory
from tests.mining import MISSING, lessons, refusals
from tests.recorded import shell


@pytest.mark.parametrize(
    ("action", "head"),
    [
        ("cd /srv && pip install yaml && cat a.txt", "pip install"),
        ("git add -A; git commit -m 'x; y' && git status", "git commit"),
        ("cat data.csv | python load.py | head -3", "python <script>"),
        ("find . -name '*.tmp' | xargs rm -f", "rm"),
        ("find . -name '*.py' -exec grep -l x {} \\; 2>/dev/null | head", "find"),
        ("cd /srv && cat > a.py << 'EOF'\nimport os; os.remove('x')\nEOF", "cat > <file>"),
        ("cat > a.py <<EOF\nx = 1\nEOF\npython a.py", "python <script>"),
        ("ls && grep -n x a.py", "grep"),
        ("cd /srv && echo done", "cd"),
    ],
)
def test_of_a_chain_the_command_counts_that_does_more_than_look(action: str, head: str) -> None:
    assert head_of("bash", action) == head


def recovered(*calls: tuple[str, str, int]) -> list[Lesson]:
    pairs = [shell(command, output, code, key=str(at)) for at, (command, output, code) in enumerate(calls)]
    return lessons(trajectory(step("user", "make it run"), *[item for pair in pairs for item in pair]))


def test_an_install_that_is_followed_by_a_look_is_still_the_remedy() -> None:
    (lesson,) = recovered(
        ("python a.py", MISSING, 1),
        ("cd /srv && pip install yaml -q && cat a.py", "import yaml", 0),
        ("python a.py | tail -5", "done", 0),
    )
    assert lesson.do == "Run `pip install <name> -q && cat a.py`, then `python a.py` again."


def test_a_script_that_was_written_and_run_at_once_is_the_same_call_when_it_is_run_again() -> None:
    (lesson,) = recovered(
        ("cat > a.py << 'EOF'\nimport yaml\nEOF\npython a.py", MISSING, 1),
        ("pip install yaml", "", 0),
        ("python a.py", "done", 0),
    )
    assert lesson.do == "Run `pip install <name>`, then `python a.py` again."


def test_a_script_that_was_rewritten_is_not_the_same_call() -> None:
    write = "cat > a.py << 'EOF'\n{}\nEOF\npython a.py"
    found = recovered((write.format("f('"), "SyntaxError: bad", 1), (write.format("g(1)\n" * 40), "done", 0))
    assert found == []


def test_a_step_put_before_the_same_call_is_the_remedy() -> None:
    (lesson,) = recovered(
        ("python check.py a.csv", "check: 3 rows have no parent", 1),
        ("python clean.py --orphans a.csv && python check.py a.csv", "check: ok", 0),
    )
    assert lesson.when == "`python check.py a.csv` fails with “check: <number> rows have no parent”"
    assert lesson.do == "Run `python clean.py --orphans a.csv`, then `python check.py a.csv` again."


def test_another_program_that_runs_the_one_that_failed_is_the_remedy() -> None:
    (lesson,) = recovered(
        ("rm cache/*.tmp", "bash: /usr/bin/rm: Argument list too long", 1),
        ("find cache -name '*.tmp' -exec rm {} +", "", 0),
    )
    assert lesson.do == "Run `find cache -name '*.tmp' -exec rm {} +` instead of `rm cache/*.tmp`."


def test_what_an_unreachable_service_needed_is_a_lesson_and_a_mere_repetition_is_none() -> None:
    timed_out = ("pip install yaml", "ReadTimeoutError: read timed out", 1)
    (lesson,) = recovered(timed_out, ("pip install --timeout 60 yaml", "ok", 0))
    assert lesson.do == "Run `pip install --timeout 60 yaml` instead of `pip install yaml`."
    assert recovered(timed_out, ("sleep 5 && pip install yaml", "ok", 0)) == []


def test_a_search_at_the_end_of_a_pipeline_that_finds_nothing_has_not_failed() -> None:
    run = [("pip list | grep yaml", "", 1), ("pip list | grep -i yaml", "PyYAML 6.0", 0)]
    assert recovered(*run) == []


def test_a_failure_without_a_message_is_counted() -> None:
    run = trajectory(step("user", "go"), *shell("make", "", 2, key="1"), *shell("ls", "a", 0, key="2"))
    assert refusals(run) == {"failure without a message": 1}


def test_a_package_is_left_open_though_its_module_is_spelt_with_an_underscore() -> None:
    (lesson,) = recovered(
        ("python a.py", "ModuleNotFoundError: No module named 'lazy_proxy'", 1),
        ("pip install lazy-proxy", "", 0),
        ("python a.py", "done", 0),
    )
    assert lesson.do == "Run `pip install <name>`, then `python a.py` again."


LOCKED = "state.json: permission denied"


@pytest.mark.parametrize(
    ("failed", "worked", "do"),
    [
        ("make docs && ship docs", "make docs && ship --force docs", "Run `ship --force docs` instead of `ship docs`."),
        ("make docs && ship docs", "unlock docs && ship docs", "Run `unlock docs`, then `ship docs` again."),
        (
            "ship docs",
            "sed -i 's/f(x))/f(x), mode=None)/' app.py && ship docs",
            "In `app.py`, add `mode=None`, then `ship docs` again.",
        ),
        (
            "ship docs",
            "sed -i 's|one two|one|' app.py && ship docs",
            "In `app.py`, leave out `two`, then `ship docs` again.",
        ),
        (
            "ship docs",
            'sed -i \'s/("a")/("a",)/\' app.py && ship docs',
            'In `app.py`, replace `("a")` by `("a",)`, then `ship docs` again.',
        ),
    ],
)
def test_of_a_changed_chain_the_difference_is_told(failed: str, worked: str, do: str) -> None:
    (lesson,) = recovered((failed, LOCKED, 1), (worked, "done", 0))
    assert lesson.do == do


def test_what_ran_before_and_is_left_out_of_a_retry_is_no_part_of_the_remedy() -> None:
    (lesson,) = recovered(
        ("make docs && ship docs", LOCKED, 1), ("chmod u+w state.json", "", 0), ("ship docs", "done", 0)
    )
    assert lesson.do == "Run `chmod u+w state.json`, then `ship docs` again."


def test_signs_alone_are_told_with_the_words_around_them() -> None:
    long = "python -c \"import sqlite3; db = sqlite3.connect('a.db'); db.execute('INSERT INTO t VALUES (?)', {})\""
    (lesson,) = recovered(
        (long.format("('Benedict')"), "ProgrammingError: 8 supplied", 1), (long.format("('Benedict',)"), "done", 0)
    )
    assert lesson.do == "In the command, replace `('Benedict')` by `('Benedict',)`."
