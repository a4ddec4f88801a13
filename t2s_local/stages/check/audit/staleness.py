"""Audit rules on outdated skills: names that occur no more in later runs with the same situation, or in the project."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from t2s_local.skills.rulebook import Hit
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter
from t2s_local.stages.check.audit.items import SkillItem
from t2s_local.stages.check.audit.overfit.claims import was_run
from t2s_local.stages.check.audit.recorded.later import RECURS, RecurringRuns
from t2s_local.stages.check.audit.recorded.versions import is_among, versions_in
from t2s_local.text.lesson_words import MESSAGE, runs_in
from t2s_local.text.mentions import Mention, mentions
from t2s_local.text.text import MASK, counted, join_words

CHAPTER = AuditChapter()
_INSTEAD = re.compile(r"\binstead of\b.*|\bnot\b.*", re.DOTALL)
"""Text of a rule that names the wrong way, which later runs need not show."""
_RELATIVE = re.compile(r"(?:\./)?[\w.@-]+(?:/[\w.@+-]+)+/?|[\w-]+\.\w{1,5}")
_TASKS = {"npm": "run", "pnpm": "run", "yarn": "run"}
_TARGET = re.compile(r"^([\w.-]+)\s*:(?!=)", re.MULTILINE)
_LARGEST = 1_000_000
_MOST_VERSIONS = 3
"""Largest number of versions listed in a finding."""


@CHAPTER.rule("stale", "warning", "What a rule names is still shown by later runs in which its situation came again.")
def stale(case: AuditCase) -> Iterable[Hit]:
    """Look for names in rules that later runs lack, although two or more of them contain the situation of the rule."""
    if case.later is None:
        return
    for item in case.items:
        day = _confirmed(case, item)
        recurring = case.later.since(day)
        n_again = recurrences(item, recurring)
        if n_again >= RECURS:
            last = "" if day is None else f"; last confirmed {day}"
            missing = [repr(one.text) for one in _named(item) if not _is_shown(one, recurring)]
            for text in (*missing, *_old_versions(item, recurring)):
                said = f"{counted(n_again, 'later run')} came into its situation and none shows {text}{last}"
                yield Hit(MAIN, item.line, said)


@CHAPTER.rule(
    "gone", "warning", "The files and tasks that a skill names are in the folder of its project. (With --project.)"
)
def gone(case: AuditCase) -> Iterable[Hit]:
    """Look for paths, make targets and package.json tasks in the skill that the project's folder lacks."""
    if case.project is None:
        return
    for statement in case.statements:
        for mention in mentions(statement.text):
            if mention.kind == "path" and _is_missing(mention.text, case.project, case.source.sizes):
                yield Hit(MAIN, statement.line, f"{mention.text!r} is not in {case.project.name}")
            elif mention.kind == "command" and (task := _missing_task(mention.text, case.project)) is not None:
                yield Hit(MAIN, statement.line, f"{case.project.name} has no task {task!r}")


def unseen(case: AuditCase) -> tuple[int, str | None]:
    """Return the number of rules that no later run shows, and the latest day on which any of them was confirmed.

    A run shows a rule if the situation of the rule occurs in it, or if it contains a name from the rule. The day is
    None if no such rule has a known day.
    """
    if case.later is None or not case.later.days:
        return 0, None
    waiting = [item for item in case.items if item.rule is not None]
    idle = [item for item in waiting if not _is_seen(item, case.later.since(_confirmed(case, item)))]
    return len(idle), max((day for item in idle if (day := _confirmed(case, item)) is not None), default=None)


def _is_seen(item: SkillItem, later: RecurringRuns) -> bool:
    return recurrences(item, later) > 0 or any(_is_shown(mention, later) for mention in _named(item))


def recurrences(item: SkillItem, later: RecurringRuns) -> int:
    """Return the number of *later* runs with the situation of *item*, by its message, or else by a call of its code."""
    if item.messages:
        return max(map(later.n_with_message, item.messages))
    return max(map(later.n_with_call, item.occasions), default=0)


def _confirmed(case: AuditCase, item: SkillItem) -> str | None:
    claim = case.claims.get(item.rule or "")
    return None if claim is None else claim.last_confirmed


def _named(item: SkillItem) -> Iterator[Mention]:
    """Yield the names that an item orders to use, without quoted words and without names that it rules out."""
    said = _INSTEAD.sub(" ", MESSAGE.sub(" ", item.order))
    occasions = set(item.occasions)
    yield from (one for one in mentions(said) if one.text not in occasions and not MASK.fullmatch(one.text))


def _is_shown(mention: Mention, later: RecurringRuns) -> bool:
    """Return whether later runs contain a mention; True for a name with a version, which is checked elsewhere."""
    if mention.kind == "command" and runs_in(mention.text):
        return was_run(mention.text, later.facts)
    if mention.kind == "name" and versions_in(mention.text):
        return True
    return later.facts.shows(mention.text)


def _old_versions(item: SkillItem, later: RecurringRuns) -> Iterator[str]:
    """Yield the versions that an item orders to use, if later runs show only other versions of the same program."""
    for name, version in versions_in(_INSTEAD.sub(" ", MESSAGE.sub(" ", item.order))).items():
        shown = later.facts.versions.get(name, frozenset())
        if shown and not is_among(version, shown):
            yield f"{name} {version}, but {join_words(sorted(shown)[:_MOST_VERSIONS], last='and')}"


def _is_missing(path: str, project: Path, own: Iterable[str]) -> bool:
    is_asked = _RELATIVE.fullmatch(path) and path.removeprefix("./") not in set(own)
    return bool(is_asked) and not (project / path).exists() and ("/" in path or not _has_file(project, path))


@cache
def _has_file(project: Path, name: str) -> bool:
    return next(project.rglob(name), None) is not None


def _missing_task(command: str, project: Path) -> str | None:
    """Return the make or package.json task that *command* runs and the project lacks; None if nothing is missing."""
    words = command.split()
    if len(words) == 2 and words[0] == "make" and (makefile := _text(project / "Makefile")) is not None:
        return None if words[1] in _TARGET.findall(makefile) or "%" in makefile else words[1]
    if len(words) >= 3 and _TASKS.get(words[0]) == words[1] and (listed := _text(project / "package.json")) is not None:
        return None if words[2] in _scripts(listed) else words[2]
    return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="replace") if path.stat().st_size < _LARGEST else None
    except OSError:
        return None


class _Package(msgspec.Struct):
    scripts: dict[str, str] = {}


def _scripts(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=_Package).scripts
    except msgspec.DecodeError:
        return {}
