"""Results of checks, from what these print."""

import pytest

from t2s_local.text.check_results import check_of, hides_status, read_result, result_of

FAILED = {
    "pytest": "FAILED tests/a.py::test_x - ValueError\n==== 1 failed, 4 passed, 2 warnings in 0.05s ====",
    "pytest, errors": "=== short test summary info ===\nERROR tests/a.py\n==== 2 warnings, 1 error in 0.06s ====",
    "no pytest": "/opt/conda/bin/python: No module named pytest",
    "unittest": "Ran 3 tests in 0.001s\n\nFAILED (failures=1)",
    "go": "ok  \tshop/cart\t0.01s\n--- FAIL: TestTotal (0.00s)\nFAIL\tshop/till\t0.02s",
    "jest": "Tests:       1 failed, 12 passed, 13 total",
    "mocha": "  12 passing (8ms)\n  1 failing",
    "cargo": "test result: FAILED. 3 passed; 1 failed; 0 ignored",
    "rustc": "error[E0432]: unresolved import `till`",
    "tsc": "src/till.ts(4,7): error TS2322: Type 'string' is not assignable to type 'number'.",
    "mypy": "Found 3 errors in 1 file (checked 4 source files)",
    "eslint": "✖ 2 problems (2 errors, 0 warnings)",
    "maven": "Tests run: 4, Failures: 1, Errors: 0, Skipped: 0\n[INFO] BUILD FAILURE",
    "make": "make: *** [Makefile:3: all] Error 2",
    "gcc": "till.c:4:7: error: expected ';' before '}' token",
    "pip": "ERROR: No matching distribution found for till==9",
    "npm": "npm ERR! code E404",
    "git": "CONFLICT (content): Merge conflict in till.py\nAutomatic merge failed; fix conflicts and then commit.",
    "rspec": "12 examples, 1 failure",
    "rails": "5 runs, 12 assertions, 1 failures, 0 errors, 0 skips",
    "dotnet": "Failed!  - Failed:     1, Passed:     3, Skipped:     0, Total:     4, Duration: 20 ms",
    "bazel": "Executed 3 out of 3 tests: 2 tests pass and 1 fails locally.",
    "deno": "FAILED | 4 passed | 1 failed (10ms)",
    "flutter": "00:02 +3 -1: Some tests failed.",
    "sbt": "[error] Failed: Total 3, Failed 1, Errors 0, Passed 2",
    "swift": "Executed 5 tests, with 1 failure (0 unexpected) in 0.1 (0.1) seconds",
    "tox": "  py311: FAIL code 1 (3.2 seconds)",
    "nox": "nox > Session tests failed.",
    "flake8": "src/till.py:1:1: F401 'os' imported but unused",
    "shellcheck": "In till.sh line 3:\nx=$1",
    "prettier": "[warn] Code style issues found in 2 files. Run Prettier with --write to fix.",
    "docker": "ERROR: failed to solve: process did not complete successfully: exit code: 1",
    "missing": "bash: line 1: golangci-lint: command not found",
}
PASSED = {
    "pytest": "==== 76 passed, 1 warning in 0.05s ====",
    "some deselected": "==== 3 passed, 95 deselected in 0.01s ====",
    "xfailed": "==== 319 passed, 57 skipped, 3 xfailed in 3.79s ====",
    "unittest": "Ran 3 tests in 0.001s\n\nOK",
    "go": "ok  \tshop/cart\t0.01s",
    "cargo": "test result: ok. 3 passed; 0 failed; 0 ignored",
    "mypy": "Success: no issues found in 4 source files",
    "ruff": "All checks passed!",
    "maven": "Tests run: 4, Failures: 0, Errors: 0, Skipped: 0\nBUILD SUCCESS",
    "pip": "Successfully installed till-9.0",
    "eslint, warnings": "✖ 1 problem (0 errors, 1 warning)",
    "ruff, all fixed": "Found 3 errors (3 fixed, 0 remaining).",
    "dotnet": "Passed!  - Failed:     0, Passed:     4, Skipped:     0, Total:     4, Duration: 20 ms",
    "maven, marked": "[INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 0\n[INFO] BUILD SUCCESS",
    "tox": "  congratulations :) (3.3 seconds)",
    "flutter": "00:02 +3: All tests passed!",
    "rebase": "Successfully rebased and updated refs/heads/till.",
}
NOTHING = {
    "none ran": "collected 0 items\n\n==== no tests ran in 0.00s ====",
    "all deselected": "collected 36 items / 36 deselected / 0 selected\n==== 36 deselected in 0.01s ====",
    "unittest": "Ran 0 tests in 0.000s\n",
    "unittest, fine": "Ran 0 tests in 0.000s\n\nOK",
    "go": "?   \tshop/cart\t[no test files]",
    "go, none of that name": "ok  \tshop/cart\t0.005s [no tests to run]",
    "quiet pytest": "18 deselected in 0.02s",
    "jest": "Tests:       12 skipped, 12 total",
}


@pytest.mark.parametrize("name", FAILED)
def test_a_failure_is_read_from_what_was_printed(name: str) -> None:
    found = read_result(FAILED[name])
    assert found is not None
    assert found.verdict == "failed"
    assert found.line in FAILED[name]


@pytest.mark.parametrize("name", PASSED)
def test_a_pass_is_read_from_what_was_printed(name: str) -> None:
    found = read_result(PASSED[name])
    assert found is not None
    assert found.verdict == "passed"


@pytest.mark.parametrize("name", NOTHING)
def test_a_check_of_nothing_is_no_pass(name: str) -> None:
    found = read_result(NOTHING[name])
    assert found is not None
    assert found.verdict == "nothing"


@pytest.mark.parametrize(
    ("action", "check"),
    [
        ("cd shop && python -m pytest -x 2>&1 | tail -50", "python -m pytest"),
        ("(cd shop && pytest) | head", "pytest"),
        ("pytest || true", "pytest"),
        ("bash -lc 'cd shop && go test ./... | tail -5'", "go test"),
        ("make -j2; echo done", "make"),
        ("mise run fmt && mise run lint", "mise run lint"),
        ("cd shop && swift test 2>&1 | tail -3", "swift test"),
        ("mix test || true", "mix test"),
        ("black --check src", "black --check"),
        ("mkdir build && cp a build", None),
        ("cat tests/report.txt", None),
        ("[ -f a ] && echo yes", None),
        ("grep -rn 'pytest' .", None),
    ],
)
def test_a_check_is_found_in_pipes_chains_and_wrapped_shells(action: str, check: str | None) -> None:
    assert check_of(action) == check


def test_what_no_check_printed_is_no_result() -> None:
    assert result_of("cat report.txt", FAILED["pytest"]) is None


@pytest.mark.parametrize("action", ["pytest | tail -5", "pytest || true", "bash -c 'pytest | head'", "pytest; echo $?"])
def test_a_pipe_hides_the_exit_code_of_the_check_before_it(action: str) -> None:
    assert hides_status(action)


@pytest.mark.parametrize("action", ["pytest -x", "set -o pipefail; pytest | tail", "go vet ./... && go test ./..."])
def test_the_exit_code_of_a_plain_check_is_its_own(action: str) -> None:
    assert not hides_status(action)
