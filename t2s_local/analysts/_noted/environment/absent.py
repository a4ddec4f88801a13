"""Missing programs, files and folders that runs asked for again and again."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.environment.created import created
from t2s_local.analysts._noted.environment.project import project_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, scripts_of
from t2s_local.text.events import Event
from t2s_local.text.recovery.recovered import words_in_common
from t2s_local.text.text import squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "absent"
OUT = "absent_way_out"
LEAST_RUNS = 3
LEAST_WITHOUT_WAY_OUT = 5
"""Fewest runs that must have missed a name for a lesson that has no replacement to offer."""
WINDOW = 12
_LONGEST_SHOWN = 90
_SAME_CALL = 0.8
_ERROR = re.compile(r"^\w*(?:Error|Exception)\b", re.MULTILINE)
"""Error in the output of a call although the call counts as passed."""
_SCRIPTS = (".py", ".sh", ".js", ".rb")
_ABSENT = re.compile(
    r"(?:^|[\s:])(?P<command>[a-z][\w.+-]*): (?:command )?not found|can'?t open file '?(?P<script>[^'\s:]+)'?: |"
    r"(?:[Dd]irectory|[Ff]older|[Ff]ile|[Pp]ath) ['\"]?(?P<named>[\w./-]+)['\"]? (?:not found|does not exist)|"
    r"['`‘\"](?P<quoted>/?[\w./-]+)['’\"]?: No such file or directory|"
    r"No such file or directory: ['\"](?P<python>[^'\"\s]+)"
)


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield missing files, folders and programs that *piece* asked for, with the call that passed without them."""
    project = project_of(piece) or ""
    told: set[str] = set()
    for at, event in enumerate(events):
        if event.result is None:
            continue
        if not event.failed:
            continue
        found = _ABSENT.search(event.error or "")
        thing = None if found is None else _thing(_missing(event, next(group for group in found.groups() if group)))
        if thing is None or not _names(event.action, thing) or thing in told:
            continue
        told.add(thing)
        outs = [later for later in events[at + 1 : at + 1 + WINDOW] if _does_without(event, later, thing)]
        out = next((later for later in outs if _ERROR.search(later.output) is None), next(iter(outs), None))
        quotes = [
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result, event.error or "", role="observation"),
        ]
        detail = ""
        if out is not None:
            detail = _difference(event, out, thing)
            quotes.append(quote(piece, out.call, out.action, role="fix"))
        yield Note(kind=KIND, key=f"{thing}\n{project}", detail=detail, quotes=tuple(quotes))


def _missing(event: Event, path: str) -> str:
    """Return the missing path: the folder of a file that the call was to write, otherwise *path*."""
    return path.rpartition("/")[0] or path if changes_files(event.tool, event.head) else path


def _thing(path: str) -> str | None:
    """Return the name to report: a script's file name, the first folder of a path; None if it is one character."""
    if path.startswith("/") and not path.endswith(_SCRIPTS):
        return "/" + path.strip("/").split("/")[0]
    name = path.strip("/").rsplit("/", 1)[-1] if path.startswith("/") else path.strip("/").split("/")[0]
    return name if len(name) > 1 else None


def _names(action: str, thing: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(thing)}(?![\w-])", action) is not None


def _does_without(failed: Event, event: Event, thing: str) -> bool:
    return (
        not event.failed
        and event.result is not None
        and event.tool == failed.tool
        and not _names(event.action, thing)
        and (event.head == failed.head or _is_less(failed, event, thing))
    )


def _is_less(failed: Event, event: Event, thing: str) -> bool:
    return squeeze(event.action) == _without(failed.action, thing)


def _without(action: str, thing: str) -> str:
    return squeeze(re.sub(rf"(?<![\w.-]){re.escape(thing)}(?![\w-])", " ", action))


