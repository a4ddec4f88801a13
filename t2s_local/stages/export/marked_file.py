"""Write a block of rules to a file of instructions on disk; a failed write leaves the file as it was."""

import os
from collections.abc import Iterable
from pathlib import Path

from t2s_local.errors import InputError, T2SError
from t2s_local.files import open_regular, reason_of, write_atomic
from t2s_local.stages.export.agents_md import Updated, with_block
from t2s_local.stages.export.short_rules import ShortRule

_MODE = 0o644


def update_file(path: Path, rules: Iterable[ShortRule], *, label: str, replace: bool = False) -> Updated:
    """Replace the block named *label* in a file by *rules*; nothing is written if the block has these rules already.

    A symbolic link to a file in the same folder (CLAUDE.md to AGENTS.md) is followed; every other link is refused.

    Args:
        path: The file; it is created if it does not exist and there is a rule to write.
        rules: Rules, in their order.
        label: Name of the block.
        replace: Whether to overwrite a block whose lines a person edited.

    Raises:
        T2SError: the block was edited or is broken, or the file cannot be written; the file is unchanged.
        InputError: the file is not UTF-8 text.
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
