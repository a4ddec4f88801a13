"""Environments without the packages that the work needs: one cause of many missing modules."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.environment.project import project_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell, segments
from t2s_local.text.events import Event
from t2s_local.text.text import clip, join_words, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "bare"
INSTALLED = "installed"
NEWER = "too_new"
"""Kind of notes on errors of libraries that are newer than the code, from the module for these."""
LEAST_RUNS = 3
LEAST_OF_PROJECT = 2
_MOST_BROKEN = 6
LEAST_SHARE = 0.25
"""Share of the runs that must have installed a package for the lesson on all runs to name it."""
_MISSING = re.compile(
    r"No module named ['\"]?(?P<python>[A-Za-z_]\w*)['\"]?|Cannot find module ['\"](?P<node>[\w@/-]+)['\"]|"
    r"cannot load such file -- (?P<ruby>[\w/-]+)|there is no package called ['‘](?P<r>[\w.]+)"
)
_INSTALL = re.compile(
    r"^(?:sudo\s+)?(?P<manager>(?:python3?\s+-m\s+)?pip3?|uv pip|npm|yarn|pnpm|gem|conda|mamba|apt-get|apt|apk|brew)\s+"
    r"(?:install|i|add)\s+(?P<rest>.+)$"
)
_PACKAGE = re.compile(r"[A-Za-z@][\w.@/-]*(?:\[[\w,-]+\])?(?:[<>=!~]=?[\w.*]+)?")


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the modules that were missing in *piece*, and the packages it installed afterwards."""
    project = project_of(piece)
    missing: set[str] = set()
    for event in events:
        if event.result is None or not is_shell(event.tool):
            continue
        for found in _MISSING.finditer(event.output[-4000:]) if "o" in event.output[-4000:] else ():
            name = next(group for group in found.groups() if group)
            if name not in missing and not _is_own(name, project):
                missing.add(name)
                shown = (
                    quote(piece, event.call, event.action, role="action"),
                    quote(piece, event.result, found[0], role="observation"),
                )
                yield Note(kind=KIND, key=project or "", detail=name, quotes=shown)
        if missing and not event.failed:
            for manager, package in installs(event.action):
                quotes = (quote(piece, event.call, event.action, role="fix"),)
                yield Note(kind=INSTALLED, key=project or "", detail=f"{manager} {package}", quotes=quotes)


def _is_own(name: str, project: str | None) -> bool:
    """Return whether a module belongs to the project itself."""
    return project is not None and name.lower().replace("_", "-") in project.lower().replace("_", "-")


