"""The model ``auto`` stands for: the largest one on this machine that runs and fits."""

from collections.abc import Callable
from pathlib import Path

from t2s_local.errors import ModelError
from t2s_local.weights.catalog import InstalledModel, installed
from t2s_local.weights.fit import Wishes, fit
from t2s_local.weights.gguf import read_header
from t2s_local.weights.hardware import machine

LEAST_CONTEXT = 3072
"""Instructions of about 1,000 tokens, an answer of 900, and a recording of at least half the usual size."""


def best_installed(
    wishes: Wishes, say: Callable[[str], None], *, why_not: Callable[[Path], str | None]
) -> InstalledModel | None:
    """Return the largest model on this machine that runs and fits; None where there is none.

    Args:
        wishes: The part of the fit that is fixed beforehand.
        say: Told in one sentence about every model that is passed over.
        why_not: Gives the reason why a file cannot be run as a model that answers; None where it can.
    """
    here = machine()
    for model in installed():
        if (reason := why_not(model.path)) is not None:
            say(f"{model.name} is passed over: {reason}")
            continue
        try:
            context = fit(read_header(model.path), here, wishes).context
        except ModelError as error:
            say(f"{model.name} is passed over: {error.message}")
            continue
        if context >= LEAST_CONTEXT:
            return model
        say(f"{model.name} is passed over: a context of {context} tokens is too short for instructions and a recording")
    return None
