"""Roles of texts, chosen so that every run is a plausible sequence of user, agent, calls and results."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, product
from math import inf, prod
from typing import Literal, NamedTuple

from t2s_local.formats._induced.answers import Event, Slot

Said = Literal["system", "user", "thought", "agent"]
_SAID: tuple[Said, ...] = ("system", "user", "thought", "agent")
_Node = Slot | Literal["begin", "end", "call", "result"]
_COSTS: dict[tuple[str, str], float] = {
    ("begin", "system"): 0,
    ("begin", "user"): 0,
    ("system", "user"): 0,
    ("system", "system"): 2,
    ("user", "thought"): 0,
    ("user", "call"): 0,
    ("user", "agent"): 0.1,
    ("user", "user"): 3,
    ("thought", "call"): 0,
    ("thought", "thought"): 1,
    ("thought", "agent"): 1.2,
    ("agent", "end"): 0,
    ("agent", "user"): 0,
    ("agent", "call"): 0.03,
    ("agent", "thought"): 1,
    ("agent", "agent"): 2,
    ("call", "call"): 0,
    ("call", "result"): 0,
    ("call", "end"): 2,
    ("result", "result"): 0,
    ("result", "call"): 0,
    ("result", "thought"): 0,
    ("result", "agent"): 0,
    ("result", "user"): 2,
    ("result", "end"): 1,
}
"""Cost of the second kind of event after the first; a pair that is missing here never occurs in a whole run."""
_MOST_SLOTS = 8
_MOST_WAYS = 2000
_ALWAYS_THERE = 0.5
"""Cost of a system prompt that every run has and that differs between runs."""
_EARLY_ONLY = 0.8
"""Cost of words of the agent that come before the first call of each run and never after it: they are the user's."""


class Roles(NamedTuple):
    """Roles of slots, with the cost of the runs under them."""

    said: dict[Slot, Said]
    cost: float
    """Average cost of a run; 0 if nothing is odd."""
    margin: float
    """Extra cost per run of the best alternative in which other slots are the user's."""


def roles_of(units: list[list[Event]], results: frozenset[Slot], *, is_cut: bool) -> Roles | None:
    """Return the roles of the texts of some runs; None if no roles make all of them plausible.

    Args:
        units: The leaves of each run, in order.
        results: Slots with tool results.
        is_cut: Whether the last run may end anywhere.
    """
    follow: Counter[tuple[_Node, _Node]] = Counter()
    for number, unit in enumerate(units):
        nodes = [_node(slot, results) for slot, _ in unit]
        follow.update(
            pairwise(("begin", *nodes, "end") if not is_cut or number + 1 < len(units) else ("begin", *nodes))
        )
    slots = sorted({slot for unit in units for slot, _ in unit if slot is not None and slot not in results})
    if len(slots) > _MOST_SLOTS:
        return None
    able = [_able(slot, follow) for slot in slots]
    if prod(map(len, able)) > _MOST_WAYS:
        return None
    own = {(slot, "system"): _system_cost(slot, units) for slot in slots}
    late = {slot for unit in units for slot in _after_first_call(unit)}
    own |= {(slot, "agent"): _EARLY_ONLY * len(units) for slot in slots if slot not in late}
    found: list[tuple[float, tuple[Said, ...]]] = []
    for chosen in product(*able):
        cost = _cost(dict(zip(slots, chosen, strict=True)), follow, own)
        if cost < inf:
            found.append((cost, chosen))
    if not found:
        return None
    found.sort(key=lambda pair: pair[0])
    cost, best = found[0]
    others = [other for other, chosen in found[1:] if _sides(chosen) != _sides(best)]
    margin = min(others, default=inf) - cost
    return Roles(dict(zip(slots, best, strict=True)), cost / len(units), margin / len(units))


def _sides(chosen: tuple[Said, ...]) -> tuple[bool, ...]:
    return tuple(role == "user" for role in chosen)


def _node(slot: Slot | None, results: frozenset[Slot]) -> _Node:
    return "call" if slot is None else "result" if slot in results else slot


def _able(slot: Slot, follow: Counter[tuple[_Node, _Node]]) -> list[Said]:
    """Return the possible roles of a slot, given the calls and results right before and after it."""
    before = {first for first, second in follow if second == slot and isinstance(first, str)}
    after = {second for first, second in follow if first == slot and isinstance(second, str)}
    return [
        role
        for role in _SAID
        if all((str(one), role) in _COSTS for one in before) and all((role, str(one)) in _COSTS for one in after)
    ]


def _system_cost(slot: Slot, units: list[list[Event]]) -> float:
    """Return the cost of a slot as the system prompt: above 0 if every run has one and no two are the same."""
    texts = [str(leaf.value) for unit in units for own, leaf in unit if own == slot]
    if len(texts) < len(units) or (len(texts) > 1 and len(set(texts)) < len(texts)):
        return 0
    return _ALWAYS_THERE * len(units)


def _after_first_call(unit: list[Event]) -> Iterator[Slot | None]:
    has_call = False
    for slot, _ in unit:
        if has_call:
            yield slot
        has_call = has_call or slot is None


def _cost(roles: dict[Slot, Said], follow: Counter[tuple[_Node, _Node]], own: dict[tuple[Slot, str], float]) -> float:
    if "user" not in roles.values():
        return inf
    total = sum(own.get(pair, 0) for pair in roles.items())
    for (first, second), count in follow.items():
        pair = (_role(first, roles), _role(second, roles))
        if pair not in _COSTS:
            return inf
        total += count * _COSTS[pair]
    return total


def _role(node: _Node, roles: dict[Slot, Said]) -> str:
    return node if isinstance(node, str) else roles[node]
