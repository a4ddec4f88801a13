"""Which model ``--model auto`` stands for."""

from t2s_local.cli.output import say
from t2s_local.errors import ModelError
from t2s_local.stages.models import Installed, installed

LEAST_CONTEXT = 3072
"""Instructions of about 1,000 tokens, an answer of 900, and a recording of at least half the usual size."""


def best_installed() -> Installed | None:
    """The largest model on this machine that fits it; None where there is none, and what is passed over is said."""
    from t2s_local.engines._fit import Wishes, fit
    from t2s_local.engines._gguf import read_header
    from t2s_local.engines._hardware import machine

    here = machine()
    for model in installed():
        try:
            context = fit(read_header(model.path), here, Wishes()).context
        except ModelError as error:
            say(f"{model.name} is passed over: {error.message}")
            continue
        if context >= LEAST_CONTEXT:
            return model
        say(f"{model.name} is passed over: a context of {context} tokens is too short for instructions and a recording")
    return None