def installs(action: str) -> Iterator[tuple[str, str]]:
    """Yield the packages that a shell line installs, each with its installer; the project itself is `-e .` or `.`.

    Words that are no package names, such as options, are left out.
    """
    for segment in segments(action):
        found = _INSTALL.match(segment.strip())
        if found is None:
            continue
        rest = found["rest"].split("|")[0].split(">")[0] if "<" not in found["rest"] else found["rest"]
        given = [word.strip("'\"") for word in rest.split()]
        if "." in given or any(word.startswith(".[") for word in given):
            yield found["manager"], "-e ." if "-e" in given or "--editable" in given else "."
        yield from ((found["manager"], word) for word in given if _PACKAGE.fullmatch(word))


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson on the packages that all runs need, and one for the packages of each project."""
    pairs = [pair for found in noted(runs, KIND).values() for pair in found]
    met = runs_of(pairs)
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2 or len({note.detail for _, note in pairs}) < 2:
        return
    fixes = {key: found for key, found in noted(runs, INSTALLED).items()}
    yield from _everywhere(runs, pairs, fixes)
    newer = noted(runs, NEWER)
    for project, found in noted(runs, KIND).items():
        if project and project in fixes:
            broken = most_common((note.detail for _, note in newer.get(project, ())), most=_MOST_BROKEN, least=2)
            yield from _of_project(project, found, fixes[project], broken)


def _everywhere(
    runs: Sequence[Run], pairs: Sequence[tuple[Run, Note]], fixes: Mapping[str, Sequence[tuple[Run, Note]]]
) -> Iterator[Lesson]:
    met = runs_of(pairs)
    everyone = _in_shells(met, runs)
    installed = [pair for found in fixes.values() for pair in found]
    n_projects = len({note.key for _, note in pairs})
    names = _packages(installed, least=max(2, LEAST_SHARE * len(met)), projects=(n_projects + 1) // 2)
    if len(met) < 0.5 * len(everyone) or not names:
        return
    several = sum(len({note.detail for run, note in pairs if run is one}) > 1 for one in met)
    yield lesson(
        when="before the first run",
        do=f"Install all that the work needs in one command: {names} together with the project and what it names. The"
        " environment comes without it, and every missing module costs a round.",
        because=f"{len(met)} of {len(everyone)} runs met a missing module, {several} of them several in turn",
        polarity="success",
        pattern=KIND,
        evidence=[*quotes_of(pairs), *quotes_of(installed, most=2)],
        trajectories=(run.piece.trajectory for run in met),
        tools=sorted({event.tool for run in met for event in run.events if is_shell(event.tool)}),
    )


def _in_shells(met: Sequence[Run], runs: Sequence[Run]) -> list[Run]:
    """Return the runs with shell commands in the harnesses of *met*."""
    formats = {run.piece.trajectory.format for run in met}
    same = [run for run in runs if run.piece.trajectory.format in formats]
    return list(
        {run.piece.trajectory.id: run for run in same if any(is_shell(event.tool) for event in run.events)}.values()
    )


def _packages(installed: Sequence[tuple[Run, Note]], *, least: float, projects: int = 1) -> str | None:
    """Return one command that installs the packages that several runs installed; None if there are none."""
    behind: dict[str, set[str]] = {}
    places: dict[str, set[str]] = {}
    for run, note in installed:
        behind.setdefault(note.detail, set()).add(run.piece.trajectory.id)
        places.setdefault(note.detail, set()).add(note.key)
    shared = [
        name for name, ids in behind.items() if len(ids) >= least and (len(places[name]) >= projects or not places)
    ]
    if not shared:
        return None
    managers = Counter(name.rsplit(" ", 1)[0].removesuffix(" -e") for name in shared)
    manager = min(managers, key=lambda name: (-managers[name], name))
    names = sorted(
        {name.removeprefix(f"{manager} ") for name in shared if name.startswith(f"{manager} ")},
        key=lambda name: (not name.endswith("."), name),
    )
    return f"`{manager} install {' '.join(names)}`"


def _version(name: str) -> re.Pattern[str]:
    """Return a pattern of the version in an error about a removed feature: *the Ledger 2.0 release*."""
    return re.compile(rf"\b{re.escape(name)}\s+v?(\d+(?:\.\d+)*)\b", re.IGNORECASE)


def _module(installed: str) -> str:
    """Return the module name of a package named in an installation, in lower case with hyphens."""
    return re.split(r"[\[<>=!~]", installed.rpartition(" ")[2], maxsplit=1)[0].lower().replace("_", "-")


def _of_project(
    project: str, pairs: Sequence[tuple[Run, Note]], installed: Sequence[tuple[Run, Note]], broken: Sequence[str]
) -> Iterator[Lesson]:
    met = runs_of(pairs)
    least = max(LEAST_OF_PROJECT, (len(met) + 1) // 2)
    behind: dict[str, set[str]] = {}
    for run, note in pairs:
        behind.setdefault(note.detail, set()).add(run.piece.trajectory.id)
    names = sorted(name for name, ids in behind.items() if len(ids) >= least)
    counts = Counter(note.detail for _, note in installed)
    wanted = {name.lower().replace("_", "-") for name in names}
    needed = [pair for pair in installed if counts[pair[1].detail] >= least or _module(pair[1].detail) in wanted]
    command = _packages(needed, least=LEAST_OF_PROJECT)
    if len(met) < LEAST_OF_PROJECT or len(names) < 2 or command is None:
        return
    shown = join_words(f"`{name}`" for name in names)
    newer = {name: error for error in broken for name in names if name.lower() in words(error)}
    pins = {name: found[1] for name, error in newer.items() if (found := _version(name).search(error))}
    for name, version in sorted(pins.items()):
        command = re.sub(rf"(?<=[ `]){re.escape(name)}(?=[ `])", f"'{name}<{version}'", command)
    caution = "".join(
        f" `{name}` {pins[name]} breaks it (“{clip(error, 100)}”)."
        if name in pins
        else f" Take `{name}` in a version of the code's time: the newest breaks it (“{clip(error, 100)}”)."
        for name, error in sorted(newer.items())
    )
    yield lesson(
        when=f"in {project}",
        do=f"Start with {command}: {shown} are not there.{caution}",
        because=f"{len(met)} runs found them missing, one after the other",
        polarity="success",
        pattern=KIND,
        evidence=[*quotes_of(pairs), *quotes_of(installed, most=2)],
        trajectories=(run.piece.trajectory for run in met),
        tools=sorted({event.tool for run in met for event in run.events if is_shell(event.tool)}),
    )
