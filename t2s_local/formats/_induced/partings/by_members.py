"""Runs in one list, or in files, whose members an index lists by place, by first and last place, by id or by name."""

import re

from t2s_local.formats._induced.leaves.leaves import IN_FILE, Rec
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.formats._induced.partings.spans import bounds_of
from t2s_local.formats._induced.units import Found, Unit, below, file_of

_SPAN = re.compile(r"(\d{1,9})\s?(?:-|:|\.\.\.?|\u2013|/|,)\s?(\d{1,9})")
_PAIR = 2


def by_members(found: Found, pattern: Pattern) -> list[Unit] | None:
    """Return the runs that an index makes of the records of a pattern; None if no index lists all of them once."""
    recs = [rec for rec in found.recs if rec.pattern == pattern]
    indexes: dict[tuple[Pattern, Pattern], list[tuple[Rec, list[object]]]] = {}
    for rec in found.recs:
        if rec.pattern != pattern:
            for at, held in _listed(rec):
                indexes.setdefault((rec.pattern, at), []).append((rec, held))
    for entries in indexes.values():
        if len(entries) > 1 and (members := _members([held for _, held in entries], recs)) is not None:
            inside = dict(below(found, recs))
            about = dict(below(found, [entry for entry, _ in entries]))
            return [
                Unit([*about[entry], *(leaf for rec in own for leaf in inside[rec])], (entry,), file_of(own[0]))
                for (entry, _), own in zip(entries, members, strict=True)
            ]
    return None


def _listed(rec: Rec) -> list[tuple[Pattern, list[object]]]:
    """Return the lists of places or names in a record, and texts of a first and a last place."""
    spans: list[tuple[Pattern, list[object]]] = [
        (at, [int(match[1]), int(match[2])])
        for at, mark in rec.marks.items()
        if isinstance(mark, str) and (match := _SPAN.fullmatch(mark.strip())) is not None
    ]
    return [*rec.lists.items(), *spans]


def _members(entries: list[list[object]], recs: list[Rec]) -> list[list[Rec]] | None:
    """Return the records of each entry; None unless every record is in exactly one."""
    every = [one for held in entries for one in held]
    numbers = [one for one in every if isinstance(one, int) and not isinstance(one, bool)]
    if len(numbers) == len(every):
        pairs = [(one[0], one[1]) for one in entries if len(one) == _PAIR and all(isinstance(n, int) for n in one)]
        if len(pairs) == len(entries) and (bounds := bounds_of(_sorted_pairs(pairs), len(recs))) is not None:
            return [recs[first:stop] for first, stop in bounds]
        start = min(numbers, default=0)
        if start not in (0, 1) or sorted(numbers) != list(range(start, start + len(recs))):
            return None
        return [[recs[int(str(one)) - start] for one in held] for held in entries]
    if len(every) != len(recs) or len(set(map(str, every))) < len(every):
        return None
    return _named(entries, recs)


def _sorted_pairs(pairs: list[tuple[object, object]]) -> list[tuple[int, int]]:
    return [(int(str(one)), int(str(other))) for one, other in pairs]


def _named(entries: list[list[object]], recs: list[Rec]) -> list[list[Rec]] | None:
    wanted = {str(one) for held in entries for one in held}
    tables: list[dict[str, Rec]] = [
        {str(rec.marks[at]): rec for rec in recs if at in rec.marks} for at in (recs[0].marks if recs else ())
    ]
    if recs and recs[0].pattern == IN_FILE:
        names = [[(rec.file or "").split("/")[-n:] for rec in recs] for n in (1, 2)]
        tables += [{"/".join(name): rec for name, rec in zip(own, recs, strict=True)} for own in names]
    for table in tables:
        if table.keys() == wanted:
            made = [[table[str(one)] for one in held] for held in entries]
            return made if all(len(own) > 1 or len(recs) == len(made) for own in made) else None
    return None
