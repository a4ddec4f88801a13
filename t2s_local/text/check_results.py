"""Read the results of tests, builds, linters, package managers and version control from their output.

The exit code of a pipe is that of its last program, and ``|| true`` hides the exit code altogether; the summary that
a check prints is about the check itself.
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
"""``nothing`` if no test ran or no file was checked, which does not count as passed."""
_SEARCHED = 3_000
"""Characters read at the start and at the end of an output: summaries come last, refusals to start come first."""
_WRAPPED = re.compile(
    r"""^\s*(?:\w+=\S*\s+)*(?:/bin/)?(?:ba|z|da)?sh\s+-\w*c\s+(?P<mark>['"])(?P<inner>.*)(?P=mark)\s*$""", re.DOTALL
)
_SUBCOMMAND = re.compile(r"[a-z][\w:-]*")
_CHECKING = frozenset({"--check", "--lint", "--verify"})
"""Options that make a program only check the files that it would otherwise change."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_INNER = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|\((?:\\.|\[(?:\\.|[^\]])*\]|[^()\[\\])*\)")
"""Escaped characters, classes and innermost groups of an expression, where ``|`` separates no whole expressions."""
_FILTERED = re.compile(r"\|(?!\|)|\|\|\s*(?:true|:)\b|;\s*(?:true|echo\b[^;&|]*)\s*$|\bexit 0\s*$")


class CheckResult(Value, frozen=True, kw_only=True):
    """Result of a check, read from its output."""

    verdict: Verdict
    line: str
    """Line of the output that states the result, verbatim, without white space around it."""


@lru_cache(maxsize=1024)  # Several kinds of notes ask about the calls of one run, one after the other.
def check_of(action: str) -> str | None:
    """Return program and subcommand of the last check that a shell line runs; None if it runs no check."""
    line = unwrapped(action)
    found = next((head for head in reversed(heads_of(line)) if is_check(head)), None)
    if found is not None:
        return found
    commands = working(parse(line, has_masks=True).commands)
    return next((check for command in reversed(commands) if (check := _by_argument(command)) is not None), None)


def _takes_files(program: str) -> bool:
    """Return whether the arguments of a program are files, folders or texts, and never subcommands."""
    return is_idle(program) or is_handling(program) or only_looks(SHELL, program) or changes_state(SHELL, program)


def _by_argument(command: Command) -> str | None:
    """Return the check that the first argument or an option of any program names, such as ``swift test``, or None."""
    name = command.name
    if head_of_command(command) != name or name in _listed("unless") or _takes_files(name):
        return None
    first = next(iter(command.arguments), "")
    if _SUBCOMMAND.fullmatch(first) and is_check(f"{name} {first}"):
        return f"{name} {first}"
    return next((f"{name} {word}" for word in command.arguments if word in _CHECKING), None)


@lru_cache(maxsize=4096)
def is_check(head: str) -> bool:
    """Return whether a program with its subcommand is a check, whose output states whether it passed.

    Examples are ``python -m pytest``, ``go vet`` and ``git merge``.
    """
    first, *_ = head.split() or [""]
    if first in _listed("unless"):
        return False
    return any(word in _listed("checks") for word in _WORD.findall(head.lower().replace("python -m", "")))


def result_of(action: str, output: str) -> CheckResult | None:
    """Return the result of the check in the shell line *action*; None without a check or without a stated result.

    A failure outweighs a pass, and a pass outweighs ``nothing``, because one of several test suites may be empty.
    """
    if not output.strip() or _listed("checks").isdisjoint(_WORD.findall(action.lower())):
        return None
    return read_result(output) if check_of(action) is not None else None


def read_result(output: str) -> CheckResult | None:
    """Return the result that the *output* of a check states; None if it states no result."""
    if len(output) > 2 * _SEARCHED:
        output = f"{output[:_SEARCHED]}\n{output[-_SEARCHED:]}"
    lines = [line for text in output.splitlines() if (line := text.strip()) and _hints(line)]
    verdicts: tuple[Verdict, ...] = ("failed", "passed", "nothing")
    for verdict in verdicts:
        pattern = _pattern(verdict)
        found = next((line for line in reversed(lines) if pattern.search(line)), None)
        if found is not None:
            return CheckResult(verdict=verdict, line=found)
    return None


def hides_status(action: str) -> bool:
    """Return whether a pipe, ``|| true`` or ``echo`` replaces the exit code of the check in a shell line."""
    line = unwrapped(action)
    return "pipefail" not in line and _FILTERED.search(line) is not None


def unwrapped(action: str) -> str:
    """Return the shell line inside of ``bash -c '…'``; *action* itself if it has no such form."""
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


def _hints(line: str) -> bool:
    """Return whether *line* states any result; most lines state none."""
    return _any_of(begins=True).match(line) is not None or _any_of(begins=False).search(line) is not None


@cache
def _any_of(*, begins: bool) -> re.Pattern[str]:
    """Return a pattern of all expressions that match only at the start of a line, or, unless *begins*, of all others.

    Four fifths match only at the start of a line, and so need not be tried at every character.
    """
    every = [one for name in ("failed", "passed", "nothing") for one in _table()[name]]
    return re.compile("|".join(f"(?:{one})" for one in every if _is_beginning(one) is begins))


def _is_beginning(expression: str) -> bool:
    return expression.startswith("^") and "|" not in _INNER.sub("", expression)
