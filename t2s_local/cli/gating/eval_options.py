"""Options of the modes that run the user's evaluation command."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from t2s_local.cli.options import Decorator
from t2s_local.errors import InputError, UsageError
from t2s_local.files import reason_of, regular_bytes
from t2s_local.values.gates.eval_options import EvalOptions

_KEY = "t2s_local.cli.gating.eval_options"
_LARGEST_LIST = 10_000_000
"""Largest size of a file of tasks, in bytes."""
TIMEOUT = 600.0
"""Default time limit of a trial in seconds: an agent needs minutes for a small task."""


def _keep(context: click.Context, option: click.Parameter, value: object) -> None:
    context.meta.setdefault(_KEY, {})[option.name] = value


def _option(*names: str, **settings: Any) -> Decorator:  # noqa: ANN401 - what click takes
    return click.option(*names, expose_value=False, callback=_keep, **settings)


_MEASURING: tuple[Decorator, ...] = (
    _option("--eval-cmd", metavar="CMD", help="Your program, with {skill}, {task} and {seed}; it prints a score last."),
    _option("--tasks", type=click.Path(path_type=Path), help="File with a task a line; else the tasks of --runs."),
    _option("--trials", "--k", "trials", type=click.IntRange(min=1), help="Trials of each task in each arm."),
    _option("--timeout", type=click.FloatRange(min=0, min_open=True), default=TIMEOUT, help="Seconds of a trial."),
    _option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Trials at a time."),
    _option("--max-runs", type=click.IntRange(min=0), help="Trials that are run now at most."),
    _option("--max-seconds", type=click.FloatRange(min=0), help="Seconds after which no trial is begun."),
    _option("--no-placebo", is_flag=True, help="Leave out the arm with a skill of as many words about nothing."),
)
"""Options of every command that runs the evaluation command."""
_OPTIONS: tuple[Decorator, ...] = (
    *_MEASURING[:-1],
    _option("--against", type=click.Path(path_type=Path), help="Skill in use now; compared with no skill without it."),
    _option("--library", type=click.Path(path_type=Path), help="With --mode marginal: the skills there are anyway."),
    _option(
        "--metric",
        type=click.Choice(("soft", "hard", "mixed")),
        default="soft",
        show_default=True,
        help="With --mode strict: the mean, the share of full marks, or both weighed by --w.",
    ),
    _option("--w", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Weight of soft in mixed."),
    _option("--best", type=click.FloatRange(-1, 1), help="With --mode strict: the best figure so far."),
    _option("--allow-regression", is_flag=True, help="Let a task fall; without it one that falls is a reject."),
    _option("--ties", type=click.Choice(("keep", "reject")), default="keep", help="With --mode replay."),
    _MEASURING[-1],
)


def measuring_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for the evaluation command and its tasks; :func:`evaluation` returns their values."""
    for option in reversed(_MEASURING):
        command = option(command)
    return command


def eval_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add all options of ``t2s gate`` for the evaluation command; :func:`evaluation` returns their values."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen() -> dict[str, Any]:
    """Return the values of the options by name."""
    found: dict[str, Any] = click.get_current_context().meta[_KEY]
    return found


def evaluation(named: str, *, without: str) -> EvalOptions:
    """Return the options for running the evaluation command.

    Args:
        named: The option that wants it, such as ``--mode strict``, for the message.
        without: What there is without a command, for the hint.

    Raises:
        UsageError: no evaluation command is given.
    """
    values = chosen()
    if not values["eval_cmd"]:
        message = f"{named} measures with your own program, and there is none"
        hint = f"Name it with --eval-cmd; without one there are {without}."
        raise UsageError(message, hint=hint)
    if not math.isfinite(values["timeout"]):
        message = "--timeout must end"
        raise UsageError(message, hint="Name seconds.")
    return EvalOptions(
        command=values["eval_cmd"],
        timeout=values["timeout"],
        jobs=values["jobs"],
        max_runs=values["max_runs"],
        max_seconds=values["max_seconds"],
    )


def listed_tasks(path: Path) -> tuple[str, ...]:
    """Return the tasks in a file with one task in each line, without repetitions, in the order of the file.

    Raises:
        InputError: the file cannot be read, is no text, or contains no task.
    """
    try:
        data = regular_bytes(path, _LARGEST_LIST)
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    if data is None:
        message = "no plain file, or too large"
        raise InputError(message, path=path, hint="Name a file with a task a line.")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        message = "not UTF-8 text"
        raise InputError(message, path=path) from error
    found = tuple(dict.fromkeys(line.strip().replace("\0", "") for line in lines if line.strip()))
    if not found:
        message = "no task in it"
        raise InputError(message, path=path, hint="Write a task a line.")
    return found
