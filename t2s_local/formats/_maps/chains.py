"""Order of records that refer to their predecessors, without turns that the user took back."""

from collections.abc import Callable
from typing import NamedTuple


class Link(NamedTuple):
    """A record with its own id and the id of its predecessor."""

    id: str
    parent: str | None
    place: int
    """Place of the record in the file."""


def kept_places(links: list[Link], places: list[int], is_asked: Callable[[int], bool]) -> list[int]:
    """Return the places of the steps of a run in their order, without turns that the user took back.

    If the records do not form a chain of references, *places* are returned unchanged.

    Args:
        links: The records with ids.
        places: Places of the steps.
        is_asked: Returns whether a place is a message of the user.
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
        return places  # some records follow each other in a circle
    kept = [place for root in roots for place in _way(root, following, steps, is_asked)]
    return sorted(kept) if in_order else kept


def _way(
    root: Link, following: dict[str | None, list[Link]], steps: set[int], is_asked: Callable[[int], bool]
) -> list[int]:
    """Return the places of the steps after a record; of several user messages after one record, only the last."""
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
