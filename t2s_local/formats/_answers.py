"""Answers of a person who was asked whether a tool may be called; they stand inside the result of the call."""

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
"""A sentence about the user's decision, then a colon, then the user's own words."""
_NOTE = re.compile(r"\n\s*\n(?:note|important|please|system)\b.*\Z", re.IGNORECASE | re.DOTALL)
"""What the harness adds below the user's words."""
_TAGGED = re.compile(r"<([\w-]+)>(.*?)</\1>", re.DOTALL)
BEGINNINGS = frozenset("TtUuEe<[{ \n")
"""What such a result may begin with; most begin with something else."""
_START = 80
"""Characters in which such a result names the user."""
_OBJECT = 400
"""Characters in which an object about the user's decision names its field."""
_LONGEST = 20_000
"""Characters of a result above which it is output."""
_DECIDED = frozenset({"denied", "rejected", "approved", "declined"})


def may_answer(text: str) -> bool:
    """Return whether the result of a call may hold the user's own words: a cheap look that hardly any result passes."""
    return text.find("ser", 0, _START) >= 0 or (text[:1] == "{" and '"feedback"' in text[:_OBJECT])


def with_answers(steps: Sequence[Step], asked: Iterable[int]) -> Iterator[Step]:
    """Yield the *steps*, and after the result of a call that the user was asked about the user's own words.

    Args:
        steps: Steps of a run.
        asked: Places of the results that may hold such words.
    """
    said = {place: words for place in asked if (words := words_in(steps[place].text)) is not None}
    if not said:
        yield from steps
        return
    for place, step in enumerate(steps):
        yield step
        if place in said:
            yield Step(kind="user", text=said[place], at=step.at, line=step.line)


def words_in(text: str) -> str | None:
    """The user's words in the result of a call; None where there are none."""
    if len(text) > _LONGEST:
        return None
    if text[:1] == "{" and '"feedback"' in text[:_OBJECT]:
        told = as_object(decode_text(text))
        said = told.get("feedback") if word(told.get("status")) in _DECIDED else None
        return said if isinstance(said, str) and said.strip() else None
    if "user" not in text[:_START].lower() or (found := _ASKED.match(text)) is None:
        return None
    said = found["said"]
    if tagged := _TAGGED.match(said):
        return tagged[2].strip() or None
    return _NOTE.sub("", said).strip() or None
