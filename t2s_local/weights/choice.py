"""Choice of the model for ``auto``: the largest model on this machine that runs and fits."""

from collections.abc import Callable
from pathlib import Path

from t2s_local.errors import ModelError
from t2s_local.weights.catalog import InstalledModel, installed
from t2s_local.weights.fit import Wishes, fit
from t2s_local.weights.gguf import read_header
from t2s_local.weights.hardware import machine

LEAST_CONTEXT = 3072
"""Fewest tokens of context: instructions of about 1,000, an answer of 900, and half of a usual recording."""


def best_installed(
    wishes: Wishes, say: Callable[[str], None], *, why_not: Callable[[Path], str | None]
) -> InstalledModel | None:
    """Return the largest model on this machine that runs and fits; None if there is none.

    Args:
        wishes: The part of the plan that is fixed beforehand.
        say: Called with one sentence about every model that is skipped.
        why_not: Returns the reason why a file cannot be run as a chat model; None if it can.
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
