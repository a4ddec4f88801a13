"""The one way in which tests run ``t2s``: in this process, or as a program of its own."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from t2s_local.cli import main
from tests.places import ROOT


def json_lines(text: str) -> list[Any]:
    """Read JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


class Ran(NamedTuple):
    """Everything a command left behind on its streams."""

    code: int
    out: str
    err: str


def in_process(*words: str | Path) -> Ran:
    """Run a command line in this process, through the same ``main`` as the installed command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as ended:
            return Ran(int(ended.code or 0), out.getvalue(), err.getvalue())


def start(
    *words: str | Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
) -> "subprocess.Popen[str]":
    """Start a command line as a program of its own.

    Args:
        words: The command line without its name.
        cwd: Folder it runs in; this one where it is None.
        environment: Variables beside those of this process.
        before: Program, with its arguments, that starts the command.
    """
    command = [*before, sys.executable, "-m", "t2s_local", *map(str, words)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    return subprocess.Popen(command, cwd=cwd, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def in_own_process(
    *words: str | Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    timeout: float | None = None,
) -> Ran:
    """Run a command line as a program of its own; the arguments are those of :func:`start`."""
    with start(*words, cwd=cwd, environment=environment, before=before) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Ran(process.returncode, out, err)
