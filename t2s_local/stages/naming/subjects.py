"""Subjects of a lesson: the commands, tools, errors and verb-object pairs that it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from sys import intern
from typing import NamedTuple

from t2s_local.stages.naming.nouns import is_thing, pairs
from t2s_local.stages.naming.stopwords import STOP
from t2s_local.stages.naming.symptoms import symptoms
from t2s_local.stages.naming.verbs import VERBS, gerund, plural, singular
from t2s_local.text.lesson_words import CODE, MESSAGE, code_spans, runs_in
from t2s_local.text.programs import programs
from t2s_local.text.text import MASK, mask, words
from t2s_local.values.lesson import Lesson

GENERIC_TOOLS = frozenset(
    words(
        "bash shell exec execute run terminal command local_shell execute_bash run_shell_command run_terminal_cmd "
        "exec_command execute_command bash_command run_command run_in_terminal submit think finish respond "
        "todowrite update_plan"
    )
)
"""Tools that every run uses: they do not describe a subject."""
FILE_TOOLS = {
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
_OF_KIND = {
    "absent": "setting-up-environments",
    "answer": "answering-with-calls",
    "answer_form": "giving-answers",
    "asked_again": "finishing-changes",
    "bare": "setting-up-environments",
    "call_form": "writing-tool-calls",
    "check": "checking-changes",
    "ending": "carrying-out-requests",
    "first_failed": "looking-before-asking",
    "last_words": "writing-statements",
    "left_behind": "handing-in-changes",
    "limit": "giving-answers",
    "lint_rule": "checking-changes",
    "lowered": "sending-commands",
    "piped": "checking-changes",
    "prose": "sending-commands",
    "quoting": "sending-commands",
    "tested": "checking-changes",
    "too_new": "setting-up-environments",
    "unmoved": "checking-changes",
}
"""Subjects of lessons on how to work, by pattern; such lessons name no tool that describes a subject."""
SAID = "following-conventions"
"""Subject of users' rules on how to work, whatever each rule is about."""
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_FILE = re.compile(r"(?<![\w/])[\w-]+\.[a-z]{1,5}\b(?!/)")
_WORDS = re.compile(r"[a-z]+(?: [a-z0-9]+)+")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SCRIPT = re.compile(r"(?:[\w./-]*/)?([A-Za-z][\w-]*)\.py")
GENERIC = frozenset({"handling-python-errors", "running-python-scripts"})
"""Names that two subjects may share although they have nothing else in common."""
_OF_LANGUAGE = 0.25
"""Worth of a name after a language: less than that of an error or command that covers two thirds of the runs."""
_OF_TOOL = 0.35
"""Worth of a name after a tool of one word: such a name describes the manner of the work and seldom its object."""
_OF_REMEDY = 0.3
"""Factor on the worth of a command that only the remedy runs, since the subject is what failed."""


def told(lesson: Lesson) -> str:
    """Return a lesson's own words: without masked parts, messages and code."""
    return plain(MESSAGE.sub(" ", CODE.sub(" ", f"{lesson.when}. {lesson.do}")))


def named(lesson: Lesson) -> str:
    """Return the code that a lesson names and its tools, masked."""
    spans = " ".join(code_spans(f"{lesson.when} {lesson.do}"))
    return plain(f"{spans} {' '.join(lesson.tools)}")


def plain(text: str) -> str:
    """Return *text* without details of one run: numbers, ids, paths, file names."""
    return MASK.sub(" ", _FILE.sub(" ", mask(_FILE.sub(" ", text))))


def terms(text: str) -> Iterator[str]:
    """Yield the words of *text* that can describe a subject, in the singular, and the parts of its identifiers."""
    for word in words(text):
        for part in word.split("_"):
            if is_thing(part):
                yield singular(part)


def subjects(lesson: Lesson) -> Mapping[str, float]:
    """Return names for the subject of *lesson*, each with the worth of names of its kind, in (0, 1]."""
    if lesson.is_said:
        return {SAID: 1.0}
    found: dict[str, float] = {_OF_KIND[lesson.pattern]: 1.0} if lesson.pattern in _OF_KIND else {}
    if lesson.pattern == "policy" and not lesson.tools:
        found["answering-refusals"] = 1.0
    for name, worth in _subjects(lesson):
        found[name] = max(worth, found.get(name, 0.0))
    return found


def _subjects(lesson: Lesson) -> Iterator[tuple[str, float]]:
    spoken = _spoken(lesson)
    yield from ((name, 0.6) for text in spoken for name in pairs(text))
    for tool in lesson.tools:
        name = tool_subject(tool)
        if name in FILE_TOOLS.values() and spoken:
            continue
        if name:
            yield name, 0.6 if lesson.pattern == "sequence" and name in FILE_TOOLS.values() else 1.0
        elif tool.lower() not in GENERIC_TOOLS and _NAME.fullmatch(tool.lower()):
            yield f"using-{tool.lower()}", _OF_TOOL
        yield from _things(tool)
    failed = lesson.polarity != "success"
    for command in _commands(lesson.when, lesson):
        yield from _command_subjects(command, failed=failed)
    for command in _commands(lesson.do, lesson):
        yield from ((name, worth * _OF_REMEDY) for name, worth in _command_subjects(command, failed=failed))
    yield from symptoms(lesson.when)
    for name in pairs(told(lesson)):
        yield name, 0.5


