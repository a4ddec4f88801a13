"""Read what a text forbids: "never X", "X is not allowed", "only X when asked", and prohibitions in other languages.

In languages other than English only the fact of a prohibition is read, and the names in code marks: the phrases are in
``cues.toml``, which the reader of users' wishes has too.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from t2s_local.stages.group.directives import clauses, forbidden_part, is_conditional
from t2s_local.text.cues import foreign_cues
from t2s_local.text.lesson_words import CODE
from t2s_local.text.text import squeeze

_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_IN_CASE = re.compile(
    r"\W*(?:if|when|whenever|where|for|in|on|as|while|once|after|before|unless|until)\b", re.IGNORECASE
)
"""Beginning of a clause that names a case, if this clause precedes the clause that forbids."""
_WHEN = re.compile(r",?\s+\b(?:if|when|whenever)\b\s+", re.IGNORECASE)
"""Words between an action and its case."""
_ASKED = r"(?:ask|request|told|instruct|permission|permit|allow|approv|want|need it|say so|demand)"
_UNASKED = re.compile(rf",?\s+(?:unless|until|without)\s[^.;!?]*?\b{_ASKED}\w*\b.*", re.IGNORECASE | re.DOTALL)
"""End of a prohibition that the wish of a user lifts."""
_ON_REQUEST = re.compile(rf"\b{_ASKED}\w*\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^\W*(?:(?:you|we|agents?|the\s+agent|an\s+agent|nobody|one|please)\s+)+"
    r"(?=(?:must|may|should|shall|can|do|never|are|is)\b)",
    re.IGNORECASE,
)
_MAY_NOT = re.compile(
    r"^\W*(?:(?:may|shall)\s+not|(?:are|is)\s+(?:not\s+(?:allowed|permitted)|forbidden)\s+to"
    r"|under\s+no\s+circumstances|it\s+is\s+(?:strictly\s+)?(?:not\s+(?:allowed|permitted)|forbidden|prohibited)\s+to)\b",
    re.IGNORECASE,
)
_RULED_OUT = re.compile(
    r"^(?P<action>.+?)\s+(?:is|are)\s+(?:strictly\s+|absolutely\s+)?"
    r"(?:(?:not|never)\s+(?:allowed|permitted|acceptable|an\s+option)|forbidden|prohibited|banned|off[- ]limits"
    r"|(?:to\s+be|best)\s+avoided)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""A clause such as "force pushes are not allowed"."""
_NOT_BE = re.compile(
    r"^(?P<action>.+?)\s+(?:must|should|may|can|shall|is\s+to|are\s+to)\s*(?:not|never)\s+be\s+(?P<verb>\w+)\b"
    r"(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""A clause such as "the linter must not be run"."""
_ONLY = re.compile(
    r"^\W*(?:(?:please|so|and)\s+)*(?:only\s+(?!(?:if|when|after|once|on|upon|with)\b)(?P<action>.+?)"
    r"|(?P<before>.+?),?\s+only)\s+(?:if|when|whenever|after|once|on|upon|with)\s+(?P<case>.+)$",
    re.IGNORECASE | re.DOTALL,
)
"""A clause such as "only add tests when asked", or "add tests only on request"."""
_BLANKS = re.compile(r"[ \t]{2,}")
_LONGEST = 600
"""Longest clause, in characters, that is read: no prohibition is longer, and patterns with gaps would take long."""
_CLAUSES = re.compile(r"[,;，、；]\s*")


class Forbidden(NamedTuple):
    """An action that a text forbids."""

    said: str
    """The action in the words of the text; for a foreign text the clause."""
    case: str
    """Words of the case in which the action is forbidden; empty for always."""
    earlier: str
    """The clause before, which a pronoun in the action may refer to."""
    unasked: bool
    """Whether the action is forbidden only as long as no user asks for it."""
    is_limited: bool
    """Whether *before*, *until*, *without* or *only if* limit the prohibition to cases that are not read."""
    is_foreign: bool
    """Whether the text is in a language whose words are not read; only names in code marks count."""


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, in order."""
    return [one for one in _SENTENCES.split(_BLANKS.sub(" ", text)) if one.strip()]


def forbidding_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of *text* that forbid something, always or in some case."""
    for sentence in sentences(text):
        if any(True for _ in forbidden_in(sentence)):
            yield sentence.strip()


def forbidden_in(text: str) -> Iterator[Forbidden]:
    """Yield the actions that *text* forbids, in order."""
    earlier = ""
    for sentence in sentences(text):
        foreign = list(_foreign(sentence))
        if foreign:
            yield from foreign
            continue
        case = ""
        for clause in clauses(sentence):
            found = _of_clause(clause)
            if found is not None:
                action, when, unasked, is_limited = found
                yield Forbidden(
                    said=action,
                    case=f"{case} {when}".strip(),
                    earlier=f"{earlier} {when}",
                    unasked=unasked,
                    is_limited=is_limited,
                    is_foreign=False,
                )
            case = clause if _IN_CASE.match(clause) else ""
            earlier = clause


def _of_clause(clause: str) -> tuple[str, str, bool, bool] | None:
    """Return action, case, and whether the wish of a user or some other circumstance lifts the prohibition."""
    clause = squeeze(clause)
    if len(clause) > _LONGEST:
        return None
    bare = _UNASKED.sub("", clause)
    unasked = bare != clause
    action, _, when = _WHEN.sub("\0", bare, count=1).partition("\0")
    said = _action(action)
    if said is not None:
        return said, when, unasked, is_conditional(action)
    only = _ONLY.match(clause)
    if only is None or not (only["action"] or only["before"]).strip():
        return None
    is_on_request = _ON_REQUEST.search(only["case"]) is not None
    return (only["action"] or only["before"]), "", is_on_request, not is_on_request


def _action(clause: str) -> str | None:
    """Return the words of the action that *clause* forbids; None if it forbids nothing."""
    plain = _SUBJECT.sub("", clause)
    found = _MAY_NOT.match(plain)
    if found is not None:
        return plain[found.end() :]
    said = forbidden_part(plain)
    if said is not None:
        return said
    ruled_out = _RULED_OUT.match(clause)
    if ruled_out is not None:
        return f"{ruled_out['action']} {ruled_out['rest']}".strip()
    not_be = _NOT_BE.match(clause)
    return None if not_be is None else f"{not_be['verb']} {not_be['action']} {not_be['rest']}".strip()


def _foreign(sentence: str) -> Iterator[Forbidden]:
    """Yield the clauses of a sentence in another language that forbid something, with names in code marks or none."""
    whole = foreign_cues(CODE.sub("x", sentence))
    is_cased = "case" in whole
    for clause in _outside_code(sentence):
        if "forbid" in foreign_cues(CODE.sub("x", clause)):
            unasked = is_cased and "asked" in whole
            yield Forbidden(clause, "", "", unasked, is_limited=is_cased and not unasked, is_foreign=True)


def _outside_code(sentence: str) -> list[str]:
    """Return the parts of *sentence* between commas and semicolons that are not in code marks."""
    spans = [found.span() for found in CODE.finditer(sentence)]
    cuts = [
        found.end()
        for found in _CLAUSES.finditer(sentence)
        if not any(start < found.start() < stop for start, stop in spans)
    ]
    return [sentence[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(sentence)], strict=True)]
