"""Commands with which the runs on a project test, lint, format, build and start it, and what they need first."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of
from t2s_local.analysts._noted.environment import needs
from t2s_local.analysts._noted.environment.needs import Need, needs_of
from t2s_local.analysts._noted.environment.project import folders_of, project_of
from t2s_local.analysts._noted.environment.purposes import Purpose, purpose_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import bare, changes_files, is_shell, runs_tasks
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "check"
RAN = "check_ran"
FOLDERS = "folders"
EDITED = "edited"
LEAST_RUNS = 3
LEAST_SHARE = 0.25
"""Share of the runs on a project that must have used a command for it to be the project's usual one."""
_MOST_OF_THEM = 0.5
_PASSED, _FAILED = "passed", "failed"
LEAST_VARIANT = 2
_MOST_VARIANTS = 3
_LONGEST_LINE = 400
_LONGEST = 100
_SAID: Mapping[Purpose, str] = {
    "test": "to run the tests",
    "lint": "after editing files",
    "format": "after editing files",
    "build": "to build the project",
    "run": "to start the project",
}
_OF_EDITS = frozenset({"lint", "format"})
"""Purposes whose commands are counted over the runs that edited files."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the checks that *piece* ran with the project's own commands, and the name or folders of the project."""
    project = project_of(piece)
    where = project or "\n".join(sorted(folders_of(events)))
    if where:
        yield Note(kind=FOLDERS, key="", detail=where)
    if any(changes_files(event.tool, event.head) and not event.failed for event in events):
        yield Note(kind=EDITED, key="")
    for event in events:
        if event.result is None or not is_shell(event.tool) or len(event.action) > _LONGEST_LINE:
            continue
        served = None if "\n" in event.action.strip() else purpose_of(event.action)
        if served is None or not runs_tasks(served.head):
            continue
        command = bare(event.action)
        if len(command) <= _LONGEST:
            passed = _FAILED if event.failed else _PASSED
            yield Note(kind=RAN, key=served.purpose, detail=f"{served.head}\n{passed}")
            shown = quote(piece, event.call, event.action, role="action")
            yield Note(kind=KIND, key=served.purpose, detail=command, quotes=(shown,))
    yield from needs.notes(piece, events)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every purpose for which the runs on one project share a command, with what it needs first.

    A command that too few runs share gets a lesson, too, if other commands have to run first.
    """
    for group in projects(runs):
        needed = dict(needs_of(group))
        told: list[str] = []
        for purpose, pairs in _by_purpose(group):
            command, check, users = _usual(pairs)
            base, _ = _base(group, purpose)
            is_usual = len(users) >= LEAST_RUNS and len(users) >= LEAST_SHARE * len(base)
            if is_usual and not any(_says(line, command) for line in told):
                told.append(command)
                served = purpose_of(command.split(" && ")[-1])
                need = needed.pop(served.head, None) if served is not None else None
                yield _of_usual(group, purpose, pairs, _Usual(command, check, users), need)
        yield from (_of_need(group, head, need) for head, need in sorted(needed.items()))


def _by_purpose(group: Sequence[Run]) -> list[tuple[Purpose, Sequence[tuple[Run, Note]]]]:
    """Return the notes on commands by purpose; formatting comes last, as a part of what lints."""
    found = noted(group, KIND)
    return [
        (purpose, found[purpose])
        for purpose in sorted(_SAID, key=lambda name: (name == "format", name))
        if purpose in found
    ]


def _base(group: Sequence[Run], purpose: Purpose) -> tuple[list[Run], str]:
    """Return the runs over which the commands of *purpose* are counted, and words for them."""
    edited = runs_of([pair for found in noted(group, EDITED).values() for pair in found])
    if purpose in _OF_EDITS and edited:
        return edited, "that edited files"
    return _conversations(group), "on the project"


class _Usual(NamedTuple):
    """The usual command for a purpose."""

    command: str
    check: str
    """The part of the command that most runs used."""
    users: Sequence[Run]


def _of_usual(
    group: Sequence[Run], purpose: Purpose, pairs: Sequence[tuple[Run, Note]], usual: _Usual, need: Need | None
) -> Lesson:
    """Return the lesson on the usual command for *purpose*, whose notes are *pairs*."""
    command, check, users = usual
    base, which = _base(group, purpose)
    whole = runs_of([pair for pair in pairs if _says(pair[1].detail, command)])
    did = "did" if command == check else f"ran {code(check)}, {len(whole)} of them all of this"
    ran = noted(group, RAN).get(purpose, ())
    variants = _variants(command, ran)
    is_met = need is not None and not any(_says(command, text) for text in need.first)
    return lesson(
        when=_SAID[purpose],
        do=f"Run {code(command)}{' before you say that you are done' if purpose == 'lint' else ''}"
        f"{need.words if need is not None and is_met else ''}."
        + (f" There is also {join_words(code(name) for name, _ in variants)}." if variants else ""),
        because=f"{len(users)} of {max(len(base), len(users))} runs {which} {did}{_passed(check, ran)}"
        f"{''.join(f'; {count} ran {code(name)}' for name, count in variants)}"
        f"{f'; {need.reason}' if need is not None and is_met else ''}",
        polarity="success",
        pattern=KIND,
        evidence=[
            *quotes_of([pair for pair in pairs if pair[1].detail == command]),
            *(need.quotes if need is not None and is_met else ()),
        ],
        trajectories=(run.piece.trajectory for run in whole),
        tools=_shells(whole),
    )


def _of_need(group: Sequence[Run], head: str, need: Need) -> Lesson:
    """Return the lesson on a command that too few runs share, but that needs other commands first."""
    served = purpose_of(head)
    purpose: Purpose = "test" if served is None else served.purpose
    because = f"{need.reason}{_passed(head, noted(group, RAN).get(purpose, ()))}"
    return lesson(
        when=_SAID[purpose],
        do=f"Run {code(need.command)}{need.words}.",
        because=f"{because[:1].upper()}{because[1:]}",
        polarity="success",
        pattern=KIND,
        evidence=need.quotes,
        trajectories=(run.piece.trajectory for run in need.runs),
        tools=_shells(need.runs),
    )


def _shells(runs: Iterable[Run]) -> list[str]:
    return sorted({event.tool for run in runs for event in run.events if is_shell(event.tool)})


def _variants(command: str, ran: Sequence[tuple[Run, Note]]) -> list[tuple[str, int]]:
    """Return the variants of *command* that several runs used, such as `test:unit`, with the number of runs of each."""
    behind: dict[str, set[str]] = {}
    for run, note in ran:
        name = note.detail.partition("\n")[0]
        if any(name.startswith((f"{part}:", f"{part}-", f"{part}_")) for part in command.split(" && ")):
            behind.setdefault(name, set()).add(run.piece.trajectory.id)
    often = sorted((name for name in behind if len(behind[name]) >= LEAST_VARIANT), key=lambda name: -len(behind[name]))
    return [(name, len(behind[name])) for name in often[:_MOST_VARIANTS]]


def _passed(command: str, ran: Sequence[tuple[Run, Note]]) -> str:
    """Return a clause on how often the last part of *command* passed; empty if it was not run."""
    name = command.split(" && ")[-1]
    verdicts = [note.detail.partition("\n")[2] for _, note in ran if note.detail.partition("\n")[0] == name]
    return f"; it passed {verdicts.count(_PASSED)} of {len(verdicts)} times" if verdicts else ""


def _once(pairs: Iterable[tuple[Run, Note]]) -> list[tuple[Run, Note]]:
    """Return each command once a run, so that a run that repeats a command counts once."""
    return list({(run.piece.trajectory.id, note.detail): (run, note) for run, note in pairs}.values())


def _usual(pairs: Sequence[tuple[Run, Note]]) -> tuple[str, str, list[Run]]:
    """Return the command to recommend, the command that most runs used, and the runs that used the latter.

    The recommended command is the most used chain that contains the latter, if enough runs used such a chain.
    """
    command = most_common((note.detail for _, note in _once(pairs)), most=1)[0]
    users = runs_of([pair for pair in pairs if _says(pair[1].detail, command)])
    chains = [note.detail for _, note in _once(pairs) if " && " in note.detail and _says(note.detail, command)]
    longest = most_common(chains, most=1, least=max(2, round(_MOST_OF_THEM * len(users))))
    return (longest[0] if longest else command), command, users


def _says(detail: str, command: str) -> bool:
    """Return whether the command line *detail* contains every part of *command*, in any order."""
    return all(re.search(rf"(?<![\w:-]){re.escape(part)}(?![\w:-])", detail) for part in command.split(" && "))


def _conversations(group: Sequence[Run]) -> list[Run]:
    return list({run.piece.trajectory.id: run for run in group}.values())


def projects(runs: Sequence[Run]) -> list[list[Run]]:
    """Group *runs* by project: by its name, or by shared folders; runs of no known project are left out."""
    places: dict[str, set[str]] = {}
    for run, note in [pair for found in noted(runs, FOLDERS).values() for pair in found]:
        places.setdefault(run.piece.trajectory.id, set()).update(note.detail.split("\n"))
    homes = _joined(places)
    groups: dict[str, list[Run]] = {}
    for run in runs:
        home = homes.get(run.piece.trajectory.id)
        if home is not None:
            groups.setdefault(home, []).append(run)
    return [group for _, group in sorted(groups.items())]


def _joined(places: Mapping[str, set[str]]) -> dict[str, str]:
    """Return for every run id the least id of the runs that share places with it, directly or through others."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            one = parent[one]
        return one

    for identity, names in sorted(places.items()):
        for name in sorted(names):
            first, second = root(f" {name}"), root(identity)
            parent[max(first, second)] = min(first, second)
    return {identity: root(identity) for identity in sorted(places)}
