"""Find the model that a setting names (a file, or a server the user named), and open an engine on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from t2s_local.config import allowed_hosts
from t2s_local.engines.lazy import LazyEngine
from t2s_local.engines.runnable import NOT_INSTALLED, how_to_install, why_not
from t2s_local.engines.server import ServerAddress, ServerEngine, is_server, read_address
from t2s_local.engines.server import load as load_server
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Engine
from t2s_local.text.text import counted
from t2s_local.weights.catalog import find
from t2s_local.weights.choice import best_installed
from t2s_local.weights.fit import Wishes

Say = Callable[[str], None]
ModelPlace = Path | ServerAddress
"""Place of a model: the path of a file, or the address of a server."""
ModelEngine = LazyEngine | ServerEngine

_engines: dict[ModelPlace, ModelEngine] = {}
"""Engines of this process by model: analyst and writer share an engine."""


def model_place(model: str, wishes: Wishes, say: Say, *, detail: Say) -> ModelPlace | None:
    """Return the place of the model that a setting names; None to work without a model.

    Args:
        model: ``auto``, ``none``, an alias, the path of a file, or the address of a server.
        wishes: Settings of the model's memory use that are fixed beforehand.
        say: Called with words about the model that is used, and the reason.
        detail: Called with words about every model that ``auto`` does not use.

    Raises:
        UsageError: the address of a server is none, or its host is not allowed.
        ModelError: there is no such model on this machine.
    """
    if model == "none":
        return None
    if is_server(model):
        return read_address(model, allowed=allowed_hosts())
    if model == "auto":
        return _best(wishes, say, detail)
    found = find(model)
    say(f"Model {found.name} ({found.path}): as asked.")
    return found.path.absolute()


def judge_place(judge: str, place: ModelPlace) -> ModelPlace | None:
    """Return the place of the model that scores the texts of the model at *place*; None if no texts are scored.

    Raises:
        UsageError: the address of a server is none, or its host is not allowed.
        ModelError: there is no such model on this machine.
    """
    if judge in {"same", "none"}:
        return place if judge == "same" else None
    return read_address(judge, allowed=allowed_hosts()) if is_server(judge) else find(judge).path.absolute()


def engine_at(place: ModelPlace, wishes: Wishes, say: Say) -> ModelEngine:
    """Return the engine of this process on the model at *place*.

    Raises:
        ModelError: there is no model that could be run, or no such server.
    """
    if place not in _engines:
        _engines[place] = _engine(place, wishes, say)
    return _engines[place]


def close_engines(*places: ModelPlace | None) -> None:
    """Close the engines of this process on the models at *places*, and free their memory."""
    for place in places:
        if place in _engines:
            _engines.pop(place).close()


@contextmanager
def open_engine(model: str, *, say: Say) -> Iterator[Engine]:
    """Load only the model that *model* names, and unload it at the end.

    Args:
        model: ``auto``, an alias, the path of a file, or the address of a server.
        say: Called with words about the model that is used, and the reason.

    Raises:
        UsageError: the name is not known, or no model is wanted.
        ModelError: no model is installed that runs and fits, or it cannot be loaded.
    """
    place = model_place(model, Wishes(), say, detail=say)
    if place is None:
        message = "no model is installed that runs and fits" if model == "auto" else "no model is named"
        raise ModelError(message, hint="`t2s models ls` lists what there is.")
    try:
        yield engine_at(place, Wishes(), say)
    finally:
        close_engines(place)


def _best(wishes: Wishes, say: Say, detail: Say) -> Path | None:
    passed: list[str] = []
    found = best_installed(wishes, passed.append, why_not=why_not)
    for line in passed:
        detail(line)
    over = f" ({counted(len(passed), 'larger model')} passed over: `t2s models ls`)" if passed else ""
    if found is None:
        said = over.replace("larger ", "")
        if any(line.endswith(NOT_INSTALLED) for line in passed):
            say(f"The mined analyst and the template writer do the work: {NOT_INSTALLED}. {how_to_install()}")
            return None
        say(f"No model is installed that runs and fits{said}: the mined analyst and the template writer do the work.")
        return None
    why = f"the largest on this machine that runs and fits{over}; --model none works without one"
    say(f"Model {found.name} ({found.path}): {why}.")
    return found.path.absolute()


def _engine(place: ModelPlace, wishes: Wishes, say: Say) -> ModelEngine:
    if isinstance(place, Path):
        return LazyEngine(place, wishes=wishes, say=say)
    return load_server(place, context=wishes.context, sequences=wishes.sequences, say=say)
