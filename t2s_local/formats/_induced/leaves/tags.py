"""Fields whose meaning depends on the kind of the record, named by a word in another field."""

from collections import Counter
from itertools import pairwise

from t2s_local.formats._induced.leaves.calls.written_calls import call_in
from t2s_local.formats._induced.leaves.leaves import Survey, Tag
from t2s_local.formats._induced.leaves.trees import Pattern, as_json, items
from t2s_local.records.json import Record

_FEWEST = 4
_MOST_WORDS = 10
_LONGEST_WORD = 40
_MOSTLY = 0.8
"""Least share of the records of a pattern that have its tag; others are about the whole run."""
_MOST_DIGITS = 2
"""Digits of a word; more are an id or a time."""
_MIXED = 0.92
_MOST_KEYS = 24
_MOST_TOGETHER = 3
_COUNTED = 0.8
"""Share of steps by 1 from which numbers only count the records."""


def tags_in(survey: Survey, breadth: int = 0) -> dict[Pattern, Tag]:
    """Return the tag of the records of each pattern, if they have one.

    Args:
        survey: The records.
        breadth: 0 for tags without which a field would hold values of several sorts; 1 for any field of few words as
            a tag of all texts; 2 for all such fields together.
    """
    found = {}
    for pattern, objects in survey.objects.items():
        if len(objects) >= _FEWEST and (tag := _tag(objects, breadth)) is not None:
            found[pattern] = tag
    return found


def _tag(objects: list[Record], breadth: int) -> Tag | None:
    keys = Counter(key for one in objects for key in one)
    if len(keys) > _MOST_KEYS:
        return None
    mixed = [key for key in keys if _is_mixed([one[key] for one in objects if one.get(key) is not None])]
    counts = {key for key in keys if _counts([one[key] for one in objects if key in one])}
    texts = mixed or [key for key in keys if breadth and _is_told([one[key] for one in objects if one.get(key)])]
    least = _MOSTLY * len(objects)
    objects = [one for one in objects if any(one.get(key) is not None for key in texts)]
    words = {
        key: Counter(str(one[key]) for one in objects)
        for key, count in keys.items()
        if count >= least and key not in counts and all(key in one for one in objects) and _is_word(objects, key)
    }
    few = [key for key, found in words.items() if 1 < len(found) <= _MOST_WORDS and len(found) * 2 <= len(objects)]
    if not texts or not few:
        return None
    if breadth > 1:
        return Tag(tuple(few), tuple(texts)) if 1 < len(few) <= _MOST_TOGETHER else None
    best = max(few, key=lambda key: (_tells(objects, key, mixed), len(words[key])))
    return Tag((best,), tuple(texts)) if breadth or _tells(objects, best, mixed) else None


def _counts(values: list[object]) -> bool:
    """Return whether values are numbers that count records or runs of records, beginning anew now and then."""
    numbers = [one for one in values if isinstance(one, int)]
    if len(numbers) < max(_FEWEST, len(values)):
        return False
    pairs = list(pairwise(numbers))
    n_next = sum(b - a == 1 for a, b in pairs)
    return n_next >= _COUNTED * len(pairs) or all(b >= a or b == min(numbers) for a, b in pairs)


def _is_told(values: list[object]) -> bool:
    """Return whether most values are texts of several words, or objects."""
    n_told = sum(isinstance(one, dict | list) or (isinstance(one, str) and " " in one.strip()) for one in values)
    return n_told * 2 > len(values) >= _FEWEST


def _is_word(objects: list[Record], key: str) -> bool:
    values = [one[key] for one in objects]
    numbers = [one for one in values if isinstance(one, int)]
    if len(numbers) == len(values):
        return True
    return all(
        isinstance(one, str) and 0 < len(one) <= _LONGEST_WORD and sum(map(str.isdigit, one)) <= _MOST_DIGITS
        for one in values
    )


def _sort(value: object) -> str:
    """Return the sort of a value: text, call as a text, JSON as a text, object with its keys, list, or mark."""
    if isinstance(value, str):
        return "json" if as_json(value) is not None else "call" if call_in(value) is not None else "text"
    if isinstance(value, dict) and items(value) is not None:
        return "list"
    if isinstance(value, dict):
        return "object " + " ".join(sorted(value)[:_MOST_KEYS])
    return "list" if isinstance(value, list) else "mark"


def _is_mixed(values: list[object]) -> bool:
    sorts = Counter(map(_sort, values))
    if sorts["mark"] or len(values) < _FEWEST:
        return False
    return bool(sorts) and max(sorts.values()) < _MIXED * len(values)


def _tells(objects: list[Record], key: str, mixed: list[str]) -> bool:
    """Return whether the word under *key* helps to predict which sort of value each of the *mixed* fields has."""
    before, after = 0, 0
    for name in mixed:
        held = [(str(one[key]), _coarse(one[name])) for one in objects if one.get(name) is not None]
        before += max(Counter(sort for _, sort in held).values())
        after += sum(
            max(Counter(sort for other, sort in held if other == word).values()) for word in {word for word, _ in held}
        )
    return after > before


def _coarse(value: object) -> str:
    return _sort(value).partition(" ")[0] if not isinstance(value, dict) else _sort(value)
