"""Units, which may be runs, and the records and leaves in them."""

from typing import NamedTuple

from t2s_local.formats._induced.leaves.leaves import IN_FILE, Call, Leaf, Rec
from t2s_local.formats._induced.leaves.trees import Pattern


class Unit(NamedTuple):
    """Leaves that may form a run."""

    leaves: list[Leaf]
    heads: tuple[Rec, ...]
    """Records about the whole run."""
    root: Rec | None = None
    """The record that contains the run; None if the records of several runs are mixed."""

    def top(self, leaf: Leaf) -> Rec | None:
        """Return the outermost record of the run around a leaf; None if the leaf is in a record about the whole run."""
        rec = leaf.rec
        if rec in self.heads:
            return None
        while rec.parent is not None and rec.parent not in self.heads and rec.parent is not self.root:
            rec = rec.parent
        return rec


class Parting(NamedTuple):
    """A way to split files into runs."""

    name: str
    units: list[Unit]


class Found(NamedTuple):
    """Leaves and records of some files."""

    leaves: list[Leaf]
    recs: list[Rec]


def patterns_of(found: Found) -> list[Pattern]:
    """Return the patterns of records that contain calls, the outer ones first."""
    patterns: dict[Pattern, None] = {}
    for leaf in found.leaves:
        rec: Rec | None = leaf.rec if isinstance(leaf.value, Call) else None
        while rec is not None and rec.parent is not None:
            patterns[rec.pattern] = None
            rec = rec.parent
    return sorted(patterns, key=len)


def ancestor(rec: Rec | None, pattern: Pattern) -> Rec | None:
    """Return the outermost record of a pattern among *rec* and the records around it; None if there is none."""
    found = None
    while rec is not None:
        found = rec if rec.pattern == pattern else found
        rec = rec.parent
    return found


def below(found: Found, recs: list[Rec]) -> list[tuple[Rec, list[Leaf]]]:
    held: dict[Rec, list[Leaf]] = {rec: [] for rec in recs}
    for leaf in found.leaves:
        rec = ancestor(leaf.rec, recs[0].pattern)
        if rec in held and rec is not None:
            held[rec].append(leaf)
    return list(held.items())


def file_of(rec: Rec) -> Rec:
    """Return the record of the file that contains *rec*."""
    return rec if rec.parent is None or rec.pattern == IN_FILE else file_of(rec.parent)


def are_ids(recs: list[Rec], at: Pattern) -> bool:
    """Return whether a mark is an id: a text with digits that differs in each record."""
    marks = [rec.marks.get(at) for rec in recs]
    return len(set(marks)) == len(marks) and all(isinstance(mark, str) and is_id(mark) for mark in marks)


def is_id(mark: str) -> bool:
    """Return whether a text may be an id: it has a digit, no space, and is no time."""
    return any(map(str.isdigit, mark)) and " " not in mark and mark.count(":") < 2
