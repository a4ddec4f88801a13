"""Parts of a list, given by their first and last places."""

from itertools import pairwise


def bounds_of(pairs: list[tuple[int, int]], length: int) -> list[tuple[int, int]] | None:
    """Return the bounds of parts that cover a list of *length*, as Python counts them; None if they do not cover it.

    Args:
        pairs: The first and the last place of each part, or the place behind it; counted from 0 or 1, in any order.
        length: Items of the list.
    """
    numbers = sorted(pairs)
    begin, end = numbers[0][0], numbers[-1][1]
    for step in (0, 1):
        is_joined = all(one[1] + step == other[0] for one, other in pairwise(numbers))
        if is_joined and begin in (0, 1) and end + step == begin + length and all(a <= b for a, b in numbers):
            return [(first - begin, last - begin + step) for first, last in pairs]
    return None
