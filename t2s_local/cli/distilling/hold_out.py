"""``--hold-out 20%``: hold out a share of the runs, and measure the rules on them."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from t2s_local.cli.output import say
from t2s_local.text.text import counted
from t2s_local.values.gates.results import SkillCatch

Command = TypeVar("Command", bound=Callable[..., Any])
_META = "t2s.hold_out"
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%|(0?\.\d+)")


class HeldShare(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.3 on, and not before
    """Option type for a share such as ``20%`` or ``0.2``, above 0 and below 1."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share that *value* states, in (0, 1).

        Raises:
            click.BadParameter: *value* is no share, or is not above 0 and below 1.
        """
        found = _SHARE.fullmatch(str(value).strip())
        share = 0.0 if found is None else float(found[1]) / 100 if found[1] else float(found[2])
        if not 0 < share < 1:
            self.fail(f"{value!r} is no share such as 20%, above 0% and below 100%.", param, ctx)
        return share


def hold_out_option(command: Command) -> Command:
    """Add the option to *command*; :func:`hold_out` returns its value."""
    return click.option(
        "--hold-out",
        type=HeldShare(),
        expose_value=False,
        callback=_keep,
        help="Share of the runs that nothing is learned from, as 20%: every rule is then held against them.",
    )(command)


def hold_out() -> float | None:
    """Return the share to hold out; None if the option is not given."""
    found: float | None = click.get_current_context().meta.get(_META)
    return found


def _keep(ctx: click.Context, _: click.Parameter, value: float | None) -> None:
    ctx.meta[_META] = value


def print_catches(found: Sequence[SkillCatch] | None) -> None:
    """Print for every rule the number of held-out failures it would have caught and of runs that contradict it."""
    if not found:
        return
    for skill in found:
        for rule in skill.rules:
            said = f"caught {rule.caught.n} of {rule.caught.of} failures"
            against = f"contradicts {rule.contradicts.n} of {rule.contradicts.of} successes"
            net = "not applicable" if rule.net is None else f"net {rule.net:+.2f}"
            say(f"{skill.skill} {rule.rule}: {said}, {against}: {net} (L1)")
        if skill.n_unread:
            say(f"{skill.skill}: {counted(skill.n_unread, 'rule')} that code cannot look for in runs.")
    runs = counted(found[0].n_runs, "run")
    say(f"Level L1: held against {runs} of other tasks and conversations, that nothing was learned from.")
