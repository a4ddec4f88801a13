"""Libraries that are newer than the code: one cause of errors that look like bugs of the project."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.environment.pins import BROKE, VERSION, installs, pins_of, raised_in, versions
from t2s_local.analysts._noted.environment.project import project_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_state, is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import clip, join_words, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "too_new"
PINNED = "too_new_pinned"
EDITED = "too_new_edited"
LEAST_RUNS = 3
_LONGEST = 90
_ERRORS = re.compile(
    r"^(?:E\s+)?(?P<said>[\w.]*(?:Error|Exception)\b: (?:.*(?:was removed in|has been removed"
    r"|no longer (?:supported|available|accepts?|exists?)|got an unexpected keyword argument"
    r"|is not supported (?:in|by) (?:this|newer)|has moved to|was renamed|config option '\w+' expects"
    r"|Did you mean '?\w{1,3}\?).*"
    r"|cannot import name '\w+' from '[\w.]+' \(\S*site-packages\S*\)))$",
    re.MULTILINE,
)
_PIN = re.compile(r"[\w-]+(?:<=?|==|~=)\d[\w.]*$")


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield notes on errors of *piece* from newer library versions, on installed and pinned versions, and on edits."""
    project = project_of(piece) or ""
    told: set[str] = set()
    for event in events:
        if event.result is None or not is_shell(event.tool):
            continue
        yield from (Note(kind=VERSION, key=name, detail=version) for name, version in versions(event.output))
        if told and not event.failed:
            yield from (
                Note(
                    kind=PINNED,
                    key=project,
                    detail=package,
                    quotes=(quote(piece, event.call, event.action, role="fix"),),
                )
                for _, package in installs(event.action)
                if _PIN.search(package)
            )
        for found in _ERRORS.finditer(event.output[-6000:]) if "rror" in event.output[-6000:] else ():
            said = squeeze(found["said"])
            if said in told:
                continue
            told.add(said)
            quotes = (
                quote(piece, event.call, event.action, role="action"),
                quote(piece, event.result, found["said"], role="observation"),
            )
            yield Note(kind=KIND, key=project, detail=said, quotes=quotes)
            package = raised_in(event.output[-6000:][: found.start()])
            if package is not None:
                yield Note(kind=BROKE, key=f"{project}\n{package}", detail=said)
    if told and any(changes_state(event.tool, event.head) for event in events):
        yield Note(kind=EDITED, key=project)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield at most one lesson on too new libraries, with frequent errors and versions that several runs pinned."""
    found = noted(runs, KIND)
    pairs = [pair for group in found.values() for pair in group]
    met = runs_of(pairs)
    kinds = {note.detail for _, note in pairs}
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2 or len(kinds) < 2:
        return
    counted = most_common((note.detail for _, note in _once(pairs)), most=3, least=2)
    if not counted:
        return
    pinned = most_common((note.detail for group in noted(runs, PINNED).values() for _, note in group), most=3, least=2)
    below = {name: version for pins in pins_of(runs).values() for name, version in pins.items()}
    pins = pinned or [f"{name}<{version}" for name, version in sorted(below.items())]
    spelt = " ".join(f"'{pin}'" for pin in pins)
    older = f" (`pip install {spelt}`)" if pins else ""
    shown = join_words((f"“{clip(said, _LONGEST)}”" for said in counted), last="or")
    yield lesson(
        when=f"something fails with {shown}",
        do=f"Your change is not to blame: the code is older than the library. Install an older version{older} instead"
        " of editing the project or its tests, and keep such workarounds out of the patch.",
        because=f"{len(met)} runs of {len(tasks_of(met))} tasks met such errors and patched them one by one",
        polarity="success",
        pattern=KIND,
        evidence=[
            one for said in counted for one in quotes_of([pair for pair in pairs if pair[1].detail == said], most=2)
        ],
        trajectories=(run.piece.trajectory for run in met),
        tools=sorted({event.tool for run in met for event in run.events if is_shell(event.tool)}),
    )


def _once(pairs: Sequence[tuple[Run, Note]]) -> list[tuple[Run, Note]]:
    return list({(run.piece.trajectory.id, note.detail): (run, note) for run, note in pairs}.values())
