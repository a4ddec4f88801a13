"""Orders inside tool results: they are data, whoever they address, and never become a lesson."""

import re
from collections.abc import Sequence

from t2s_local.text.text import words
from t2s_local.values.trajectory import Slice

_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |every |my )*"
    r"(?:previous|prior|above|earlier|preceding|other|system|initial|original)\b|"
    r"\b(?:important|urgent) (?:message|notice|instructions?|information) (?:from|to|for)\b|"
    r"\bbefore you (?:can |may |do )?(?:solve|continue|proceed|start|begin|answer|finish|go on|read)\b|"
    r"\byou (?:must|should|have to|need to|are (?:now |required to|instructed to|to))\b[^.\n]{0,80}"
    r"\b(?:now|first|immediately|always|instead|execute|run|send|reply|respond|call)\b|"
    r"\b(?:dear|attention|hey|to|(?:note|message|instructions?) (?:to|for)) (?:all |any |the |every )?"
    r"(?:ai|a\.i\.|llm|language model|assistants?|agents?|chatbot|copilot|claude|gpt)\b|"
    r"\b(?:system prompt|new (?:task|instructions?|orders?)|developer mode|as an? (?:ai|llm|assistant|agent))\b|"
    r"<\s*/?\s*(?:information|important|system|instructions?|assistant|user)\s*>|"
    r"^\s*(?:system|assistant|user|human)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_BLOCK = re.compile(r"\n\s*\n")
_MARK = re.compile(r"https?://\S+|[\w.+-]+@[\w-]+\.\w+|\b[\w./-]*\d[\w./-]{4,}|\b[\w-]+(?:[_./][\w-]+)+")
_REACH = 600
"""Characters after the matched words of an order that count as part of it; a quarter as many before them."""
_SHARED = 0.6
_MIN_WORDS = 3


def orders_in(slices: Sequence[Slice]) -> tuple[str, ...]:
    """Return the passages of tool results in *slices* that give orders to their reader, each once."""
    found: dict[str, None] = {}
    for piece in slices:
        for step in piece.steps:
            if step.kind == "tool_result":
                found |= dict.fromkeys(_passages(step.text))
    return tuple(found)


def repeats(text: str, orders: Sequence[str], *, asked: str) -> bool:
    """Return whether *text* repeats an order: it contains a name from the order, or most of its words are in the order.

    Args:
        text: Advice of a lesson with the actions it quotes.
        orders: Passages from :func:`orders_in`.
        asked: Messages of the user; a name that the user wrote too is no sign of an order.
    """
    said = {word for word in words(text) if len(word) > 3}
    for order in orders:
        names = {name.strip(".,:;") for name in _MARK.findall(order)}
        if any(len(name) > 4 and name in text and name not in asked for name in names):
            return True
        if len(said) >= _MIN_WORDS and len(said & set(words(order))) >= _SHARED * len(said):
            return True
    return False


def _passages(text: str) -> list[str]:
    passages = []
    for found in _ORDER.finditer(text):
        start, stop = max(0, found.start() - _REACH // 4), min(len(text), found.end() + _REACH)
        before, after = _BLOCK.split(text[start : found.start()])[-1], text[found.start() : stop]
        passages.append(before + after)
    return passages
