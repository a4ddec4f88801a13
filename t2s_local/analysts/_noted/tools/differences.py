"""Differences between a call that failed and a call that passed, worded so that other values fit as well."""

import re
from collections.abc import Callable, Iterator, Mapping

from t2s_local.analysts._forms import format_of, says_format, shape_of
from t2s_local.analysts._mined.fix import INDEX
from t2s_local.text.text import join_words, words

FEWER = "use fewer words"
"""Start of the instruction if a shorter text passed."""


def differences(
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    error: str,
    source: Callable[[str], str | None],
) -> Iterator[str]:
    """Yield the differences of the passing call, each as an instruction without a full stop.

    Args:
        before: Arguments of the call that failed, single values by path.
        after: Arguments of the call that passed, likewise.
        error: Error message of the failed call.
        source: Function that returns the origin of a value, as ``the one `tool` returned``; None if it has none.
    """
    told: dict[str, list[str]] = {}
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            difference = _difference(name, before.get(name), after.get(name), error, source)
            names = told.setdefault(difference, []) if difference is not None else []
            if (shown := f"`{INDEX.sub('[]', name)}`") not in names:
                names.append(shown)
    yield from (difference.format(names=join_words(names)) for difference, names in told.items())


def _difference(name: str, old: object, new: object, error: str, source: Callable[[str], str | None]) -> str | None:
    if old is None:
        return "add {names}" if "[" not in name else None
    if new is None:
        return "leave out {names}" if "[" not in name and "." not in name else None
    if not isinstance(old, str) or not isinstance(new, str):
        return "set {names} to the value that the error names" if _names(error, new) else None
    if _names(error, new) and not _names(error, old):
        return "set {names} to the value that the error names"
    told = source(new)
    if told is not None and told.startswith("the one"):
        return f"set {{names}} to {told}"
    if shape_of(old) != shape_of(new) and "0" in shape_of(old) and "0" in shape_of(new):
        spelt = format_of(shape_of(new))
        return f"give {{names}} as {spelt}" if spelt and not says_format(error, spelt) else None
    return f"{FEWER} in {{names}}, one or two that are distinctive" if _is_shorter(old, new) else None


def _names(error: str, value: object) -> bool:
    text = str(value)
    return len(text) > 1 and re.search(rf"(?<![\w.]){re.escape(text)}(?!\w)", error) is not None


def _is_shorter(old: str, new: str) -> bool:
    before, after = words(old), words(new)
    return 0 < len(after) < len(before) and bool(set(before) & set(after))
