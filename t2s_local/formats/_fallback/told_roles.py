"""Roles derived from order: the first speaker, the last answer, and texts right before a call."""

from collections import Counter
from itertools import pairwise

from t2s_local.formats._fallback.behaviour import Behaviour, Slot
from t2s_local.values.layout import Role

_HALF = 0.5
_MOSTLY_BEFORE = 0.6
"""Least share of a slot's texts right before a call for the slot to be a thought; requests precede calls less often."""
_MOSTLY_EARLY = 0.8
_FEW = 0.1
Event = Slot | str
"""A text, given by its slot, or ``call`` or ``result``."""


def roles_by_place(seen: Behaviour) -> dict[Slot, Role] | None:
    """Return the role of each slot with texts; None if no agent speaks or acts."""
    runs = [events for run in seen.runs if (events := _events(run, seen))]
    n = Counter(event for run in runs for event in run)
    before_call = Counter(one for run in runs for one, after in pairwise(run) if after == "call")
    last = Counter(run[-1] for run in runs)
    slots = [event for event in n if isinstance(event, Slot)]
    thoughts = {
        slot for slot in slots if before_call[slot] >= _MOSTLY_BEFORE * n[slot] and last[slot] <= _FEW * n[slot]
    }
    opening = _opening(runs, [slot for slot in slots if slot not in thoughts and last[slot] <= _HALF * len(runs)], n)
    roles: dict[Slot, Role] = {slot: "thought" if slot in thoughts else "agent" for slot in slots}
    roles |= opening
    speaks = "agent" in roles.values() or n["call"]
    return roles if runs and speaks else None


def _opening(runs: list[list[Event]], slots: list[Slot], n: Counter[Event]) -> dict[Slot, Role]:
    """Return the roles of the texts at the start: the user, or system and then user if there are two slots."""
    first: dict[Slot, list[int]] = {}
    for run in runs:
        for slot in slots:
            if slot in run:
                first.setdefault(slot, []).append(run.index(slot))
    early = [
        slot for slot, places in first.items() if sum(place <= 1 for place in places) >= _MOSTLY_EARLY * len(places)
    ]
    early.sort(key=lambda slot: sum(first[slot]) / len(first[slot]))
    if len(early) < 2:
        return dict.fromkeys(early, "user")
    return {early[0]: "system", early[1]: "user"}


def _events(run: list[dict[tuple[str | int | None, ...], object]], seen: Behaviour) -> list[Event]:
    events: list[Event] = []
    for fields in run:
        kind = seen.kind(fields)
        texts: list[Event] = []
        for path, value in fields.items():
            if seen.is_beside_result(path):
                texts += ["result"] if "result" not in texts else []
            elif path in seen.calls:
                texts.append("call")
            elif isinstance(value, str) and " " in value.strip():
                texts.append(Slot(kind, path))
        ranks = {"result": 0 if seen.is_late else 3, "call": 2}
        events += sorted(texts, key=lambda event: ranks.get(event, 1) if isinstance(event, str) else 1)
    return events
