"""Actions as commands of words, and the words that several of them share."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from t2s_local.analysts._mined.fix import leaves
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.commands import (
    bare,
    changes_files,
    heads_of,
    is_handling,
    is_idle,
    is_reflection,
    is_shell,
    only_looks,
    only_reports,
    segments,
)
from t2s_local.text.events import Event
from t2s_local.text.text import mask

Command = tuple[str, ...]
"""Words of one command, a pipeline included; for a call of a tool its name, then ``argument=value``."""
SHARED = 0.7
"""Share of commands that must contain a word for the word to count as shared."""
_LONGEST = 2000
_MOST_WORDS = 40
_PROSE = re.compile(r"'[^']*[\s;&|][^']*'|\"(?:[^\"\\]|\\.)*[\s;&|](?:[^\"\\]|\\.)*\"", re.DOTALL)
"""Quoted text of several words: a message, a pattern, a program."""
_TEXT = "<text>"
_EDITS = frozenset({"sed -i", "cat > <file>", "tee", "patch", "git apply"})
_QUOTES = "'\"`"
_PYTHON = re.compile(r"python[\d.]*")
_FILE = re.compile(r"[\w./-]*\.\w{1,5}|.*/.*")
_CHOICE = re.compile(r"[a-z_]{1,24}")
_STATEMENT = 2
_ANY = re.compile(r"<[\w ]+>")


def commands_of(event: Event, run: Run) -> tuple[Command, ...]:
    """Return the commands of *event* that do something; () if it only looks, edits a file or runs a script."""
    if _thinks_or_edits(event.tool, event.head):
        return ()
    if is_shell(event.tool):
        return _of_shell(event.action)
    if event.action.lstrip().startswith("{"):
        return _of_call(event, run)
    return () if only_looks(event.tool, event.head) else (_of_statement(event),)


@lru_cache(maxsize=4096)
def _thinks_or_edits(tool: str, head: str) -> bool:
    return is_reflection(head) or changes_files(tool, head)


def words_of(event: Event) -> frozenset[str]:
    """Return every word of *event*; for a call of a tool with JSON arguments only the tool's name."""
    if is_shell(event.tool):
        return frozenset(word for part in _parts(event.action) for word in _split(part))
    return frozenset((event.tool,) if event.action.lstrip().startswith("{") else _of_statement(event))


def _of_shell(action: str) -> tuple[Command, ...]:
    found = []
    for part in _parts(action):
        heads = heads_of(part)
        command = _split(part)
        if not heads or all(_does_nothing(head) for head in heads) or only_reports(command):
            continue
        if len(command) <= _MOST_WORDS:
            found.append(command)
    return tuple(found)


@lru_cache(maxsize=4096)
def _does_nothing(head: str) -> bool:
    """Return whether a program prepares another, only looks, or edits a file in place, which every run does."""
    return is_idle(head) or only_looks("bash", head) or head in _EDITS


def _parts(action: str) -> Sequence[str]:
    """Return the commands of a shell line, with quoted texts masked and without filters of the output."""
    if len(action) > _LONGEST:
        return ()
    return (
        [bare(part) for part in segments(_PROSE.sub(_TEXT, action))]
        if "<<" not in action
        else segments(_PROSE.sub(_TEXT, bare(action)))
    )


def _split(part: str) -> Command:
    found = [word if word == "|" else word.strip(_QUOTES) for word in part.split()]
    return tuple("python" if _PYTHON.fullmatch(word) else word for word in found if word and word != "2>&1")


def _of_statement(event: Event) -> Command:
    """Return the tool and the first words of a text that is no shell line, such as SQL; the rest is data."""
    words = event.action[:_LONGEST].split()
    return (event.tool, *words[:_STATEMENT], *(["<name>"] if len(words) > _STATEMENT else []))


def _of_call(event: Event, run: Run) -> tuple[Command, ...]:
    """Return a call with the arguments whose value is a short word; () if the call looks at files."""
    values = [(name, value) for name, value in leaves(run.piece, event).items() if value is not None]
    in_files = any(isinstance(value, str) and ("/" in value or "*" in value) for _, value in values)
    if in_files and only_looks(event.tool, event.head):
        return ()
    told = (f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in values)
    return ((event.tool, *(word for word in told if _CHOICE.fullmatch(word.partition("=")[2]))),)


def shared_words(commands: Sequence[Command]) -> frozenset[str]:
    """Return the words that most of *commands* contain."""
    counts = Counter(word for command in commands for word in set(command))
    return frozenset(
        word for word, count in counts.items() if count >= SHARED * len(commands) and not _ANY.fullmatch(word)
    )


def pattern(commands: Sequence[Command], shared: Iterable[str]) -> Command:
    """Return the command with the fewest words that are not *shared*, with these masked or, for options, left out."""
    known = {*shared, "|", "&&"}
    best = min(commands, key=lambda command: (sum(word not in known for word in command), len(command), command))
    told: list[str] = []
    for at, word in enumerate(best):
        shown = word if word in known or at == 0 else _open(word)
        if shown is not None and not (shown == told[-1:][0] if told and _ANY.fullmatch(shown) else False):
            told.append(shown)
    return tuple(told)


def _open(word: str) -> str | None:
    """Return the mask of a word that differs between runs; None for an option, which other runs did not need."""
    if word.startswith("-"):
        return None
    masked = mask(word)
    if _ANY.fullmatch(masked):
        return masked
    return "<path>" if "/" in word else "<file>" if _FILE.fullmatch(word) else "<name>"


def has_content(command: Command) -> bool:
    """Return whether a pattern says more than that files were handled or a script was run."""
    words = [word for word in command if not _ANY.fullmatch(word) and not word.startswith("-")]
    heads = heads_of(" ".join(command))
    return len(words) > 1 or not heads or not all(is_handling(head) for head in heads)
