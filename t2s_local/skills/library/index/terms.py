"""Count the words of texts by hashed terms, for ranking by BM25 (Robertson and Zaragoza 2009).

An index keeps hashes of words, without their order and counts: it contains no text of a task, but a reader with a list
of words can find out which of these words the tasks contain.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from t2s_local.text.text import clip, spoken, squeeze

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 2_000
"""Characters of a task or a part of a skill that are read."""
_K, _B = 1.2, 0.75
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ings?|ed|ies|es|s|e|y)$")

_GRAMMAR = frozenset(
    """
    a an the this that these those some any each every no other another such both either neither all
    i me my mine we us our ours you your yours he him his she her hers it its they them their theirs one ones who whom
    whose which what when where why how there here myself yourself himself herself itself ourselves themselves
    am is are was were be been being have has had having do does did doing done will would shall should can could may
    might must need ought let lets
    and or but nor so yet if then else than because although though while until unless since as whether
    of in on at by for with from to into onto out off over under up down about above below after before between
    through during without within against among across along around behind beside near per via upon toward towards
    not very too also just only even still again already always never ever now soon please thanks
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is not readable
)
"""English words of grammar: short descriptions lack such words, so that their rarity would mean nothing."""


def read_task(text: str) -> str:
    """Return the part of a task's text that is read, on one line."""
    return clip(squeeze(text), LONGEST)


def terms(text: str) -> frozenset[int]:
    """Return the hashed words of a text without their endings, and without words of grammar.

    Identifiers are split at capitals and underscores.
    """
    found = spoken(_CAMEL.sub(" ", text)) - _GRAMMAR
    return frozenset(zlib.crc32(_ENDING.sub("", word).encode()) for word in found)


class Postings(msgspec.Struct, frozen=True, kw_only=True):
    """Weighted terms of all documents, by term; a document is a skill or a task."""

    term: "NDArray[np.uint32]"
    """Terms in ascending order, one for each pair of a term and a document with the term."""
    owner: "NDArray[np.int32]"
    """Number of the document in each pair."""
    weight: "NDArray[np.float32]"
    """Weight of the term in the document in each pair.

    For skills it is saturated and divided by the length as BM25 does; for tasks it is the information of the term,
    divided by the length of the task's vector.
    """
    n_owners: int
    mean_length: float
    """Mean of the summed counts of a document's terms; 1 if no document has a term."""


def postings(documents: Iterable[Mapping[int, float]]) -> Postings:
    """Return the postings of documents, each given as its terms with their weighted counts."""
    counts = list(documents)
    lengths = [sum(one.values()) for one in counts]
    mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
    rows = sorted(
        (term, owner, _saturated(n, lengths[owner] / mean))
        for owner, one in enumerate(counts)
        for term, n in one.items()
    )
    return Postings(
        term=np.array([row[0] for row in rows], np.uint32),
        owner=np.array([row[1] for row in rows], np.int32),
        weight=np.array([row[2] for row in rows], np.float32),
        n_owners=len(counts),
        mean_length=mean,
    )


def task_postings(tasks: Sequence[Iterable[int]], skills: Postings) -> Postings:
    """Return the postings of tasks, each given as its terms, for :func:`likeness`."""
    rows = []
    for owner, task in enumerate(tasks):
        wanted, rarity = _informed(skills, task)
        length = float(np.sqrt(rarity @ rarity)) or 1.0
        rows += [(int(term), owner, weight / length) for term, weight in zip(wanted, rarity, strict=True)]
    rows.sort()
    return Postings(
        term=np.array([row[0] for row in rows], np.uint32),
        owner=np.array([row[1] for row in rows], np.int32),
        weight=np.array([row[2] for row in rows], np.float32),
        n_owners=len(tasks),
        mean_length=1.0,
    )


def likeness(tasks: Postings, skills: Postings, query: Iterable[int]) -> "NDArray[np.float32]":
    """Return the cosine of the query and each task by their terms, weighted by information, shape ``(t,)``, 0 to 1."""
    wanted, rarity = _informed(skills, query)
    starts, ends = _places(tasks, wanted)
    found = np.zeros(tasks.n_owners, np.float64)
    for start, end, weight in zip(starts, ends, rarity, strict=True):
        found[tasks.owner[start:end]] += weight * tasks.weight[start:end]
    length = float(np.sqrt(rarity @ rarity))
    return (found / length if length else found).astype(np.float32)


def matches(found: Postings, query: Iterable[int]) -> "NDArray[np.float32]":
    """Return the share of the query's information that each skill contains, shape ``(n,)``, about 0 to 1.

    The share is the BM25 score divided by the score of a skill of average length that contains every term once. Terms
    that no skill contains count with the information of the rarest term.
    """
    wanted, rarity = _informed(found, query)
    starts, ends = _places(found, wanted)
    scores = np.zeros(found.n_owners, np.float64)
    for start, end, weight in zip(starts, ends, rarity, strict=True):
        scores[found.owner[start:end]] += weight * found.weight[start:end]
    return (scores / rarity.sum() if len(wanted) else scores).astype(np.float32)


def shared_terms(found: Postings, document: int, query: Iterable[int]) -> list[int]:
    """Return the terms of the query that a document contains, the rarest first."""
    wanted, rarity = _informed(found, query)
    starts, ends = _places(found, wanted)
    held = [at for at in range(len(wanted)) if document in found.owner[starts[at] : ends[at]]]
    return [int(wanted[at]) for at in sorted(held, key=lambda at: (-rarity[at], wanted[at]))]


def likeness_of_texts(texts: Sequence[str], query: str) -> "NDArray[np.float32]":
    """Return the cosine of *query* and each text by their terms, weighted by information, shape ``(n,)``, 0 to 1."""
    found = [terms(text) for text in texts]
    known = postings([dict.fromkeys(one, 1.0) for one in found])
    return likeness(task_postings(found, known), known, terms(query))


def match_of(document: Mapping[int, float], found: Postings, query: Iterable[int]) -> float:
    """Return the share of the query's information that one document contains; *found* need not include the document.

    Args:
        document: Terms of the document with their weighted counts.
        found: Postings that say how rare each term is.
        query: Terms of the query.
    """
    wanted, rarity = _informed(found, query)
    length = sum(document.values()) / found.mean_length
    held = [_saturated(document[int(term)], length) if int(term) in document else 0.0 for term in wanted]
    return float(rarity @ np.array(held) / rarity.sum()) if held else 0.0


def _saturated(n: float, length: float) -> float:
    return n * (_K + 1) / (n + _K * (1 - _B + _B * length))


def _places(found: Postings, wanted: "NDArray[np.uint32]") -> tuple["NDArray[np.int64]", "NDArray[np.int64]"]:
    """Return the first place of each wanted term in the postings, and the place after its last."""
    return np.searchsorted(found.term, wanted, "left"), np.searchsorted(found.term, wanted, "right")


def _informed(skills: Postings, query: Iterable[int]) -> tuple["NDArray[np.uint32]", "NDArray[np.float64]"]:
    """Return the terms of a query in ascending order, with the information of each: a rare term has more."""
    wanted = np.array(sorted(query), np.uint32)
    starts, ends = _places(skills, wanted)
    counts = ends - starts
    rarity: NDArray[np.float64] = np.log(1 + (skills.n_owners - counts + 0.5) / (counts + 0.5))
    return wanted, rarity


def summed(texts: Iterable[tuple[str, float]]) -> dict[int, float]:
    """Return the terms of several texts, each counted with the weight of its text."""
    found: dict[int, float] = defaultdict(float)
    for text, weight in texts:
        for term in terms(text):
            found[term] += weight
    return dict(found)
