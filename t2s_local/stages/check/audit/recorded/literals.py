"""Literals of recorded tasks: file names, data fields, values and proper names that occur in few tasks only."""

import csv
import mimetypes
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from t2s_local.values.trajectory import Step, Trajectory

LiteralKind = Literal["file", "field", "value", "name"]
MOST_TASKS = 2
"""Largest number of tasks that share a literal of single tasks; a literal in more tasks belongs to the work itself."""
_TOKEN = re.compile(r"[\w@][\w@.+-]*")
_ID = re.compile(r"(?=\S*\d{3})(?=\S*[A-Z])[A-Z0-9][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*|\d{6,}")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+")
_NAME = re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Ý][a-zà-ÿ]{2,}(?: [A-ZÀ-Ý][a-zà-ÿ]{2,}){1,2}\b")
_PROPER = re.compile(r"[A-ZÀ-Ý][\wÀ-ÿ]*[a-zà-ÿ][\wÀ-ÿ]*")
_ENDED = re.compile(r"(?:^|[.!?:;|*#>\n\"“(-])\s*$")
_TITLE = re.compile(r"\b[A-Z][a-z]{0,3}\. $")
"""An abbreviated title such as "Dr. ", whose dot ends no sentence."""
LEAST_NAMES = 3
"""Least number of tasks needed to conclude that a word found in few tasks is the name of a customer or a person."""
_QUOTED = re.compile(r"(?<!\w)[\"']([^\"'\n]{2,60})[\"'](?!\w)")
_KEY = re.compile(r"[\"']([A-Za-z][\w ]{2,40})[\"']\s*:")
_SETTING = re.compile(r"^\W*([A-Za-z]\w*)(?::\s|\s?=|\W*$)|(?<=\s)([A-Za-z]\w*)=(?=\S)", re.MULTILINE)
"""A name before its value, or alone on its line."""
_MOST_TEXT = 20_000
"""Largest number of characters of a step that are read."""
_OTHER_ENDINGS = """
cfg conf db docx env go gguf ini ipynb jsonl lock log md mdx parquet php pptx proto rb rs sqlite sql swift toml ts tsx
vue xls xlsx yaml yml
"""
"""Common file endings that the table of MIME types lacks."""
_CELL = re.compile(r"[A-ZÀ-Ý][\wÀ-ÿ -]{3,40}")
"""A table cell that begins with a capital, as a name does."""
_RUN = re.compile(r"\b(?:python[\d.]*|bash|sh|node|ruby|perl)\s+(?:-\S+\s+)*\S+")
"""A command that runs a script: the script is a tool and no data."""
_HEADER = re.compile(r"[A-Za-z][\w .-]{0,40}")


class TaskLiteral(NamedTuple):
    """A text that occurs in few recorded tasks."""

    text: str
    kind: LiteralKind
    n_tasks: int
    projects: frozenset[str] = frozenset()
    """Projects of the runs that contain the literal; empty if the project of any of these runs is unknown."""

    def is_of(self, text: str) -> bool:
        """Return whether the literal is a file of a project that *text* names, and so belongs to the project."""
        said = text.casefold()
        return (
            self.kind == "file"
            and bool(self.projects)
            and all(project.rpartition("/")[2].casefold() in said for project in self.projects)
        )


def is_file_name(token: str) -> bool:
    """Return whether *token* looks like a file name: a name with a known ending."""
    stem, dot, ending = token.rpartition(".")
    return bool(dot) and bool(re.search(r"[A-Za-z]", stem)) and ending.lower() in _endings()


@cache
def _endings() -> frozenset[str]:
    known = mimetypes.MimeTypes(filenames=()).types_map
    return frozenset(ending[1:] for table in known for ending in table) | frozenset(_OTHER_ENDINGS.split())


def tokens(text: str) -> list[str]:
    """Return the words, names and identifiers of *text*, prose or code, in order."""
    return [token.rstrip(".+-@") for token in _TOKEN.findall(text)]


def phrases(text: str) -> Iterator[str]:
    """Yield every token of *text*, and every two and three consecutive tokens separated by single spaces."""
    found = [(match.start(), match.group().rstrip(".+-@")) for match in _TOKEN.finditer(text)]
    for at, (start, token) in enumerate(found):
        yield token
        end = start + len(token)
        phrase = token
        for begin, following in found[at + 1 : at + 3]:
            if begin != end + 1 or text[end] != " ":
                break
            phrase = f"{phrase} {following}"
            end = begin + len(following)
            yield phrase


