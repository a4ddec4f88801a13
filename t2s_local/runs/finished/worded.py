"""Words of rules as the file of their skill states them; every command shows these words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from t2s_local.skills.evidence import PATH
from t2s_local.values.skill import Skill

_MARK = re.compile(r"\s*\((R\d+): \d[\d,]* runs?\)\s*$")
_MARKDOWN = MarkdownIt("commonmark")


class Piece(NamedTuple):
    """Piece of a text, either code or prose."""

    text: str
    is_code: bool = False


class Worded(NamedTuple):
    """Wording of one rule in the file of its skill."""

    section: str
    """Heading above the rule."""
    head: tuple[Piece, ...]
    details: tuple[tuple[Piece, ...], ...]
    """Paragraphs of the rule after the first."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Paragraphs of the rule as text, with code between backticks."""
        return tuple(map(_text_of, (self.head, *self.details)))


def worded_rules(skill: Skill) -> dict[str, Worded]:
    """Return the wording of the rules of *skill* by number, ``R1`` and so on."""
    found: dict[str, Worded] = {}
    for file in skill.files:
        if file.path != PATH:
            for number, worded in _marked(_body(file.text)):
                found.setdefault(number, worded)
    return found


def section_lines(section: str) -> tuple[str, ...]:
    """Return the lines of the first rule in a *section* of a page; empty if it has no rule."""
    return next((worded.lines for _, worded in _marked(section)), ())


def spoken(page: tuple[str, ...], when: str, do: str, because: str | None) -> tuple[str, ...]:
    """Return the words of a rule for a person: the lines of its *page*, or, without a page, the words of a lesson."""
    return page or (f"{when}: {do}", *((f"Why: {because}",) if because else ()))


def _marked(text: str) -> Iterator[tuple[str, Worded]]:
    """Yield every item of a list that ends with the number of a rule, with that number."""
    for section, paragraphs in _items(_MARKDOWN.parse(text)):
        plain = "".join(piece.text for piece in paragraphs[0])
        if (marked := _MARK.search(plain)) is not None:
            yield marked[1], Worded(section, _without_mark(paragraphs[0]), tuple(paragraphs[1:]))


def _body(text: str) -> str:
    """Return *text* without its front matter."""
    return text.split("\n---\n", 1)[-1] if text.startswith("---\n") else text


def _items(tokens: Sequence[Token]) -> Iterator[tuple[str, list[tuple[Piece, ...]]]]:
    """Yield the heading above every item of an outermost list, and the paragraphs of the item."""
    depth, heading, paragraphs = 0, "", list[tuple[Piece, ...]]()
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


def _spans(tokens: Sequence[Token]) -> tuple[Piece, ...]:
    """Return the pieces of a paragraph, with the words of emphasised text but without the emphasis."""
    pieces: list[Piece] = []
    for token in tokens:
        if token.type == "code_inline":
            pieces.append(Piece(token.content, is_code=True))
            continue
        text = " " if token.type in ("softbreak", "hardbreak") else token.content
        if text and pieces and not pieces[-1].is_code:
            pieces[-1] = Piece(pieces[-1].text + text)
        elif text:
            pieces.append(Piece(text))
    return tuple(pieces)


def _without_mark(spans: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return the pieces without the count of runs at their end."""
    last = _MARK.sub("", spans[-1].text)
    return (*spans[:-1], Piece(last, spans[-1].is_code)) if last else spans[:-1]


def _text_of(pieces: Sequence[Piece]) -> str:
    return "".join(f"`{piece.text}`" if piece.is_code else piece.text for piece in pieces).strip()


def page_lines(skills: Iterable[Skill]) -> dict[str, tuple[str, ...]]:
    """Return the lines that the pages of *skills* have for each of their rules."""
    found: dict[str, tuple[str, ...]] = {}
    for skill in skills:
        worded = worded_rules(skill)
        numbered = {one: f"R{at}" for at, one in enumerate(skill.cluster_ids, 1)}
        found |= {one: worded[number].lines for one, number in numbered.items() if number in worded}
    return found
