"""Detect the format of a file by its beginning."""

from functools import cache
from typing import cast

from t2s_local import registry
from t2s_local.errors import InputError
from t2s_local.ports.format import Format, Head, MappedFormat
from t2s_local.records.head import HEAD_BYTES, look_deeper
from t2s_local.records.json import NotJsonError, decode

FORMATS = "t2s_local.formats"
BROKEN = "JSON that is cut off or broken"
"""Description of a file whose JSON ends before its value, or is none: input that could not be read."""
_POINTER = b"version https://git-lfs"


def detect(head: Head) -> str | None:
    """Return the name of the format that claims a file with this beginning; None if no format does.

    The fallback format is asked last.

    Raises:
        InputError: more than one format claims the file.
    """
    name = _claimant(head)
    if name is None and (deeper := look_deeper(head)) is not None:
        name = _claimant(deeper)
    return name or next((last for last in _fallbacks() if _claims(last, head)), None)


def _claimant(head: Head) -> str | None:
    fallbacks = _fallbacks()
    claiming = [name for name in registry.names(FORMATS) if name not in fallbacks and _claims(name, head)]
    if len(claiming) > 1:
        message = f"could be {' or '.join(claiming)}"
        raise InputError(message, path=head.path, hint="Say which with --format.")
    return claiming[0] if claiming else None


@cache
def _fallbacks() -> tuple[str, ...]:
    """Return the names of the fallback formats, whose modules set ``IS_FALLBACK``."""
    return tuple(
        name for name in registry.names(FORMATS) if getattr(registry.load(FORMATS, name), "IS_FALLBACK", False)
    )


def _claims(name: str, head: Head) -> bool:
    return load_format(name).claims(head)


def load_format(name: str) -> Format:
    """Load the reader of a format.

    Raises:
        UsageError: there is no such format.
    """
    return cast("Format", registry.load(FORMATS, name))


def load_mapped() -> MappedFormat:
    """Load the fallback format, which can read any file by a map."""
    return cast("MappedFormat", registry.load(FORMATS, _fallbacks()[0]))


def describe(head: Head) -> str:
    """Return a short description of the content of a file without a trajectory."""
    if not head.raw.strip():
        return "empty"
    if b"\0" in head.raw:
        return "binary"
    if head.raw.startswith(_POINTER):
        return "a Git LFS pointer instead of the file"
    if head.document is not None and len(head.raw) < HEAD_BYTES and not _is_whole(head.raw):
        return BROKEN
    if isinstance(head.document, dict):
        return _describe_object(head.document)
    if isinstance(head.document, list):
        return f"a JSON list of {len(head.document)} items" if len(head.raw) < HEAD_BYTES else "a JSON list"
    if head.records:
        return "JSON Lines"
    return BROKEN if head.raw.lstrip().startswith(b'{"') else "text"


def _is_whole(raw: bytes) -> bool:
    try:
        decode(raw)
    except NotJsonError:
        return False
    return True


def _describe_object(document: dict[str, object]) -> str:
    inner = next(iter(document.values()), None)
    if "resolved" in document or (isinstance(inner, dict) and "resolved" in inner):
        return "outcomes, which --labels can join to runs"
    keys = ", ".join(sorted(map(str, document))[:6])
    return f"a JSON object with {keys}" if keys else "an empty JSON object"
