"""How the agent's course stands to a turn of the user: what it did before, what it does after, who wanted what."""

import re
from collections.abc import Iterable, Sequence

from t2s_local.text.commands import head_of, only_looks
from t2s_local.text.failures import never_ran
from t2s_local.values.trajectory import Step
from t2s_local.values.value import Value

_NAME = re.compile(r"[A-Za-z0-9_][\w./@:+-]*[\w+]|[A-Za-z0-9_]")
_OLD = re.compile(r"(?:^|_)(?:old|search|original|before|find)(?:_|$)", re.IGNORECASE)
"""How an argument is called that holds what is to be replaced."""
_PATH_KEY = re.compile(r"(?:^|_)(?:path|file|filename|file_?name|notebook|uri)(?:_|$)", re.IGNORECASE)
_PATCHED = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (?P<path>.+)$", re.MULTILINE)
_MOST_CALLS = 12
"""Calls on either side of a turn that are looked at: those next to it."""
_LONGEST = 6000
_QUESTION = re.compile(r"[?？]\W*$")
_INTERRUPTED = re.compile(r"interrupt|abort|cancel", re.IGNORECASE)
_LONGEST_MARK = 200


class Course(Value, frozen=True, kw_only=True):
    """Steps around a turn of the user."""

    acted: bool
    """The agent did something since the user spoke last."""
    acts_on: bool
    """It does something after the turn, before the user speaks again."""
    stopped: bool
    """The user stopped an action with this turn."""
    asked_back: bool
    """The agent's last words before the turn were a question."""
    written: frozenset[str]
    """Words of what the agent did before."""
    removed: frozenset[str]
    """Words it had written itself before the turn, and takes back after it."""
    added: frozenset[str]
    """Words of what it does after the turn that were in nothing it did before."""
    asked: frozenset[str]
    """Words of the user's turn before."""
    last_call: int | None
    """Place of the last call before the turn."""
    next_call: int | None
    """Place of the call after the turn that goes another way, otherwise of the first one."""
    dropped: tuple[str, ...]
    """Lines of files that it takes away after the turn, whoever wrote them."""
    in_file: bool
    """That line stood in a file, or was to stand there."""
    undone: str | None
    """The line the agent wrote that goes away after the turn; None where none does."""
    redone: str | None
    """The line that the call after the turn writes to a file, or runs, and is most like it; None where it has none."""


def course(steps: Sequence[Step], at: int) -> Course:
    """Return what lies around the turn at place *at* of *steps*."""
    before = _calls(steps, range(at - 1, -1, -1))[::-1]
    after = _calls(steps, range(at + 1, len(steps)))
    done, undo = [_effect(steps[place]) for place in before], [_effect(steps[place]) for place in after]
    wrote = [line for effect in done for line in effect.lines]
    stopped = _is_stopped(steps, at)
    gone = list(done[-1].lines) if stopped and done else [line for line in wrote if _goes(line, done, undo)]
    written = frozenset().union(*(effect.words for effect in done))
    new = frozenset().union(*(effect.words for effect in undo))
    removed = frozenset(word for line in gone for word in names(line)) - new
    undone = min(gone, key=lambda line: (-len(names(line) & removed), line), default=None)
    earlier = range(at - 1, -1, -1)
    last = next((steps[place] for place in earlier if steps[place].kind != "system"), None)
    turning = _turning(undone, done, undo, after)
    return Course(
        acted=_has_acted(steps, at),
        acts_on=bool(after),
        stopped=stopped,
        asked_back=last is not None and last.kind == "assistant" and _QUESTION.search(last.text[-200:]) is not None,
        written=written,
        removed=removed,
        added=new - written,
        asked=names(next((steps[place].text[:_LONGEST] for place in earlier if steps[place].kind == "user"), "")),
        dropped=tuple(line.strip() for effect in undo for line in effect.old.splitlines() if _is_dropped(line, effect)),
        in_file=any(effect.target is not None and undone in effect.lines for effect in done),
        last_call=before[-1] if before else None,
        next_call=turning,
        undone=undone,
        redone=None if turning is None else _redone(undo[after.index(turning)], undone or ""),
    )


def _turning(
    undone: str | None, done: Sequence["_Effect"], undo: Sequence["_Effect"], after: Sequence[int]
) -> int | None:
    """Return the place of the first call after the turn that replaces the line *undone*, otherwise of the first one."""
    turns = [place for effect, place in zip(undo, after, strict=True) if undone and _goes(undone, done, [effect])]
    return next(iter([*turns, *after]), None)


