"""Split a shell line into words and operators, with quotes, escapes, comments, here-documents and nested commands.

Every character becomes part of a word, an operator or a comment, even if the line has wrong syntax.
"""

import re
from typing import NamedTuple

from t2s_local.text.text import MASK

HOLE = "\x00"
"""Character in an argument that stands for the output of another command."""
_DEEPEST = 30
"""Largest depth of nested commands and expansions that are parsed; deeper text is part of a word."""
_SIGN = re.compile(r"&&|\|\||\|&|;;&?|;&|[;|&()\n]")
_REDIRECTION = re.compile(r"(?:\d+|\{\w+\})?(<<<|<<-?|<>|<&|>&|>\||>>|<(?!\()|>(?!\())|(&>>?)")
_BLANK = re.compile(r"(?:[ \t\r]|\\\r?\n)+|#[^\n]*")
_BLANKS, _SIGNS = frozenset(" \t\r\\#"), frozenset("&|;()\n<>{")
"""First characters of blanks and comments, and of operators and redirections beside a number."""
_PLAIN = re.compile(r"[^ \t\r\n;&|<>()\\'\"`$]+")
"""Characters of a word; other white space, such as a no-break space, does not end a word in a shell."""
_INSIDE = {'"': re.compile(r"[^\"\\`$]+"), "}": re.compile(r"[^}\"'\\`$]+")}
_SINGLE = re.compile(r"'([^']*)(?:'|\Z)")
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)(?:'|\Z)", re.DOTALL)
_BACKTICK = re.compile(r"`((?:[^`\\]|\\.)*)(?:`|\Z)", re.DOTALL)
_ARITHMETIC = re.compile(r"\$\(\((?:[^()]|\([^()]*\))*\)\)")
_TEXT_NAME = re.compile(r"[ \t]*(\\?['\"]?)([^\s'\";&|<>()]+)['\"]?")
_ESCAPED_IN_QUOTES = frozenset('"\\$`')


class Token(NamedTuple):
    """A word or an operator of a shell line."""

    kind: str
    """``word``, ``redirection`` or ``sign``."""
    text: str
    """The operator, or the word without quotes, with a NUL character for the output of another command."""
    start: int
    end: int
    is_plain: bool = True
    """Whether no part of the word is quoted or expanded: only such a word can be a keyword."""
    inner: tuple[str, ...] = ()
    """Source of the commands whose output is inserted into the word."""
    given: str | None = None
    """For the redirection of a here-document, its text; otherwise None."""


class Tokens(NamedTuple):
    """The words and operators of a shell line, in order."""

    found: list[Token]
    is_whole: bool
    """Whether the whole line was read; False if the line was too long."""


def tokens_of(line: str, *, has_masks: bool, longest: int) -> Tokens:
    """Split *line* into words and operators.

    Args:
        line: The shell line.
        has_masks: Whether masks such as ``<path>`` are words, as in lessons, and not redirections.
        longest: Largest number of characters that are read, here-documents not counted.
    """
    lexer = _Lexer(line, has_masks=has_masks, longest=longest)
    return Tokens(lexer.tokens(0, is_inside=False, depth=0), lexer.is_whole)


class _Lexer:
    """Reads a line from left to right."""

    def __init__(self, line: str, *, has_masks: bool, longest: int) -> None:
        self._line = line
        self._at = 0
        self._has_masks = has_masks
        self._left = longest
        self.is_whole = True

    def tokens(self, start: int, *, is_inside: bool, depth: int) -> list[Token]:
        """Read from *start* to the end of the line, or, if *is_inside*, to the matching closing bracket."""
        self._at, open_brackets = start, 0
        found, waiting = list[Token](), list[tuple[int, str, bool]]()
        while self._at < len(self._line):
            if self._line[self._at] in _BLANKS and (blank := _BLANK.match(self._line, self._at)):
                self._at = blank.end()
                continue
            if self._at > self._left:
                self.is_whole, self._at = False, len(self._line)
                break
            token = self._sign() or self._word(depth)
            open_brackets += (token.text == "(") - (token.text == ")") if token.kind == "sign" else 0
            if is_inside and open_brackets < 0:
                break
            found.append(token)
            if token.kind == "redirection" and token.text in ("<<", "<<-"):
                name = _TEXT_NAME.match(self._line, self._at)
                self._at = name.end() if name else self._at
                waiting.append((len(found) - 1, name[2] if name else "", bool(name and name[1])))
            elif token.text == "\n" and token.kind == "sign" and waiting:
                for place, name_of_text, is_literal in waiting:
                    found[place] = self._given(found[place], name_of_text, is_literal=is_literal, depth=depth)
                waiting = []
        self.is_whole = self.is_whole and self._at <= self._left
        return found

    def put_in(self, depth: int) -> tuple[str, ...]:
        """Return the source of the commands whose output is inserted into the line, read as a here-document."""
        inner = list[str]()
        while self._at < len(self._line):
            self._until('"', inner, depth)
        return tuple(inner)

    def _sign(self) -> Token | None:
        """Read an operator or a redirection; None if a word or a mask begins."""
        line, start = self._line, self._at
        if line[start] not in _SIGNS and not line[start].isdecimal():
            return None
        if self._has_masks and MASK.match(line, start):
            return None
        if found := _REDIRECTION.match(line, start):
            self._at = found.end()
            return Token("redirection", found[1] or found[2], start, self._at)
        if found := _SIGN.match(line, start):
            self._at = found.end()
            return Token("sign", found[0], start, self._at)
        return None

    def _given(self, token: Token, name: str, *, is_literal: bool, depth: int) -> Token:
        """Read the here-document of the redirection *token*, up to the line *name*, and return the completed token."""
        line, start = self._line, self._at
        at = start
        while at < len(line):
            end = line.find("\n", at)
            end = len(line) if end < 0 else end
            own = line[at:end].strip()
            if own.startswith(name) and not own[len(name) :].strip(" \t)\"';"):
                self._at = line.index(name, at) + len(name)
                return self._with_text(token, line[start : max(start, at - 1)], is_literal=is_literal, depth=depth)
            at = end + 1
        self._at = len(line)
        return self._with_text(token, line[start:], is_literal=is_literal, depth=depth)

    def _with_text(self, token: Token, text: str, *, is_literal: bool, depth: int) -> Token:
        self._left += len(text)
        if is_literal or depth >= _DEEPEST or ("$(" not in text and "`" not in text):
            return token._replace(given=text)
        return token._replace(given=text, inner=_Lexer(text, has_masks=False, longest=len(text)).put_in(depth + 1))

    def _word(self, depth: int) -> Token:
        """Read a word with all its plain, quoted and inserted parts."""
        start, parts, inner, is_plain = self._at, list[str](), list[str](), True
        while self._at < len(self._line):
            before = self._at
            if plain := _PLAIN.match(self._line, before):
                self._at = plain.end()
                parts.append(plain[0])
                continue
            mask = MASK.match(self._line, before) if self._has_masks else None
            text = mask[0] if mask else self._piece(inner, depth)
            if text is None:
                break
            self._at = mask.end() if mask else self._at
            is_plain = False
            parts.append(text)
        return Token("word", "".join(parts), start, self._at, is_plain, tuple(inner))

    def _piece(self, inner: list[str], depth: int) -> str | None:
        """Read a quoted, an escaped or an inserted part of a word; None if the word ends."""
        line, start = self._line, self._at
        sign = line[start]
        if sign == "'" and (found := _SINGLE.match(line, start)):
            self._at = found.end()
            return found[1]
        if sign == '"':
            self._at += 1
            return self._until('"', inner, depth)
        if sign == "\\":
            self._at += 2
            return line[start + 1 : start + 2] or sign
        if sign in "$`":
            return self._insertion(inner, depth)
        if line[start : start + 2] in ("<(", ">("):
            return self._command(inner, start + 2, depth)
        return None

    def _insertion(self, inner: list[str], depth: int) -> str:
        """Read an expansion: of a command, a variable or an arithmetic expression."""
        line, start = self._line, self._at
        if found := _BACKTICK.match(line, start):
            self._at = found.end()
            inner.append(re.sub(r"\\([`\\$])", r"\1", found[1]))
            return HOLE
        if found := _ANSI.match(line, start):
            self._at = found.end()
            return found[1]
        if found := _ARITHMETIC.match(line, start):
            self._at = found.end()
            return found[0]
        if line.startswith("$(", start):
            return self._command(inner, start + 2, depth)
        self._at = start + 1
        if line.startswith("${", start) and depth < _DEEPEST:
            self._at = start + 2
            return "${" + self._until("}", inner, depth + 1) + "}"
        return "$"

    def _command(self, inner: list[str], start: int, depth: int) -> str:
        """Read a command whose output is inserted into a word, up to its closing bracket."""
        if depth >= _DEEPEST:
            self._at = len(self._line)
            inner.append(self._line[start:])
            return HOLE
        self.tokens(start, is_inside=True, depth=depth + 1)
        closing = self._at - (self._line[self._at - 1 : self._at] == ")")
        inner.append(self._line[start : max(start, closing)])
        return HOLE

    def _until(self, closing: str, inner: list[str], depth: int) -> str:
        """Read the rest of a text in double quotes or of an expansion, up to *closing*."""
        line, parts = self._line, list[str]()
        while self._at < len(line):
            if plain := _INSIDE[closing].match(line, self._at):
                self._at = plain.end()
                parts.append(plain[0])
            elif line[self._at] == closing:
                self._at += 1
                break
            elif line[self._at] == "\\":
                follower = line[self._at + 1 : self._at + 2]
                parts.append(follower if follower in _ESCAPED_IN_QUOTES else f"\\{follower}".replace("\\\n", ""))
                self._at += 2
            else:
                parts.append(self._quote_or_insertion(inner, depth))
        return "".join(parts)

    def _quote_or_insertion(self, inner: list[str], depth: int) -> str:
        sign = self._line[self._at]
        if sign == "'" and (found := _SINGLE.match(self._line, self._at)):
            self._at = found.end()
            return found[0]
        if sign == '"':
            self._at += 1
            return self._until('"', inner, depth) if depth < _DEEPEST else '"'
        if self._line.startswith("$'", self._at):
            self._at += 1
            return "$"
        return self._insertion(inner, depth)
