"""Catalog of models, and search for GGUF files on this machine."""

import json
import os
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from t2s_local import registry
from t2s_local.errors import ModelError
from t2s_local.extras import command_for
from t2s_local.registry import meant
from t2s_local.values.value import Value
from t2s_local.weights.dialects import dialect_of, jinja_of
from t2s_local.weights.probe import is_installed

ModelSource = Literal["Hugging Face", "LM Studio", "Ollama", "file"]
_OLLAMA_MODEL = "application/vnd.ollama.image.model"
_OLLAMA_TEMPLATE = "application/vnd.ollama.image.template"
_LONGEST_TEMPLATE = 1 << 20
_PARTS = "-00001-of-"


class CatalogEntry(Value, frozen=True, kw_only=True):
    """A model of the catalog."""

    alias: str
    repo: str
    file: str
    """Name of the file in the repo; may contain a ``*``."""
    name: str
    quant: str
    licence: str
    context: int
    """Tokens of context the model was trained for."""
    bytes: int
    """Approximate size of the file."""
    purpose: str
    revision: str | None
    sha256: str | None
    cache_bytes: int | None = None
    """Bytes of keys and values of one token, in 16 bits; None if the layers are not known before the download."""
    chat_template: str | None = None
    """Jinja template to use in place of the file's; None if the file's own is right."""


class InstalledModel(Value, frozen=True, kw_only=True):
    """A GGUF file on this machine."""

    path: Path
    name: str
    """Alias if the catalog has the model, otherwise the file's own name."""
    source: ModelSource
    bytes: int


def catalog() -> tuple[CatalogEntry, ...]:
    """Return the models that ship with t2s as catalog entries, without weights; sorted by size, smallest first."""
    entries = tomllib.loads(registry.shipped("catalog.toml").read_text("utf-8"))
    known = [
        CatalogEntry(revision=_recorded(entry.pop("revision")), sha256=_recorded(entry.pop("sha256")), **entry)
        for entry in entries["model"]
    ]
    return tuple(sorted(known, key=lambda one: one.bytes))


def _recorded(value: str) -> str | None:
    return None if value == "unknown" else value


def known(alias: str) -> CatalogEntry:
    """Return the catalog entry with that alias or name; upper and lower case do not matter.

    Raises:
        ModelError: the catalog has no such model.
    """
    for one in catalog():
        if alias.casefold() in {one.alias.casefold(), one.name.casefold()}:
            return one
    message = f"the catalog has no model {alias!r}"
    aliases = [one.alias for one in catalog()]
    raise ModelError(message, hint=f"{meant(alias, aliases)}It has {', '.join(aliases)}.")


def installed() -> tuple[InstalledModel, ...]:
    """Return the GGUF models in the caches of Hugging Face, LM Studio and Ollama, which are only read.

    They are sorted by size, largest first; a model in several parts is named by its first part.
    """
    found = [*_hugging_face(), *_lm_studio(), *_ollama()]
    return tuple(sorted(found, key=lambda one: (-one.bytes, one.name, str(one.path))))


