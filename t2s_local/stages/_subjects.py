"""What a lesson is about: the commands, tools, errors and verb-noun pairs its words name."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from t2s_local.stages._stop import STOP
from t2s_local.stages._verbs import VERBS, gerund, plural, singular
from t2s_local.text import mask, words
from t2s_local.types import Lesson

GENERIC_TOOLS = frozenset(
    words(
        "bash shell exec execute run terminal command local_shell execute_bash run_shell_command run_terminal_cmd "
        "exec_command submit think finish respond todowrite update_plan"
    )
)
"""Tools every run uses: they say nothing of a subject."""
_FILE_TOOLS = {
    "edit": "editing-files",
    "multiedit": "editing-files",
    "write": "writing-files",
    "read": "reading-files",
    "view": "viewing-files",
    "open": "opening-files",
    "create": "creating-files",
    "grep": "searching-with-grep",
    "glob": "finding-files",
    "apply_patch": "applying-patches",
    "str_replace_editor": "str-replace-edits",
    "str_replace": "str-replace-edits",
    "websearch": "searching-the-web",
    "webfetch": "fetching-pages",
    "task": "delegating-tasks",
}
_SUBCOMMANDS = frozenset(words("git pip npm npx yarn pnpm docker cargo go apt apt-get brew kubectl uv poetry gh mise"))
_CODE = re.compile(r"(`+) ?(.+?) ?\1(?!`)", re.DOTALL)
_SEGMENT = re.compile(r"\s*(?:&&|\|\||[;|])\s*")
_PREFIX = re.compile(r"(?:sudo|env|time|nohup|[A-Z_][A-Z0-9_]*=\S*)\s+|python3? -m (?=\w)")
_HEAD = re.compile(r"(?P<head>[a-z][a-z0-9.-]*)(?:\s+(?P<sub>[a-z][a-z-]+))?(?=\s|$)")
_EXCEPTION = re.compile(r"\b(?P<module>[a-z]\w*)?(?:\.\w+)*?\.?\b(?P<name>[A-Z]\w*(?:Error|Exception|Warning))\b")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MASK = re.compile(r"<[A-Za-z]+(?:[ _]\d+)?>")
_QUOTED = re.compile(r"“[^”]*”")
_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_FILE = re.compile(r"\b[\w-]+\.[a-z]{1,5}\b")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SCRIPT = re.compile(r"^python[\d.]*\s+(?:-\w\s+)*(?:[\w./-]*/)?([A-Za-z][\w-]*)\.py\b")
_BROAD_ERRORS = frozenset(
    f"{kind}-errors" for kind in words("assertion attribute index key name os runtime type value")
)
"""Errors that anything can raise."""
GENERIC = frozenset({"python-errors", "python-scripts"})
"""Names that two subjects may share though they have nothing else in common."""
_OF_REMEDY = 0.3
"""Worth of a command that only the remedy runs: what failed is the subject."""
PAIR_WINDOW = 3
"""Words a verb's object may stand away: *cancel my upcoming reservation*."""


def told(lesson: Lesson) -> str:
    """What a lesson says in words of its own: masked, without masks, messages and code."""
    return plain(_QUOTED.sub(" ", _SPAN.sub(" ", f"{lesson.when}. {lesson.do}")))


def named(lesson: Lesson) -> str:
    """The code a lesson names and the tools it is about, masked."""
    spans = " ".join(found[2] for found in _CODE.finditer(f"{lesson.when} {lesson.do}"))
    return plain(f"{spans} {' '.join(lesson.tools)}")


def plain(text: str) -> str:
    """*text* without what differs from run to run: numbers, ids, paths, names of files."""
    return _MASK.sub(" ", _FILE.sub(" ", mask(text)))


def terms(text: str) -> Iterator[str]:
    """Words of *text* that can tell a subject, nouns in the singular; of identifiers their parts."""
    for word in words(text):
        for part in word.split("_"):
            if part not in STOP and len(part) > 2:
                yield singular(part)


@lru_cache(maxsize=65_536)
def subjects(lesson: Lesson) -> Mapping[str, float]:
    """Names for what *lesson* is about, each with how well names of its kind do, in (0, 1]."""
    found: dict[str, float] = {}
    for name, worth in _subjects(lesson):
        found[name] = max(worth, found.get(name, 0.0))
    return found


