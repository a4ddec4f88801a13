"""Objects whose fields are numbered, as `thought_1`, `action_1`, `thought_2`, read as a list of steps."""

import re
from collections import defaultdict

from t2s_local.records.json import Record

_LAST = re.compile(r"([^\W\d][^\d]*?)[_\-. #]?(\d{1,4})")
_FIRST = re.compile(r"()(\d{1,4})[_\-. #]([^\W\d][^\d]*)")
_FEWEST_NUMBERS = 2
_FEWEST_NAMES = 2
NUMBERED = "@numbered"
"""Key under which numbered fields are stored as a list."""


def with_numbered_fields(value: Record) -> Record:
    """Return an object with its numbered fields as a list; the object itself unless several fields share numbers.

    The numbers must be consecutive, at least two names must have the first of them, and no two fields may have the
    same name and number.
    """
    steps: dict[int, Record] = defaultdict(dict)
    places: list[int] = []
    for place, (key, inner) in enumerate(value.items()):
        if (found := _LAST.fullmatch(key) or _FIRST.fullmatch(key)) is not None:
            step, name = steps[int(found[2])], found[1] or found[3]
            if name in step:
                return value
            step[name] = inner
            places.append(place)
    numbers = sorted(steps)
    if len(numbers) < _FEWEST_NUMBERS or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return value
    names = {name for step in steps.values() for name in step}
    if len(names) < _FEWEST_NAMES or len(places) < _FEWEST_NAMES * len(numbers):
        return value
    taken = set(places)
    rest = [(key, inner) for place, (key, inner) in enumerate(value.items()) if place not in taken]
    before = places[0]
    made = (NUMBERED, [steps[number] for number in numbers])
    return dict([*rest[:before], made, *rest[before:]])
