"""Search for runs in the values of a file in an unknown format."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from t2s_local.errors import InputError
from t2s_local.formats._fallback.conversation_shape import Place, may_hold_list, places, rivals
from t2s_local.formats._maps.fields import Used
from t2s_local.formats._maps.mapped_runs import Conversation, RunReader
from t2s_local.formats._maps.stand_alone import StandAlone
from t2s_local.values.layout import ROLES, Layout, RoleWords, RunPaths
from t2s_local.values.value import Value

Section = TypeVar("Section", bound=Value)


class Search:
    """Search for the conversations of a file, value by value."""

    def __init__(self, reader: RunReader) -> None:
        """Start with no values; *reader* knows common names of roles, texts and calls."""
        self.reader = reader
        self.unknown: Counter[str] = Counter()
        """Number of values without a conversation, by the note that is reported about them."""
        self.are_requests = False
        """Whether runs are requests, each of which repeats the conversation so far; only the longest count."""
        self._alone = StandAlone(reader)
        self._shapes: Counter[RunPaths] = Counter()

    def look(self, value: object, path: Path) -> list[Conversation]:
        """Return the conversations of a value; a value that is a single step is kept until the end of the file.

        Raises:
            InputError: two lists of the value may be the conversation.
        """
        is_step = isinstance(value, dict) and bool(self.reader.steps.parts_played(value))
        found = [] if is_step and not may_hold_list(value) else places(value)
        if found and not (is_step and found[0].longest <= 2):
            _refuse_rivals(found, path)
            self._shapes[found[0].shape] += sum(len(one.items) for one in found[0].conversations)
            self.are_requests = self.are_requests or found[0].shape.each == "request"
            return found[0].conversations
        if self._alone.add(value, is_step=is_step):
            self._shapes[RunPaths(each="file")] += 1
        else:
            self.unknown["no conversation"] += 1
        return []

    def conversations(self) -> Iterator[Conversation]:
        """Return the runs whose steps are values of their own."""
        return self._alone.conversations()

    @property
    def shape(self) -> RunPaths:
        """Place at which most of the steps were found."""
        return max(self._shapes.items(), key=lambda pair: pair[1])[0]


def _refuse_rivals(found: list[Place], path: Path) -> None:
    if both := rivals(found):
        named = " and ".join(f"{place.name or 'the file itself'} ({place.longest} messages)" for place in both)
        message = f"two lists may be the conversation: {named}"
        raise InputError(message, path=path, hint="Take one of them out.")


def narrowed(layout: Layout, used: Used, shape: RunPaths, skipped: set[str]) -> Layout:
    """Return *layout* reduced to the paths and words that were used, with the runs at *shape*.

    Args:
        layout: The map with all known names.
        used: Paths and words that were used.
        shape: Place at which the runs were found.
        skipped: Role words of records that only repeat other records.
    """
    roles = _with_found(_kept("roles", layout.roles, used), used)
    has_events = ("steps.events", "openhands") in used
    where = {name: getattr(shape, name) for name in ("each", "at", "steps", "opening", "columns")}
    return Layout(
        runs=replace(_kept("runs", layout.runs, used), **where),
        steps=replace(_kept("steps", layout.steps, used), events="openhands" if has_events else None),
        calls=_kept("calls", layout.calls, used),
        results=_kept("results", layout.results, used),
        roles=replace(roles, skip=(*roles.skip, *sorted(skipped))),
    )


def _with_found(roles: RoleWords, used: Used) -> RoleWords:
    """Add the role words that were recognised although they are not listed."""
    found = {
        role: (*listed, *sorted(text for name, text in used if name == f"roles.{role}" and text not in listed))
        for role in ROLES
        if isinstance(listed := getattr(roles, role), tuple)
    }
    return replace(roles, **found)


def _kept(section: str, fields: Section, used: Used) -> Section:
    """Return a section with only the paths and words that were used."""
    kept = {
        name: tuple(item for item in value if (f"{section}.{name}", item) in used)
        for name in fields.__struct_fields__
        if isinstance(value := getattr(fields, name), tuple)
    }
    return replace(fields, **kept)
