"""Steps as a model is shown them: short, one line each, an edit as what it replaced by what."""

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
"""Characters of an action or a message that a question is about."""
_WORD = re.compile(r"[\w./@:=+-]+|\S")
_ALIKE = 0.3
"""Least likeness of two texts of one call for it to be an edit of the first into the second."""
_HUNK = 300
_MOST_CHANGES = 6
_KINDS = {"tool_call": "ran", "tool_result": "got", "assistant": "said", "thought": "thought", "user": "user said"}


def cut(text: str, most: int) -> str:
    """Return *text* on one line, of a long one its beginning and its end."""
    line = squeeze(text)
    half = (most - 3) // 2
    return line if len(line) <= most else f"{line[:half]} … {line[-half:]}"


def action_of(step: Step) -> str:
    """Return what a call did: of an edit the old and the new text, otherwise its words."""
    hunk = _hunk(step)
    text = without_cd(step.text) if hunk is None else hunk
    return cut(text, WHOLE)


def line_of(number: int, step: Step) -> str:
    """Return *step* as a numbered line."""
    text = action_of(step) if step.kind == "tool_call" else step.text
    return f"[{number}] {_KINDS.get(step.kind, step.kind)}: {cut(text, LINE)}"


def changes(before: str, after: str) -> str:
    """Return in words how the command *after* differs from *before*."""
    found = []
    for start, stop, begin, end, one, other in _differences(before, after):
        old, new = " ".join(one[start:stop]), " ".join(other[begin:end])
        found.append(f"`{old}` became `{new}`" if old and new else f"added `{new}`" if new else f"removed `{old}`")
    return "; ".join(found[:_MOST_CHANGES])


def changed_spans(before: str, after: str) -> tuple[tuple[int, int], ...]:
    """Return the parts of *after* that tell it from *before*, by character; ids, paths and numbers of one run aside.

    Where nothing else differs, these count.
    """
    places = [(found.start(), found.end()) for found in _WORD.finditer(after)]
    differing = [at for _, _, begin, end, _, _ in _differences(before, after) for at in range(begin, end)]
    general = [at for at in differing if _is_general(after[slice(*places[at])])]
    return tuple(places[at] for at in general or differing)


def _is_general(word: str) -> bool:
    """Return whether *word* could stand in another run too: masking leaves it as it is, and it says something."""
    return mask(word) == word and any(character.isalnum() for character in word)


def _differences(before: str, after: str) -> Iterator[tuple[int, int, int, int, Sequence[str], Sequence[str]]]:
    one, other = _WORD.findall(before), _WORD.findall(after)
    for code, start, stop, begin, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if code != "equal":
            yield start, stop, begin, end, one, other


def _hunk(step: Step) -> str | None:
    """The two texts of a call that turns one into the other; None where it does nothing of the kind."""
    texts = [value for value in (step.arguments or {}).values() if isinstance(value, str) and " " in value.strip()]
    for one, other in pairwise(texts):
        likeness = SequenceMatcher(None, one[:_HUNK], other[:_HUNK], autojunk=False).ratio()
        if one != other and likeness >= _ALIKE:
            return f"{step.tool}: replaced {cut(one, _HUNK // 2)} by {cut(other, _HUNK // 2)}"
    return None
