"""Facts that a server states about a model: its name, size and context, and how many questions run in parallel."""

from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import quote

from t2s_local.engines._server.wire import CallError, Wire
from t2s_local.errors import ModelError
from t2s_local.values.value import Value, digest

_HINT = "`t2s models ls` lists the models of this machine; --model none works without one."
_IDENTIFYING = frozenset(
    [
        "arch",
        "architecture",
        "digest",
        "ftype",
        "n_embd",
        "n_params",
        "n_vocab",
        "parameter_size",
        "quantization",
        "quantization_level",
        "root",
        "size",
    ]
)
"""Keys of facts about the weights, as servers name them; times, paths and sizes in memory are left out."""
_CONTEXT_KEYS = ("n_ctx", "max_model_len", "loaded_context_length", "context_length")
"""Keys under which llama-server, vLLM, LM Studio and Ollama state the context that is in use."""
_MOST_SAID = 8
_MOST_SLOTS = 16


class ServerModel(Value, frozen=True, kw_only=True):
    """A model as its server describes it."""

    name: str
    identity: str
    """Digest of the name, the size if the server states it, and the other facts about the weights."""
    slots: int | None
    """Questions that run in parallel, at most 16; None if the server does not state it."""
    is_llama: bool
    """Whether it is a llama-server, which accepts grammars and returns likelihoods of the text they force."""
    counts_tokens: bool


def describe(wire: Wire) -> ServerModel:
    """Ask the server for the model that its address names, or for its only model.

    Raises:
        ModelError: there is no such server, or no such model on it.
    """
    address = wire.address
    try:
        listed = _fields(wire.get(f"{address.path}/models"))
    except CallError as fault:
        raise model_error(fault, wire) from fault
    models = [one for one in _list(listed.get("data")) if isinstance(one.get("id"), str)]
    entry = _chosen(models, address.model)
    name = str(entry["id"])
    slots = _optional(wire, f"{address.root}/props").get("total_slots")
    told = {**entry, "ollama": _of_name(_optional(wire, f"{address.root}/api/tags"), name)}
    stable = sorted(f"{key} {value}" for key, value in _identifying(told))
    return ServerModel(
        name=name,
        identity=digest("server", name, *stable),
        slots=min(slots, _MOST_SLOTS) if isinstance(slots, int) and slots > 0 else None,
        is_llama=isinstance(slots, int),
        counts_tokens=count_tokens(wire, name, "Count these tokens.") is not None,
    )


def told_context(wire: Wire, name: str) -> int | None:
    """Return the most tokens of one question with its answer, as the server states them; None if it does not."""
    address = wire.address
    props = _fields(_optional(wire, f"{address.root}/props").get("default_generation_settings"))
    listed = _of_name(_optional(wire, f"{address.path}/models"), name)
    sources = [
        props,
        listed,
        _fields(listed.get("meta")),
        _optional(wire, f"{address.root}/api/v0/models/{quote(name)}"),
        _of_name(_optional(wire, f"{address.root}/api/ps"), name),
    ]
    return min((found for source in sources for found in _contexts(source)), default=None)


def count_tokens(wire: Wire, name: str, text: str) -> int | None:
    """Return the number of tokens of *text*; None if the server cannot count."""
    asked = {"model": name, "content": text, "prompt": text, "add_special": False, "add_special_tokens": False}
    try:
        answer = _fields(wire.post(f"{wire.address.root}/tokenize", asked))
    except CallError:
        return None
    tokens, n = answer.get("tokens"), answer.get("count")
    return n if isinstance(n, int) else len(tokens) if isinstance(tokens, list) else None


def model_error(fault: CallError, wire: Wire) -> ModelError:
    """Return the error that ends a command because of *fault*."""
    place = wire.address.place
    if fault.status in (401, 403):
        return ModelError(f"{place}: {fault.message}", hint="Put it into the variable T2S_SERVER_KEY.")
    said = fault.message if place in fault.message else f"{place}: {fault.message}"
    hint = f"Is it an OpenAI-compatible server, and does {wire.address.path} belong to its address? {_HINT}"
    return ModelError(said, hint=hint if fault.status else f"Is the server started? {_HINT}")


def _chosen(models: list[dict[str, object]], name: str | None) -> dict[str, object]:
    """Return the entry of *models* with the name *name*, or the only entry.

    Raises:
        ModelError: there is no such model, or several and no name.
    """
    names = [str(one["id"]) for one in models]
    listed = ", ".join(names[:_MOST_SAID]) + (", …" if len(names) > _MOST_SAID else "")
    if not models:
        message = "the server names no model"
        raise ModelError(message, hint="Load one in it first.")
    if name is None and len(models) > 1:
        message = f"the server has {len(models)} models"
        raise ModelError(message, hint=f"Name one after the address, as URL#{names[0]}: {listed}.")
    for one in models:
        if name is None or name in _names(one):
            return one
    message = f"the server has no model {name!r}"
    raise ModelError(message, hint=f"It has {listed}.")


def _names(model: Mapping[str, object]) -> set[str]:
    """Return all names of a model: its id, its aliases, and its id without the default tag ``:latest``."""
    aliases = model.get("aliases")
    others = {str(alias) for alias in aliases} if isinstance(aliases, list) else set()
    return {str(model["id"]), str(model["id"]).removesuffix(":latest"), *others}


def _of_name(found: Mapping[str, object], name: str) -> dict[str, object]:
    """Return the model with that name in a list from OpenAI's or Ollama's calls; {} if it is not in the list."""
    listed = [*_list(found.get("data")), *_list(found.get("models"))]
    return next((one for one in listed if name in (one.get("id"), one.get("name"), one.get("model"))), {})


def _contexts(source: Mapping[str, object]) -> Iterator[int]:
    for key in _CONTEXT_KEYS:
        value = source.get(key)
        if isinstance(value, int) and value > 0:
            yield value


def _identifying(facts: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield the facts about the weights, each with its full dotted name."""
    for key, value in facts.items():
        if isinstance(value, dict):
            yield from _identifying(value, f"{prefix}{key}.")
        elif key in _IDENTIFYING and isinstance(value, str | int):
            yield f"{prefix}{key}", value


def _optional(wire: Wire, path: str) -> dict[str, object]:
    try:
        return _fields(wire.get(path))
    except CallError:
        return {}


def _fields(found: object) -> dict[str, object]:
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _list(found: object) -> list[dict[str, object]]:
    return [cast("dict[str, object]", one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
