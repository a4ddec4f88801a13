"""Parse a shell line into simple commands: the only parser of shell lines, which other folders import from here."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from t2s_local.text.programs import programs
from t2s_local.text.shell.command import Command, base_name, folder_of, lines_handed_on, program_name, started
from t2s_local.text.shell.redirections import Redirection, redirected
from t2s_local.text.shell.tokens import Token, tokens_of

_PIPES = ("|", "|&")
_DEPTH = 6  # largest depth of shells inside of shells
_LONGEST = 40_000
"""Largest number of characters of a line that are parsed, here-documents not counted; agents type shorter lines."""
_MOST = 400
"""Largest number of commands of a line; the time to judge commands grows with the square of their number."""
_BEFORE = frozenset({"then", "else", "elif", "do", "!"})
"""Keywords before a command that are not part of the command."""
_OPENING = frozenset({"if", "while", "until", "{", "for", "select", "case"})
_CLOSING = frozenset({"fi", "done", "esac", "}"})
_LISTS = frozenset({"for", "select", "case", "function"})
"""Keywords before a list of words that is not a command."""
_DECLARATIONS = frozenset({"export", "declare", "local", "readonly", "typeset"})
_POWERSHELL_SET = re.compile(r"\$env:(\w+)\s*=\s*", re.IGNORECASE)


HandedOn = Callable[[Command], Iterator[str]]


class Parsed(NamedTuple):
    """The commands of a shell line."""

    commands: tuple[Command, ...]
    """Commands in order, including those in lines that are passed to other shells."""
    is_whole: bool
    """Whether all commands of the line were read; False if the line was too long or too deeply nested."""
    segments: tuple[str, ...]
    """Source of each pipeline that is not inside of another command, without here-documents."""


class _Block(NamedTuple):
    """An open bracket or compound command."""

    word: str
    first: int
    """Index of the block's first command among all commands."""
    statement: int
    """Number of the statement around the block; 0 if each of its commands is a statement of its own."""
    place: int
    """Place of the block in a pipeline."""
    is_fed: bool


class _Part(NamedTuple):
    """A part of the source that is read: a whole line, or a line inside of another command."""

    depth: int = 0
    statement: int = 0
    """Number of the statement around the part; 0 for none."""
    is_inside: bool = False
    host: str | None = None


@lru_cache(maxsize=1024)
def parse(line: str, *, has_masks: bool = False, handed_on: HandedOn = lines_handed_on) -> Parsed:
    """Parse a shell line.

    Args:
        line: The shell line.
        has_masks: Whether masks such as ``<path>`` are words, as in lessons, and not redirections.
        handed_on: Yields the shell lines that a command passes to a shell.
    """
    lines = _Lines(has_masks=has_masks, handed_on=handed_on)
    lines.read(line, _Part())
    is_whole = lines.is_whole and len(lines.commands) <= _MOST
    return Parsed(tuple(lines.commands[:_MOST]), is_whole, tuple(lines.segments))


class _Lines:
    """Collects the commands of a line, and of the lines inside of it."""

    def __init__(self, *, has_masks: bool, handed_on: HandedOn) -> None:
        self.commands: list[Command] = []
        self.segments: list[str] = []
        self.is_whole = True
        self.n_segments = 0
        self.handed_on = handed_on
        self._has_masks = has_masks
        self._n_statements = 0

    def read(self, line: str, part: _Part) -> None:
        """Add the commands of *line*."""
        if part.depth > _DEPTH or len(self.commands) > _MOST:
            self.is_whole = False
            return
        line = _POWERSHELL_SET.sub(r"\1=", line) if "$" in line else line
        found, is_whole = tokens_of(line, has_masks=self._has_masks, longest=_LONGEST)
        self.is_whole &= is_whole
        _Reader(self, line, part).read(found)

    def new_statement(self) -> int:
        """Return a new number for a statement."""
        self._n_statements += 1
        return self._n_statements


