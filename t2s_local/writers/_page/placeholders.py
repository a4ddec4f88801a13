"""Advice of several runs as one: a word that each run took over from what it ran before is a placeholder."""

import re
from collections.abc import Sequence

from t2s_local.text.lesson_words import CODE, MASK, code_spans, runs_in
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

_WORD = re.compile(r"[^\s\"'`]+")
_ARGUMENT = re.compile(r"(?=.*[^\W_])[\w./:@+][\w./:@+=-]*")
"""A word that can be given to a program: no option, no operator, no pattern."""
_HOLE = "\x00"
_PATH = re.compile(r".*/.*|.*\w\.[a-z]\w{0,4}")


class Form(Value, frozen=True, kw_only=True):
    """Advice of one lesson, parted into what it says itself and the words it took over."""

    text: str
    """The advice with a hole for each word taken over, numbered by first appearance."""
    taken: tuple[str, ...]
    """The words in the holes."""


def form_of(lesson: Lesson) -> Form:
    """Part the advice of *lesson*.

    Taken over is an argument in its code that the run's earlier command had too: a quoted action, the situation or
    another piece of the advice's code. Programs, their subcommands and options stay: they are the advice.
    """
    spans = code_spans(lesson.do)
    fixed = {word for span in spans for run in runs_in(span) for word in (run.program, run.subcommand or "")}
    fixed |= {_WORD.findall(span)[0] for span in spans if _WORD.search(span)}
    before = {
        word
        for text in (*code_spans(lesson.when), *(quote.text for quote in lesson.evidence if quote.role == "action"))
        for word in _WORD.findall(text)
    }
    seen = [set(_WORD.findall(span)) for span in spans]
    taken: list[str] = []

    def hole(word: str) -> str:
        is_given = word in before or sum(word in words for words in seen) > 1
        if not is_given or word in fixed or not _ARGUMENT.fullmatch(word) or MASK.search(word):
            return word
        if word not in taken:
            taken.append(word)
        return f"{_HOLE}{taken.index(word)}{_HOLE}"

    text = CODE.sub(lambda span: _WORD.sub(lambda found: hole(found[0]), span[0]), lesson.do)
    return Form(text=text, taken=tuple(taken))


def told(forms: Sequence[Form]) -> str:
    """Return the advice of *forms* of one text: words that differ between them as placeholders, the others as they are.

    Raises:
        ValueError: their texts differ.
    """
    if len({form.text for form in forms}) != 1:
        message = "only advice of one form can be told together"
        raise ValueError(message)
    columns = [tuple(dict.fromkeys(words)) for words in zip(*(form.taken for form in forms), strict=True)]
    kinds = [_kind(words) if len(words) > 1 else None for words in columns]
    text = forms[0].text
    for place, (words, kind) in enumerate(zip(columns, kinds, strict=True)):
        several = kinds.count(kind) > 1
        name = words[0] if kind is None else f"<{kind}{f' {kinds[: place + 1].count(kind)}' if several else ''}>"
        text = text.replace(f"{_HOLE}{place}{_HOLE}", name)
    return text


def _kind(words: Sequence[str]) -> str:
    if all(word.isdecimal() for word in words):
        return "number"
    return "path" if all(_PATH.fullmatch(word) for word in words) else "name"
