"""Text of a message's content; files, pictures and other binary data are left out, whatever their names."""

import re

from t2s_local.records.json import Record, as_object, compact, first_string, word

_MEDIA = re.compile(
    r"image|audio|video|file|document|screenshot|picture|media|pdf|attachment|encrypted|redacted", re.IGNORECASE
)
"""Words in the type of a part that is not text, unless the part has a field of text."""
_TEXTS = ("text", "refusal", "output_text", "input_text")
_INNER = ("resource", "source", "file", "document")
"""Fields with the content of a part."""
_BLOB = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_LEAST = 256
"""Fewest characters of a text without spaces that counts as base64 data; digests and identifiers are shorter."""
_ADDRESS = 120
"""Characters at the start of a ``data:`` address that must state its encoding."""
_DEEPEST = 8


def content_text(content: object) -> str:
    """Return the text of a message's content: a string, a part, or a list of parts; without images and the like."""
    if isinstance(content, str):
        return "" if content.startswith("data:") and _is_blob(content) else content
    if content is None:
        return ""
    if isinstance(content, dict):
        return _part_text(content)
    if isinstance(content, list):
        return "\n".join([text for part in content if (text := content_text(part))])
    return compact(content)


def _part_text(part: Record) -> str:
    kind = word(part.get("type"))
    if kind == "text":
        if isinstance(text := part.get("text"), str) and text:
            return text
        if len(part) == 2 and isinstance(text := part.get("content"), str):
            return content_text(text)
    text = first_string(part, *_TEXTS)
    if text is not None:
        return "" if kind is not None and _hides(kind) else content_text(text)
    if inner := _inner_text(part):
        return inner
    if "content" in part:
        return content_text(part["content"])
    if "text" in part or "data" in part or kind == "thinking" or (kind is not None and _MEDIA.search(kind)):
        return ""
    kept = _kept(part, 0)
    return "" if not part or (kind is not None and kept != part) else compact(kept)


def _hides(kind: str) -> bool:
    """Return whether a part of that type contains hidden text (redacted or encrypted)."""
    return kind.startswith(("redacted", "encrypted"))


def _inner_text(part: Record) -> str:
    """Return the text inside a file or a resource; empty if it contains bytes or only an address."""
    for key in _INNER:
        inner = as_object(part.get(key))
        text = first_string(inner, "text") or (first_string(inner, "data") if inner.get("type") == "text" else None)
        if text is not None:
            return content_text(text)
        if isinstance(inner.get("content"), list | str):
            return content_text(inner["content"])
    return ""


def json_text(value: object) -> str:
    """Return *value* as JSON, without the pictures and files in it; a string unchanged."""
    return value if isinstance(value, str) else compact(_kept(value, 0))


def _kept(value: object, depth: int) -> object:
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        return {key: _kept(item, depth + 1) for key, item in value.items() if not _is_bytes(item)}
    if isinstance(value, list):
        return [_kept(item, depth + 1) for item in value if not _is_bytes(item)]
    return value


def _is_bytes(value: object) -> bool:
    return isinstance(value, str) and len(value) >= _LEAST and _is_blob(value)


def _is_blob(text: str) -> bool:
    """Return whether a text is base64 data, alone or in a ``data:`` address."""
    if text.startswith("data:"):
        return ";base64," in text[:_ADDRESS]
    return len(text) >= _LEAST and _BLOB.fullmatch(text) is not None
