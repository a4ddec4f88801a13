"""Texts that are calls because they begin alike: with the name of a tool, after words that all texts share."""

import re

_MOST_NAMES = 24
_LEAST_REST = 4
_HEAD = re.compile(r"[^\W\d][\w.\-]*")
_CODE = re.compile(r"[^\W\d_]+(?:[._][^\W_]+)+|(?=\w+\Z)[^\W\d_]*[a-z][A-Z]\w*")
"""Name of a tool rather than a word: parts with underscores or dots between them, or letters in camel case."""
_WORD_END = re.compile(r"(?<![\w.\-])[\w.\-]+\Z")


def heads_of(texts: list[str]) -> set[str]:
    """Return the tool names with which texts begin; empty if the texts do not begin with names of tools.

    The names must recur, or all texts must have the same words before or after the name.
    """
    shared = _WORD_END.sub("", _shared_start([text.strip() for text in texts]))
    rests = [text.strip()[len(shared) :].lstrip("[(<{@/!$> ") for text in texts]
    found = [match for rest in rests if (match := _HEAD.match(rest)) is not None]
    names = {match[0] for match in found}
    if len(found) < len(texts) or not 1 < len(names) <= _MOST_NAMES:
        return set()
    pairs = list(zip(rests, found, strict=True))
    n_code = sum(_CODE.fullmatch(match[0]) is not None for match in found)
    is_long = sum(len(rest) > len(match[0]) + _LEAST_REST for rest, match in pairs) * 2 >= len(texts)
    after = _shared_start([rest[match.end() :] for rest, match in pairs])
    is_code = n_code * 2 >= len(found)
    is_alike = (is_code or bool(shared)) and (bool(after.strip()) or (after == " " and n_code == len(found)))
    is_again = len(names) * 2 <= len(texts) and is_code
    return names if is_long and (is_again or is_alike) else set()


def _shared_start(texts: list[str]) -> str:
    """Return the characters with which all texts begin."""
    first, last = min(texts), max(texts)
    length = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:length]
