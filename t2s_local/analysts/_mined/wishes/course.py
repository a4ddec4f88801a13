"""Actions of the agent around a message of the user: what it wrote before, and what it changes afterwards."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from t2s_local.text.commands import head_of, only_looks
from t2s_local.text.failures import never_ran
from t2s_local.values.trajectory import Step
from t2s_local.values.value import Value

_NAME = re.compile(r"[A-Za-z0-9_][\w./@:+-]*[\w+]|[A-Za-z0-9_]")
_PARTS = re.compile(r"[a-z0-9_]{2,}")
_OLD = re.compile(r"(?:^|_)(?:old|search|original|before|find)(?:_|$)", re.IGNORECASE)
"""Names of arguments that contain the text to be replaced."""
_PATH_KEY = re.compile(r"(?:^|_)(?:path|file|filename|file_?name|notebook|uri)(?:_|$)", re.IGNORECASE)
_PATCHED = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (?P<path>.+)$", re.MULTILINE)
_MOST_CALLS = 12
"""Most calls on either side of a message that are read, nearest first."""
_LONGEST = 6000
_QUESTION = re.compile(r"[?？]\W*$")
_INTERRUPTED = re.compile(r"interrupt|abort|cancel", re.IGNORECASE)
_BREAK = re.compile(r"\^C\b|KeyboardInterrupt\s*$")
"""Text that a terminal shows where a person stops a program."""
_LONGEST_MARK = 200


class Course(Value, frozen=True, kw_only=True):
    """Actions of the agent around a message of the user."""

    acted: bool
    """Whether the agent made a call since the previous message of the user."""
    acts_on: bool
    """Whether the agent changes something after the message, before the next message of the user."""
    stopped: bool
    """Whether the user stopped an action with this message."""
    asked_back: bool
    """Whether the agent's last words before the message were a question."""
    written: frozenset[str]
    """Words that the agent wrote or ran before the message."""
    removed: frozenset[str]
    """Words that the agent wrote before the message and removes after it."""
    added: frozenset[str]
    """Words that the agent writes or runs after the message and did not before."""
    asked: frozenset[str]
    """Words of the previous message of the user."""
    last_call: int | None
    """Step index of the last call before the message; None if there is none."""
    next_call: int | None
    """Step index of the first call after the message that replaces *undone*, or else of the first call; or None."""
    dropped: tuple[str, ...]
    """Lines of files that the agent removes after the message, whoever wrote them."""
    in_file: bool
    """Whether the agent wrote the line *undone* to a file."""
    undone: str | None
    """Line that the agent wrote or ran and replaces after the message; None if there is none."""
    below: str | None
    """Line below *undone* in what the agent wrote; None if there is none."""
    redone: str | None
    """Line of the call *next_call* that is most like *undone*; None if it has no line."""


def course(steps: Sequence[Step], at: int) -> Course:
    """Return the actions of the agent around the user's message at index *at* of *steps*."""
    before = _calls(steps, range(at - 1, -1, -1))[::-1]
    after = _calls(steps, range(at + 1, len(steps)))
    done, undo = [_effect(steps[place]) for place in before], [_effect(steps[place]) for place in after]
    wrote = [line for effect in done for line in effect.lines]
    stopped = is_stopped(steps, at)
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
        below=next((below for effect in done for above, below in pairwise(effect.kept) if above == undone), None),
        redone=None if turning is None else _redone(undo[after.index(turning)], undone or ""),
    )


def _turning(
    undone: str | None, done: Sequence["_Effect"], undo: Sequence["_Effect"], after: Sequence[int]
) -> int | None:
    """Return the step index of the first call after the message that replaces the line *undone*.

    Otherwise return that of the first call after the message; None if there is no call.
    """
    turns = [place for effect, place in zip(undo, after, strict=True) if undone and _goes(undone, done, [effect])]
    return next(iter([*turns, *after]), None)


def _redone(effect: "_Effect", undone: str) -> str | None:
    """Return the first of the lines of *effect* that share most words with *undone*; None if it has no line."""
    return max(effect.lines, key=lambda line: len(names(line) & names(undone)), default=None)


def names(text: str) -> frozenset[str]:
    """Return the words of Latin letters and digits in *text*, in lower case, with the parts of compound words."""
    found: set[str] = set()
    for name in _NAME.findall(text):
        whole = name.lower().strip("./:-")
        found.add(whole)
        found.update(_PARTS.findall(whole))
    return frozenset(found)


class _Effect(Value, frozen=True, kw_only=True):
    """Effect of one call: the lines it writes or runs, and the text it replaces."""

    target: str | None
    """Path of the file that the call writes; None for a command."""
    lines: tuple[str, ...]
    """Lines that the call writes or runs, without lines of the replaced text."""
    old: str
    """Text that the call replaces."""
    kept: tuple[str, ...]
    """All lines of the new text, including those of the replaced text."""
    words: frozenset[str]
    whole: bool
    """Whether the call writes the whole file."""


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
    """Return whether the agent replaces its own *line* after the message."""
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
    """Return whether the edit *effect* removes the whole *line*, not a part of a line that it keeps."""
    return bool(line.strip()) and not any(line.strip() in kept for kept in effect.kept)


def _is_variant(line: str, effect: _Effect) -> bool:
    """Return whether *effect* runs *line* with changes: it has some of the words beside the program, but not all."""
    words = names(line)
    shared = words & effect.words - names(" ".join(line.split()[:1]))
    return bool(shared) and not words <= effect.words


def _calls(steps: Sequence[Step], places: Iterable[int]) -> list[int]:
    """Return the indices in *places* of calls that do more than look, up to the next message of the user."""
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
    """Return whether the agent made a call since the previous message of the user."""
    for place in range(at - 1, -1, -1):
        if steps[place].kind in {"user", "tool_call"}:
            return steps[place].kind == "tool_call"
    return False


def is_stopped(steps: Sequence[Step], at: int) -> bool:
    """Return whether the records directly before the message say that a person stopped the agent."""
    for place in range(at - 1, -1, -1):
        step = steps[place]
        if step.kind not in {"system", "tool_result"}:
            return False
        if step.kind == "tool_result" and _BREAK.match(step.text) is None:
            return never_ran(step)
        if len(step.text) <= _LONGEST_MARK and _INTERRUPTED.search(step.text):
            return True
    return False
