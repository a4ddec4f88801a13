"""Needs of a project's commands: commands that failed, and passed unchanged after other commands had run."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from t2s_local.analysts._lessons import code, quote, said
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted
from t2s_local.analysts._noted.environment.pins import installs
from t2s_local.analysts._noted.environment.purposes import purpose_of
from t2s_local.analysts._notes import Note
from t2s_local.text.check_results import unwrapped
from t2s_local.text.commands import (
    SHELL,
    bare,
    changes_files,
    changes_state,
    is_idle,
    is_shell,
    main_commands,
    only_looks,
)
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.shell.command import Command
from t2s_local.text.shell.shell import parse
from t2s_local.text.text import join_words, squeeze
from t2s_local.values.lesson import Quote
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

KIND = "needed"
"""Kind of notes on a command that failed and passed later; the detail is command, error and what ran in between."""
PASSED = "passed_after"
"""Kind of notes on a command that passed; the detail is what had run before it."""
LEAST_CONVERSATIONS = 2
LEAST_SHARE = 0.5
"""Share of the conversations that ran a command without its preparation in which the command must have failed."""
_MOST_BEFORE = 12
_MOST_DONE = 50
"""Most earlier commands of a run that are kept: what a command needs runs shortly before it."""
_MOST_CHANGES = 200
"""Most earlier edits of a run that are searched for the names of its own files."""
_LONGEST_LINE = 400
_LONGEST = 100
_PREPARES = frozenset({"cd", "source", ".", "mkdir"})
"""Programs that matter to the commands after them, although they do nothing else."""
_WRITES_CODE = frozenset({"sed -i", "cat > <file>", "tee", "patch", "perl", "ed"})
_KEEPS_CODE = frozenset({"git submodule", "git lfs", "git clone"})
"""Commands of git that bring files and change none."""
_SET = re.compile(r"^(?:\w+=\S*\s+)+(?=\S)")
_VARIABLE = re.compile(r"\w+=\S+")
_PLACE = re.compile(r"cd (?!\.\.|-|~)[\w./@+-]+")
"""A change to a folder whose name is the same wherever the shell was before."""
_FILE = re.compile(r"[\w-]+\.\w{1,5}\b")


class Need(Value, frozen=True, kw_only=True):
    """Commands that have to run before a command, and what happens without them."""

    command: str
    """The command, with its arguments if several conversations used the same."""
    first: tuple[str, ...]
    """Commands that ran before it passed, in order; ``NAME=value`` for a variable."""
    error: str | None
    """Error line without these commands; None if too few conversations had the same error."""
    runs: tuple[Run, ...]
    """Runs in which the command failed at first and passed later, one run for each conversation."""
    quotes: tuple[Quote, ...]

    @property
    def words(self) -> str:
        """The need as the end of an order: ``, after `make deps`: without it you get “…”``."""
        places = [text[3:] for text in self.first if text.startswith("cd ")]
        variables = [text for text in self.first if _VARIABLE.fullmatch(text)]
        others = [text for text in self.first if not text.startswith("cd ") and text not in variables]
        where = f" in {join_words(map(code, places))}" if places else ""
        given = f" with {join_words(map(code, variables))}" if variables else ""
        after = f", after {join_words(map(code, others))}" if others else ""
        met = f"you get {said(self.error)}" if self.error else "it fails"
        is_place = len(self.first) == len(places)
        without = "elsewhere" if is_place else "without it" if len(self.first) == 1 else "without them"
        return f"{where}{given}{after}: {without} {met}"

    @property
    def reason(self) -> str:
        """The number of runs that met the need, as a clause."""
        return f"{len(self.runs)} runs failed until they did so"


class _Line(Value, frozen=True, kw_only=True):
    """A shell line: what it prepares, and the command that it prepares for."""

    before: tuple[str, ...]
    command: str | None
    """Command that checks or starts the project, without variables; None if the line has no such command."""
    head: str
    edits: bool
    """Whether a part of the line may change code, so that nothing that passes later shows a need."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the commands of *piece* that passed, and those that had failed before and passed without a change of code.

    The note on such a failure lists the commands that ran before the pass, also in the same line, but not before the
    failure.
    """
    done: dict[str, Event] = {}
    told: set[Note] = set()
    changes = deque[str](maxlen=_MOST_CHANGES)
    failed: dict[str | None, tuple[Event, frozenset[str]]] = {}
    for event in events:
        line = _line(event)
        if _may_change(event, line):
            failed.clear()
            changes.append(event.action)
        if line is None or line.edits or event.result is None or event.is_infrastructure:
            continue
        if event.failed:
            failed.setdefault(line.command, (event, frozenset([*done, *line.before])))
            continue
        done |= {text: event for text in line.before if text not in done}
        done = dict(list(done.items())[-_MOST_DONE:])
        if line.command:
            before = [text for text in done if not _is_same(text, line.head)]
            if line.command in failed:
                ran = {text: done[text] for text in before if not _is_made(text, changes)}
                yield from _need(piece, line, failed.pop(line.command), ran, event)
            told.add(Note(kind=PASSED, key=line.head, detail="\n".join(before[-_MOST_BEFORE:])))
            done.setdefault(line.command, event)
    yield from sorted(told, key=lambda note: (note.key, note.detail))


def _need(
    piece: Slice, line: _Line, failure: tuple[Event, frozenset[str]], done: Mapping[str, Event], passed: Event
) -> Iterator[Note]:
    """Yield a note on the commands in *done* that had not run before *failure*; nothing if there are none, or many."""
    event, before = failure
    error = event.error or ""
    new = {text: ran for text, ran in done.items() if text not in before and not _is_named(text, error)}
    if not new or len(new) > _MOST_BEFORE or event.result is None:
        return
    shown = [
        quote(piece, event.call, event.action, role="action"),
        *([quote(piece, event.result, error, role="observation")] if error else []),
        *(quote(piece, ran.call, ran.action, role="fix") for ran in new.values()),
        quote(piece, passed.call, passed.action, role="fix"),
    ]
    detail = "\n".join([line.command or "", squeeze(error), *new])
    yield Note(kind=KIND, key=line.head, detail=detail, quotes=tuple(dict.fromkeys(shown)))


def _is_made(text: str, changes: Iterable[str]) -> bool:
    """Return whether *text* names a file that an earlier call of the run wrote, such as a script of its own."""
    return any(name in change for name in _FILE.findall(text) for change in changes)


def _is_same(text: str, head: str) -> bool:
    """Return whether *text* is a variant of the command itself, such as one of its tests alone."""
    served = purpose_of(text)
    return served is not None and served.head == head


def _is_named(text: str, error: str) -> bool:
    """Return whether *error* names a package that *text* installs, so that the message itself states the remedy."""
    told = error.lower().replace("-", "_")
    return any(name.lower().replace("-", "_") in told for _, name in installs(text) if not name.endswith("."))


def _may_change(event: Event, line: _Line | None) -> bool:
    """Return whether a call may have changed code: an edit, or a script of several lines."""
    if line is not None:
        return line.edits
    return is_shell(event.tool) or changes_files(event.tool, event.head) or changes_state(event.tool, event.head)


def _line(event: Event) -> _Line | None:
    """Return the shell line of *event* in parts; None for other tools, and for scripts of several lines."""
    action = event.action.strip()
    if (
        not is_shell(event.tool)
        or "\n" in action
        or len(action) > _LONGEST_LINE
        or changes_files(event.tool, event.head)
    ):
        return None
    action = unwrapped(action).strip()
    served, sources = purpose_of(action), parse(action, has_masks=True).segments
    pairs = {command.segment: (head, command) for head, command in main_commands(action)}
    main = None
    if served is not None:
        main = next((at for at in sorted(pairs, reverse=True) if pairs[at][0] == served.head), len(sources))
    before: list[str] = []
    for at, source in enumerate(sources, start=1):
        head, command = pairs.get(at, ("", None))
        if main is None or at < main:
            before += _prepared(squeeze(bare(source) or source), head, command)
        elif at == main and command is not None:
            before += _variables(command)
    text = bare(_SET.sub("", sources[main - 1].strip())) if main is not None and 0 < main <= len(sources) else None
    return _Line(
        before=tuple(text for text in dict.fromkeys(before) if len(text) <= _LONGEST),
        command=text if text and len(text) <= _LONGEST else None,
        head=served.head if served is not None else "",
        edits=any(_edits(head, command) for head, command in pairs.values()),
    )


def _prepared(source: str, head: str, command: Command | None) -> Iterable[str]:
    """Return what a part of a line prepares: variables that it sets, or the part itself if it does more than look."""
    program = head.partition(" ")[0]
    if command is not None and (program == "export" or not head):
        return _variables(command)
    if not head or only_looks(SHELL, head) or (is_idle(head) and program not in _PREPARES):
        return ()
    is_elsewhere = program == "cd" and not _PLACE.fullmatch(source)
    return () if is_elsewhere else (_SET.sub("", source),)


def _variables(command: Command) -> list[str]:
    return [text for name, value in command.variables if _VARIABLE.fullmatch(text := f"{name}={value}")]


def _edits(head: str, command: Command) -> bool:
    """Return whether a command may change code: it writes a file, or moves the work tree to another state."""
    is_git = head.startswith("git ") and head not in _KEEPS_CODE and not only_looks(SHELL, head)
    return head in _WRITES_CODE or is_git or any(not name.startswith("/dev/") for name in command.writes)


def needs_of(group: Sequence[Run]) -> Mapping[str, Need]:
    """Return what commands need first, by program and task, where runs of several conversations met the need."""
    passed = noted(group, PASSED)
    found: dict[str, Need] = {}
    for head, pairs in noted(group, KIND).items():
        first: dict[str, tuple[Run, Note]] = {}
        for pair in pairs:
            first.setdefault(_of(pair), pair)
        need = _shared(list(first.values()), passed.get(head, ()), head)
        if need is not None:
            found[head] = need
    return found


def _shared(met: Sequence[tuple[Run, Note]], passed: Sequence[tuple[Run, Note]], head: str) -> Need | None:
    """Return the need that most conversations of *met* share; None if too few do, or many pass without."""
    behind: dict[str, list[tuple[Run, Note]]] = {}
    for pair in met:
        for text in pair[1].detail.split("\n")[2:]:
            behind.setdefault(text, []).append(pair)
    needed = {
        text: pairs
        for text, pairs in behind.items()
        if len(pairs) >= LEAST_CONVERSATIONS
        and len(pairs) >= LEAST_SHARE * len({*map(_of, pairs), *(_of(pair) for pair in passed if _lacks(pair, text))})
    }
    if not needed:
        return None
    most = max(needed, key=lambda text: len(needed[text]))
    runs = needed[most]
    ids = set(map(_of, runs))
    details = [note.detail.split("\n") for _, note in runs]
    commands = most_common((detail[0] for detail in details), most=1, least=LEAST_CONVERSATIONS)
    errors = [detail[1] for detail in details if detail[1]]
    told = most_common(map(error_signature, errors), most=1, least=LEAST_CONVERSATIONS)
    return Need(
        command=commands[0] if commands else head,
        first=tuple(text for text in details[0][2:] if text in needed and ids <= set(map(_of, needed[text]))),
        error=next((error for error in errors if error_signature(error) == told[0]), None) if told else None,
        runs=tuple(run for run, _ in runs),
        quotes=tuple(chain.from_iterable(note.quotes for _, note in runs[:LEAST_CONVERSATIONS])),
    )


def _of(pair: tuple[Run, Note]) -> str:
    """Return the conversation of a note."""
    return pair[0].piece.trajectory.session_id or pair[0].piece.trajectory.id


def _lacks(pair: tuple[Run, Note], text: str) -> bool:
    """Return whether a command passed without *text* before it."""
    return text not in pair[1].detail.split("\n")
