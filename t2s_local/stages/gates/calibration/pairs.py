"""Pairs of a skill and the same skill with one planted defect."""

from typing import NamedTuple

from t2s_local.values.value import Value


class JudgedPair(Value, frozen=True, kw_only=True):
    """A whole skill, and a copy of it with one planted defect."""

    subject: str
    defect: str
    whole: str
    damaged: str


class _Subject(NamedTuple):
    name: str
    prepare: str
    fails: str
    message: str
    mend: str
    cause: str
    never: str


_SUBJECTS = (
    _Subject(
        "Packing parcels of a print shop",
        "packlist --sorted orders.tsv",
        "packlist",
        "weights differ",
        "packlist --reweigh orders.tsv",
        "the scale rounds to full grams",
        "seal a parcel before its label is printed",
    ),
    _Subject(
        "Restoring tapes of the archive",
        "tapectl rewind --slow",
        "tapectl",
        "no leader found",
        "tapectl align --from-end",
        "the leader of old tapes is torn off",
        "write to a tape that was not copied",
    ),
    _Subject(
        "Publishing tide tables",
        "tidegen --harbour all --year next",
        "tidegen",
        "station 14 is silent",
        "tidegen --fill 14 --from neighbours",
        "station 14 sends at night only",
        "publish a table without the name of its datum",
    ),
    _Subject(
        "Tuning organ pipes",
        "pipetune --warm 30",
        "pipetune",
        "beat above limit",
        "pipetune --rank reed --again",
        "reeds go flat while the hall warms up",
        "tune reeds before the flues are done",
    ),
    _Subject(
        "Counting seedlings on trays",
        "traycount --grid 12x8 photo.png",
        "traycount",
        "grid not found",
        "traycount --corners manual photo.png",
        "wet soil hides the corners of the tray",
        "count a tray twice on one day",
    ),
)
DEFECTS = ("cause", "command", "never", "wrong")
"""Kinds of defects: the cause removed, commands made vague, the prohibition dropped, a wrong command."""


def judged_pairs() -> tuple[JudgedPair, ...]:
    """Return twenty pairs: five subjects, each with four defects."""
    found = []
    for number, one in enumerate(_SUBJECTS):
        other = _SUBJECTS[(number + 1) % len(_SUBJECTS)]
        damaged = {
            "cause": _text(one, cause=""),
            "command": _text(one._replace(prepare="the right command", mend="whatever helps"), quotes=""),
            "never": _text(one, with_never=False),
            "wrong": _text(one._replace(mend=other.mend)),
        }
        found += [
            JudgedPair(subject=one.name, defect=defect, whole=_text(one), damaged=damaged[defect]) for defect in DEFECTS
        ]
    return tuple(found)


def _text(one: _Subject, *, cause: str | None = None, with_never: bool = True, quotes: str = "`") -> str:
    why = f", because {one.cause}" if cause is None else cause
    lines = [
        f"# {one.name}",
        f"1. Run {quotes}{one.prepare}{quotes} first.",
        f"2. `{one.fails}` fails with “{one.message}”{why}: run {quotes}{one.mend}{quotes}.",
    ]
    return "\n".join([*lines, *([f"Never {one.never}."] if with_never else [])])
