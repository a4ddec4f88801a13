"""One Markdown file of a skill for edits: sections and blocks with their positions in the unchanged text."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import msgspec
from markdown_it.token import Token

from t2s_local.skills.document import DELIMITER, tokens_of
from t2s_local.skills.source import MAIN
from t2s_local.text.text import squeeze

_BREAK = re.compile(r"\r\n?|\n")
"""Pattern of the line breaks that the Markdown parser recognises."""
_BOM = "\ufeff"
_LEAVES = frozenset({"inline", "fence", "code_block", "html_block", "hr"})
_BLOCKS = frozenset(
    {"paragraph_open", "heading_open", "list_item_open", "fence", "code_block", "html_block", "table_open"}
    | {"blockquote_open", "hr"}
)


class Block(NamedTuple):
    """A block that text can be inserted beside; lines are 0-based, and *last* is exclusive."""

    kind: str
    """Type of the block's Markdown token without ``_open``."""
    first: int
    last: int
    level: int
    """Depth of the block's Markdown token: 0 at the top level."""
    markup: str
    """Mark of a list item, as ``-`` or ``.``."""


class Leaf(NamedTuple):
    """A piece of text with its kind and level; pieces outside of an edit must not change."""

    kind: str
    level: int
    content: str
    first: int
    last: int


class Section(NamedTuple):
    """A top-level heading and its section; lines are 0-based, and ends are exclusive."""

    title: str
    depth: int
    """Level of the heading: 1 for ``#``."""
    parents: tuple[str, ...]
    first: int
    body: int
    """First line after the heading."""
    own: int
    """Line after the section's own text, before its first subsection."""
    last: int
    """Line after all subsections."""


class _Head(NamedTuple):
    title: str
    depth: int
    first: int
    last: int


class Page(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A Markdown file with its lines, blocks and sections, by which edits are placed."""

    path: str
    text: str

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset of every line in characters, and the length of the text as last element."""
        ends = [found.end() for found in _BREAK.finditer(self.text)]
        inner = [0, *ends] if not ends or ends[-1] < len(self.text) else [0, *ends[:-1]]
        return (*inner, len(self.text))

    @property
    def n_lines(self) -> int:
        """Number of lines."""
        return len(self.starts) - 1

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Lines with their line breaks."""
        return tuple(self.text[start:end] for start, end in pairwise(self.starts))

    @cached_property
    def head(self) -> int:
        """Number of lines of front matter, which no edit may change."""
        lines = self.lines
        if self.path != MAIN or not lines or lines[0].removeprefix(_BOM).rstrip() != DELIMITER:
            return 0
        return next((number + 1 for number, line in enumerate(lines[1:], 1) if line.rstrip() == DELIMITER), 0)

    @cached_property
    def newline(self) -> str:
        """Most frequent line break of the file."""
        found = _BREAK.findall(self.text)
        return max(("\n", "\r\n", "\r"), key=found.count) if found else "\n"

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """Tokens of the text below the front matter; their line numbers are counted from there."""
        return tokens_of(self.text[self.starts[self.head] :])

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every piece of text, in order."""
        return tuple(self._leaves())

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Blocks outside quotations and tables, in order; a list item precedes the blocks inside it."""
        return tuple(self._blocks())

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Sections, in order."""
        heads = tuple(self._heads())
        found: list[Section] = []
        above: list[_Head] = []
        for at, head in enumerate(heads):
            while above and above[-1].depth >= head.depth:
                above.pop()
            ends = (other.first for other in heads[at + 1 :] if other.depth <= head.depth)
            found.append(
                Section(
                    title=head.title,
                    depth=head.depth,
                    parents=tuple(other.title for other in above),
                    first=head.first,
                    body=head.last,
                    own=heads[at + 1].first if at + 1 < len(heads) else self.n_lines,
                    last=next(ends, self.n_lines),
                )
            )
            above.append(head)
        return tuple(found)

    def source(self, first: int, last: int) -> str:
        """Return the text of the lines *first* to *last* (exclusive), with line breaks."""
        return self.text[self.starts[first] : self.starts[last]]

    def line_at(self, offset: int) -> int:
        """Return the number of the line that contains *offset*."""
        return min(bisect_right(self.starts, offset) - 1, max(self.n_lines - 1, 0))

    def is_blank(self, line: int) -> bool:
        """Return whether a line is blank; lines outside the text count as blank."""
        return not 0 <= line < self.n_lines or not self.lines[line].strip()

    def trimmed(self, first: int, last: int) -> int:
        """Return the number of the line after the last non-blank one in *first* to *last*; *first* if all are blank."""
        while last > first and self.is_blank(last - 1):
            last -= 1
        return last

    def _heads(self) -> Iterator[_Head]:
        for at, token in enumerate(self.tokens):
            if token.type == "heading_open" and token.level == 0 and token.map is not None:
                first, last = (line + self.head for line in token.map)
                yield _Head(squeeze(self.tokens[at + 1].content), int(token.tag[1:]), first, last)

    def _leaves(self) -> Iterator[Leaf]:
        kind = ""
        for token in self.tokens:
            if token.type in _LEAVES and token.map is not None:
                first, last = (line + self.head for line in token.map)
                yield Leaf(f"{kind} {token.type} {token.info}", token.level, token.content or token.markup, first, last)
            kind = token.tag if token.type in ("heading_open", "th_open", "td_open") else ""

    def _blocks(self) -> Iterator[Block]:
        within = 0
        for token in self.tokens:
            is_around = token.type.removesuffix("_open").removesuffix("_close") in ("blockquote", "table")
            if not within and token.type in _BLOCKS and token.map is not None:
                first, last = (line + self.head for line in token.map)
                kind = token.type.removesuffix("_open")
                yield Block(kind, first, self.trimmed(first, last), token.level, token.markup)
            within += token.nesting if is_around else 0