def find(name: str) -> InstalledModel:
    """Return the model on this machine with that *name*: a path, an alias, or the name of a file.

    Raises:
        ModelError: there is no such model; the hint says how to fetch it if it is in the catalog.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return InstalledModel(path=path, name=path.name, source="file", bytes=_size(path))
    for one in installed():
        if name.casefold() in {one.name.casefold(), one.path.name.casefold(), one.path.stem.casefold()}:
            return one
    aliases = {item for one in catalog() for item in (one.alias.casefold(), one.name.casefold())}
    message = f"no model {name!r} on this machine"
    if name.casefold() in aliases:
        fetch = f"`t2s models pull {known(name).alias}`"
        if not is_installed():
            message = f"{message}, and no llama.cpp, which runs models"
            raise ModelError(message, hint=f"Two commands add them: `{command_for('llm')}`, then {fetch}.")
        raise ModelError(message, hint=f"Fetch it: {fetch}.")
    names = [*(one.name for one in installed()), *(one.alias for one in catalog())]
    raise ModelError(message, hint=f"{meant(name, names)}`t2s models ls` lists what there is, and what can be pulled.")


def chat_template_of(path: Path, *, has_own: bool) -> str | None:
    """Return the chat template that replaces the one in the file *path*; None to use the file's own, if any.

    The catalog's template comes first. Ollama keeps a template beside the file, in a language of its own: if the file
    has none, our template for the same dialect replaces it.

    Args:
        path: The file of a model.
        has_own: Whether the file contains a template.
    """
    repo = next((part for part in path.parts if part.startswith("models--")), None)
    name = _name(path.name, None if repo is None else _repo_of(repo))
    known = next((one.chat_template for one in catalog() if one.alias == name), None)
    return known if known is not None or has_own else _ollama_template(path)


def _ollama_template(path: Path) -> str | None:
    """Return a Jinja template for the dialect of an Ollama model; None if the dialect is not known."""
    for manifest in sorted(path.parent.parent.glob("manifests/*/*/*/*")):
        layers = _ollama_layers(manifest)
        template = path.with_name(layers.get(_OLLAMA_TEMPLATE, "none").replace(":", "-"))
        if layers.get(_OLLAMA_MODEL, "none").replace(":", "-") == path.name and template.is_file():
            dialect = dialect_of(template.read_bytes()[:_LONGEST_TEMPLATE].decode("utf-8", "replace"))
            return None if dialect is None else jinja_of(dialect)
    return None


def hugging_face_cache() -> Path:
    """Return the folder of the Hugging Face cache, from the same environment variables as its own library."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if named := os.environ.get(variable):
            return _written_out(named)
    if home := os.environ.get("HF_HOME"):
        return _written_out(home) / "hub"
    return _written_out(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface" / "hub"


def _written_out(path: str) -> Path:
    """Return *path* with ``~`` and environment variables expanded."""
    return Path(os.path.expandvars(path)).expanduser()


def _hugging_face() -> Iterator[InstalledModel]:
    for path in sorted(hugging_face_cache().glob("models--*/snapshots/*/**/*.gguf")):
        if _is_model(path):
            place = path.relative_to(hugging_face_cache()).parts[0]
            name = _name(path.name, _repo_of(place))
            yield InstalledModel(path=path, name=name, source="Hugging Face", bytes=_size(path))


def _repo_of(folder: str) -> str:
    """Return the repo whose files are in the cache folder *folder*."""
    return folder.removeprefix("models--").replace("--", "/", 1)


def _lm_studio() -> Iterator[InstalledModel]:
    for folder in (Path.home() / ".lmstudio" / "models", Path.home() / ".cache" / "lm-studio" / "models"):
        for path in sorted(folder.glob("**/*.gguf")):
            if _is_model(path):
                yield InstalledModel(path=path, name=_name(path.name, None), source="LM Studio", bytes=_size(path))


def _ollama() -> Iterator[InstalledModel]:
    folder = _written_out(os.environ.get("OLLAMA_MODELS") or "~/.ollama/models")
    for manifest in sorted(folder.glob("manifests/*/*/*/*")):
        blob = _ollama_layers(manifest).get(_OLLAMA_MODEL)
        path = folder / "blobs" / (blob or "none").replace(":", "-")
        if blob and path.is_file():
            name = f"{manifest.parent.name}:{manifest.name}"
            yield InstalledModel(path=path, name=name, source="Ollama", bytes=path.stat().st_size)


def _ollama_layers(manifest: Path) -> dict[str, str]:
    """Return the digests of the layers in an Ollama manifest, by media type; {} if the file is no manifest."""
    try:
        layers = json.loads(manifest.read_bytes()).get("layers", [])
        return {str(layer["mediaType"]): str(layer["digest"]) for layer in layers}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}


def _is_model(path: Path) -> bool:
    """Return whether *path* is the only or first part of a model, and not its image encoder (``mmproj``)."""
    is_later_part = "-of-" in path.stem and _PARTS not in path.stem
    return path.is_file() and not path.name.startswith("mmproj") and not is_later_part


def _size(path: Path) -> int:
    if _PARTS in path.name:
        return sum(part.stat().st_size for part in path.parent.glob(path.name.replace("00001", "*", 1)))
    return path.stat().st_size


def _name(file: str, repo: str | None) -> str:
    for one in catalog():
        if fnmatch(file, one.file) and repo in {None, one.repo} and not (repo is None and one.file.startswith("*Q")):
            return one.alias
    return file