def _difference(failed: Event, out: Event, thing: str) -> str:
    """Return the replacement for *thing* in the call *out* that passed.

    The replacement is ``-`` if *out* has none, the name of another script, or "" if the calls cannot be compared.
    """
    if thing.endswith(_SCRIPTS):
        return (scripts_of(out.action) or [""])[-1]
    is_same = not thing.startswith("/") and words_in_common(_without(failed.action, thing), out.action) >= _SAME_CALL
    return "-" if is_same or _is_less(failed, out, thing) else ""


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every name that several runs missed."""
    for (thing, project), pairs in _grouped(noted(runs, KIND)).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2:
            continue
        outs = Counter(note.detail for _, note in pairs if note.detail)
        shared = most_common((note.detail for _, note in pairs if note.detail), most=1, least=2)
        error = pairs[0][1].quotes[1].text
        if not shared and len(met) < LEAST_WITHOUT_WAY_OUT:
            continue
        is_sometimes_there = not shared and _was_there(runs, thing, pairs)
        place = f"in {project}" if project else "in these environments"
        projects = sorted(_projects(pairs)) if not project else []
        is_program = _is_program(error)
        if len(projects) > 1 and not is_program:
            continue  # Where each project keeps its files is no matter of one thing that is missing.
        advice = _advice(thing, shared[0] if shared else None, _shown(pairs, shared), is_program=is_program)
        looked = f"{len(met)} runs looked for it and got “{squeeze(error)[:120]}”"
        if is_sometimes_there:
            made = created(thing, met, partial(_missed_at, pairs))
            if made is None:
                continue  # The first command shows that it is missing: nothing follows for what to do.
            place = f"a task names {code(thing)} and it is missing"
            advice = "Do not create it"
            advice += "; send the command that the task asks for all the same." if made.is_named_on else "."
            looked += f"; {made.counts}"
        yield lesson(
            when=place,
            do=advice,
            because=looked + (f"; {outs[shared[0]]} then did this" if shared and not is_program else ""),
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted(
                {event.tool for run in met for event in run.events if event.failed and _names(event.action, thing)}
            ),
        )


def _missed_at(pairs: Sequence[tuple[Run, Note]], run: Run) -> int:
    """Return the first step at which *run* missed the name."""
    return next(note.quotes[1].step for other, note in pairs if other.piece.trajectory.id == run.piece.trajectory.id)


def _is_program(error: str) -> bool:
    found = _ABSENT.search(error)
    return found is not None and found["command"] is not None


def _was_there(runs: Sequence[Run], thing: str, pairs: Sequence[tuple[Run, Note]]) -> bool:
    """Return whether a run of the same projects named *thing* in a call that passed, so that it sometimes exists."""
    projects = {project_of(run.piece) for run, _ in pairs}
    return any(
        thing in event.action and not event.failed and event.result is not None and _names(event.action, thing)
        for run in runs
        if project_of(run.piece) in projects
        for event in run.events
    )


def _grouped(found: Mapping[str, Sequence[tuple[Run, Note]]]) -> Mapping[tuple[str, str], list[tuple[Run, Note]]]:
    """Group notes by missing name and project; projects with too few runs form one group with an empty project."""
    groups: dict[tuple[str, str], list[tuple[Run, Note]]] = {}
    for key, pairs in found.items():
        thing, _, project = key.partition("\n")
        place = project if len(runs_of(pairs)) >= LEAST_RUNS else ""
        groups.setdefault((thing, place), []).extend(pairs)
    return groups


def _projects(pairs: Sequence[tuple[Run, Note]]) -> set[str]:
    return {project for run, _ in pairs if (project := project_of(run.piece)) is not None}


def _shown(pairs: Sequence[tuple[Run, Note]], out: Sequence[str]) -> str:
    """Return the shortest call that passed with the script *out*, in brackets; empty if there is no short one."""
    calls = [note.quotes[2].text for _, note in pairs if out and note.detail == out[0] and out[0].endswith(_SCRIPTS)]
    shown = min(calls, key=lambda text: (len(text), text), default="")
    return f" ({code(shown)})" if 0 < len(shown) <= _LONGEST_SHOWN else ""


def _advice(thing: str, out: str | None, shown: str, *, is_program: bool) -> str:
    if is_program and out in (None, "-"):
        return f"Leave {code(thing)} out: it is not installed."
    if out == "-":
        return f"Leave {code(thing)} out: there is none, and the call works without it."
    if out:
        return f"Use {code(out)}{shown}: there is no {code(thing)}."
    return f"There is no {code(thing)}: look at what there is first."
