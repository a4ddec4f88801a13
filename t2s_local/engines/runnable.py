"""Reasons why a local model cannot be run here or answers no questions, found before anything is loaded."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import msgspec

from t2s_local.code_digest import sources_digest
from t2s_local.engines._llamacpp.chat import frame
from t2s_local.errors import ModelError, T2SError
from t2s_local.extras import command_for
from t2s_local.files import private_folder, write_atomic
from t2s_local.processes import child_process
from t2s_local.values.value import Value, digest
from t2s_local.weights.catalog import chat_template_of
from t2s_local.weights.gguf import Header, read_header
from t2s_local.weights.probe import is_installed

_TRIAL = "t2s_local.engines._llamacpp.sandbox.trial"
_RENDERING = "t2s_local.engines._llamacpp.sandbox.rendering"
_SECONDS = 60
_TEMPLATE = "tokenizer.chat_template"
_MOST = 1000
"""Most verdicts that are kept; on a machine with more model files some are tried again."""
NOT_INSTALLED = "llama.cpp, which runs models, is not installed"
BASE = "a base model: it has no chat template, and goes on with a text where it is asked a question"


class _Verdict(Value, frozen=True, kw_only=True):
    """Verdict on a file, and a key of everything it depends on."""

    key: str
    reason: str | None


def why_not(path: Path) -> str | None:
    """Return the reason why the model at *path* cannot be run here as a chat model; None if it can.

    llama.cpp and the template sandbox are asked once; their verdict is kept until the file or llama.cpp changes.
    """
    try:
        header = read_header(path)
    except ModelError as error:
        return error.message
    if (reason := header.other_kind) is not None:
        return reason
    if not is_installed():
        return NOT_INSTALLED
    key = _key(path)
    kept = _verdicts()
    known = kept.get(str(path))
    if known is not None and known.key == key:
        return known.reason
    found = _tried(path) or _without_chat(header, path)
    _keep(kept, str(path), _Verdict(key=key, reason=found))
    return found


def refuse_unfit(path: Path) -> None:
    """Raise an error if the model at *path* cannot be run here as a chat model.

    Raises:
        ModelError: the model cannot be run; the message is the reason.
    """
    if (reason := why_not(path)) is not None:
        message = f"it cannot be run here: {reason}"
        hint = "`t2s models ls` says which models of this machine can."
        raise ModelError(message, path=path, hint=how_to_install() if reason == NOT_INSTALLED else hint)


def how_to_install() -> str:
    """Return a sentence on how to add llama.cpp to this installation."""
    return f"`{command_for('llm')}` adds it (a C++ compiler builds it, 5 to 10 minutes)."


def template_of(path: Path) -> str | None:
    """Return the chat template that replaces the one in the file *path*; None if the file's own is used.

    Raises:
        ModelError: the file cannot be read.
    """
    return chat_template_of(path, has_own=_TEMPLATE in read_header(path).metadata)


def _without_chat(header: Header, path: Path) -> str | None:
    """Return the reason why the model cannot be asked a question; None if it has a chat template that works."""
    own = header.metadata.get(_TEMPLATE)
    template = chat_template_of(path, has_own=isinstance(own, str)) or own
    if not isinstance(template, str):
        return BASE
    try:
        frame(template, has_shared=True, start="<s>", end="</s>")
    except ModelError as error:
        return error.message
    return None


def _tried(path: Path) -> str | None:
    """Return the reason why llama.cpp refuses the file; None if it would load it."""
    command = child_process.command(_TRIAL, str(path.absolute()))
    quiet = child_process.environment(GGML_NO_BACKTRACE="1")
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=_SECONDS, env=quiet, cwd=child_process.PACKAGE
        )
        return msgspec.json.decode(done.stdout, type=str | None)
    except subprocess.TimeoutExpired:
        return f"llama.cpp does not come to an end with its header in {_SECONDS} s"
    except msgspec.DecodeError:
        return "llama.cpp breaks down on its header"


def _key(path: Path) -> str:
    """Return the digest of everything a verdict depends on: file, replacement template, llama.cpp, our code."""
    found = path.stat()
    ours = [sources_digest(name) for name in (__name__, _TRIAL, _RENDERING)]
    build = f"{metadata.version('llama-cpp-python')} {sys.version}"
    return digest(str(found.st_size), str(found.st_mtime_ns), chat_template_of(path, has_own=False) or "", build, *ours)


def _file() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("t2s")) / "runnable.json"


def _verdicts() -> dict[str, _Verdict]:
    try:
        return msgspec.json.decode(_file().read_bytes(), type=dict[str, _Verdict])
    except (OSError, msgspec.DecodeError):
        return {}


def _keep(kept: dict[str, _Verdict], path: str, verdict: _Verdict) -> None:
    """Keep *verdict* in the user's cache folder; do nothing if that cannot be written."""
    newest = [*kept.items()][-_MOST:]
    try:
        private_folder(_file().parent)
        write_atomic(_file(), msgspec.json.encode(dict([*newest, (path, verdict)])))
    except (T2SError, OSError):
        return
