"""SKILL.md and its references, taken apart by parsers: strictyaml for the front matter, markdown-it-py for the rest."""

import contextlib
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import strictyaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from t2s_local.errors import InputError
from t2s_local.values.value import Value

DELIMITER = "---"
_LINK_ATTRIBUTES = {"link_open": "href", "image": "src"}


class Heading(Value, frozen=True, kw_only=True):
    """A heading; what looks like one inside a fence is none."""

    title: str
    level: int
    line: int


class Fence(Value, frozen=True, kw_only=True):
    """A fenced or indented block: text to be taken literally."""

    info: str
    text: str
    """Without the line break at its end."""
    line: int
    end: int
    """Line after the last one."""


class Link(Value, frozen=True, kw_only=True):
    """The target of a link or an image, as it was written."""

    target: str
    line: int


class Passage(Value, frozen=True, kw_only=True):
    """A heading, a paragraph, or a cell of a table, with its marks."""

    text: str
    """On one line, code spans and emphasis as they were written."""
    line: int
    kind: Literal["heading", "item", "text"]
    """``item`` for all that stands in a list."""
    item: int | None = None
    """Number of the outermost list item it stands in, counted through the text; None outside lists."""
    is_numbered: bool = False
    """Whether that item has a number."""


class Markdown(Value, frozen=True, kw_only=True):
    """A Markdown text taken apart; lines are 1-based and those of the file."""

    headings: tuple[Heading, ...]
    fences: tuple[Fence, ...]
    links: tuple[Link, ...]
    prose: tuple[tuple[int, str], ...]
    """Text outside fences, code spans and links' targets, one entry a paragraph or cell, with its first line."""
    passages: tuple[Passage, ...]
    blocks: tuple[tuple[int, str], ...]
    """First line and type of every top-level block, in order."""


class Document(Value, frozen=True, kw_only=True):
    """A SKILL.md: its front matter and its body."""

    front: dict[str, object]
    body: str
    body_line: int
    """Line of the file the body starts on, 1-based."""
    markdown: Markdown


def parse_document(text: str) -> Document:
    """Take a SKILL.md apart.

    Raises:
        InputError: the front matter is missing, is not closed, or is no YAML mapping.
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
    """Read front matter: a mapping of keys to texts, lists or mappings, with no tags, anchors or types.

    Raises:
        InputError: it is not such a mapping.
    """
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
    """Take a Markdown text apart by the CommonMark rules, tables included.

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
def tokens_of(text: str) -> Sequence[Token]:
    """Return the tokens of *text* by the CommonMark rules, tables included; they are not to be changed.

    The last few are kept: the rules on the format and those on the evidence ask for the same file one after the other.
    """
    return MarkdownIt("commonmark").enable("table").parse(text)


def _passages(tokens: Sequence[Token], first_line: int) -> Iterator[Passage]:
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


def _targets(token: Token) -> list[str]:
    found = []
    for child in token.children or ():
        attribute = _LINK_ATTRIBUTES.get(child.type)
        if attribute is not None:
            found.append(str(child.attrGet(attribute) or ""))
    return found


def _spoken(token: Token) -> str:
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or ()
        if child.type in ("text", "softbreak", "hardbreak")
    )


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))
