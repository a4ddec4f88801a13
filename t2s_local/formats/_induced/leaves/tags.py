"""Fields whose meaning depends on the kind of the record, named by a word in another field."""

from collections import Counter

from t2s_local.formats._induced.leaves.calls.written_calls import call_in
from t2s_local.formats._induced.leaves.leaves import Survey, Tag
from t2s_local.formats._induced.leaves.trees import Pattern, as_json
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


def tags_in(survey: Survey) -> dict[Pattern, Tag]:
    """Return the tag of the records of each pattern, if they have one."""
    found = {}
    for pattern, objects in survey.objects.items():
        if len(objects) >= _FEWEST and (tag := _tag(objects)) is not None:
            found[pattern] = tag
    return found


def _tag(objects: list[Record]) -> Tag | None:
    keys = Counter(key for one in objects for key in one)
    if len(keys) > _MOST_KEYS:
        return None
    mixed = [key for key in keys if _is_mixed([one[key] for one in objects if one.get(key) is not None])]
    least = _MOSTLY * len(objects)
    objects = [one for one in objects if any(one.get(key) is not None for key in mixed)]
    words = {
        key: Counter(str(one[key]) for one in objects)
        for key, count in keys.items()
        if count >= least and all(key in one for one in objects) and _is_word(objects, key)
    }
    few = [key for key, found in words.items() if 1 < len(found) <= _MOST_WORDS and len(found) * 2 <= len(objects)]
    if not mixed or not few:
        return None
    best = max(few, key=lambda key: (_tells(objects, key, mixed), len(words[key])))
    return Tag(best, tuple(mixed)) if _tells(objects, best, mixed) else None


def _is_word(objects: list[Record], key: str) -> bool:
    values = [one[key] for one in objects]
    return all(isinstance(one, int) for one in values) or all(
        isinstance(one, str) and 0 < len(one) <= _LONGEST_WORD and sum(map(str.isdigit, one)) <= _MOST_DIGITS
        for one in values
    )


def _sort(value: object) -> str:
    """Return the sort of a value: text, call as a text, JSON as a text, object with its keys, list, or mark."""
    if isinstance(value, str):
        return "json" if as_json(value) is not None else "call" if call_in(value) is not None else "text"
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