def _commands(text: str, lesson: Lesson) -> Iterator[str]:
    """Return the code in *text* that can be a command; no single words if the lesson names its tools in code."""
    speaks = any(f"`{tool}`" in lesson.when for tool in lesson.tools)
    return (code for code in code_spans(text) if not (speaks and code.isidentifier()))


def _spoken(lesson: Lesson) -> list[str]:
    """Return quoted actions in plain words, such as *open drawer 1*, if a tool is named like a file tool; else none."""
    actions = [quote.text.lower() for quote in lesson.evidence if quote.role in ("action", "fix")]
    sounds = any(tool.lower() in FILE_TOOLS for tool in lesson.tools)
    return actions if sounds and all(_WORDS.fullmatch(text) for text in actions) else []


def tool_subject(tool: str) -> str | None:
    """Return a name after a tool: ``update_reservation_flights`` -> ``updating-reservation-flights``.

    None for generic tools and for names of one word.
    """
    spelt = tool.rpartition("__")[2].rpartition(".")[2]
    key = spelt.lower()
    if key in GENERIC_TOOLS:
        return None
    if key in FILE_TOOLS:
        return FILE_TOOLS[key]
    parts = [part.lower() for piece in re.split(r"[^A-Za-z0-9]+", spelt) for part in (_CAMEL.findall(piece) or [piece])]
    parts = [part for part in parts if part.isalpha()]
    if len(parts) > 1 and parts[0] in VERBS:
        last = plural(parts[-1]) if is_thing(parts[-1]) or parts[-1] in STOP else parts[-1]
        name = "-".join((gerund(parts[0]), *parts[1:-1], last))
    else:
        name = "-".join(parts)
    return name if _NAME.fullmatch(name) and len(parts) > 1 else None


def _things(tool: str) -> Iterator[tuple[str, float]]:
    """Yield names after the objects of a tool *verb objects*: ``cancel_reservation`` -> managing-reservations.

    The last noun is the object, and nouns before it are its context: ``get_flight_status`` is about flights too.
    """
    parts = tool.lower().rpartition("__")[2].split("_")
    if len(parts) > 1 and parts[0] in VERBS:
        things = [part for part in parts[1:] if is_thing(part) and len(part) > 3]
        for thing in things:
            yield f"managing-{plural(singular(thing))}", 0.7 if thing == things[-1] else 0.65


class Asked(NamedTuple):
    """Names in the text of a task."""

    pairs: frozenset[str]
    terms: frozenset[str]


def asked_in(text: str) -> Asked:
    """Return the names in *text*, the text of a task as :func:`plain` returns it."""
    return Asked(frozenset(map(intern, pairs(text))), frozenset(map(intern, terms(text))))


def term_texts(lesson: Lesson) -> tuple[str, str]:
    """Return the texts that contain the terms of *lesson*: its own words, and the code it names."""
    return told(lesson), named(lesson)


def terms_in(said: str, code: str) -> frozenset[str]:
    """Return the terms of a lesson's words and of the code it names."""
    return frozenset(map(intern, (*terms(said), *terms(code))))


def _command_subjects(command: str, *, failed: bool) -> Iterator[tuple[str, float]]:
    runs = runs_in(command)
    for place, run in enumerate(runs, 1):
        weight = 1.0 if place == len(runs) else _OF_REMEDY
        if run.program in programs("with_subcommands"):
            yield f"using-{run.program}", 0.6 * weight
            if run.subcommand and _NAME.fullmatch(run.subcommand):
                yield f"using-{run.program}-{run.subcommand}", weight
        elif run.program == "python":
            yield from ((name, worth * weight) for name, worth in _script_subjects(run.arguments, failed=failed))
        elif run.program in _PROGRAMS:
            yield f"using-{run.program}", weight


def _script_subjects(arguments: Sequence[str], *, failed: bool) -> Iterator[tuple[str, float]]:
    """Yield names after a script: ``python check_orphans.py`` -> checking-orphans; the language has little worth."""
    yield "handling-python-errors" if failed else "running-python-scripts", _OF_LANGUAGE
    script = _SCRIPT.fullmatch(next((word for word in arguments if not word.startswith("-")), ""))
    if script:
        yield from ((name, 0.7) for name in pairs(re.sub("[_-]", " ", script[1])))


_PROGRAMS = frozenset(
    words(
        "sed awk find tar zip unzip gzip curl wget make cmake sqlite pytest unittest tox mypy ruff grep rsync ssh jq "
        "psql iconv xargs chmod rm mv cp ln bandit pylint black flake8 wc sort uniq node tsc jest eslint gcc rustc "
        "java mvn gradle"
    )
)
