"""Transcripts inside of texts, in which labels name the speaker, as lists of objects."""

import re
from collections import Counter
from collections.abc import Sequence
from textwrap import dedent
from typing import NamedTuple

from t2s_local.formats._induced.leaves.calls.listed_calls import with_zipped_arguments
from t2s_local.formats._induced.leaves.chained import unchained, without_history
from t2s_local.formats._induced.leaves.leaves import File
from t2s_local.formats._induced.leaves.numbered import with_numbered_fields
from t2s_local.formats._induced.leaves.streamed import with_whole_facts, with_whole_messages
from t2s_local.formats._induced.leaves.trees import ITEM, Pattern, columns_in

_BEFORE = (
    r"^(?:[\[(]?(?P<at>\d{1,4}[-/:.]\d\d[-/:.T ,\dZ+]{0,30})[\])]?[\s,|]{1,4}(?:[-|]\s)?)?"
    r"(?:[\[(#]?\d{1,5}[\]).:]?\s{1,4})?"
)
_WORD = r"(?P<label>[^\W\d][\w/\-]{0,30}(?: [\w/\-]{1,20}){0,2})"
_STYLES = tuple(
    re.compile(style, re.MULTILINE)
    for style in (
        rf"{_BEFORE}{_WORD}:[ \t]?",
        rf"{_BEFORE}\[{_WORD}\]:?[ \t]?",
        rf"{_BEFORE}#{{1,6}} {_WORD}:?[ \t]*$\n?",
        rf"{_BEFORE}\*\*{_WORD}:?\*\*:?[ \t]?",
        rf"{_BEFORE}[-=*~#>]{{2,20}} ?{_WORD} ?[-=*~#<]{{0,80}}$\n?",
        rf"{_BEFORE}{_WORD}[ \t]?(?:>+|=>|->|\|)[ \t]?",
        rf"{_BEFORE}[@!/]{_WORD}[ \t:]+",
        rf"{_BEFORE}<{_WORD}>\n?",
        rf"{_BEFORE}- {_WORD}:[ \t]*(?:[|>][+\-]?[ \t]*\n)?",
        rf"^#?\d{{1,5}}[.):] {_WORD}[ \t]*$\n?",
    )
)
_CLOSED = re.compile(r"</[\w/\- ]{1,60}>\Z")
_RULER = re.compile(r"^(?:[-=*~#_] ?){8,}\n", re.MULTILINE)
_FEWEST = 4
_RARER = 6
"""Factor by which a label in another spelling than the first may be rarer than the commonest label."""
_MOST_LABELS = 14
_LONGEST = 4 << 20
_DEEPEST = 30
LABEL = "@label"
"""Key of the label in a part of a transcript."""
_Style = tuple[re.Pattern[str], frozenset[str]]
"""Pattern of the labels of a transcript, and the set of labels."""


class _Part(NamedTuple):
    label: str
    at: str | None
    text: str


def prepared(files: Sequence[File]) -> list[File]:
    """Return files in which each text that is a transcript is replaced by a list of its parts.

    The labels are learned from all texts of the same pattern.
    """
    texts: dict[Pattern, list[str]] = {}
    for one in files:
        _gather(one.value, (), texts, 0)
    styles = {
        pattern: style
        for pattern, found in texts.items()
        if (style := _style(found)) is not None and all(_transcript(text, style) for text in found)
    }
    return [one._replace(value=_taken_apart(one.value, (), styles, 0)) for one in files]


def _text_of(value: object) -> str | None:
    """Return a text that may be a transcript, also from a list of its lines; None for anything else."""
    if isinstance(value, str):
        return value if value.count("\n") > 1 and len(value) <= _LONGEST else None
    is_lines = isinstance(value, list) and len(value) > 2 and all(isinstance(one, str) for one in value)
    return "\n".join(map(str, value)) if is_lines and isinstance(value, list) else None


