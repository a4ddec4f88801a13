"""Reader of runs in the values of a file, by a map."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from t2s_local.formats._build import answers_by_place, trajectory
from t2s_local.formats._dialects.conversations import numbered_run
from t2s_local.formats._dialects.react import acted
from t2s_local.formats._dialects.script import is_script, script_steps
from t2s_local.formats._dialects.tagged_calls import untagged
from t2s_local.formats._maps.chains import Link, kept_places
from t2s_local.formats._maps.fields import Field, Used
from t2s_local.formats._maps.mapped_steps import StepReader
from t2s_local.ports.format import Passed
from t2s_local.records.json import Record, objects
from t2s_local.records.outcome import label_of
from t2s_local.records.paths.paths import EVERY, Parts, children, json_path, opened
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Label, Step, Trajectory

SCRIPT = "script"
"""Key of an item that is a whole run in one text."""
WHOLE = "$"
"""Key of the root value, in the objects beside a run."""


class Conversation(NamedTuple):
    """A list of messages, and the objects around it."""

    items: list[Record]
    beside: tuple[Record, ...]
    """The objects around the list, the nearest first."""


class RunReader:
    """Reader of the runs in values."""

    def __init__(self, layout: Layout, used: Used | None = None, *, guesses: bool = False) -> None:
        """Prepare the fields of a map; the arguments are those of :class:`StepReader`."""
        runs = layout.runs
        self.steps = StepReader(layout, used, guesses=guesses) if used is not None else _step_reader(layout, guesses)
        self._at = [json_path(path).parts for path in runs.at]
        self._lists = [json_path(path).parts for path in runs.steps]
        self._opening = [json_path(path).parts for path in runs.opening]
        self._columns = [json_path(path).parts for path in runs.columns]
        self._is_chained = bool(layout.steps.id and layout.steps.parent) and not guesses
        self.are_requests = runs.each == "request"
        self.unread: Counter[str] = Counter()
        """Counts of records of runs that contained no step."""
        self.skipped: set[str] = set()
        """Kinds of records that only repeat other records."""
        self.by = Field("runs.by", runs.by, used)
        self._id = Field("runs.id", _rooted(runs.id), used)
        self._task = Field("runs.task", _rooted(runs.task), used)
        self._task_id = Field("runs.task_id", _rooted(runs.task_id), used)
        self._trial = Field("runs.trial", _rooted(runs.trial), used)
        self._model = Field("runs.model", _rooted(runs.model), used)
        self._agent = Field("runs.agent", _rooted(runs.agent), used)
        self._folder = Field("runs.folder", _rooted(runs.folder), used)
        self._repository = Field("runs.repository", _rooted(runs.repository), used)
        self._system = Field("runs.system", _rooted(runs.system), used)
        self._termination = Field("runs.termination", _rooted(runs.termination), used)
        self._outcome = Field("runs.outcome", _rooted(runs.outcome), used)

    def conversations(self, value: object) -> Iterator[Conversation]:
        """Yield the conversations of a value."""
        for path in self._at:
            found = [self._conversation(node, beside) for node, beside in _walk(value, path, ({WHOLE: value},))]
            yield from (one for one in found if one.items)
            if any(one.items for one in found):
                return

    def _conversation(self, node: object, beside: tuple[Record, ...]) -> Conversation:
        around = (node, *beside) if isinstance(node, dict) else beside
        if self._columns:
            return Conversation(_side_by_side(node, self._columns), around)
        items: list[Record] = []
        for path in self._lists:
            found, around = _items(node, path, around)
            if self.are_requests and not (items or found):
                break
            items += found
        items = self._in_order(items) if self._is_chained else items
        opening = [item for path in self._opening for item in _items(node, path, around)[0]]
        first = takewhile(lambda item: self.steps.parts_played(item) <= {"system", "user"}, opening)
        return Conversation([*first, *items], around)

    def _in_order(self, items: list[Record]) -> list[Record]:
        """Return the records in the order of their references to each other."""
        names = [self.steps.id.text(item) for item in items]
        if None in names:
            return items
        links = [
            Link(str(name), self.steps.parent.text(item), place)
            for place, (name, item) in enumerate(zip(names, items, strict=True))
        ]
        return [items[place] for place in kept_places(links, list(range(len(items))), lambda _: False)]

    def trajectory(self, found: Conversation, *, source: str, format_name: str) -> Trajectory | Passed:
        """Return the trajectory of a conversation."""
        beside = found.beside
        task_id = self._task_id.text(*beside)
        steps = list(acted(untagged(answers_by_place(self._all_steps(found.items)))))
        task = self._task.text(*beside)
        if task and not any(step.kind == "user" for step in steps):
            steps.insert(0, Step(kind="user", text=task))
        prompt = self._system.text(*beside)
        if prompt and not any(step.kind == "system" and step.text == prompt for step in steps):
            steps.insert(0, Step(kind="system", text=prompt))
        return trajectory(
            steps,
            source=source,
            format_name=format_name,
            session_id=self._id.text(*beside) or self._numbered(task_id, beside),
            task_id=task_id,
            agent=self._agent.text(*beside),
            model=self._model.text(*beside),
            termination=self._termination.text(*beside),
            label=self._label(beside),
            folder=self._folder.text(*beside),
            repository=self._repository.text(*beside),
        )

    def _numbered(self, task_id: str | None, beside: tuple[Record, ...]) -> str | None:
        """Return a name for one of several runs of a task; None if the trial has no number."""
        return numbered_run(task_id, {"trial": self._trial.text(*beside)})

    def _label(self, beside: tuple[Record, ...]) -> Label | None:
        for path, value in self._outcome.each(*beside):
            if (label := label_of(value, f"field:{path.rpartition('.')[2]}")) is not None:
                self._outcome.note(path)
                return label
        return None

    def _all_steps(self, items: list[Record]) -> Iterator[Step]:
        for number, item in enumerate(items, 1):
            if isinstance(item.get(SCRIPT), str):
                yield from script_steps(item[SCRIPT])
            else:
                is_silent = True
                for step in self.steps.steps(item, line=number):
                    is_silent = False
                    yield step
                if is_silent:
                    self.unread["record without a step"] += 1


@lru_cache(maxsize=64)
def _step_reader(layout: Layout, guesses: bool) -> StepReader:  # noqa: FBT001 - a cached function is called by place
    """Return the reader of steps for a map, cached because every file needs one and it keeps no state."""
    return StepReader(layout, guesses=guesses)


@lru_cache(maxsize=256)
def _rooted(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return paths from the root value as paths from the objects beside a run."""
    return tuple(f'["{WHOLE}"]{path[1:]}' if path.startswith("$") else path for path in paths)