class _Reader:
    """Reads the words and operators of one line from left to right."""

    def __init__(self, lines: _Lines, line: str, part: _Part) -> None:
        self._lines = lines
        self._line = line
        self._part = part
        self._blocks = [_Block("", len(lines.commands), part.statement, 0, is_fed=part.statement > 0)]
        self._closed: _Block | None = None
        self._words: list[Token] = []
        self._redirections: list[Redirection] = []
        self._skipped = ""  # reason to skip words: the keyword before a list, ``pattern`` in a case, or ``[[``
        self._operator = ""
        self._statement = part.statement
        self._place = 0
        self._joins = 0  # segment of a command after a pipe

    def read(self, tokens: list[Token]) -> None:
        """Read all *tokens*."""
        at = 0
        while at < len(tokens) and len(self._lines.commands) <= _MOST:
            token, follower = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
            at += 1
            if token.kind == "redirection":
                is_target = follower is not None and follower.kind == "word" and token.given is None
                self._redirections.append((token, follower if is_target else None))
                at += is_target
            elif self._skipped:
                self._skip(token)
            elif token.kind == "word":
                self._word(token)
            elif token.text == "(" and self._words and follower is not None and follower.text == ")":
                self._words = []
                at += 1
            else:
                self._sign(token.text)
        self._end()

    def _skip(self, token: Token) -> None:
        """Skip a word of a list that is not a command; commands inside of the word are read."""
        self._inner(token.inner)
        text, is_sign = token.text, token.kind == "sign"
        if self._skipped == "[[":
            self._words.append(token._replace(kind="word"))
            ends = text == "]]"
        elif self._skipped == "pattern":
            ends = is_sign and text == ")"
            if text == "esac" and not is_sign:
                self._skipped = ""
                self._word(token)
                return
        elif self._skipped == "case":
            self._skipped = "pattern" if text == "in" and token.is_plain else self._skipped
            return
        else:
            ends = self._skipped == "function" or (is_sign and text in ";\n") or text == "do"
        self._skipped = "" if ends else self._skipped

    def _word(self, token: Token) -> None:
        text = token.text
        if self._words or not token.is_plain:
            self._words.append(token)
        elif text in _CLOSING and len(self._blocks) > 1:
            self._close()
        elif text in _OPENING or text in _LISTS:
            if text in _OPENING:
                self._open(text)
            self._skipped = text if text in _LISTS else ""
        elif text not in _BEFORE:
            self._words.append(token)
            self._skipped = "[[" if text == "[[" else ""

    def _sign(self, sign: str) -> None:
        if sign == "(":
            is_argument = bool(self._words)
            self._end()
            self._place += is_argument
            self._open("(", is_fed=is_argument)
            return
        if sign == "\n" and self._operator in ("|", "|&", "&&", "||") and not self._words:
            return
        self._end()
        if sign == ")":
            if len(self._blocks) > 1:
                self._close()
        elif sign in _PIPES:
            self._piped()
            self._place += 1
            self._operator = sign
        else:
            self._closed = None
            block = self._blocks[-1]
            self._statement, self._place, self._operator = block.statement, block.place, sign
            self._skipped = "pattern" if sign.startswith(";;") and block.word == "case" else ""

    def _piped(self) -> None:
        """Make the commands before a pipe one statement; for a block before the pipe all of its commands."""
        block = self._closed
        if block is not None and not block.statement and block.first < len(self._lines.commands):
            self._statement = self._statement or self._lines.new_statement()
            own = self._lines.commands[block.first :]
            self._lines.commands[block.first :] = [
                msgspec.structs.replace(command, statement=self._statement) for command in own
            ]
        self._closed = None

    def _open(self, word: str, *, is_fed: bool = False) -> None:
        is_fed = is_fed or self._operator in _PIPES or self._blocks[-1].is_fed
        statement = self._statement if is_fed else 0
        self._blocks.append(_Block(word, len(self._lines.commands), statement, self._place, is_fed))

    def _close(self) -> None:
        block = self._blocks.pop()
        self._closed, self._statement, self._place = block, block.statement, block.place

    def _end(self) -> None:
        """End a command: add it, or redirect the block that has just been closed."""
        words, redirections = self._words, self._redirections
        self._words, self._redirections = [], []
        if words or (redirections and self._closed is None):
            self._add(words, redirections)
        elif redirections and self._closed is not None:
            writes, reads, given = redirected(redirections)
            first = self._closed.first
            self._lines.commands[first:] = [
                msgspec.structs.replace(
                    command,
                    writes=command.writes + writes,
                    reads=command.reads + reads,
                    given=command.given if given is None else given,
                )
                for command in self._lines.commands[first:]
            ]

    def _add(self, words: list[Token], redirections: list[Redirection]) -> None:
        """Add a simple command, then the lines that it passes to shells and the commands whose output it inserts."""
        writes, reads, given = redirected(redirections)
        parts = started([word.text for word in words])
        program, *arguments = parts.words or ("",)
        assigned = started(arguments).variables if program in _DECLARATIONS else ()
        self._statement = self._statement or self._lines.new_statement()
        command = Command(
            program=program_name(program),
            name=base_name(program),
            folder=folder_of(program),
            arguments=tuple(arguments),
            variables=parts.variables + assigned,
            starters=parts.starters,
            writes=writes,
            reads=reads,
            given=given,
            after=self._operator,
            statement=self._statement,
            segment=self._segment(words, redirections),
            place=self._place,
            is_inside=self._part.is_inside,
            host=self._part.host,
        )
        self._operator = ""
        self._lines.commands.append(command)
        for line in self._lines.handed_on(command):
            self._lines.read(line, _Part(self._part.depth + 1, is_inside=command.is_inside, host=command.program))
        self._joins = self._lines.n_segments if command.program in programs("shells") else command.segment
        others = (token for pair in redirections for token in pair if token is not None)
        for token in sorted((*words, *others), key=lambda token: token.start):
            self._inner(token.inner)

    def _inner(self, lines: tuple[str, ...]) -> None:
        for line in lines:
            statement = self._statement or self._lines.new_statement()
            self._lines.read(line, _Part(self._part.depth + 1, statement, is_inside=True, host=self._part.host))

    def _segment(self, words: list[Token], redirections: list[Redirection]) -> int:
        """Return the number of a command's segment, and store the segment's source."""
        lines, block = self._lines, self._blocks[-1]
        if self._part.is_inside:
            return 0
        is_first_of_block = block.is_fed and block.first == len(lines.commands)
        is_joined = self._operator in _PIPES and lines.n_segments > 0 and not is_first_of_block
        lines.n_segments += not is_joined
        if self._part.depth == 0:
            tokens = [*words, *(token for pair in redirections for token in pair if token is not None)]
            kept = [token for token in tokens if token.given is None] or tokens
            start = min(token.start for token in kept)
            text = self._line[start : max(token.end for token in kept)]
            if is_joined and lines.segments:
                lines.segments[-1] += f" {self._operator} {text}"
            else:
                lines.segments.append(text)
        return self._joins if is_joined and self._joins else lines.n_segments
