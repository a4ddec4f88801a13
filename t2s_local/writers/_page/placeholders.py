"""Merge of the advice of several runs: words that differ between the runs become placeholders."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.text.lesson_words import CODE, code_spans, runs_in
from t2s_local.text.text import MASK
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

_WORD = re.compile(r"'[^'`]*'|\"[^\"`]*\"|[^\s\"'`]+")
_ARGUMENT = re.compile(r"(?=.*[^\W_])[\w./:@+][\w./:@+=-]*|(?P<quote>['\"])[\w\s.,:;!?()-]*(?P=quote)")
"""A word that can be an argument of a program, or words in quotes: no option, operator, pattern or code."""
_MADE = re.compile(r"\d{2,}|[\w./-]*(?:/[\w.-]+|\w\.[a-z]\w{0,4})")
"""A number or a file name, which each run chooses freely."""
_PATH = re.compile(r".*/.*|.*\w\.[a-z]\w{0,4}")
_HOLE = "\x00"
_MOST_ALIKE = 0.5
"""Share of the runs that must have chosen a name for the advice to show it."""


class Form(Value, frozen=True, kw_only=True):
    """Advice of one lesson, parted into the text and the words that may differ between runs."""

    text: str
    """The advice with a numbered hole for each such word, in order of first appearance."""
    words: tuple[str, ...]
    """The words that the numbered holes replace, in the order of the numbers."""
    taken: tuple[bool, ...]
    """For each word, whether the run had read or used it earlier; otherwise the run made the word up."""


def form_of(lesson: Lesson) -> Form:
    """Part the advice of *lesson* into text and words.

    A word counts as taken if it is an argument in the advice's code that also occurs in a quoted action, in the
    situation or in another code span of the advice. Other numbers and file names count as chosen. Programs, their
    subcommands and options remain: they are the advice.
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
    found: dict[str, bool] = {}

    def hole(word: str) -> str:
        is_taken = word in before or sum(word in words for words in seen) > 1
        if word in fixed or MASK.search(word) or not (_ARGUMENT if is_taken else _MADE).fullmatch(word):
            return word
        found.setdefault(word, is_taken)
        return f"{_HOLE}{list(found).index(word)}{_HOLE}"

    text = CODE.sub(lambda span: _WORD.sub(lambda word: hole(word[0]), span[0]), lesson.do)
    return Form(text=text, words=tuple(found), taken=tuple(found.values()))


def told(forms: Sequence[Form]) -> tuple[str, tuple[bool, ...]]:
    """Return the merged advice of *forms* of one text, and for each form whether the advice contains its own words.

    Words that differ between runs become placeholders; of chosen words the one that most runs chose is shown.

    Raises:
        ValueError: the texts of the forms differ.
    """
    if len({form.text for form in forms}) != 1:
        message = "only advice of one form can be told together"
        raise ValueError(message)
    columns = [Counter(words) for words in zip(*(form.words for form in forms), strict=True)]
    taken = [any(marks) for marks in zip(*(form.taken for form in forms), strict=True)]
    shown = [_shown(column, is_taken=is_taken) for column, is_taken in zip(columns, taken, strict=True)]
    kinds = [None if one is not None else _kind(list(column)) for one, column in zip(shown, columns, strict=True)]
    text = forms[0].text
    for place, (one, kind) in enumerate(zip(shown, kinds, strict=True)):
        number = f" {kinds[: place + 1].count(kind)}" if kinds.count(kind) > 1 else ""
        text = text.replace(f"{_HOLE}{place}{_HOLE}", f"<{kind}{number}>" if one is None else one)
    own = [all(one in (None, word) for one, word in zip(shown, form.words, strict=True)) for form in forms]
    return text, tuple(own)


def _shown(column: Counter[str], *, is_taken: bool) -> str | None:
    """Return the word to show in one hole; None for a placeholder."""
    word, count = min(column.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    is_agreed = len(column) == 1 or (not is_taken and count >= _MOST_ALIKE * column.total())
    return word if is_agreed else None


def _kind(words: Sequence[str]) -> str:
    if all(word.isdecimal() for word in words):
        return "number"
    if all(word[0] in "\"'" for word in words):
        return "text"
    return "path" if all(_PATH.fullmatch(word) for word in words) else "name"
