"""Environments without the packages that the work needs: one cause of many missing modules."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.environment.pins import installs, pins_of
from t2s_local.analysts._noted.environment.project import project_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

KIND = "bare"
INSTALLED = "installed"
INTERPRETER = "bare_interpreter"
LEAST_RUNS = 3
LEAST_OF_PROJECT = 2
_MOST_PROJECTS = 4
LEAST_SHARE = 0.25
"""Share of the runs that must have installed a package for the lesson on all runs to name it."""
_MISSING = re.compile(
    r"No module named ['\"]?(?P<python>[A-Za-z_]\w*)['\"]?|Cannot find module ['\"](?P<node>[\w@/-]+)['\"]|"
    r"cannot load such file -- (?P<ruby>[\w/-]+)|there is no package called ['‘](?P<r>[\w.]+)"
)
_RAN = re.compile(r"^(?P<path>/\S*/[\w.-]+): No module named", re.MULTILINE)

_PREFIX = re.compile(r"(?:(?P<conda>/\S*/\.?\w*(?:conda|mamba|forge)\w*)|/usr(?:/local)?)/bin/[\w.-]*python[\d.]*$")
"""Path of the system's Python, or of the base Python of a conda distribution, which has environments beside it."""
_LOOKED = re.compile(r"\benvs?\b[^\n]{0,40}\blist\b|/envs\b|\bactivate\b|\.?venv\b|\bpyenv\b|\bwhich -a\b")


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the modules that were missing in *piece*, and the packages that the run installed afterwards."""
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
        if (ran := _RAN.search(event.output[-4000:])) is not None:
            yield Note(kind=INTERPRETER, key=project or "", detail=ran["path"])
        if missing and not event.failed:
            for manager, package in installs(event.action):
                quotes = (quote(piece, event.call, event.action, role="fix"),)
                yield Note(kind=INSTALLED, key=project or "", detail=f"{manager} {package}", quotes=quotes)


def _is_own(name: str, project: str | None) -> bool:
    """Return whether the module *name* belongs to the project itself."""
    return project is not None and name.lower().replace("_", "-") in project.lower().replace("_", "-")


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield a lesson for each project of several runs that lack packages, and one for all other projects together."""
    found, fixes = noted(runs, KIND), noted(runs, INSTALLED)
    pairs = [pair for same in found.values() for pair in same]
    met = runs_of(pairs)
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2 or len({note.detail for _, note in pairs}) < 2:
        return
    pins = pins_of(runs)
    needs = {
        project: need
        for project, same in found.items()
        if project and (need := _of_project(same, fixes.get(project, ()), pins.get(project, {}))) is not None
    }
    installed = [pair for same in fixes.values() for pair in same]
    names = _packages(installed, least=max(2, LEAST_SHARE * len(met)), projects=(len(found) + 1) // 2)
    is_common = names is not None and len(met) >= 0.5 * len(_in_shells(met, runs))
    rest = {project: need for project, need in needs.items() if len(runs_of(found[project])) < LEAST_RUNS}
    if is_common or len(rest) > 1:
        yield _everywhere(runs, pairs, installed, names if is_common else None, rest)
    else:
        rest = {}
    for project in sorted(needs.keys() - rest.keys()):
        yield _alone(project, needs[project], found[project], fixes[project])


def _alone(
    project: str,
    need: tuple[str, Sequence[str]],
    missing: Sequence[tuple[Run, Note]],
    installed: Sequence[tuple[Run, Note]],
) -> Lesson:
    """Return the lesson on what one project needs."""
    command, lacking = need
    shown = join_words(f"`{name}`" for name in lacking)
    return _lesson(
        f"in {project}",
        f"Start with `{command}`: {shown} {'are' if len(lacking) > 1 else 'is'} not there.",
        f"{len(runs_of(missing))} runs found them missing, one after the other",
        missing,
        [*quotes_of(missing), *quotes_of(installed, most=2)],
    )


def _everywhere(
    runs: Sequence[Run],
    pairs: Sequence[tuple[Run, Note]],
    installed: Sequence[tuple[Run, Note]],
    names: str | None,
    needs: Mapping[str, tuple[str, Sequence[str]]],
) -> Lesson:
    """Return the lesson for all runs: the interpreter that lacks the packages, and what each project needs.

    Args:
        runs: All runs.
        pairs: Notes on missing modules.
        installed: Notes on installed packages.
        names: Command for the packages that runs of most projects installed; None if there are none.
        needs: Command and missing modules of each project.
    """
    met, everyone = runs_of(pairs), _in_shells(runs_of(pairs), runs)
    paths = most_common(
        (note.detail for same in noted(runs, INTERPRETER).values() for _, note in same), most=1, least=2
    )
    place = f"`{paths[0]}` comes" if paths else "the environment comes"
    hint = _prepared(paths, met)
    ranked = sorted(needs, key=lambda name: (-len(_of(pairs, name)), name))[:_MOST_PROJECTS]
    each = join_words(f"in {name} `{needs[name][0]}`" for name in sorted(ranked))
    generic = f"{names} and the project itself, with what it names as its needs" if names else ""
    told = f"{each}{f', elsewhere {generic}' if generic else ''}" if each else generic
    several = sum(len({note.detail for run, note in pairs if run is one}) > 1 for one in met)
    return _lesson(
        "before the first run",
        f"Install what is missing in one command, since {place} without it: {told}.{hint}",
        f"{len(met)} of {len(everyone)} runs met a missing module, {several} of them several in turn"
        + (", and none looked for another environment" if hint else ""),
        pairs,
        [
            *quotes_of(pairs),
            *quotes_of(installed, most=2),
            *(one for name in ranked for lack in needs[name][1] for one in _missed(_of(pairs, name), lack)),
        ],
    )


def _prepared(paths: Sequence[str], met: Sequence[Run]) -> str:
    """Return the advice to look for a prepared environment, as a sentence after a space; it is not tried in the runs.

    Return an empty text if a run looked for such an environment, or if the first path is no system or base Python.
    """
    found = _PREFIX.match(paths[0]) if paths else None
    if found is None or any(_LOOKED.search(event.action) for run in met for event in run.events):
        return ""
    place = f"`ls {found['conda']}/envs`" if found["conda"] else "a `.venv` in its folder"
    return f" If an environment was prepared for the project ({place}), try that one before."


def _of(pairs: Sequence[tuple[Run, Note]], project: str) -> list[tuple[Run, Note]]:
    return [pair for pair in pairs if pair[1].key == project]


def _missed(pairs: Sequence[tuple[Run, Note]], module: str) -> Sequence[Quote]:
    return quotes_of([pair for pair in pairs if pair[1].detail == module], most=1)


def _lesson(when: str, do: str, because: str, pairs: Sequence[tuple[Run, Note]], evidence: Sequence[Quote]) -> Lesson:
    met = runs_of(pairs)
    return lesson(
        when=when,
        do=do,
        because=because,
        polarity="success",
        pattern=KIND,
        evidence=evidence,
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


def _module(installed: str) -> str:
    """Return the module name of a package named in an installation, in lower case with hyphens."""
    return re.split(r"[\[<>=!~]", installed.rpartition(" ")[2], maxsplit=1)[0].lower().replace("_", "-")


def _of_project(
    pairs: Sequence[tuple[Run, Note]], installed: Sequence[tuple[Run, Note]], pins: Mapping[str, str]
) -> tuple[str, Sequence[str]] | None:
    """Return the command that installs what runs of a project lacked, and the missing modules; None if too few did.

    A package in *pins* breaks the project from the version given there on, and is pinned below this version.
    """
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
        return None
    command = command.strip("`")
    for name, version in sorted(pins.items()):
        command = re.sub(rf"(?<= ){re.escape(name)}(?= |$)", f"'{name}<{version}'", command)
    return command, names
