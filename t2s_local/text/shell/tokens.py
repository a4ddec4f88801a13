"""A shell line as words and signs: quotes, escapes, comments, texts on lines of their own, commands inside of words.

Every character ends in a word, a sign or a comment, whatever is wrong with the line.
"""

import re
from typing import NamedTuple

HOLE = "\x00"
"""Character in an argument for what another command prints."""
_DEEPEST = 30
"""Commands and expansions inside of each other that are told apart; what lies deeper is part of a word."""
_SIGN = re.compile(r"&&|\|\||\|&|;;&?|;&|[;|&()\n]")
_REDIRECTION = re.compile(r"(?:\d+|\{\w+\})?(<<<|<<-?|<>|<&|>&|>\||>>|<(?!\()|>(?!\())|(&>>?)")
_MASK = re.compile(r"<[A-Za-z]+(?:[ _]\d+)?>")
_BLANK = re.compile(r"(?:[ \t\r]|\\\r?\n)+|#[^\n]*")
_PLAIN = re.compile(r"[^ \t\r\n;&|<>()\\'\"`$]+")
"""Characters of a word: to a shell no other white space, such as a no-break space, ends one."""
_INSIDE = {'"': re.compile(r"[^\"\\`$]+"), "}": re.compile(r"[^}\"'\\`$]+")}
_SINGLE = re.compile(r"'([^']*)(?:'|\Z)")
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)(?:'|\Z)", re.DOTALL)
_BACKTICK = re.compile(r"`((?:[^`\\]|\\.)*)(?:`|\Z)", re.DOTALL)
_ARITHMETIC = re.compile(r"\$\(\((?:[^()]|\([^()]*\))*\)\)")
_TEXT_NAME = re.compile(r"[ \t]*(\\?['\"]?)([^\s'\";&|<>()]+)['\"]?")
_ESCAPED_IN_QUOTES = frozenset('"\\$`')


class Token(NamedTuple):
    """A word or a sign of a shell line."""

    kind: str
    """``word``, ``redirection`` or ``sign``."""
    text: str
    """Of a word its characters without quotes, with a NUL for what another command prints."""
    start: int
    end: int
    is_plain: bool = True
    """Whether no part of it is quoted or put in: only such a word can be one of the language."""
    inner: tuple[str, ...] = ()
    """Source of the commands whose output is put into it."""
    given: str | None = None
    """Of a redirection, the text on the lines after it."""


class Tokens(NamedTuple):
    """The words and signs of a shell line, in order."""

    found: list[Token]
    is_whole: bool
    """Whether there are no more, because the line was not too long."""


def tokens_of(line: str, *, has_masks: bool, longest: int) -> Tokens:
    """Cut *line* into words and signs.

    Args:
        line: What a shell is to run.
        has_masks: Whether ``<path>`` and the like stand for words, as they do in lessons.
        longest: Characters that are read, texts given to commands aside.
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
        """Read from *start* to the end, or where *is_inside* to the bracket that closes what is read."""
        self._at, open_brackets = start, 0
        found, waiting = list[Token](), list[tuple[int, str, bool]]()
        while self._at < len(self._line):
            if blank := _BLANK.match(self._line, self._at):
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
        """Return the source of the commands whose output is put into the line, which is a text."""
        inner = list[str]()
        while self._at < len(self._line):
            self._until('"', inner, depth)
        return tuple(inner)

    def _sign(self) -> Token | None:
        """Read a sign, a redirection or a mask; None where a word begins."""
        line, start = self._line, self._at
        if self._has_masks and _MASK.match(line, start):
            return None
        if found := _REDIRECTION.match(line, start):
            self._at = found.end()
            return Token("redirection", found[1] or found[2], start, self._at)
        if found := _SIGN.match(line, start):
            self._at = found.end()
            return Token("sign", found[0], start, self._at)
        return None

    def _given(self, token: Token, name: str, *, is_literal: bool, depth: int) -> Token:
        """Read the text that the redirection *token* feeds a command with: up to the line that is *name*."""
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
        """Read a word, whatever it is made of."""
        start, parts, inner, is_plain = self._at, list[str](), list[str](), True
        while self._at < len(self._line):
            before = self._at
            if plain := _PLAIN.match(self._line, before):
                self._at = plain.end()
                parts.append(plain[0])
                continue
            mask = _MASK.match(self._line, before) if self._has_masks else None
            text = mask[0] if mask else self._piece(inner, depth)
            if text is None:
                break
            self._at = mask.end() if mask else self._at
            is_plain = False
            parts.append(text)
        return Token("word", "".join(parts), start, self._at, is_plain, tuple(inner))

    def _piece(self, inner: list[str], depth: int) -> str | None:
        """Read a quoted, an escaped or an inserted part of a word; None where the word ends."""
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
        """Read what stands for something else: a command, a variable, a sum."""
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
        """Read the command whose output is put into a word, to the bracket that closes it."""
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
