"""Results of tests, builds, linters, package managers and version control, read from what these printed.

An exit code is that of the last program of a pipe, and ``|| true`` hides it altogether; the summary a check prints is
about the check itself.
"""

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from t2s_local.text.commands import (
    SHELL,
    changes_state,
    head_of_command,
    heads_of,
    is_handling,
    is_idle,
    only_looks,
    working,
)
from t2s_local.text.shell.command import Command
from t2s_local.text.shell.shell import parse
from t2s_local.values.value import Value

Verdict = Literal["passed", "failed", "nothing"]
"""``nothing``: no test ran, no file was checked. That is no pass."""
_SEARCHED = 3_000
"""Characters of an output's start and of its end that are read: a summary stands last, a refusal to start first."""
_WRAPPED = re.compile(
    r"""^\s*(?:\w+=\S*\s+)*(?:/bin/)?(?:ba|z|da)?sh\s+-\w*c\s+(?P<mark>['"])(?P<inner>.*)(?P=mark)\s*$""", re.DOTALL
)
_SUBCOMMAND = re.compile(r"[a-z][\w:-]*")
_CHECKING = frozenset({"--check", "--lint", "--verify"})
"""Options that make a program check what it would otherwise change."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_FILTERED = re.compile(r"\|(?!\|)|\|\|\s*(?:true|:)\b|;\s*(?:true|echo\b[^;&|]*)\s*$|\bexit 0\s*$")


class CheckResult(Value, frozen=True, kw_only=True):
    """Result of a check, as it printed it."""

    verdict: Verdict
    line: str
    """The line that says so, verbatim, without white space around it."""


def check_of(action: str) -> str | None:
    """The check that a shell line runs, as its program and subcommand; the last of several, None where it runs none."""
    line = unwrapped(action)
    found = next((head for head in reversed(heads_of(line)) if is_check(head)), None)
    if found is not None:
        return found
    commands = working(parse(line, has_masks=True).commands)
    return next((check for command in reversed(commands) if (check := _by_argument(command)) is not None), None)


def _takes_files(program: str) -> bool:
    """Return whether what a program is given is a file, a folder or a text, whatever it is called.

    It is no subcommand.
    """
    return is_idle(program) or is_handling(program) or only_looks(SHELL, program) or changes_state(SHELL, program)


def _by_argument(command: Command) -> str | None:
    """The check that the first argument or an option of a program names, whatever program it is: ``swift test``."""
    name = command.name
    if head_of_command(command) != name or name in _listed("unless") or _takes_files(name):
        return None
    first = next(iter(command.arguments), "")
    if _SUBCOMMAND.fullmatch(first) and is_check(f"{name} {first}"):
        return f"{name} {first}"
    return next((f"{name} {word}" for word in command.arguments if word in _CHECKING), None)


@lru_cache(maxsize=4096)
def is_check(head: str) -> bool:
    """Return whether what was run tells in its output whether it passed.

    ``python -m pytest``, ``go vet``, ``git merge``.
    """
    first, *_ = head.split() or [""]
    if first in _listed("unless"):
        return False
    return any(word in _listed("checks") for word in _WORD.findall(head.lower().replace("python -m", "")))


def result_of(action: str, output: str) -> CheckResult | None:
    """The result of the check that the shell line *action* runs; None where it runs none, or its output says nothing.

    A failure outweighs a pass, and a pass a check of nothing: of several suites one may be empty.
    """
    if not output.strip() or _listed("checks").isdisjoint(_WORD.findall(action.lower())):
        return None
    return read_result(output) if check_of(action) is not None else None


def read_result(output: str) -> CheckResult | None:
    """The result that the *output* of a check reports; None where it says nothing of one."""
    if len(output) > 2 * _SEARCHED:
        output = f"{output[:_SEARCHED]}\n{output[-_SEARCHED:]}"
    lines = [line for text in output.splitlines() if (line := text.strip()) and _hints().search(line)]
    verdicts: tuple[Verdict, ...] = ("failed", "passed", "nothing")
    for verdict in verdicts:
        pattern = _pattern(verdict)
        found = next((line for line in reversed(lines) if pattern.search(line)), None)
        if found is not None:
            return CheckResult(verdict=verdict, line=found)
    return None


def hides_status(action: str) -> bool:
    """Return whether the exit code of a shell line is not that of the check in it.

    Behind a pipe, ``|| true`` or ``echo``.
    """
    line = unwrapped(action)
    return "pipefail" not in line and _FILTERED.search(line) is not None


def unwrapped(action: str) -> str:
    """The shell line inside of ``bash -c '…'``; *action* where there is none."""
    found = _WRAPPED.match(action)
    return found["inner"] if found else action


@cache
def _table() -> dict[str, list[str]]:
    text = resources.files("t2s_local.text").joinpath("check_results.toml").read_text("utf-8")
    table: dict[str, list[str]] = tomllib.loads(text)
    return table


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(_table()[name])


@cache
def _pattern(name: Verdict) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expression})" for expression in _table()[name]))


@cache
def _hints() -> re.Pattern[str]:
    return re.compile("|".join(_pattern(name).pattern for name in ("failed", "passed", "nothing")))
