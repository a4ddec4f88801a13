"""Masked names and numbers in lessons, replaced by their value if it is the same in every run."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from t2s_local.text.lesson_words import MESSAGE, message_of
from t2s_local.text.text import squeeze
from t2s_local.values.lesson import Lesson, supporting_runs, supporting_tasks

_LEAST_RUNS = 3
_LEAST_TASKS = 2
"""Fewest tasks that must agree: runs of one task may share a value that is only this task's."""
_OPEN = re.compile(r"<(?:name(?: \d+)?|number|hash)>")
_IN_MESSAGE = frozenset({"<number>", "<hash>"})
"""Masks that stand for something else in the advice than in the message."""
_ANY = re.compile(r"<[a-z]+(?: \d+)?>")
_PUBLIC = re.compile(
    r"(?i)(?<![\w-])(?:publickeytoken|sha-?(?:1|224|256|384|512)|digest|integrity|checksum|commit|revision|hash)"
    r"[ :=\"'`(@-]{1,4}$"
)
"""End of a message that says that the hash after it is public."""
_PRIVATE = re.compile(
    r"(?i)(?:key|token|client|secret|session|passw\w*|passphrase|credentials?|auth\w*|account|user|api|id)[\W_]*$"
)
"""End of a message that says that what comes next belongs to a person or a program: ``password hash``."""
_TAG = re.compile(r"</?\w+>")


def settled(lessons: Sequence[Lesson]) -> tuple[Lesson, ...]:
    """Return *lessons* in their order, with each mask replaced by its value if all lessons with the message agree.

    Paths, addresses, ids and dates stay masked: they reveal a machine or a person, even if all runs agree on them.
    A hash replaces its mask only after a word that marks the hash as public, such as ``PublicKeyToken=`` or
    ``sha256:``, because a hash that all runs share may also be an API key or the id of a client.
    """
    groups: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        if (message := message_of(lesson.when)) is not None:
            groups.setdefault(message, []).append(lesson)
    known = {message: _agreed(message, group) for message, group in groups.items() if _OPEN.search(message)}
    return tuple(_filled(lesson, known) for lesson in lessons)


def _agreed(message: str, lessons: Sequence[Lesson]) -> Mapping[int, str]:
    """Return the values on which the quotes of all *lessons* agree, by the index of the mask in *message*."""
    runs = supporting_runs(lessons)
    tasks = supporting_tasks(lessons)
    if len(runs) < _LEAST_RUNS or len(tasks) < _LEAST_TASKS:
        return {}
    read = [_values(message, lesson) for lesson in lessons]
    if not all(read):
        return {}
    columns = zip(*(values for found in read for values in found), strict=True)
    masks = _ANY.finditer(message)
    return {
        place: column[0]
        for place, (mask, column) in enumerate(zip(masks, columns, strict=True))
        if len(set(column)) == 1 and _may_be_told(mask[0], message[: mask.start()])
    }


def _may_be_told(mask: str, before: str) -> bool:
    """Return whether a value is public enough to replace *mask*, which follows the words *before*."""
    if mask == "<hash>":
        public = _PUBLIC.search(before)
        return public is not None and not _PRIVATE.search(before[: public.start()])
    return bool(_OPEN.fullmatch(mask))


def _values(message: str, lesson: Lesson) -> Sequence[tuple[str, ...]]:
    """Return the values at the masks of *message*, one tuple for each observation that *lesson* quotes."""
    parts = _ANY.split(message.removesuffix("…"))
    end = "" if message.endswith("…") else r"\Z"
    pattern = re.compile("(.{1,200}?)".join(map(re.escape, parts)) + end, re.DOTALL)
    said = (squeeze(_TAG.sub("", quote.text)) for quote in lesson.evidence if quote.role == "observation")
    return [found.groups() for text in said if (found := pattern.match(text))]


def _filled(lesson: Lesson, known: Mapping[str, Mapping[int, str]]) -> Lesson:
    message = MESSAGE.search(lesson.when)
    values = known.get(message[1]) if message else None
    if message is None or not values:
        return lesson
    masks = [found[0] for found in _ANY.finditer(message[1])]
    names = {mask: values[place] for place, mask in enumerate(masks) if place in values and mask not in _IN_MESSAGE}
    told = _replaced(message[1], (values.get(place) for place in range(len(masks))))
    return msgspec.structs.replace(
        lesson,
        when=_named(f"{lesson.when[: message.start(1)]}{told}{lesson.when[message.end(1) :]}", names),
        do=_named(lesson.do, names),
        because=None if lesson.because is None else _named(lesson.because, names),
    )


def _replaced(message: str, values: Iterable[str | None]) -> str:
    each: Iterator[str | None] = iter(values)
    return _ANY.sub(lambda found: next(each) or found[0], message)


def _named(text: str, names: Mapping[str, str]) -> str:
    return _OPEN.sub(lambda found: names.get(found[0], found[0]), text)
