"""One Markdown file of a skill as its edits see it: sections and blocks with their places, every byte as it lies."""

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
"""Line breaks as the Markdown parser knows them."""
_BOM = "\ufeff"
_LEAVES = frozenset({"inline", "fence", "code_block", "html_block", "hr"})
_BLOCKS = frozenset(
    {"paragraph_open", "heading_open", "list_item_open", "fence", "code_block", "html_block", "table_open"}
    | {"blockquote_open", "hr"}
)


class Block(NamedTuple):
    """A block that an edit can be put beside; lines are 0-based, the last one exclusive."""

    kind: str
    """Type of its token without ``_open``."""
    first: int
    last: int
    level: int
    """Depth of its token: 0 at the top."""
    markup: str
    """Mark of a list item: ``-``, ``.`` or the like."""


class Leaf(NamedTuple):
    """A piece of text with what it is: what must stay as it is outside of an edit."""

    kind: str
    level: int
    content: str
    first: int
    last: int


class Section(NamedTuple):
    """A heading at the top level and what stands under it; lines are 0-based, the last ones exclusive."""

    title: str
    depth: int
    """1 for ``#``."""
    parents: tuple[str, ...]
    first: int
    body: int
    """First line after the heading."""
    own: int
    """Line after its own text, before its first subsection."""
    last: int
    """Line after all its subsections."""


class _Head(NamedTuple):
    title: str
    depth: int
    first: int
    last: int


class Page(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A file and everything that edits are placed by."""

    path: str
    text: str

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset of every line, and the length of the text at the end."""
        ends = [found.end() for found in _BREAK.finditer(self.text)]
        inner = [0, *ends] if not ends or ends[-1] < len(self.text) else [0, *ends[:-1]]
        return (*inner, len(self.text))

    @property
    def n_lines(self) -> int:
        """Number of lines."""
        return len(self.starts) - 1

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines, with their breaks."""
        return tuple(self.text[start:end] for start, end in pairwise(self.starts))

    @cached_property
    def head(self) -> int:
        """Number of lines of front matter, which no edit reaches."""
        lines = self.lines
        if self.path != MAIN or not lines or lines[0].removeprefix(_BOM).rstrip() != DELIMITER:
            return 0
        return next((number + 1 for number, line in enumerate(lines[1:], 1) if line.rstrip() == DELIMITER), 0)

    @cached_property
    def newline(self) -> str:
        """The line break that most lines end with."""
        found = _BREAK.findall(self.text)
        return max(("\n", "\r\n", "\r"), key=found.count) if found else "\n"

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the text below the front matter; their lines begin there."""
        return tokens_of(self.text[self.starts[self.head] :])

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every piece of text, in order."""
        return tuple(self._leaves())

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Blocks outside quotations and tables, in order; an item comes before what stands in it."""
        return tuple(self._blocks())

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in order."""
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
        """Return the text of lines, with their breaks."""
        return self.text[self.starts[first] : self.starts[last]]

    def line_at(self, offset: int) -> int:
        """Return the line that *offset* is in."""
        return min(bisect_right(self.starts, offset) - 1, max(self.n_lines - 1, 0))

    def is_blank(self, line: int) -> bool:
        """Return whether a line holds nothing; what lies outside of the text is blank."""
        return not 0 <= line < self.n_lines or not self.lines[line].strip()

    def trimmed(self, first: int, last: int) -> int:
        """Return the line after the last one of *first* to *last* that is not blank; *first* where all are."""
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
