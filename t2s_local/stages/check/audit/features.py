"""Find the three features that distinguish the better of two skills (SkillLens, arXiv 2605.23899)."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from t2s_local.errors import InputError
from t2s_local.skills.document import Passage
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.overfit.claims import FORBIDS, commands_in
from t2s_local.text.lesson_words import code_spans
from t2s_local.text.text import squeeze
from t2s_local.values.value import Value

FeatureName = Literal["cause", "command", "never"]
FEATURES: tuple[FeatureName, ...] = ("cause", "command", "never")
_FAILS = re.compile(
    r"\b(?:fail|error|refus|reject|den(?:y|ied)|wrong|break|broke|crash|los[et]|lost|miss|empty|corrupt|stop|skip|"
    r"stuck|hang|cannot|can['’]t|None|invalid|double|overwrit|twice|timeout|time out|slow|leak)\w*",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|since|due to|caused by|root cause|the (?:reason|cause|problem) is|as a result of|results? from|"
    r"happens when|comes from|which means|why)\b",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"\b(?:run|call|use|set|pass|give|add|type|execute|apply|invoke|try|install|load|write|with)\b[^.`]{0,40}(?=`)",
    re.IGNORECASE,
)
_NEVER_HEADING = re.compile(
    r"\b(?:never|avoid|not to|don['’]?ts?|do not|prohibit\w*|forbidden|anti-?patterns?)\b", re.IGNORECASE
)
_AVOID = re.compile(r"^\W*avoid\b", re.IGNORECASE)


class Feature(Value, frozen=True, kw_only=True):
    """A feature of a skill."""

    name: FeatureName
    span: str | None
    """Words of the skill that show the feature; None if the skill lacks the feature."""
    line: int | None


def features(source: SkillSource) -> tuple[Feature, ...]:
    """Look for the three features in the body of *source*.

    They are *cause*, a failure and its reason; *command*, a step written as a command; and *never*, a prohibition.
    Titles of sections and list marks do not show *cause* or *command*.
    """
    passages = () if isinstance(source.document, InputError) else source.document.markdown.passages
    fences = () if isinstance(source.document, InputError) else source.document.markdown.fences
    proposed: dict[FeatureName, Iterator[tuple[int, str]]] = {
        "cause": _causes(passages),
        "command": _commands(passages, [(fence.line, fence.text) for fence in fences]),
        "never": _nevers(passages),
    }
    return tuple(with_span(source, name, next(found, None)) for name, found in proposed.items())


def with_span(source: SkillSource, name: FeatureName, proposed: tuple[int, str] | None) -> Feature:
    """Return the feature *name*, with its words only if the skill contains the proposed words.

    Args:
        source: The skill.
        name: The feature.
        proposed: A line and words of the skill that show the feature; None if no words do.
    """
    body = "" if isinstance(source.document, InputError) else squeeze(source.document.body)
    if proposed is None or not proposed[1] or squeeze(proposed[1]) not in body:
        return Feature(name=name, span=None, line=None)
    return Feature(name=name, span=squeeze(proposed[1]), line=proposed[0])


def _causes(passages: Iterable[Passage]) -> Iterator[tuple[int, str]]:
    """Yield the passages that state the reason of a failure; one list item may state both in different passages."""
    failing: int | None = None
    for passage in passages:
        if passage.kind != "heading":
            fails = bool(_FAILS.search(passage.text))
            is_below = passage.item is not None and passage.item == failing
            if _CAUSE.search(passage.text) and (fails or is_below):
                yield passage.line, passage.text
            failing = passage.item if fails else failing


def _commands(passages: Iterable[Passage], fences: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield commands in code spans, then first lines of code blocks, then code that a sentence says to run or use."""
    spoken = [passage for passage in passages if passage.kind != "heading"]
    spans = [(passage.line, span) for passage in spoken for span in code_spans(passage.text)]
    yield from ((line, span) for line, span in spans if _is_command(span))
    yield from ((line + 1, first) for line, text in fences if _is_command(first := text.split("\n", 1)[0]))
    for passage in spoken:
        found = _ORDERED.search(passage.text)
        if found and (ordered := code_spans(passage.text[found.end() :])):
            yield passage.line, ordered[0]


def _is_command(text: str) -> bool:
    """Return whether *text* is a function call, or a program with arguments."""
    is_call = re.match(r"[\w.]+\(.*\)", text) is not None
    return is_call or (re.match(r"(?!//)[\w.~/$<]", text) is not None and " " in text and any(commands_in(f"`{text}`")))


def _nevers(passages: Iterable[Passage]) -> Iterator[tuple[int, str]]:
    is_below = False
    for passage in passages:
        if passage.kind == "heading":
            is_below = bool(_NEVER_HEADING.search(passage.text))
        elif FORBIDS.search(passage.text) or _AVOID.match(passage.text) or (is_below and passage.kind == "item"):
            yield passage.line, passage.text
