"""Which model ``--model auto`` stands for, and what of its fit is not left to the fit."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from t2s_local.cli.output import say
from t2s_local.errors import ModelError
from t2s_local.weights.catalog import Installed, installed

if TYPE_CHECKING:
    from t2s_local.weights.fit import Wishes

Command = TypeVar("Command", bound=Callable[..., Any])
_META = "t2s.fit"
LEAST_CONTEXT = 3072
"""Instructions of about 1,000 tokens, an answer of 900, and a recording of at least half the usual size."""


def best_installed() -> Installed | None:
    """The largest model on this machine that fits it; None where there is none, and what is passed over is said."""
    from t2s_local.weights.fit import fit
    from t2s_local.weights.gguf import read_header
    from t2s_local.weights.hardware import machine

    here = machine()
    for model in installed():
        try:
            context = fit(read_header(model.path), here, wishes()).context
        except ModelError as error:
            say(f"{model.name} is passed over: {error.message}")
            continue
        if context >= LEAST_CONTEXT:
            return model
        say(f"{model.name} is passed over: a context of {context} tokens is too short for instructions and a recording")
    return None


def fit_options(command: Command) -> Command:
    """Options that override how a model is fitted to the machine; :func:`wishes` reads them back."""
    for flag, kind, text in (
        ("--gpu-layers", click.IntRange(min=0), "With a model: its layers on the GPU, 0 for the CPU alone."),
        ("--sequences", click.IntRange(1, 64), "With a model: questions it works on side by side."),
        ("--context", click.IntRange(min=LEAST_CONTEXT), "With a model: tokens a question and its answer may take."),
    ):
        option = click.option(
            flag,
            type=kind,
            envvar=f"T2S_{flag.strip('-').replace('-', '_').upper()}",
            expose_value=False,
            callback=_keep,
            help=f"{text} Fitted where not given.",
        )
        command = option(command)
    return command


def _keep(ctx: click.Context, parameter: click.Parameter, value: int | None) -> None:
    ctx.meta.setdefault(_META, {})[parameter.name] = value


def wishes() -> "Wishes":
    """What the command line wants of the fit; nothing outside a command."""
    from t2s_local.weights.fit import Wishes

    context = click.get_current_context(silent=True)
    return Wishes(**(context.meta.get(_META, {}) if context is not None else {}))
