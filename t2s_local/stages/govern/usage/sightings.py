"""Find in a recording which skills of a library its agent was shown, and which it loaded."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from t2s_local.skills.rules_files import estimated_tokens
from t2s_local.stages.govern.usage.texts import ENOUGH, SkillTexts
from t2s_local.values.trajectory import Step, Trajectory

_PATH = re.compile(r"([\w.@-]+)[/\\]+SKILL\.md")
_BASE = re.compile(r"Base directory for this skill:[ \t]*([^\n]*)")
_COMMAND = re.compile(r"<command-name>\s*([^<>\s]+)\s*</command-name>")
_NAMED = re.compile(r"<name>\s*([^<>\s]+)\s*</name>")
_FRONT = re.compile(r"^\s*(?:\d+(?:→|\t|\|))?name:\s*[\"']?([\w.-]+)[\"']?\s*$", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]+[*`\"/$]*([\w:.-]+)[*`\"]*[ \t]*(?=$|[:(—–-])", re.MULTILINE)
"""An item of a list that begins with a name."""
_WORD = re.compile(r"[A-Za-z][a-z]*")
_TOKEN = re.compile(r"[\w:.-]+")
_OTHERWISE = frozenset(
    {"add", "create", "delete", "edit", "find", "install", "list", "manage", "patch", "remove", "save", "search"}
    | {"suggest", "uninstall", "update", "write"}
)
"""Words in the names of tools that do something with skills other than loading them."""
_LONGEST = 400_000
"""Largest number of characters of a step that are searched; skills and lists of skills are far shorter."""


class Load(NamedTuple):
    """One load of a skill: a call, or its text in a message."""

    skill: str
    step: int
    digest: str | None = None
    """Digest of the version whose whole text the recording contains; None if it contains no whole text."""
    tokens: int = 0
    has_failed: bool = False
    is_silent: bool = True
    """Whether the recording has not shown the text of the skill yet."""


class Sightings(NamedTuple):
    """Skills of a library that a recording lists or loads."""

    shown: dict[str, tuple[int, int]]
    """Name of a skill to two numbers: index of the step that first lists the skill, and tokens of the skill's entry."""
    loads: list[Load]
    """Loads in the order of their steps."""
    others: frozenset[str]
    """Names of library skills under which the recording contains the text of a different skill."""


class _Seen(NamedTuple):
    skill: str
    how: Literal["named", "text", "called"]
    text: str
    has_failed: bool = False


def sightings(run: Trajectory, skills: SkillTexts) -> Sightings:
    """Return which of *skills* the agent of *run* was shown and loaded.

    A list printed by the harness shows a skill. A call of a tool for skills, a command of the user, a read of its
    `SKILL.md`, or its text in a message of the harness loads the skill. A text that is no version of the skill belongs
    to another skill of the same name.
    """
    shown: dict[str, tuple[int, int]] = {}
    loads: list[Load] = []
    others: set[str] = set()
    for place, step in enumerate(run.steps):
        for seen in _seen(run.steps, place, step, skills):
            found = skills.compare(seen.skill, seen.text)
            is_text = bool(seen.text) and found.share >= ENOUGH
            if seen.how == "named" and not is_text:
                shown.setdefault(seen.skill, (place, _entry_tokens(seen)))
            elif found.is_other and seen.how != "named":
                others.add(seen.skill)
                loads = [one for one in loads if one.skill != seen.skill or not one.is_silent]
            else:
                digest = found.digest if is_text else None
                tokens = estimated_tokens(seen.text) if is_text else 0
                load = Load(seen.skill, place, digest, tokens, seen.has_failed, is_silent=not is_text)
                _add(loads, load, is_call=seen.how == "called")
    return Sightings(shown, loads, frozenset(others))


def _add(loads: list[Load], load: Load, *, is_call: bool) -> None:
    """Add *load* to *loads*; if it is a text without a call of its own, add the text to the last load of its skill."""
    before = next((at for at in reversed(range(len(loads))) if loads[at].skill == load.skill), None)
    if is_call or before is None:
        loads.append(load)
        return
    known = loads[before]
    loads[before] = known._replace(
        digest=known.digest or load.digest, tokens=known.tokens + load.tokens, is_silent=False
    )


