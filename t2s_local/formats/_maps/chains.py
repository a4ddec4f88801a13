"""The order of records that name those they follow, without the turns that were taken back."""

from collections.abc import Callable
from typing import NamedTuple


class Link(NamedTuple):
    """A record that names itself and the one it follows."""

    id: str
    parent: str | None
    place: int
    """Its place among the records of the file."""


def kept_places(links: list[Link], places: list[int], is_asked: Callable[[int], bool]) -> list[int]:
    """Places of the steps of a run: where records name those they follow, without turns that were taken back.

    Args:
        links: The records that name themselves.
        places: Places of the steps.
        is_asked: Whether the user says something at a place.
    """
    by_id = {link.id: link for link in links}
    known = [link for link in links if link.parent in by_id]
    if len(by_id) < len(links) or len(links) < len(places) or len(known) * 2 < len(links):
        return places
    following: dict[str | None, list[Link]] = {}
    for link in links:
        following.setdefault(link.parent if link.parent in by_id else None, []).append(link)
    steps = set(places)
    in_order = all(by_id[link.parent or ""].place < link.place for link in known)
    roots = following.get(None, [])
    every = {link.place for link in links}
    if sum(len(_way(root, following, every, lambda _: False)) for root in roots) < len(links):
        return places  # some of them follow each other in a circle
    kept = [place for root in roots for place in _way(root, following, steps, is_asked)]
    return sorted(kept) if in_order else kept


def _way(
    root: Link, following: dict[str | None, list[Link]], steps: set[int], is_asked: Callable[[int], bool]
) -> list[int]:
    """Places of the steps below a record, of several that the user says at one point only those of the last."""
    way: list[int] = []
    stack = [root]
    while stack:
        link = stack.pop()
        if link.place in steps:
            way.append(link.place)
        after = following.get(link.id, [])
        asked = [one for one in after if one.place in steps and is_asked(one.place)] if len(after) > 1 else []
        left = {one.id for one in asked[:-1]}
        stack += [one for one in reversed(after) if one.id not in left]
    return way