def _gather(value: object, pattern: Pattern, texts: dict[Pattern, list[str]], depth: int) -> None:
    if (text := _text_of(value)) is not None:
        texts.setdefault(pattern, []).append(text)
    elif depth > _DEEPEST:
        return
    elif isinstance(value, dict):
        beside = frozenset(columns_in(value))
        for key, inner in value.items():
            if key not in beside:
                _gather(inner, (*pattern, key), texts, depth + 1)
    elif isinstance(value, list):
        for inner in without_history(value):
            _gather(inner, (*pattern, ITEM), texts, depth + 1)


def _taken_apart(value: object, pattern: Pattern, styles: dict[Pattern, _Style], depth: int) -> object:
    if pattern in styles and (text := _text_of(value)) is not None:
        return _transcript(text, styles[pattern]) or value
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        value = with_zipped_arguments(with_numbered_fields(value))
        if (chain := unchained(value)) is not None:
            inside = [_taken_apart(one, (*pattern, ITEM), styles, depth + 1) for one in chain[1]]
            return {**value, chain[0]: inside}
        return {key: _taken_apart(inner, (*pattern, key), styles, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        whole = with_whole_facts(with_whole_messages(without_history(value)))
        return [_taken_apart(inner, (*pattern, ITEM), styles, depth + 1) for inner in whole]
    return value


def _style(texts: list[str]) -> _Style | None:
    """Return the style and the labels of some transcripts; None if the texts are no transcripts."""
    found = [(n, style, labels) for style in _STYLES for n, labels in [_labels(texts, style)] if labels]
    if not found:
        return None
    _, style, labels = max(found, key=lambda one: one[0])
    return style, labels


def _labels(texts: list[str], style: re.Pattern[str]) -> tuple[int, frozenset[str]]:
    """Return how often labels occur in texts, and the labels: recurring ones, mostly spelled like the first."""
    counts: Counter[str] = Counter()
    starts = [found for text in texts if (found := style.match(text.lstrip())) is not None]
    if len(starts) < len(texts):
        return 0, frozenset()
    spelling = _spelling(starts[0]["label"])
    for text in texts:
        counts.update(found["label"] for found in style.finditer(text))
    least = max(counts.values()) / _RARER
    counts = Counter({label: n for label, n in counts.items() if n >= least or _spelling(label) == spelling})
    first = {found["label"] for found in starts}
    counts = Counter({label: n for label, n in counts.items() if n > 1 or len(texts) == 1 or label in first})
    is_again = counts.total() * 2 >= len(counts) * 3 and counts.total() >= _FEWEST
    return counts.total(), frozenset(counts) if is_again and 2 < len(counts) <= _MOST_LABELS else frozenset()


def _spelling(label: str) -> tuple[bool, bool, bool]:
    return label.isupper(), label[:1].isupper(), " " in label


def _transcript(text: str, style: _Style) -> list[object] | None:
    """Return the parts of a transcript as objects of label and text; None if *text* is no transcript.

    Runs separated by rulers become lists of their own.
    """
    stretches = [stretch for stretch in _RULER.split(text) if stretch.strip()]
    parts = [_parts(stretch, *style) for stretch in stretches]
    if not all(parts):
        parts = [_parts(text, *style)]
    made: list[object] = [[_record(part) for part in stretch] for stretch in parts]
    return (made if len(made) > 1 else [_record(part) for part in parts[0]]) if all(parts) else None


def _said(text: str) -> str:
    """Return the text of a part without a closing tag, and without the indentation that all its lines have."""
    end = text.rstrip()
    closed = _CLOSED.search(end)
    return dedent((text if closed is None else end[: closed.start()].rstrip()).strip("\n"))


def _record(part: _Part) -> dict[str, object]:
    return {LABEL: part.label, **({"@at": part.at} if part.at else {}), part.label: part.text}


def _parts(text: str, style: re.Pattern[str], labels: frozenset[str]) -> list[_Part]:
    marks = [match for match in style.finditer(text) if match["label"] in labels]
    if not marks or text[: marks[0].start()].strip():
        return []
    stops = [*(match.start() for match in marks[1:]), len(text)]
    return [
        _Part(match["label"], match.groupdict().get("at"), _said(text[match.end() : stop]))
        for match, stop in zip(marks, stops, strict=True)
    ]