def _walk(value: object, parts: Parts, beside: tuple[Record, ...]) -> Iterator[tuple[object, tuple[Record, ...]]]:
    """Yield the values at the end of a path, each with the objects on the way, the nearest first."""
    if not parts:
        yield value, beside
        return
    part, rest = parts[0], parts[1:]
    value = opened(value)
    if isinstance(value, dict) and part is EVERY:
        for key, inner in value.items():
            yield from _walk(inner, rest, ({"id": key}, *beside))
        return
    is_new = isinstance(value, dict) and not (beside and beside[0] is value)
    around = (value, *beside) if is_new and isinstance(value, dict) else beside
    for inner in children(value, part):
        yield from _walk(inner, rest, around)


def _items(node: object, path: Parts, beside: tuple[Record, ...]) -> tuple[list[Record], tuple[Record, ...]]:
    """Return the steps at the end of a path, and the objects around the first of them."""
    items: list[Record] = []
    near: tuple[Record, ...] | None = None
    is_list = path[-1:] == (EVERY,)
    for held, around in _walk(node, path[:-1] if is_list else path, beside):
        near = near or around
        held = opened(held) if is_list else held
        held = inside if isinstance(inside := opened(held), dict) and not is_list else held
        if isinstance(held, dict) and is_list:
            held = list(children(held, EVERY))
        for item in held if isinstance(held, list) and is_list else [held]:
            if isinstance(item, dict):
                items.append(item)
            elif isinstance(item, list):
                is_row = any(not isinstance(cell, dict) for cell in item)
                items += [{str(place): cell for place, cell in enumerate(item)}] if is_row else objects(item)
            elif isinstance(item, str) and not is_list and is_script(item):
                items.append({SCRIPT: item})
    return items, near or beside


def _side_by_side(node: object, columns: list[Parts]) -> list[Record]:
    """Return the steps in parallel lists, one step per place."""
    lists: dict[str, list[object]] = {}
    for path in columns:
        held = next((value for value, _ in _walk(node, path, ()) if isinstance(value, list)), None)
        if held is not None:
            lists[str(path[-1])] = held
    longest = max(map(len, lists.values()), default=0)
    return [
        {key: held[place] if place < len(held) else None for key, held in lists.items()} for place in range(longest)
    ]
