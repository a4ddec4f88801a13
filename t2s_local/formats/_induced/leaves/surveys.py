"""Maps, rows and columns, recognised from a survey of values."""

from t2s_local.formats._induced.leaves.leaves import Survey
from t2s_local.formats._induced.leaves.trees import Pattern, columns_in, items

_FEWEST_ROWS = 4
_MOST_CELLS = 8
_LONGEST_WORD = 64


def maps_of(survey: Survey) -> frozenset[Pattern]:
    """Return the patterns of objects whose keys are ids or numbers whenever an object has more than one key."""
    found = set()
    for pattern, objects in survey.objects.items():
        large = [items(one) is not None for one in objects if len(one) > 1]
        if large and all(large):
            found.add(pattern)
    return frozenset(found)


def rows_of(survey: Survey) -> frozenset[Pattern]:
    """Return the patterns of lists that are rows: all of one length, with a recurring word at one position."""
    found = set()
    for pattern, lists in survey.lists.items():
        width = len(lists[0])
        if len(lists) < _FEWEST_ROWS or not 1 < width <= _MOST_CELLS or any(len(one) != width for one in lists):
            continue
        cells = [[str(one[place]) for one in lists] for place in range(width) if isinstance(lists[0][place], str | int)]
        if any(len(set(one)) * 2 <= len(one) and max(map(len, one)) <= _LONGEST_WORD for one in cells):
            found.add(pattern)
    return frozenset(found)


def columns_of(survey: Survey) -> dict[Pattern, tuple[str, ...]]:
    """Return the parallel lists of a file by pattern: of equal length in each object, and longer than 1 in some."""
    found: dict[Pattern, tuple[str, ...]] = {}
    for pattern, objects in survey.objects.items():
        keys = [set(columns_in(one)) for one in objects]
        common = set.intersection(*keys) if keys and all(keys) else set()
        if len(common) > 1 and any(len(one[min(common)]) > 1 for one in objects):
            found[pattern] = tuple(key for key in objects[0] if key in common)
    return found
