"""Kinds of failures: messages that differ only in details."""

import re
from collections.abc import Iterable, Mapping, Sequence

from t2s_local.text.failures import error_signature
from t2s_local.text.text import clip, mask, squeeze

ALIKE = 0.7
"""Least share of equal words at equal places for two messages of the same length to be of one kind.

The threshold of Drain (He et al. 2017), which finds log templates in this way, is .5 by default; messages are shorter.
"""
_LEAST_WORDS = 4
_OPEN = "<name>"
_LONGEST = 140
_TAG = re.compile(r"</?\w+>")


def merged(signatures: Iterable[str]) -> Mapping[str, str]:
    """Return the template of every signature: words that vary between otherwise similar messages become ``<name>``."""
    templates: dict[tuple[int, str], list[list[str]]] = {}
    homes: list[tuple[str, list[str]]] = []
    for signature in sorted(set(signatures)):
        words = signature.split()
        rivals = templates.setdefault((len(words), words[0] if words else ""), [])
        home = next((template for template in rivals if _is_one(template, words)), None)
        if home is None:
            rivals.append(words)
            home = words
        else:
            home[:] = [one if one == other else _OPEN for one, other in zip(home, words, strict=True)]
        homes.append((signature, home))
    return {signature: " ".join(home) for signature, home in homes}


def _is_one(template: Sequence[str], words: Sequence[str]) -> bool:
    same = sum(one == other and one != _OPEN for one, other in zip(template, words, strict=True))
    return same >= max(_LEAST_WORDS, ALIKE * len(words))


def shown(errors: Sequence[str]) -> str:
    """Return the message that *errors* share, in typographic quotes, with ``<name>`` where they differ."""
    texts = [squeeze(_TAG.sub("", re.sub(r"^E\s+", "", error))).split() for error in errors]
    if len({len(words) for words in texts}) > 1:
        texts = [mask(" ".join(words)).split() for words in texts]
    if len({len(words) for words in texts}) > 1:
        return f"“{_cut(error_signature(errors[0]))}”"
    return f"“{_cut(' '.join(_word(words) for words in zip(*texts, strict=True)))}”"


def _word(words: Sequence[str]) -> str:
    """Return the text for one place of a message: the common word, the common mask, or ``<name>`` with common signs."""
    masked = {mask(word) for word in words}
    if len(set(words)) == 1 or len(masked) > 1:
        return words[0] if len(set(words)) == 1 else _opened(words)
    return masked.pop()


def _cut(text: str) -> str:
    """Return *text*, or its start and end if it is long: the start says what failed, the end why."""
    if len(text) <= _LONGEST:
        return text
    end = text[-_LONGEST // 2 :]
    return f"{clip(text, _LONGEST // 2)} {end[end.find(' ') + 1 :]}"


def _opened(words: Sequence[str]) -> str:
    """Return ``<name>`` for a place where words differ, with the quotes, brackets and stops around it."""
    before, after = re.match(r"[\W_]*", _shared(words)), re.match(r"[\W_]*", _shared([word[::-1] for word in words]))
    return f"{before[0] if before else ''}{_OPEN}{after[0][::-1] if after else ''}"


def _shared(words: Sequence[str]) -> str:
    """Return the common start of *words*, shorter than each of them."""
    first, last = min(words), max(words)
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: min(length, *(len(word) - 1 for word in words))]
