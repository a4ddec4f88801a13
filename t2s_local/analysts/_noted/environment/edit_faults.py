"""Faults that checks find in what was just edited, run after run: names that an edit uses without an import."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files
from t2s_local.text.events import Event
from t2s_local.text.text import mask, quoted, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "edit_fault"
LEAST_RUNS = 5
LEAST_TASKS = 3
_PLACED = re.compile(
    r"^[ \t>]*(?P<whole>[\w./@-]+\.\w{1,5}(?::\d+){1,2}:? (?:error:? )?"
    r"(?P<code>[A-Z]{1,4}\d{3,5}):? (?P<said>.{8,160}))$",
    re.MULTILINE,
)
_NAME = re.compile(r"['\"`‘“](?P<name>[\w.]+)['\"`’”]")
_UNDEFINED = re.compile(
    r"\b(?:undefined|undeclared|unresolved|not defined|not declared|cannot find name|unknown name)\b", re.IGNORECASE
)
_MOST_READ = 20_000


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield each kind of fault with a code and a name that a check found in *piece* after an edit with this name."""
    edits = [event for event in events if changes_files(event.tool, event.head) and not event.failed]
    if not edits:
        return
    seen: set[str] = set()
    for place in range(edits[0].call + 1, piece.stop):
        step = piece.trajectory.steps[place]
        if step.kind != "tool_result":
            continue
        for found in _PLACED.finditer(step.text[:_MOST_READ]):
            key = squeeze(mask(_NAME.sub("`<name>`", f"{found['code']} {found['said']}")))
            name = _NAME.search(found["said"])
            edit = None if name is None or key in seen else _with_name(name["name"], edits, place)
            if edit is not None:
                seen.add(key)
                shown = (
                    quote(piece, edit.call, edit.action, role="action"),
                    quote(piece, place, found["whole"], role="observation"),
                )
                yield Note(kind=KIND, key=key, detail=found["said"], quotes=shown)


def _with_name(name: str, edits: Sequence[Event], before: int) -> Event | None:
    """Return the last edit before a step that writes *name*; None if there is none."""
    spelt = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return next((edit for edit in reversed(edits) if edit.call < before and spelt.search(edit.action)), None)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every kind of fault that checks found in the edits of several tasks."""
    for key, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_TASKS:
            continue
        names = [_NAME.findall(note.detail)[0] for _, note in pairs]
        such = f" ({', '.join(f'`{name}`' for name in most_common(names))})"
        do = (
            "Import or define in the same edit every name that it newly uses: the check answers"
            f" {quoted(key)} otherwise."
            if _UNDEFINED.search(key)
            else f"Look before you send it for what the check finds there: {quoted(key)}."
        )
        yield lesson(
            when="you edit code that is checked afterwards",
            do=do,
            because=f"It was found in what {len(met)} runs of {len(tasks_of(met))} tasks had just written{such}",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if changes_files(event.tool, event.head)}),
        )
