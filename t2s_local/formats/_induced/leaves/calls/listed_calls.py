"""Calls that are lists: a name and then the arguments, as pairs, as options or as two lists."""

import re
from itertools import pairwise

from t2s_local.formats._build import gathered
from t2s_local.formats._induced.leaves.calls.form import KEY, is_name
from t2s_local.formats._induced.leaves.calls.values import Written, scalar
from t2s_local.records.json import Record

_OPTION = re.compile(r"--?([A-Za-z][\w\-]*)(?:=(.*))?", re.DOTALL)
_SET = re.compile(r"([A-Za-z_][\w.\-]*)(?:=|:(?!//))(.*)", re.DOTALL)
_MOST_CELLS = 50
_NAME_AND_LISTS = 3


def listed_call(value: list[object]) -> Written | None:
    """Return the name and the arguments of a call that is a list; None if *value* is none."""
    if not 1 < len(value) <= _MOST_CELLS or not is_name(value[0]):
        return None
    rest = value[1:]
    given = _two_lists(rest) or _options(rest) or _set(rest) or _in_turn(rest)
    return None if given is None else (str(value[0]), given)


def _two_lists(rest: list[object]) -> Record | None:
    if len(rest) + 1 != _NAME_AND_LISTS:
        return None
    keys, values = rest
    return zipped_arguments(keys, values)


def zipped_arguments(keys: object, values: object) -> Record | None:
    """Return a list of names and a list of their values as an object; None if they are not."""
    if not isinstance(keys, list) or not isinstance(values, list) or len(keys) != len(values) or not keys:
        return None
    names = [key for key in keys if isinstance(key, str) and KEY.fullmatch(key)]
    is_whole = len(names) == len(keys) == len(set(names))
    return dict(zip(names, values, strict=True)) if is_whole else None


def _options(rest: list[object]) -> Record | None:
    """Return ``--key value`` and ``--key=value`` as an object; None if the list does not begin with an option."""
    pairs: list[tuple[str, object]] = []
    wanting: str | None = None
    for cell in rest:
        found = _OPTION.fullmatch(cell) if isinstance(cell, str) else None
        if wanting is not None and found is None:
            pairs.append((wanting, scalar(cell) if isinstance(cell, str) else cell))
            wanting = None
        elif found is None:
            return None
        else:
            pairs += [] if wanting is None else [(wanting, True)]
            wanting = found[1] if found[2] is None else None
            pairs += [] if found[2] is None else [(found[1], scalar(found[2]))]
    return gathered([*pairs, *([] if wanting is None else [(wanting, True)])]) if pairs or wanting else None


def _set(rest: list[object]) -> Record | None:
    """Return ``key=value`` texts as an object."""
    found = [_SET.fullmatch(cell) if isinstance(cell, str) else None for cell in rest]
    pairs = [(one[1], scalar(one[2])) for one in found if one is not None]
    return gathered(pairs) if len(pairs) == len(rest) else None


def _in_turn(rest: list[object]) -> Record | None:
    """Return keys and values in turn as an object."""
    if len(rest) % 2 or not all(isinstance(key, str) and KEY.fullmatch(key) for key in rest[::2]):
        return None
    keys = [str(key) for key in rest[::2]]
    return dict(zip(keys, rest[1::2], strict=True)) if len(set(keys)) == len(keys) else None


def with_zipped_arguments(value: Record) -> Record:
    """Return an object with a name, a list of names and a list of their values with both lists as one object."""
    lists = [key for key, inner in value.items() if isinstance(inner, list)]
    if len(lists) != _NAME_AND_LISTS - 1 or not any(is_name(inner) for inner in value.values()):
        return value
    for first, second in (*pairwise(lists), *pairwise(lists[::-1])):
        if (given := zipped_arguments(value[first], value[second])) is not None:
            return {key: given if key == first else inner for key, inner in value.items() if key != second}
    return value
