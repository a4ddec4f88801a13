"""Options that override the computed fit of a model."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from t2s_local.weights.choice import LEAST_CONTEXT

if TYPE_CHECKING:
    from t2s_local.weights.fit import Wishes

Command = TypeVar("Command", bound=Callable[..., Any])
_META = "t2s.fit"


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
    """Return the part of the fit that the command line fixes; nothing outside a command."""
    from t2s_local.weights.fit import Wishes

    context = click.get_current_context(silent=True)
    return Wishes(**(context.meta.get(_META, {}) if context is not None else {}))
