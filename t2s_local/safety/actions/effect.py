"""Kinds of risky effects of actions."""

from typing import Literal

from t2s_local.values.value import Value

Kind = Literal["download", "hidden", "check", "source", "right", "file", "sending", "lasting", "removal", "history"]
KINDS: dict[Kind, str] = {
    "download": "runs what it downloads",
    "hidden": "runs what cannot be read in it",
    "check": "switches a check off",
    "source": "takes things from, or sends them through, another address",
    "right": "gives rights to many",
    "file": "touches a file that programs or agents obey, or that holds credentials",
    "sending": "sends data away",
    "lasting": "plants something that starts by itself",
    "removal": "deletes without bounds",
    "history": "overwrites what others pushed",
}
"""Each kind of effect with a phrase that follows "it": ``runs what it downloads``."""


class Effect(Value, frozen=True, kw_only=True, order=True):
    """A risky effect of an action."""

    kind: Kind
    what: str
    """Address, flag, path or name that causes the effect, verbatim from the action."""
    is_common: bool = False
    """Whether ordinary work has the effect too, so that it counts only if a tool result asked for the action."""
