"""A shell line taken apart: simple commands with their arguments, redirections and what they are fed with."""

import re
import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import NamedTuple

from t2s_local.safety.actions.shell.command import HOLE, Command
from t2s_local.safety.actions.shell.expand import closing, expanded
from t2s_local.safety.actions.shell.handed import scripts_in
from t2s_local.safety.actions.words import table

_DEPTH = 6
"""Shells inside of shells that are followed."""
_LONGEST = 40_000
"""Characters of one action, texts it gives to commands aside, that are taken apart; what an agent types is shorter."""
_MOST = 400
"""Commands, and substitutions, of one action that are looked at; the time this takes grows with their square."""
_LOOKED_BACK = 400
"""Characters before a substitution that tell whether it is quoted."""
_HEREDOC = re.compile(r"<<-?\s*\\?['\"]?(\w+)['\"]?([^\n]*)\n(.*?)(?:\n[ \t]*\1[ \t]*(?=\n|\)|$)|\Z)", re.DOTALL)
_OPENING = re.compile(r"\$\(|<\(|>\(|`")
_ASSIGNED = re.compile(r"^(\w+)\+?=(.*)$", re.DOTALL)
_POWERSHELL_SET = re.compile(r"\$env:(\w+)\s*=\s*", re.IGNORECASE)
_OPERATOR = re.compile(r"^[;&|()\n]+$")
_NO_FILES = ("/dev/null", "/dev/std", "/dev/fd", "/dev/tty")
_REDIRECTION = re.compile(r"^[<>&|]*[<>][<>&|]*$")


class Parsed(NamedTuple):
    """The commands of a shell line."""

    commands: tuple[Command, ...]
    """In order; those given to other shells are among them."""
    is_whole: bool
    """Whether there are no more, because the line was not too long."""


def parse(text: str) -> Parsed:
    """Take a shell line apart."""
    parser = _Parser()
    found = tuple(islice(parser.run(text, depth=0), _MOST + 1))
    return Parsed(found[:_MOST], len(found) <= _MOST and parser.is_whole)


class _Spot(NamedTuple):
    """Where a command stands in its line."""

    statement: int
    place: int
    after: str
    is_inside: bool


class _Parser:
    def __init__(self) -> None:
        self._last = 0
        self.is_whole = True

    def run(self, text: str, *, depth: int, inside: int | None = None) -> Iterator[Command]:
        if depth > _DEPTH:
            return
        text, given = _without_heredocs(text)
        self.is_whole = self.is_whole and len(text) <= _LONGEST
        text, inner = _without_substitutions(expanded(text[:_LONGEST]))
        self.is_whole = self.is_whole and len(inner) < _MOST
        place, after, statement = 0, "", self._new() if inside is None else inside
        for words, operator in _cut(_words(text)):
            if words:
                spot = _Spot(statement, place, after, inside is not None)
                yield from self._command(words, given, spot, depth)
                n_holes = "".join(words).count(HOLE)
                for script in inner[:n_holes]:
                    yield from self.run(script, depth=depth + 1, inside=statement)
                inner = inner[n_holes:]
            after = operator
            place = place + 1 if operator in ("|", "|&", "(") else 0
            if place == 0 and inside is None and operator.strip("()"):
                statement = self._new()
        for script in inner:
            yield from self.run(script, depth=depth + 1, inside=statement)

    def _new(self) -> int:
        self._last += 1
        return self._last

    def _command(self, words: list[str], given: list[str], spot: "_Spot", depth: int) -> Iterator[Command]:
        plain, writes, reads, text = _redirected(words, given)
        variables, plain, is_root = _unwrapped(plain)
        program = _name(plain[0]) if plain else ""
        command = Command(
            program=program,
            arguments=tuple(plain[1:]),
            variables=tuple(variables),
            writes=tuple(writes),
            reads=tuple(reads),
            given=text,
            **spot._asdict(),
            is_root=is_root,
        )
        yield command
        for script in scripts_in(command):
            yield from self.run(script, depth=depth + 1)