def _subjects(lesson: Lesson) -> Iterator[tuple[str, float]]:
    for tool in lesson.tools:
        name = tool_subject(tool)
        if name:
            yield name, 0.6 if lesson.pattern == "sequence" and name in _FILE_TOOLS.values() else 1.0
        yield from _things(tool)
    failed = lesson.polarity != "success"
    for found in _CODE.finditer(lesson.when):
        yield from _command_subjects(found[2], failed=failed)
    for found in _CODE.finditer(lesson.do):
        yield from ((name, worth * _OF_REMEDY) for name, worth in _command_subjects(found[2], failed=failed))
    for found in _EXCEPTION.finditer(_SPAN.sub(" ", lesson.when)):
        parts = [part.lower() for part in _CAMEL.findall(found["name"])]
        module = (found["module"] or "").replace("_", "-")
        name = plural("-".join([module, *parts] if module and module not in parts else parts))
        yield name, 0.5 if name in _BROAD_ERRORS else 0.8
    for name in pairs(told(lesson)):
        yield name, 0.5


def tool_subject(tool: str) -> str | None:
    """``update_reservation_flights`` -> ``updating-reservation-flights``; None for tools that say nothing."""
    spelt = tool.rpartition("__")[2].rpartition(".")[2]
    key = spelt.lower()
    if key in GENERIC_TOOLS:
        return None
    if key in _FILE_TOOLS:
        return _FILE_TOOLS[key]
    parts = [part.lower() for piece in re.split(r"[^A-Za-z0-9]+", spelt) for part in (_CAMEL.findall(piece) or [piece])]
    parts = [part for part in parts if part.isalpha()]
    if len(parts) > 1 and parts[0] in VERBS:
        name = "-".join((gerund(parts[0]), *parts[1:-1], plural(parts[-1])))
    else:
        name = "-".join(parts)
    return name if _NAME.fullmatch(name) and len(parts) > 1 else None


def _things(tool: str) -> Iterator[tuple[str, float]]:
    """What a tool of the kind *verb things* works on, as a name: ``cancel_reservation`` -> managing-reservations."""
    parts = tool.lower().rpartition("__")[2].split("_")
    if len(parts) > 1 and parts[0] in VERBS:
        for part in parts[1:]:
            if part.isalpha() and len(part) > 3 and part not in STOP:
                yield f"managing-{plural(singular(part))}", 0.7


class Asked(NamedTuple):
    """What a task's text names."""

    pairs: frozenset[str]
    terms: frozenset[str]


@lru_cache(maxsize=65_536)
def asked(task: str) -> Asked:
    """What the text of a task names."""
    text = plain(task)
    return Asked(frozenset(pairs(text)), frozenset(terms(text)))


@lru_cache(maxsize=65_536)
def lesson_terms(lesson: Lesson) -> frozenset[str]:
    """Terms of what a lesson says and of the code it names."""
    return frozenset((*terms(told(lesson)), *terms(named(lesson))))


def pairs(text: str) -> Iterator[str]:
    """Verb-noun pairs of *text*, as gerunds: *cancel my reservation* -> ``cancelling-reservations``."""
    found = words(text)
    for position, verb in enumerate(found):
        if verb not in VERBS or verb in STOP:
            continue
        nouns = _nouns(found[position + 1 : position + 1 + PAIR_WINDOW])
        for noun in dict.fromkeys((nouns[:1] + nouns[-1:]) if nouns else ()):
            yield f"{gerund(verb)}-{plural(singular(noun))}"


def _nouns(following: list[str]) -> list[str]:
    """The first unbroken run of words that can be nouns."""
    run: list[str] = []
    for word in following:
        if word not in STOP and len(word) > 2 and word.isalpha() and word not in VERBS:
            run.append(word)
        elif run or word in VERBS:
            break
    return run


def _command_subjects(command: str, *, failed: bool) -> Iterator[tuple[str, float]]:
    segments = _SEGMENT.split(command)
    for place, segment in enumerate(segments, 1):
        weight = 1.0 if place == len(segments) else _OF_REMEDY
        text = segment
        while prefix := _PREFIX.match(text):
            text = text[prefix.end() :]
        found = _HEAD.match(text)
        if found is None:
            continue
        head, sub = found["head"].removesuffix("3"), found["sub"]
        if head in _SUBCOMMANDS:
            yield f"{head}-commands", 0.6 * weight
            if sub:
                yield f"{head}-{sub}".rstrip("-"), weight
        elif head == "python":
            yield from ((name, worth * weight) for name, worth in _script_subjects(text, failed=failed))
        elif head in _PROGRAMS:
            yield f"{head}-commands", weight


def _script_subjects(command: str, *, failed: bool) -> Iterator[tuple[str, float]]:
    """``python check_orphans.py`` -> checking-orphans; the language alone says little."""
    yield "python-errors" if failed else "python-scripts", 0.4
    if script := _SCRIPT.search(command):
        yield from ((name, 0.7) for name in pairs(re.sub("[_-]", " ", script[1])))


_PROGRAMS = frozenset(
    words(
        "sed awk find tar zip unzip gzip curl wget make cmake sqlite pytest unittest tox mypy ruff grep rsync ssh jq "
        "psql iconv xargs chmod rm mv cp ln bandit pylint black flake8 node tsc jest eslint gcc rustc java mvn gradle"
    )
)
