"""Joins the setting ``--model`` with an engine."""

from typing import TYPE_CHECKING

from t2s_local.cli.output import say
from t2s_local.errors import ModelError
from t2s_local.stages.models import Installed, find, installed

if TYPE_CHECKING:
    from t2s_local.ports import Engine


def open_engine(name: str) -> "Engine | None":
    """Load the model that *name* stands for, and say on stderr which one and how it is run.

    Args:
        name: ``auto`` for the largest that fits, ``none``, an alias, a file's name, or a path.

    Returns:
        None where there is to be no model, or none that fits.

    Raises:
        ModelError: the model is not there, broken, or too large for the machine.
    """
    if name == "none":
        return None
    model = find(name) if name != "auto" else best_installed()
    if model is None:
        return None
    from t2s_local.engines.llamacpp import load

    say(f"model {model.name} ({model.path})")
    return load(model.path, say=say)


def best_installed() -> Installed | None:
    """The largest model on this machine that fits it; None where there is none."""
    from t2s_local.engines._fit import Wishes, fit
    from t2s_local.engines._gguf import read_header
    from t2s_local.engines._hardware import machine

    here = machine()
    for model in installed():
        try:
            fit(read_header(model.path), here, Wishes())
        except ModelError as error:
            say(f"{model.name} is passed over: {error.message}")
        else:
            return model
    return None
