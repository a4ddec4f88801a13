"""Options that override the computed memory settings of a model."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from t2s_local.weights.choice import LEAST_CONTEXT

if TYPE_CHECKING:
    from t2s_local.weights.fit import Wishes

Command = TypeVar("Command", bound=Callable[..., Any])
_META = "t2s.fit"
_BUDGET = "t2s.budget"
_DURATION = re.compile(r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?")
_SECONDS = {"h": 3600, "m": 60, "s": 1}


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.3 on, and not before
    """Option type for a duration such as ``20m``, ``1h30m`` or ``90s``, converted to seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the duration that *value* states, in seconds.

        Raises:
            click.BadParameter: *value* is no duration, or is zero.
        """
        found = _DURATION.fullmatch(str(value).strip().lower())
        seconds = sum(int(n) * _SECONDS[unit] for unit, n in found.groupdict().items() if n) if found else 0
        if not seconds:
            self.fail(f"{value!r} is no length of time such as 20m, 1h30m or 90s.", param, ctx)
        return float(seconds)


def fit_options(command: Command) -> Command:
    """Add options that override a model's memory settings; :func:`wishes` returns their values."""
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
    return click.option(
        "--budget",
        type=Duration(),
        expose_value=False,
        callback=_keep_budget,
        help="With a model: how long it may be asked, as 20m or 1h30m; what is likeliest to change a rule comes first.",
    )(command)


def budget() -> float | None:
    """Return the seconds that the running command may ask a model; None for no limit."""
    found: float | None = click.get_current_context().meta.get(_BUDGET)
    return found


def _keep_budget(ctx: click.Context, _: click.Parameter, value: float | None) -> None:
    ctx.meta[_BUDGET] = value


def _keep(ctx: click.Context, parameter: click.Parameter, value: int | None) -> None:
    ctx.meta.setdefault(_META, {})[parameter.name] = value


def wishes() -> "Wishes":
    """Return the memory settings that the command line fixes; all None outside a command."""
    from t2s_local.weights.fit import Wishes

    context = click.get_current_context(silent=True)
    return Wishes(**(context.meta.get(_META, {}) if context is not None else {}))
