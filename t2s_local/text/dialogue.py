"""Classify a user's words in a conversation: new requests, confirmations, and corrections of the agent."""

import re
from collections.abc import Sequence

from t2s_local.text.text import words
from t2s_local.values.trajectory import Step

_REPLY = re.compile(
    r"(?:yes|yeah|yep|yup|no|nope|ok|okay|sure|thanks|thank you|great|perfect|nice|good|go ahead|continue|proceed|"
    r"do it|please do|sounds good|right|correct|exactly|done|stop|wait|both|neither|all|none|option|"
    r"the (?:first|second)|(?:a|b|c|[1-9])(?=[\s.,)]|$))\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:no|nope)[,.!:\s—-]|\bnot what\b|\bthat['’]?s (?:not|wrong)|\bthat is (?:not|wrong)|\bwrong\b|"
    r"(?<!\bi )(?<!\bwe )\b(?:don['’]?t|do not)\b|\bnever\b|\bshould(?:n['’]?t| not| have)\b|^stop\b(?!#)|"
    r"\bstop (?:doing|for|using|it|that|adding|changing)\b|\bi (?:said|meant|asked for|told)\b|"
    r"\bwhy (?:did|are|do) you\b|\bundo\b|\brevert\b|\bonly\b.{0,40}\bnot\b|"
    r"\bstill (?:fail|not|broken|wrong|the same)|\bwe (?:always|never|use|don['’]?t (?:use|want|need))\b|"
    r"\b(?:just use|no need)\b|\binstead of\b|\b(?:use|do|put|make|run|write|call|keep|name|move)\b.{0,60}\binstead\b",
    re.IGNORECASE,
)
"""Words with which people correct an agent, rather than make a new request."""

_QUESTION = re.compile(r"\?\s*$")
_SHORT_REPLY_WORDS = 12


def is_new_request(text: str, so_far: Sequence[Step]) -> bool:
    """Return whether a user's words, after the steps *so_far*, are a new request.

    Replies to a question of the agent, short confirmations, and corrections of the last action are not new requests.
    """
    said = words(text)
    if not said or (_REPLY.match(text.strip()) and len(said) <= _SHORT_REPLY_WORDS):
        return False
    if is_correction(text):
        return False
    return not (_answers_question(so_far) and len(said) <= _SHORT_REPLY_WORDS)


def is_correction(text: str) -> bool:
    """Return whether a user's words correct the agent's action, rather than make a new request."""
    opening = text.strip()[:300]
    return bool(_CORRECTION.search(opening)) and len(words(text)) <= 120


def _answers_question(so_far: Sequence[Step]) -> bool:
    for step in reversed(so_far):
        if step.kind == "assistant":
            return bool(_QUESTION.search(step.text[-200:]))
        if step.kind in {"tool_call", "tool_result"}:
            return False
    return False
