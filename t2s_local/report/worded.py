"""Read the wording of rules from the files of their skill."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from t2s_local.report.values import Span
from t2s_local.skills.evidence import PATH
from t2s_local.values.skill import Skill

_MARK = re.compile(r"\s*\((R\d+): \d[\d,]* runs?\)\s*$")
_MARKDOWN = MarkdownIt("commonmark")


class Worded(NamedTuple):
    """Wording of one rule in the file of its skill."""

    section: str
    """Heading above the rule."""
    head: tuple[Span, ...]
    details: tuple[tuple[Span, ...], ...]
    """Paragraphs of the rule after the first."""


def worded_rules(skill: Skill) -> dict[str, Worded]:
    """Return the wording of the rules of *skill* by number, ``R1`` and so on."""
    found: dict[str, Worded] = {}
    for file in skill.files:
        if file.path != PATH:
            for section, paragraphs in _items(_MARKDOWN.parse(_body(file.text))):
                plain = "".join(span.text for span in paragraphs[0])
                if (marked := _MARK.search(plain)) is not None:
                    head = _without_mark(paragraphs[0])
                    found.setdefault(marked[1], Worded(section, head, tuple(paragraphs[1:])))
    return found


def _body(text: str) -> str:
    """Return *text* without its front matter."""
    return text.split("\n---\n", 1)[-1] if text.startswith("---\n") else text


def _items(tokens: Sequence[Token]) -> Iterator[tuple[str, list[tuple[Span, ...]]]]:
    """Yield the heading above every item of an outermost list, and the paragraphs of the item."""
    depth, heading, paragraphs = 0, "", list[tuple[Span, ...]]()
    for position, token in enumerate(tokens):
        if token.type == "list_item_open":
            depth += 1
            paragraphs = [] if depth == 1 else paragraphs
        elif token.type == "inline":
            if depth:
                paragraphs.append(_spans(token.children or ()))
            elif tokens[position - 1].type == "heading_open":
                heading = token.content
        elif token.type == "list_item_close":
            depth -= 1
            if depth == 0 and paragraphs:
                yield heading, paragraphs


def _spans(tokens: Sequence[Token]) -> tuple[Span, ...]:
    """Return the pieces of a paragraph, with the words of emphasised text but without the emphasis."""
    pieces: list[Span] = []
    for token in tokens:
        if token.type == "code_inline":
            pieces.append(Span(text=token.content, kind="code"))
            continue
        text = " " if token.type in ("softbreak", "hardbreak") else token.content
        if text and pieces and pieces[-1].kind == "plain":
            pieces[-1] = Span(text=pieces[-1].text + text)
        elif text:
            pieces.append(Span(text=text))
    return tuple(pieces)


def _without_mark(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the pieces without the count of runs at their end."""
    last = _MARK.sub("", spans[-1].text)
    return (*spans[:-1], Span(text=last, kind=spans[-1].kind)) if last else spans[:-1]
