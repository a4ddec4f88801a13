"""Parse SKILL.md and its references: strictyaml parses the front matter, markdown-it-py the Markdown text."""

import contextlib
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from t2s_local.errors import InputError
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from markdown_it.token import Token

DELIMITER = "---"
_LINK_ATTRIBUTES = {"link_open": "href", "image": "src"}


class Heading(Value, frozen=True, kw_only=True):
    """A heading; lines inside a fenced block are never headings."""

    title: str
    level: int
    line: int


class Fence(Value, frozen=True, kw_only=True):
    """A fenced or indented block of literal text."""

    info: str
    text: str
    """Content of the block without the line break at its end."""
    line: int
    end: int
    """Number of the line after the block."""


class Link(Value, frozen=True, kw_only=True):
    """The target of a link or an image, exactly as in the text."""

    target: str
    line: int


class Passage(Value, frozen=True, kw_only=True):
    """A heading, a paragraph, or a cell of a table, with its place in lists."""

    text: str
    """Text on one line, with the marks of code spans and emphasis."""
    line: int
    kind: Literal["heading", "item", "text"]
    """Kind of the passage; ``item`` for everything inside a list."""
    item: int | None = None
    """Number of the outermost list item around the passage, counted over the whole text; None outside lists."""
    is_numbered: bool = False
    """Whether that item is in a numbered list."""


class Markdown(Value, frozen=True, kw_only=True):
    """A parsed Markdown text; line numbers are 1-based and count from the start of the file."""

    headings: tuple[Heading, ...]
    fences: tuple[Fence, ...]
    links: tuple[Link, ...]
    prose: tuple[tuple[int, str], ...]
    """First line and text of every paragraph or cell, without fenced blocks, code spans and targets of links."""
    passages: tuple[Passage, ...]
    blocks: tuple[tuple[int, str], ...]
    """First line and type of every top-level block, in order."""


class Document(Value, frozen=True, kw_only=True):
    """A parsed SKILL.md: front matter and body."""

    front: dict[str, object]
    body: str
    body_line: int
    """Number of the line that the body starts on, 1-based."""
    markdown: Markdown


def parse_document(text: str) -> Document:
    """Parse the text of a SKILL.md.

    Raises:
        InputError: the front matter is missing, not closed, or no YAML mapping.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != DELIMITER:
        message = f"does not start with a line {DELIMITER}"
        raise InputError(message, line=1)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == DELIMITER), None)
    if end is None:
        message = f"the front matter is not closed by a line {DELIMITER}"
        raise InputError(message, line=1)
    body = "\n".join(lines[end + 1 :])
    return Document(
        front=parse_front("\n".join(lines[1:end])),
        body=body,
        body_line=end + 2,
        markdown=parse_markdown(body, first_line=end + 2),
    )


def parse_front(text: str) -> dict[str, object]:
    """Parse front matter: a YAML mapping of keys to texts, lists or mappings, without tags, anchors or types.

    Raises:
        InputError: the text is not such a mapping.
    """
    import strictyaml

    try:
        with contextlib.redirect_stderr(io.StringIO()):
            data = strictyaml.load(text).data
    except strictyaml.YAMLError as error:
        mark = error.problem_mark
        message = f"the front matter is not plain YAML: {error.problem or error.context or 'cannot be read'}"
        raise InputError(message, line=None if mark is None else mark.line + 2) from error
    if not isinstance(data, dict):
        message = "the front matter is no mapping"
        raise InputError(message, line=1)
    return data


def parse_markdown(text: str, *, first_line: int = 1) -> Markdown:
    """Parse a Markdown text by the CommonMark rules and with tables.

    Args:
        text: The text.
        first_line: Number of its first line in the file.
    """
    tokens = tokens_of(text)
    fences, links, prose, headings = [], [], [], []
    line = first_line
    for position, token in enumerate(tokens):
        line = first_line + token.map[0] if token.map else line
        if token.type in ("fence", "code_block"):
            end = first_line + token.map[1] if token.map else line
            fences.append(Fence(info=token.info.strip(), text=token.content.removesuffix("\n"), line=line, end=end))
        elif token.type == "inline":
            links += [Link(target=target, line=line) for target in _targets(token)]
            prose.append((line, _spoken(token)))
            if position and tokens[position - 1].type == "heading_open":
                level = int(tokens[position - 1].tag[1:])
                headings.append(Heading(title=_plain(token), level=level, line=line))
    return Markdown(
        headings=tuple(headings),
        fences=tuple(fences),
        links=tuple(links),
        prose=tuple(prose),
        passages=tuple(_passages(tokens, first_line)),
        blocks=tuple(
            (first_line + token.map[0], token.type) for token in tokens if token.level == 0 and token.map is not None
        ),
    )


@lru_cache(maxsize=8)
def tokens_of(text: str) -> Sequence["Token"]:
    """Return the tokens of *text* by the CommonMark rules and with tables; callers must not change them.

    The last few results are cached: rules on the format and rules on the evidence ask for the same file in turn.
    """
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").parse(text)


def _passages(tokens: Sequence["Token"], first_line: int) -> Iterator[Passage]:
    depth, item, line = 0, -1, first_line
    is_numbered, is_heading = False, False
    for token in tokens:
        line = first_line + token.map[0] if token.map else line
        if token.type in ("bullet_list_open", "ordered_list_open"):
            is_numbered = token.type.startswith("ordered") if not depth else is_numbered
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            item += depth == 1
        elif token.type == "inline":
            kind: Literal["heading", "item", "text"] = "heading" if is_heading else "item" if depth else "text"
            yield Passage(
                text=" ".join(token.content.split()),
                line=line,
                kind=kind,
                item=item if depth else None,
                is_numbered=is_numbered and depth > 0,
            )
        is_heading = token.type == "heading_open"


def _targets(token: "Token") -> list[str]:
    found = []
    for child in token.children or ():
        attribute = _LINK_ATTRIBUTES.get(child.type)
        if attribute is not None:
            found.append(str(child.attrGet(attribute) or ""))
    return found


def _spoken(token: "Token") -> str:
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or ()
        if child.type in ("text", "softbreak", "hardbreak")
    )


def _plain(token: "Token") -> str:
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))
