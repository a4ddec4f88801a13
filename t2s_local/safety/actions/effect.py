"""Kinds of consequential actions."""

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
"""Each with what an action does that has it, in words that follow "it"."""


class Effect(Value, frozen=True, kw_only=True, order=True):
    """One consequential thing an action does."""

    kind: Kind
    what: str
    """The address, flag, path or name that makes it so, as it stands in the action."""
    is_common: bool = False
    """Whether ordinary work does it too, so that it is of consequence only where a tool result asked for it."""
