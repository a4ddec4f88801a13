"""Write steps for a model: short, one line each, an edit as its old and new text."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from t2s_local.text.commands import without_cd
from t2s_local.text.text import mask, squeeze
from t2s_local.values.trajectory import Step

LINE = 200
"""Characters of a step on its numbered line."""
WHOLE = 400
"""Characters of an action or a message in a question."""
_WORD = re.compile(r"[\w./@:=+-]+|\S")
_ALIKE = 0.3
"""Least likeness of two texts in one call at which the call is an edit from the first text to the second."""
_HUNK = 300
_MOST_CHANGES = 6
_KINDS = {"tool_call": "ran", "tool_result": "got", "assistant": "said", "thought": "thought", "user": "user said"}


def cut(text: str, most: int) -> str:
    """Return *text* on one line; a text longer than *most* characters is cut in the middle."""
    line = squeeze(text)
    half = (most - 3) // 2
    return line if len(line) <= most else f"{line[:half]} … {line[-half:]}"


def action_of(step: Step) -> str:
    """Return the action of a call: for an edit its old and new text, otherwise the text of the call."""
    hunk = _hunk(step)
    text = without_cd(step.text) if hunk is None else hunk
    return cut(text, WHOLE)


def line_of(number: int, step: Step) -> str:
    """Return *step* as a numbered line."""
    text = action_of(step) if step.kind == "tool_call" else step.text
    return f"[{number}] {_KINDS.get(step.kind, step.kind)}: {cut(text, LINE)}"


def changes(before: str, after: str) -> str:
    """Describe in words the difference between the commands *before* and *after*; at most six changes."""
    found = []
    for start, stop, begin, end, one, other in _differences(before, after):
        old, new = " ".join(one[start:stop]), " ".join(other[begin:end])
        found.append(f"`{old}` became `{new}`" if old and new else f"added `{new}`" if new else f"removed `{old}`")
    return "; ".join(found[:_MOST_CHANGES])


def changed_spans(before: str, after: str) -> tuple[tuple[int, int], ...]:
    """Return start and end, in characters, of the parts of *after* that differ from *before*.

    Ids, paths and numbers of one run are left out, unless nothing else differs.
    """
    places = [(found.start(), found.end()) for found in _WORD.finditer(after)]
    differing = [at for _, _, begin, end, _, _ in _differences(before, after) for at in range(begin, end)]
    general = [at for at in differing if _is_general(after[slice(*places[at])])]
    return tuple(places[at] for at in general or differing)


def _is_general(word: str) -> bool:
    """Return whether *word* could occur in another run: masking does not change it, and it has a letter or digit."""
    return mask(word) == word and any(character.isalnum() for character in word)


def _differences(before: str, after: str) -> Iterator[tuple[int, int, int, int, Sequence[str], Sequence[str]]]:
    one, other = _WORD.findall(before), _WORD.findall(after)
    for code, start, stop, begin, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if code != "equal":
            yield start, stop, begin, end, one, other


def _hunk(step: Step) -> str | None:
    """Return the old and new text of a call that edits a text, in one line; None if the call is no such edit."""
    texts = [value for value in (step.arguments or {}).values() if isinstance(value, str) and " " in value.strip()]
    for one, other in pairwise(texts):
        likeness = SequenceMatcher(None, one[:_HUNK], other[:_HUNK], autojunk=False).ratio()
        if one != other and likeness >= _ALIKE:
            return f"{step.tool}: replaced {cut(one, _HUNK // 2)} by {cut(other, _HUNK // 2)}"
    return None
