"""Rules on the text of a skill: hidden characters, filler phrases, paths of one machine, dates, capitals."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator

from t2s_local.skills.rulebook import Chapter, Hit
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.text.text import HOME

CHAPTER: Chapter[SkillSource] = Chapter()
FILLER = (
    r"handle (?:all |any |the )?(?:errors?|exceptions?|edge cases?) (?:appropriately|properly|gracefully|correctly)",
    r"follow (?:the )?best practices",
    r"be (?:very )?(?:careful|thorough|mindful)(?: to| and| when|\b)",
    r"as (?:needed|necessary|appropriate)\b",
    r"(?:if|when|where) (?:needed|necessary|appropriate|applicable)\b",
    r"ensure (?:that )?(?:everything|all) (?:is|are|works?) (?:correct|working|well|fine|properly|as expected)",
    r"make sure (?:that )?everything (?:is|works)",
    r"it is important to (?:note|remember)(?: that)?",
    r"use common sense",
    r"and so on\b|\betc\.?(?:\s|$)",
    r"various (?:options|ways|tools|methods)",
    r"take (?:appropriate|necessary) (?:action|steps|measures)",
    r"think step by step",
    r"you are an? (?:expert|experienced|helpful)",
)
_FILLER = re.compile("|".join(rf"(?:{phrase})" for phrase in FILLER), re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:as of (?:\w+ )?(?:20\d\d|now|today|writing|this writing)|at the time of writing|until (?:\w+ )?20\d\d"
    r"|(?:before|after|since) (?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r" 20\d\d|recently|nowadays|these days|this (?:week|month|year)|last (?:week|month|year)|yesterday)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“[^”]*”")
_SHOUT = re.compile(r"\b(?:ALWAYS|NEVER|MUST(?: NOT)?|DO NOT|DON'T|IMPORTANT|CRITICAL|WARNING|MANDATORY|REQUIRED)\b")
NOBODY = frozenset({"user", "username", "you", "me", "name", "yourname", "your-name"})
"""Placeholder names in a home path that name no real user."""
SHOUTS = 3
"""Number of capitalised commands allowed in a hundred lines."""


@CHAPTER.rule("hidden-characters", "error", "No invisible, direction-changing, control or private-use characters.")
def hidden_characters(source: SkillSource) -> Iterable[Hit]:
    """Report hidden characters, by the Unicode category of every character of every text file."""
    for path, text in source.texts.items():
        there = {character for character in set(text) if character != "\n" and _is_hidden(character)}
        for number, line in enumerate(text.split("\n") if there else (), 1):
            hidden = sorted(there.intersection(line.removesuffix("\r")))
            if hidden:
                names = ", ".join(f"U+{ord(character):04X}" for character in hidden[:5])
                yield Hit(path, number, f"holds {names}")


@CHAPTER.rule("filler", "warning", "No phrases that tell an agent nothing, such as 'handle errors appropriately'.")
def filler(source: SkillSource) -> Iterable[Hit]:
    """Report filler phrases of the list, outside code and quotes."""
    for path, line, text in _prose(source):
        for found in _FILLER.finditer(text):
            yield Hit(path, line, f"{found.group().strip()!r} tells an agent nothing")


@CHAPTER.rule("home-path", "error", "No path into one person's home folder.")
def home_path(source: SkillSource) -> Iterable[Hit]:
    """Report home folders with a user's name in any text, including code and quotes."""
    for path, text in source.texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            for found in HOME.finditer(line):
                if found.group().replace("\\", "/").rpartition("/")[2].lower() not in NOBODY:
                    yield Hit(path, number, f"{found.group()!r} exists on one machine only")


@CHAPTER.rule("time-bound", "warning", "No words that are true for a while only, such as 'recently' or 'as of 2024'.")
def time_bound(source: SkillSource) -> Iterable[Hit]:
    """Report words that soon become outdated, outside code and quotes."""
    for path, line, text in _prose(source):
        for found in _TIME.finditer(text):
            yield Hit(path, line, f"{found.group()!r} will not stay true")


@CHAPTER.rule("shouting", "warning", "At most 3 capitalised commands a 100 lines.")
def shouting(source: SkillSource) -> Iterable[Hit]:
    """Count MUST, NEVER and their like, outside code and quotes."""
    for path in source.markdown:
        hits = [
            (line, found.group())
            for file, line, text in _prose(source)
            for found in _SHOUT.finditer(text)
            if file == path
        ]
        lines = source.texts[path].count("\n") + 1
        if len(hits) > SHOUTS * max(1.0, lines / 100):
            yield Hit(path, hits[0][0], f"{len(hits)} capitalised commands in {lines} lines")


@CHAPTER.rule("section-empty", "warning", "No heading without text below it.")
def section_empty(source: SkillSource) -> Iterable[Hit]:
    """Report headings that neither text nor a heading of a lower level follows."""
    for path, markdown in source.markdown.items():
        levels = {heading.line: heading for heading in markdown.headings}
        blocks = [*markdown.blocks, (0, "end")]
        for (line, kind), (next_line, next_kind) in itertools.pairwise(blocks):
            if kind != "heading_open" or line not in levels:
                continue
            below = levels.get(next_line)
            ends = next_kind == "end" or (below is not None and below.level <= levels[line].level)
            if ends:
                yield Hit(path, line, f"nothing stands under {levels[line].title!r}")


@CHAPTER.rule("fence-open", "warning", "Every fence is closed.")
def fence_open(source: SkillSource) -> Iterable[Hit]:
    """Report a fenced block that its last line does not close."""
    for path, markdown in source.markdown.items():
        lines = source.texts[path].split("\n")
        for fence in markdown.fences:
            first, last = lines[fence.line - 1].lstrip(" >-*"), lines[min(fence.end, len(lines)) - 2].strip(" >")
            mark = first[:3]
            if mark in ("```", "~~~") and (not last.startswith(mark) or fence.end - fence.line < 2):
                yield Hit(path, fence.line, "the fence opened here is not closed")


def _is_hidden(character: str) -> bool:
    return character != "\t" and unicodedata.category(character).startswith("C")


def _prose(source: SkillSource) -> Iterator[tuple[str, int, str]]:
    """Yield path, line and text of the prose of a skill, without code and text in typographic quotes."""
    for path, markdown in source.markdown.items():
        for line, text in markdown.prose:
            yield path, line, _QUOTED.sub("“”", text)
    description = source.front.get("description")
    if isinstance(description, str):
        yield MAIN, 1, _QUOTED.sub("“”", description)