class Literals:
    """Literals of training tasks, looked up by their text."""

    def __init__(self, runs: Iterable[Trajectory], *, elsewhere: Iterable[Trajectory] = ()) -> None:
        """Collect the literals of *runs*.

        Args:
            runs: The training runs.
            elsewhere: Held-out runs; a literal that occurs in them too is left out, since it belongs to the work.
        """
        tasks: dict[str, set[str]] = defaultdict(set)
        kinds: dict[str, LiteralKind] = {}
        projects: dict[str, set[str | None]] = defaultdict(set)
        held = list(runs)
        spoken = {phrase for run in held for text in _asked(run) for phrase in phrases(text)}
        for run in held:
            for text, kind in _of_run(run, spoken):
                tasks[text].add(run.task_id or run.task or run.id)
                kinds.setdefault(text, kind)
                projects[text].add(run.project)
        self._names = _proper_names(held)
        shared = {text for run in elsewhere for text, _ in _of_run(run, spoken)}
        self._found: Mapping[str, TaskLiteral] = {
            text: TaskLiteral(text, kinds[text], len(found), _named(projects[text]))
            for text, found in tasks.items()
            if len(found) <= MOST_TASKS and text not in shared
        }

    def get(self, text: str) -> TaskLiteral | None:
        """Return the literal with exactly this text; None if there is none."""
        return self._found.get(text)

    def in_text(self, text: str) -> list[TaskLiteral]:
        """Return the literals in *text*, each once, in order."""
        found = (self._found.get(phrase) for phrase in phrases(text))
        return list(dict.fromkeys(one for one in found if one is not None))

    def names_in(self, text: str) -> list[TaskLiteral]:
        """Return the single words in *text* that are proper names from few tasks, each once, in order."""
        found = ((token, self._names.get(token)) for token in tokens(text))
        return list(dict.fromkeys(TaskLiteral(token, "name", n_tasks) for token, n_tasks in found if n_tasks))


def _proper_names(runs: Collection[Trajectory]) -> Mapping[str, int]:
    """Return the number of tasks with each proper name; empty for fewer than three tasks.

    A proper name is a capitalised word in a request, within a sentence or next to another such word, that no recording
    writes in small letters. The names of tools and languages occur somewhere in small letters.
    """
    tasks: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        for text in _asked(run):
            for word in _capitalised(text):
                tasks[word].add(run.task_id or run.task or run.id)
    if len({run.task_id or run.task or run.id for run in runs}) < LEAST_NAMES:
        return {}
    few = {word: len(found) for word, found in tasks.items() if len(found) <= MOST_TASKS}
    small = {word.casefold() for word in few}
    for run in runs:
        for step in run.steps:
            small -= {word for word in re.findall(r"[^\W\d_]+", step.text[:_MOST_TEXT]) if word in small}
    return {word: n_tasks for word, n_tasks in few.items() if word.casefold() in small}


def _capitalised(text: str) -> Iterator[str]:
    """Yield the words of four letters or more that are capitalised although they begin no sentence."""
    held: re.Match[str] | None = None
    for found in _PROPER.finditer(text):
        before = text[: found.start()][-40:]
        begins = _ENDED.search(before) is not None and not _TITLE.search(before)
        is_beside = held is not None and text[held.end() : found.start()] in (" ", " & ", " and ")
        if len(found[0]) > 3 and (not begins or is_beside):
            yield found[0]
        held = found


def _named(projects: Collection[str | None]) -> frozenset[str]:
    return frozenset() if None in projects else frozenset(project for project in projects if project is not None)


def _asked(run: Trajectory) -> list[str]:
    """Return the task and the messages of users in *run*."""
    texts = (run.task, *(step.text for step in run.steps if step.kind == "user"))
    return [text[:_MOST_TEXT] for text in texts if text]


def _of_run(run: Trajectory, spoken: Collection[str]) -> set[tuple[str, LiteralKind]]:
    """Return the literals of a run: from its requests, the files in its calls, and fields and values in its results.

    JSON keys and table cells in results count only if they are in *spoken*, the phrases of all requests.
    """
    found = {pair for text in _asked(run) for pair in _of_request(text)}
    for step in run.steps:
        if step.kind == "tool_call":
            found.update((token, "file") for token in tokens(step.text[:_MOST_TEXT]) if is_file_name(token))
        elif step.kind == "tool_result":
            rows = _rows(step)
            found.update((name, "field") for name in (rows[0] if rows else ()) if _FIELD.fullmatch(name))
            settings = (one or other for one, other in _SETTING.findall(step.text[:_MOST_TEXT]))
            found.update((name, "field") for name in settings if _FIELD.fullmatch(name))
            keys = _KEY.findall(step.text[:_MOST_TEXT])
            found.update((name, "field") for name in keys if name in spoken and _FIELD.fullmatch(name))
            found.update(
                (cell, "value") for row in rows[1:] for cell in row if cell in spoken and _CELL.fullmatch(cell)
            )
    called = {step.tool for step in run.steps if step.tool}
    return {(text, kind) for text, kind in found if text not in called}


def _of_request(text: str) -> Iterator[tuple[str, LiteralKind]]:
    for token in tokens(_RUN.sub(" ", text)):
        if is_file_name(token):
            yield token, "file"
        elif _ID.fullmatch(token):
            yield token, "value"
    yield from ((name, "name") for name in _NAME.findall(text))
    for quoted in _QUOTED.findall(text):
        if " " in quoted.strip() and len(quoted.split()) <= 3 and quoted[:1].isupper():
            yield quoted.strip(), "value"


def _rows(step: Step) -> list[list[str]]:
    """Parse a result as a table separated by commas, semicolons or tabs; return no rows if it is no table."""
    lines = step.text[:_MOST_TEXT].splitlines()[:200]
    if len(lines) < 2:
        return []
    sign = next((sign for sign in ("\t", ";", ",") if lines[0].count(sign) > 1), None)
    if sign is None:
        return []
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=sign)]
    except csv.Error:
        return []
    is_table = all(_HEADER.fullmatch(cell) for cell in rows[0]) and len(rows[1]) == len(rows[0])
    return rows if is_table else []
