"""Other ways to rank skills: tf-idf and BM25 over whole texts, and the embedding of descriptions alone."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.ports.grouping import Embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

BM25S = "bm25s==0.2.14"
_ASK = """
import bm25s, json, sys
asked = json.load(sys.stdin)
found = bm25s.BM25()
found.index(bm25s.tokenize(asked["texts"], stopwords="en", show_progress=False), show_progress=False)
words = bm25s.tokenize(asked["tasks"], stopwords="en", return_ids=False, show_progress=False)
print(json.dumps([found.get_scores(one).tolist() if one else [0.0] * len(asked["texts"]) for one in words]))
"""


def by_tfidf(texts: Sequence[str], tasks: Sequence[str]) -> "NDArray[np.float64]":
    """Score *texts* for each of *tasks* by the cosine of tf-idf vectors, as scikit-learn makes them."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    known = counter.fit_transform(texts)
    scores: NDArray[np.float64] = (counter.transform(tasks) @ known.T).toarray()
    return scores


def by_description(described: Sequence[str], tasks: Sequence[str], embedder: Embedder) -> "NDArray[np.float32]":
    """Score descriptions for each of *tasks* by the cosine of their vectors."""
    return embedder.embed(tasks) @ embedder.embed(described).T


def by_bm25s(texts: Sequence[str], tasks: Sequence[str], home: Path) -> "NDArray[np.float64] | None":
    """Score *texts* for each of *tasks* by bm25s, which is installed in an environment of its own below *home*.

    None where it cannot be installed.
    """
    python = home / ".venv" / "bm25s" / "bin" / "python"
    if not python.exists():
        print("bench-route: installing bm25s in .venv/bm25s", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", BM25S]
    if subprocess.run(install, check=False).returncode:
        print("bench-route: bm25s cannot be installed, and is not measured", file=sys.stderr)
        return None
    asked = json.dumps({"texts": list(texts), "tasks": list(tasks)})
    done = subprocess.run([python, "-c", _ASK], input=asked, capture_output=True, text=True, check=True)
    return np.array(json.loads(done.stdout))