def _seen(steps: Sequence[Step], place: int, step: Step, skills: SkillTexts) -> Iterator[_Seen]:
    if step.kind == "tool_call":
        yield from _called(steps, place, step, skills)
    elif step.kind in ("system", "summary"):
        yield from _told(step.text[:_LONGEST], skills)


def _called(steps: Sequence[Step], place: int, step: Step, skills: SkillTexts) -> Iterator[_Seen]:
    """Yield the skills that a call loads with a tool for skills or by reading their file."""
    words = {word.lower() for word in _WORD.findall(step.tool or "")}
    is_tool = not words.isdisjoint({"skill", "skills"}) and words.isdisjoint(_OTHERWISE)
    if is_tool:
        names = {name for text in _arguments(step) for name in _known([text], skills)}
    elif "SKILL.md" in step.text:
        names = set(_known(_PATH.findall(step.text), skills))
    else:
        return
    result = _result(steps, place)
    has_failed = result is not None and (bool(result.is_error) or bool(result.exit_code))
    text = "" if result is None else result.text[:_LONGEST]
    for name in sorted(names):
        if is_tool or (result is not None and _is_read(name, text, skills)):
            yield _Seen(name, "called", text, has_failed)


def _is_read(name: str, text: str, skills: SkillTexts) -> bool:
    """Return whether *text*, a result of a call, is the file of the skill *name* or of another skill of that name."""
    found = skills.compare(name, text)
    return found.share >= ENOUGH or (found.is_other and name in _FRONT.findall(text))


def _told(text: str, skills: SkillTexts) -> Iterator[_Seen]:
    """Yield the skills that a message of the harness lists, runs as a command, or contains."""
    commands = set(_known(_COMMAND.findall(text), skills)) if "<command-name>" in text else set()
    bases = {re.split(r"[/\\]", path.strip().rstrip("/\\"))[-1] for path in _BASE.findall(text)}
    loaded = set(_known(bases, skills))
    yield from (_Seen(name, "called", "") for name in sorted(commands))
    yield from (_Seen(name, "text", text) for name in sorted(loaded))
    if "skill" in text.lower():
        listed = (*_NAMED.findall(text), *_ITEM.findall(text), *_PATH.findall(text), *_FRONT.findall(text))
        for name in sorted(set(_known(listed, skills)) - commands - loaded):
            yield _Seen(name, "named", text)


def _known(names: Sequence[str] | set[str], skills: SkillTexts) -> Iterator[str]:
    """Yield the *names* that are skills, without the prefix of a plug-in (``plugin:``) or a command sign (/ or $)."""
    for name in names:
        bare = name.strip().rpartition(":")[2].lstrip("/$").rstrip(".")
        if bare in skills:
            yield bare


def _arguments(step: Step) -> list[str]:
    if step.arguments is None:
        return _TOKEN.findall(step.text[:_LONGEST])
    return [value for value in step.arguments.values() if isinstance(value, str)]


def _result(steps: Sequence[Step], place: int) -> Step | None:
    """Return the result of the call at *place*: the result with its id, else the next result before another call."""
    call_id = steps[place].call_id
    for step in steps[place + 1 :]:
        if step.kind == "tool_result" and (call_id is None or step.call_id == call_id):
            return step
        if step.kind == "tool_call" and call_id is None:
            return None
    return None


def _entry_tokens(seen: _Seen) -> int:
    """Estimate the tokens of a skill's entry in a list: its first line, or three lines if the name is in a tag."""
    lines = seen.text.splitlines()
    at = next((place for place, line in enumerate(lines) if seen.skill in line), None)
    if at is None:
        return 0
    is_tagged = "<name>" in lines[at]
    return estimated_tokens("\n".join(lines[at : at + 3]) if is_tagged else lines[at])
