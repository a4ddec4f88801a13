"""Facts an agent knew about an object before it acted on it: fields of earlier answers, dates, amounts."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from t2s_local.text.commands import is_reflection, is_shell, only_looks
from t2s_local.text.events import Event
from t2s_local.values.trajectory import Slice, Step
from t2s_local.values.value import Value

_MOST_ANSWERS = 40
_LONGEST_ANSWER = 20_000
_MOST_READ = 2 << 20
"""Most characters of tool answers read for one slice."""
_MOST_FIELDS = 40
_MOST_CALLS = 20
"""Most calls of a run for which known facts are kept."""
_ID = re.compile(r"(?=.*(?:\d|[A-Z]{3}|[_@]))\S{4,60}")
_KIND = re.compile(r"[A-Za-z][A-Za-z_ -]{0,23}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_CLOCK = re.compile(r"\b(?:time|date|today|now)\b[^\d\n]{0,24}(" + _DATE.pattern + ")", re.IGNORECASE)
_AGES = (
    (timedelta(0), "later than now"),
    (timedelta(days=1), "less than a day ago"),
    (timedelta(days=30), "more than a day ago"),
    (timedelta.max, "more than a month ago"),
)


class Known(Value, frozen=True, kw_only=True):
    """One fact in an earlier answer about the object of a call."""

    source: str
    """Tool that answered."""
    field: str
    """Path of the field; for an amount followed by ``against`` and the argument it is compared with."""
    value: str
    step: int
    """Step of the answer in the trajectory."""
    shown: str | None
    """Field and value as the answer contains them, verbatim; None if they cannot be located."""


def known_before(piece: Slice, events: Sequence[Event]) -> dict[int, tuple[Known, ...]]:
    """Return the known facts about the objects that the calls of *piece* act on, by the step of the call."""
    acting = [event for event in events if acts(event)][:_MOST_CALLS]
    if not acting:
        return {}
    answers = list(_answers(piece.trajectory.steps[: acting[-1].call]))
    now = _clock(piece.trajectory.steps)
    found = {event.call: tuple(_known(piece, event, answers, now)) for event in acting}
    return {call: known for call, known in found.items() if known}


def acts(event: Event) -> bool:
    """Return whether *event* is a call of a tool, not a shell, that does more than read."""
    return _acts(event.tool, event.head)


@lru_cache(maxsize=4096)
def _acts(tool: str, head: str) -> bool:
    return not (is_shell(tool) or is_reflection(head) or only_looks(tool, head))


def _answers(steps: Sequence[Step]) -> Iterator[tuple[int, Step, Mapping[str, object]]]:
    """Return an iterator over the last 40 tool answers that are one JSON object, in order, with step indices."""
    found, room = [], _MOST_READ
    for index in range(len(steps) - 1, -1, -1):
        step = steps[index]
        if step.kind != "tool_result" or step.text[:1] != "{" or len(step.text) > _LONGEST_ANSWER:
            continue
        room -= len(step.text)
        try:
            answer = json.loads(step.text)
        except ValueError:
            continue
        if isinstance(answer, dict) and step.tool:
            found.append((index, step, answer))
        if len(found) == _MOST_ANSWERS or room <= 0:
            break
    return reversed(found)


def _known(
    piece: Slice,
    event: Event,
    answers: Sequence[tuple[int, Step, Mapping[str, object]]],
    now: datetime | None,
) -> Iterator[Known]:
    arguments = piece.trajectory.steps[event.call].arguments or {}
    ids = {value for value in arguments.values() if isinstance(value, str) and _ID.fullmatch(value)}
    seen: set[str] = set()
    for index, step, answer in reversed(answers):
        is_about = any(isinstance(value, str) and value in ids for value in answer.values())
        if index > event.call or step.tool in seen or step.tool == event.tool or not is_about:
            continue
        seen.add(step.tool or "")
        for path, value in list(_scalars("", answer))[:_MOST_FIELDS]:
            for field, kind in _kinds(path, value, arguments, now):
                shown = _verbatim(step.text, path, value)
                yield Known(source=step.tool or "", field=field, value=kind, step=index, shown=shown)


def _scalars(prefix: str, answer: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the path and value of every field that is no object; a list is one value."""
    for name, value in answer.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, dict):
            yield from _scalars(path, value)
        else:
            yield path, value


def _kinds(
    path: str, value: object, arguments: Mapping[str, object], now: datetime | None
) -> Iterator[tuple[str, str]]:
    """Yield statements about a value that can recur in other runs: a word, a date's age, a comparison of amounts."""
    if isinstance(value, list):
        yield path, "not empty" if value else "empty"
    elif value is None or isinstance(value, bool):
        yield path, json.dumps(value)
    elif isinstance(value, str):
        then = _moment(date[0]) if (date := _DATE.match(value)) else None
        if then is not None and now is not None:
            yield path, _age(now - then)
        elif _KIND.fullmatch(value):
            yield path, value
    elif isinstance(value, int | float):
        yield from _amounts(path, value, arguments)


def _amounts(path: str, value: float, arguments: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, other in arguments.items():
        if isinstance(other, int | float) and not isinstance(other, bool):
            yield f"{path} against {name}", "less" if value < other else "not less"


def _age(age: timedelta) -> str:
    return next(words for limit, words in _AGES if age < limit)


def _clock(steps: Sequence[Step]) -> datetime | None:
    """Return the time that the first messages state, otherwise the time of recording; None if there is neither."""
    for step in steps[:3]:
        text = step.text[:20_000] if step.kind in {"system", "user"} else ""
        if _DATE.search(text) and (found := _CLOCK.search(text)) is not None:
            return _moment(found[1])
    return next((_moment(found[0]) for step in steps if step.at and (found := _DATE.match(step.at))), None)


def is_past(piece: Slice, text: str) -> bool:
    """Return whether *text* names a day before the day of the run; False if the day of the run is not known."""
    named = [date for date in map(_moment, _DATE.findall(text)) if date is not None]
    now = _clock(piece.trajectory.steps) if named else None
    return now is not None and any(date.date() < now.date() for date in named)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _verbatim(text: str, path: str, value: object) -> str | None:
    """Return a field with its value exactly as *text* contains them; None for a list or if they are not found."""
    if isinstance(value, list):
        return None
    name, shown = re.escape(path.rsplit(".", 1)[-1]), re.escape(json.dumps(value, ensure_ascii=False))
    found = re.search(rf'"{name}"\s*:\s*{shown}', text)
    return None if found is None else found[0]
