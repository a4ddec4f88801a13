"""Writes a block of rules to a file of instructions on the disk, whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

from t2s_local.errors import InputError, T2SError
from t2s_local.files import open_regular, reason_of, write_atomic
from t2s_local.stages.export.agents_md import Updated, with_block
from t2s_local.stages.export.short_rules import ShortRule

_MODE = 0o644


def update_file(path: Path, rules: Iterable[ShortRule], *, label: str, replace: bool = False) -> Updated:
    """Bring the block of *label* in a file up to *rules*; where it is so already, nothing is written.

    A link to a file beside it (CLAUDE.md to AGENTS.md) is followed; no link leads anywhere else.

    Args:
        path: The file; made where it does not exist and there is a rule to be written.
        rules: Rules, in their order.
        label: What the block is known by.
        replace: Whether lines that were edited in the block give way.

    Raises:
        T2SError: the block was edited or is broken, or the file cannot be written; it is as it was.
        InputError: the file is no text.
    """
    real = _real(path)
    text = _read(real)
    try:
        updated = with_block(text or "", rules, label=label, replace=replace)
    except T2SError as error:
        raise T2SError(error.message, path=path, hint=error.hint) from error
    if updated.text != (text or ""):
        real.parent.mkdir(parents=True, exist_ok=True)
        mode = real.stat().st_mode & 0o777 if text is not None else _MODE
        write_atomic(real, updated.text.encode("utf-8", "surrogateescape"), mode=mode)
    return updated


def _real(path: Path) -> Path:
    if not path.is_symlink():
        return path
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:
        message = "a link that leads nowhere"
        raise T2SError(message, path=path, hint="Name the file itself.") from error
    if real.parent != path.parent.resolve():
        message = "a link that leads to another folder"
        raise T2SError(message, path=path, hint=f"Name the file itself: --file {real}")
    return real


def _read(path: Path) -> str | None:
    if not os.path.lexists(path):
        return None
    try:
        with open_regular(path) as stream:
            return stream.read().decode("utf-8")
    except UnicodeDecodeError as error:
        message = "not UTF-8 text"
        raise InputError(message, path=path, hint="Nothing was changed.") from error
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