def _redone(effect: "_Effect", undone: str) -> str | None:
    """Return the line of *effect* that shares most with *undone*, the first one of several."""
    return max(effect.lines, key=lambda line: len(names(line) & names(undone)), default=None)


def names(text: str) -> frozenset[str]:
    """Return the words of *text* in Latin letters and digits, in lower case, with their parts."""
    found: set[str] = set()
    for name in _NAME.findall(text):
        whole = name.lower().strip("./:-")
        found.add(whole)
        found.update(part for part in re.split(r"[^a-z0-9_]+", whole) if len(part) > 1)
    return frozenset(found)


class _Effect(Value, frozen=True, kw_only=True):
    """One call: what it writes or runs, and what it takes away."""

    target: str | None
    """The file it writes; None for a command."""
    lines: tuple[str, ...]
    """Lines that it writes or runs."""
    old: str
    """Text that it replaces."""
    kept: tuple[str, ...]
    """Lines of the text that it puts there, those that stay included."""
    words: frozenset[str]
    whole: bool
    """It writes the file anew."""


def _effect(step: Step) -> _Effect:
    arguments = step.arguments or {}
    patched = _PATCHED.search(step.text)
    if patched is not None:
        lines = step.text[:_LONGEST].splitlines()
        new = [line[1:] for line in lines if line.startswith("+")]
        old = "\n".join(line[1:] for line in lines if line.startswith("-"))
        return _made(patched["path"], new, old, whole="*** Add File" in step.text or not old)
    texts = {key: value[:_LONGEST] for key, value in arguments.items() if isinstance(value, str)}
    target = next((value for key, value in texts.items() if _PATH_KEY.search(key)), None)
    old = "\n".join(value for key, value in texts.items() if _OLD.search(key))
    new = [value for key, value in texts.items() if not _OLD.search(key) and value != target]
    if target is None or not new:
        return _made(None, step.text[:_LONGEST].splitlines(), "", whole=False)
    return _made(target, [line for text in new for line in text.splitlines()], old, whole=not old)


def _made(target: str | None, lines: Iterable[str], old: str, *, whole: bool) -> _Effect:
    stood = {line.strip() for line in old.splitlines()}
    new = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    own = tuple(line for line in new if line not in stood)
    words = frozenset(name for line in own for name in names(line))
    return _Effect(target=target, lines=own, old=old, kept=new, words=words, whole=whole)


def _goes(line: str, done: Sequence[_Effect], undo: Sequence[_Effect]) -> bool:
    """Return whether a *line* that the agent wrote or ran is replaced after the turn."""
    home = next(effect for effect in done if line in effect.lines)
    for effect in undo:
        if home.target is None:
            if effect.target is None and _is_variant(line, effect):
                return True
        elif effect.target == home.target and line not in effect.lines:
            is_gone = line in effect.old or any(part in line for part in effect.old.splitlines() if len(part) > 3)
            if effect.whole or is_gone:
                return True
        elif effect.target is None and home.target.rpartition("/")[2] in effect.words:
            return True
    return False


def _is_dropped(line: str, effect: _Effect) -> bool:
    """Return whether the edit *effect* takes *line* away: as a whole, not a part of a line that stays."""
    return bool(line.strip()) and not any(line.strip() in kept for kept in effect.kept)


def _is_variant(line: str, effect: _Effect) -> bool:
    """Return whether *effect* runs what *line* ran in another way: some words beside the program, and not all."""
    words = names(line)
    shared = words & effect.words - names(line.split()[0])
    return bool(shared) and not words <= effect.words


def _calls(steps: Sequence[Step], places: Iterable[int]) -> list[int]:
    """Return the calls among *places* up to the next turn of the user, nearest first, that do more than look."""
    found: list[int] = []
    for place in places:
        step = steps[place]
        if step.kind == "user" or len(found) == _MOST_CALLS:
            break
        tool = step.tool or ""
        if step.kind == "tool_call" and not only_looks(tool, head_of(tool, step.text[:_LONGEST])):
            found.append(place)
    return found


def _has_acted(steps: Sequence[Step], at: int) -> bool:
    """Return whether a call was made since the user spoke last."""
    for place in range(at - 1, -1, -1):
        if steps[place].kind in {"user", "tool_call"}:
            return steps[place].kind == "tool_call"
    return False


def _is_stopped(steps: Sequence[Step], at: int) -> bool:
    """Return whether the records next before the turn say that a person stopped the agent."""
    for place in range(at - 1, -1, -1):
        step = steps[place]
        if step.kind not in {"system", "tool_result"}:
            return False
        if step.kind == "tool_result":
            return never_ran(step)
        if len(step.text) <= _LONGEST_MARK and _INTERRUPTED.search(step.text):
            return True
    return False