def _without_heredocs(text: str) -> tuple[str, list[str]]:
    """*text* with a number for every text that is given to a command on lines of its own, and these texts."""
    given: list[str] = []

    def keep(match: re.Match[str]) -> str:
        given.append(match[3])
        return f"<<{len(given) - 1}{match[2]}\n"

    return _POWERSHELL_SET.sub(r"\1=", _HEREDOC.sub(keep, text.replace("\\\n", " "))), given


def _cut(words: list[str]) -> Iterator[tuple[list[str], str]]:
    """The words of each command, with the operator after them."""
    command: list[str] = []
    goes_on = False
    for word in words:
        if _OPERATOR.match(word):
            if word == "\n" and goes_on and not command:
                continue
            goes_on = word in ("|", "|&", "&&", "||")
            yield command, word
            command = []
        else:
            command.append(word)
    yield command, "\n"


def _without_substitutions(text: str) -> tuple[str, list[str]]:
    """*text* with a hole for every command whose output is put into it, and these commands."""
    parts, inner, at = [], list[str](), 0
    while len(inner) < _MOST and (found := _OPENING.search(text, at)):
        start = found.end()
        if text[found.start() - 1 : found.start()] == "\\" or _is_quoted(text, found.start()):
            parts.append(text[at:start])
            at = start
            continue
        end = closing(text, start, found[0])
        inner.append(text[start:end])
        parts += [text[at : found.start()], HOLE]
        at = end + 1
    return "".join([*parts, text[at:]]), inner


def _is_quoted(text: str, at: int) -> bool:
    """Whether a place is inside of single quotes, judged by its line."""
    before = text[max(text.rfind("\n", 0, at) + 1, at - _LOOKED_BACK) : at]
    quote = ""
    for character in before:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
    return quote == "'"


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|<>()\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return [word for found in lexer for word in _split_operator(found)]
    except ValueError:
        return [word for word in re.split(r"([;&|()\n]+|[<>]+|[ \t\r]+)", text) if word.strip(" \t\r")]


def _split_operator(word: str) -> list[str]:
    """Signs that stand together but mean different things, as a pipe and the line end after it."""
    if "\n" in word and not word.strip(";&|<>()\n"):
        return re.findall(r"\n|[^\n]+", word)
    return [word]


def _redirected(words: list[str], given: list[str]) -> tuple[list[str], list[str], list[str], str | None]:
    plain, writes, reads, text = list[str](), list[str](), list[str](), None
    rest = iter(words)
    for word in rest:
        if not _REDIRECTION.match(word):
            plain.append(word)
            continue
        target = next(rest, "")
        if plain and plain[-1] in ("1", "2"):
            plain.pop()
        if word == "<<" and target.isdigit() and int(target) < len(given):
            text = given[int(target)]
        elif word == "<<<":
            text = target
        elif ">" in word and not target.startswith(_NO_FILES) and not target.isdigit():
            writes.append(target)
        elif word == "<":
            reads.append(target)
    return plain, writes, reads, text


def _unwrapped(words: list[str]) -> tuple[list[tuple[str, str]], list[str], bool]:
    """Assignments, the command without the programs that only start it, and whether one of these is ``sudo``."""
    variables, is_root = list[tuple[str, str]](), False
    words = list(words)
    while words:
        first = words[0]
        if assigned := _ASSIGNED.match(first):
            variables.append((assigned[1], assigned[2]))
            words = words[1:]
        elif (name := _name(first)) in table("starters") and len(words) > 1:
            is_root = is_root or name in ("sudo", "doas")
            words = _past_options(words[1:])
        elif first == "export" and len(words) > 1:
            words = words[1:]
        elif len(words) > 2 and f"{name} {words[1]}" in table("starters"):
            words = _past_options(words[2:])
        else:
            break
    return variables, words, is_root


def _past_options(words: list[str]) -> list[str]:
    at = 0
    while at < len(words) - 1 and (words[at].startswith("-") or words[at].replace(".", "").rstrip("smh").isdigit()):
        at += 2 if words[at] in ("-u", "-n", "-g", "--user", "-C", "-I", "-P") and at + 2 < len(words) else 1
    return words[at:]


def _name(word: str) -> str:
    if word == ".":
        return word
    return PurePosixPath(word.replace("\\", "/").strip("\"'")).name.lower().removesuffix(".exe")
