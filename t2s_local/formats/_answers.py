"""Words of a user who was asked whether a tool may be called, extracted from the result of the call."""

import re
from collections.abc import Iterable, Iterator, Sequence

from t2s_local.records.json import as_object, decode_text, word
from t2s_local.values.trajectory import Step

_ASKED = re.compile(
    r"(?:<[\w-]+>|\[|error:|\s)*(?:the )?user\b.{0,40}?"
    r"\b(?:does(?:n't| not) want|did(?:n't| not) (?:want|allow)|"
    r"reject|den(?:y|ied)|declin|refus|cancel|interrupt|approv)"
    r".{0,500}?\b(?:said|feedback|reason[\w ]{0,24}|instructions?|comments?|explanation|context|message|answer)"
    r"[^:\n]{0,24}:\s*(?P<said>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
"""Pattern of a sentence about the user's decision, then a colon, then the user's own words."""
_NOTE = re.compile(r"\n\s*\n(?:note|important|please|system)\b.*\Z", re.IGNORECASE | re.DOTALL)
"""Pattern of the text that the harness adds below the user's words."""
_TAGGED = re.compile(r"<([\w-]+)>(.*?)</\1>", re.DOTALL)
BEGINNINGS = frozenset("TtUuEe<[{ \n")
"""First characters that a result with the user's words may have; most results have another."""
_START = 80
"""Characters at the start of a result that must mention the user, unless the result is a JSON object."""
_FIELD = '"feedback"'
_OBJECT = 400
"""Characters at the start of a JSON object about the user's decision that must contain its field."""
_LONGEST = 20_000
"""Longest result in characters that is searched; a longer one is output of the tool."""
_DECIDED = frozenset({"denied", "rejected", "approved", "declined"})


def with_answers(steps: Sequence[Step], asked: Iterable[int]) -> Iterator[Step]:
    """Yield the *steps*; after a result that contains the user's own words, add them as a step of the user.

    Args:
        steps: Steps of a run.
        asked: Places of the results that may contain such words.
    """
    said = {place: words for place in asked if (words := words_in(steps[place].text)) is not None}
    if not said:
        yield from steps
        return
    for place, step in enumerate(steps):
        yield step
        if place in said:
            yield Step(kind="user", text=said[place], at=step.at, line=step.line)


def may_answer(text: str) -> bool:
    """Return whether the result of a call, which begins as one with a user's words, is worth a search for them."""
    return text.find(_FIELD, 0, _OBJECT) >= 0 if text[0] == "{" else text.find("ser", 0, _START) >= 0


def words_in(text: str) -> str | None:
    """Return the user's words in the result of a call; None if there are none."""
    if len(text) > _LONGEST:
        return None
    if text[:1] == "{" and _FIELD in text[:_OBJECT]:
        told = as_object(decode_text(text))
        said = told.get("feedback") if word(told.get("status")) in _DECIDED else None
        return said if isinstance(said, str) and said.strip() else None
    if "user" not in text[:_START].lower() or (found := _ASKED.match(text)) is None:
        return None
    said = found["said"]
    if tagged := _TAGGED.match(said):
        return tagged[2].strip() or None
    return _NOTE.sub("", said).strip() or None
