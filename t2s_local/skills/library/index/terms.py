"""Count the words of texts by hashed terms, for ranking by BM25 (Robertson and Zaragoza 2009).

An index keeps hashes of words and no words, so that the texts of tasks cannot be read from it.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from t2s_local.text.text import spoken

if TYPE_CHECKING:
    from numpy.typing import NDArray

_K, _B = 1.2, 0.75
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ings?|ed|ies|es|s|e|y)$")


def terms(text: str) -> frozenset[int]:
    """Return the hashed words of a text, without their endings; identifiers are split at capitals and underscores."""
    return frozenset(zlib.crc32(_ENDING.sub("", word).encode()) for word in spoken(_CAMEL.sub(" ", text)))


class Postings(msgspec.Struct, frozen=True, kw_only=True):
    """Weighted terms of all skills, by term."""

    term: "NDArray[np.uint32]"
    """Terms in ascending order, one for each pair of a term and a skill with the term."""
    owner: "NDArray[np.int32]"
    """Row of the skill in each pair."""
    weight: "NDArray[np.float32]"
    """Weight of the term in the skill in each pair, saturated and divided by the length as BM25 does."""
    n_owners: int
    mean_length: float
    """Mean of the summed weights of a skill's terms; 1 if no skill has a term."""


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


def matches(found: Postings, query: Iterable[int]) -> "NDArray[np.float32]":
    """Return the share of the query's information that each skill contains, shape ``(n,)``, about 0 to 1.

    The share is the BM25 score divided by the score of a skill of average length that contains every term once. Terms
    that no skill contains count with the information of the rarest term.
    """
    wanted = np.array(sorted(query), np.uint32)
    starts, ends = _places(found, wanted)
    rarity = _rarity(found, ends - starts)
    scores = np.zeros(found.n_owners, np.float64)
    for start, end, weight in zip(starts, ends, rarity, strict=True):
        scores[found.owner[start:end]] += weight * found.weight[start:end]
    return (scores / rarity.sum() if len(wanted) else scores).astype(np.float32)


def match_of(document: Mapping[int, float], found: Postings, query: Iterable[int]) -> float:
    """Return the share of the query's information that one document contains, which need not be among the postings.

    Args:
        document: Terms of the document with their weighted counts.
        found: Postings that say how rare each term is.
        query: Terms of the query.
    """
    wanted = sorted(query)
    starts, ends = _places(found, np.array(wanted, np.uint32))
    rarity = _rarity(found, ends - starts)
    length = sum(document.values()) / found.mean_length
    held = [_saturated(document[term], length) if term in document else 0.0 for term in wanted]
    return float(rarity @ np.array(held) / rarity.sum()) if wanted else 0.0


def _saturated(n: float, length: float) -> float:
    return n * (_K + 1) / (n + _K * (1 - _B + _B * length))


def _places(found: Postings, wanted: "NDArray[np.uint32]") -> tuple["NDArray[np.int64]", "NDArray[np.int64]"]:
    """Return the first place of each wanted term in the postings, and the place after its last."""
    return np.searchsorted(found.term, wanted, "left"), np.searchsorted(found.term, wanted, "right")


def _rarity(found: Postings, counts: "NDArray[np.int64]") -> "NDArray[np.float64]":
    """Return the information of terms that occur in *counts* skills."""
    rarity: NDArray[np.float64] = np.log(1 + (found.n_owners - counts + 0.5) / (counts + 0.5))
    return rarity


def summed(texts: Iterable[tuple[str, float]]) -> dict[int, float]:
    """Return the terms of several texts, each counted with the weight of its text."""
    found: dict[int, float] = defaultdict(float)
    for text, weight in texts:
        for term in terms(text):
            found[term] += weight
    return dict(found)
