"""Commands with which the runs on a project test, lint and build it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of
from t2s_local.analysts._noted.environment.project import folders_of, project_of
from t2s_local.analysts._notes import Note
from t2s_local.text.check_results import check_of
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
_PURPOSES = (
    ("test", re.compile(r"\btests?\b|\bspec\b|\bcheck\b")),
    ("lint", re.compile(r"\blint\b|\bfmt\b|\bformat\b|\bstyle\b|\btypecheck\b|\bvet\b")),
    ("build", re.compile(r"\bbuild\b|\bcompile\b")),
)
_SAID = {
    "test": "to run the tests",
    "lint": "after editing files",
    "build": "to build the project",
}


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
        if "\n" in event.action.strip() or (check := check_of(event.action)) is None or not runs_tasks(check):
            continue
        command = bare(event.action)
        if len(command) > _LONGEST:
            continue
        purpose = next((name for name, pattern in _PURPOSES if pattern.search(check)), None)
        if purpose is not None:
            yield Note(kind=RAN, key=purpose, detail=f"{check}\n{_FAILED if event.failed else _PASSED}")
            yield Note(
                kind=KIND, key=purpose, detail=command, quotes=(quote(piece, event.call, event.action, role="action"),)
            )


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every purpose (test, lint, build) for which the runs on one project share a command."""
    for group in projects(runs):
        edited = runs_of([pair for found in noted(group, EDITED).values() for pair in found])
        for purpose, pairs in noted(group, KIND).items():
            base = edited if purpose == "lint" and edited else _conversations(group)
            command, check, users = _usual(pairs)
            if len(users) < LEAST_RUNS or len(users) < LEAST_SHARE * len(base):
                continue
            exact = [pair for pair in pairs if pair[1].detail == command]
            whole = runs_of([pair for pair in pairs if _says(pair[1].detail, command)])
            did = "did" if command == check else f"ran {code(check)}, {len(whole)} of them all of this"
            ran = noted(group, RAN).get(purpose, ())
            yield lesson(
                when=_SAID[purpose],
                do=f"Run {code(command)}{' before you say that you are done' if purpose == 'lint' else ''}."
                f"{_variants(command, ran)}",
                because=f"{len(users)} of {max(len(base), len(users))} runs"
                f"{' that edited files' if base is edited else ' on the project'} {did}{_passed(check, ran)}",
                polarity="success",
                pattern=KIND,
                evidence=quotes_of(exact),
                trajectories=(run.piece.trajectory for run in whole),
                tools=sorted({event.tool for run in whole for event in run.events if is_shell(event.tool)}),
            )


def _variants(command: str, ran: Sequence[tuple[Run, Note]]) -> str:
    """Return a sentence on the variants of *command* that several runs used, such as `test:unit`; empty for none."""
    behind: dict[str, set[str]] = {}
    for run, note in ran:
        name = note.detail.partition("\n")[0]
        if any(name.startswith((f"{part}:", f"{part}-", f"{part}_")) for part in command.split(" && ")):
            behind.setdefault(name, set()).add(run.piece.trajectory.id)
    often = sorted((name for name in behind if len(behind[name]) >= LEAST_VARIANT), key=lambda name: -len(behind[name]))
    told = (f"{code(name)} ({len(behind[name])} runs)" for name in often[:_MOST_VARIANTS])
    return f" There is also {join_words(told)}." if often else ""


def _passed(command: str, ran: Sequence[tuple[Run, Note]]) -> str:
    """Return a clause on how often the last part of *command* passed; empty if it was not run."""
    name = command.split(" && ")[-1]
    verdicts = [note.detail.partition("\n")[2] for _, note in ran if note.detail.partition("\n")[0] == name]
    return f"; it passed {verdicts.count(_PASSED)} of {len(verdicts)} times" if verdicts else ""


def _once(pairs: Iterable[tuple[Run, Note]]) -> list[tuple[Run, Note]]:
    """Return each command once a run, so that a run that repeats a command counts once."""
    return list({(run.piece.trajectory.id, note.detail): (run, note) for run, note in pairs}.values())


def _usual(pairs: Sequence[tuple[Run, Note]]) -> tuple[str, str, list[Run]]:
    """Return the command to recommend, the command that most runs used, and the runs that used the second.

    The first is the most used chain that contains the second, if there is one.
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
