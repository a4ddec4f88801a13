"""Orders that stand in results of tools: data, whoever they are addressed to, and never a lesson."""

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
"""Characters before and after the words that betray an order which are taken for part of it."""
_SHARED = 0.6
_MIN_WORDS = 3


def orders_in(slices: Sequence[Slice]) -> tuple[str, ...]:
    """Passages of tool results in *slices* that tell whoever reads them what to do."""
    found: dict[str, None] = {}
    for piece in slices:
        for step in piece.steps:
            if step.kind == "tool_result":
                found |= dict.fromkeys(_passages(step.text))
    return tuple(found)


def repeats(text: str, orders: Sequence[str], *, asked: str) -> bool:
    """Return whether *text* repeats one of *orders*: names something only it names, or says most of what it says.

    Args:
        text: A lesson's advice with the actions it quotes.
        orders: From :func:`orders_in`.
        asked: What the user said; words the user used too prove nothing.
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
