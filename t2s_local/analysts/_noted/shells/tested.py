"""Files of tests that the runs on a project run one at a time, and the command with which they run them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.environment import checks
from t2s_local.analysts._noted.environment.project import project_of
from t2s_local.analysts._notes import Note
from t2s_local.text.check_results import is_check, result_of
from t2s_local.text.commands import head_of_command, is_shell
from t2s_local.text.events import Event
from t2s_local.text.shell.shell import parse
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "tested"
LEAST_RUNS = 3
LEAST_SHARE = 0.5
"""Share of the runs on a project that must have run such files: otherwise the project has several ways."""
LEAST_NAMES = 2
LEAST_PASSED = 2
"""Fewest such checks that must have passed: otherwise nothing shows that the command works."""
_FILE = re.compile(
    r"(?<![\w./~-])(?:\./)?(?P<folder>(?:[\w-]+/)+)"
    r"(?:(?P<before>(?:unit)?tests?_)(?P<name>\w+)|(?P<stem>\w+?)(?P<after>[_.-](?:tests?|spec)))(?P<end>\.\w{1,4})\b"
)
_USUAL = re.compile(r"(?:python3? -m )?pytest (?:[\w-]+/)*tests?/test_<name>\.py")
"""Way to run a file of tests that everybody tries first."""
_COUNTED = re.compile(r"\b\d+ [a-z]")
"""Count in a line that states a result, such as *2 passed*: a check without a count did not start."""
_LONGEST = 1000
_MOST_NAMES = 2
_ELSEWHERE = re.compile(r"\bcd\s+(?!/)\S")
"""Change to a folder that is not written from the root, after which paths do not begin at the project's folder."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the files of tests that checks of *piece* ran, with the form of their paths and the results."""
    project = None
    for event in events:
        if event.result is None or "test" not in event.action or not is_shell(event.tool):
            continue
        check = result_of(event.action, event.output) if _FILE.search(event.action[:_LONGEST]) else None
        if check is None or not _COUNTED.search(check.line) or _ELSEWHERE.search(event.action):
            continue
        project = project or project_of(piece)
        head, found = _ran(event.action)
        if found is None or project is None:
            continue
        name = found["name"] or found["stem"]
        form = f"{found['folder']}{found['before'] or ''}<name>{found['after'] or ''}{found['end']}"
        shown = quote(piece, event.call, event.action, role="action")
        yield Note(kind=KIND, key=f"{project}\n{head} {form}", detail=f"{name}\n{check.verdict}", quotes=(shown,))


def _ran(action: str) -> tuple[str, re.Match[str] | None]:
    """Return the last check in a shell line that is given a file of tests, and the file; "" and None without one."""
    for command in reversed(parse(action).commands):
        head = head_of_command(command)
        if head is not None and is_check(head):
            found = next(filter(None, map(_FILE.match, command.arguments)), None)
            if found is not None:
                return head, found
    return "", None


class _Way(NamedTuple):
    """A command for files of tests, with the notes on it."""

    command: str
    pairs: Sequence[tuple[Run, Note]]


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every project whose runs mostly run the tests of one file in one way."""
    told = {project_of(run.piece) for run, _ in noted(runs, checks.KIND).get("test", ())}
    for project, ways in _by_project(runs).items():
        best = max(ways, key=lambda way: (len(runs_of(way.pairs)), way.command))
        met = runs_of(best.pairs)
        everyone = {run.piece.trajectory.id for run in runs if project_of(run.piece) == project}
        names, verdicts = zip(*(note.detail.split("\n") for _, note in best.pairs), strict=True)
        passed = verdicts.count("passed")
        if project in told or len(met) < max(LEAST_RUNS, LEAST_SHARE * len(everyone)) or len(tasks_of(met)) < 2:
            continue
        if len(set(names)) < LEAST_NAMES or passed < max(LEAST_PASSED, LEAST_SHARE * len(verdicts)):
            continue
        if _USUAL.fullmatch(best.command):
            continue
        shown = join_words(map(code, most_common(names, most=_MOST_NAMES)))
        yield lesson(
            when=f"in {project}",
            do=f"Test a part of it with {code(best.command)} (`<name>` as in {shown}).",
            because=f"{len(met)} of {len(everyone)} runs on the project did so; {passed} of {len(verdicts)} such checks"
            " passed",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of([pair for pair in best.pairs if pair[1].detail.endswith("\npassed")]),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if is_shell(event.tool)}),
        )


def _by_project(runs: Sequence[Run]) -> Mapping[str, list[_Way]]:
    found: dict[str, list[_Way]] = {}
    for key, pairs in noted(runs, KIND).items():
        project, _, command = key.partition("\n")
        found.setdefault(project, []).append(_Way(command, pairs))
    return found
