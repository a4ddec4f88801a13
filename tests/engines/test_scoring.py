"""Scores: log-probabilities of texts after one situation, whatever else is scored with them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from t2s_local.engines.llamacpp import LlamaCpp, load
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation
from t2s_local.weights.fit import Wishes

SMALL = Wishes(context=1024, sequences=2, threads=1)
SITUATION = "Task: count the rows.\n\n$ wc rows.csv\nwc: rows.csv: No such file or directory\n\n"


@pytest.fixture(scope="module", params=["llama", "qwen3", "mamba", "jamba"])
def engine(request: pytest.FixtureRequest, tiny_model: Callable[[str], Path]) -> Iterator[LlamaCpp]:
    loaded = load(tiny_model(request.param), wishes=SMALL)
    yield loaded
    loaded.close()


def one(engine: LlamaCpp, situation: str, text: str, given: str = "") -> tuple[float, ...]:
    return engine.score(situation, [Continuation(given=given, text=text)])[0]


def test_scores_are_log_probabilities_of_each_token(engine: LlamaCpp) -> None:
    values = one(engine, "The command failed because", " the file was missing" * 40)
    assert len(values) == engine.count_tokens(" the file was missing" * 40)
    assert all(-60 < value < 0 for value in values)


def test_many_continuations_score_what_each_scores_alone(engine: LlamaCpp) -> None:
    advice = ["", "Advice: list the files first.\n\n", "Advice: be quick.\n\n"]
    asked = [Continuation(given=given, text="$ ls -l data && wc data/rows.csv") for given in advice]
    together = engine.score(SITUATION, asked)
    alone = [engine.score(SITUATION, [item])[0] for item in asked]
    assert len(set(together)) == 3
    for found, expected in zip(together, alone, strict=True):
        assert found == pytest.approx(expected, abs=1e-4)


def test_only_the_spans_are_scored_and_score_what_they_do_in_the_whole(engine: LlamaCpp) -> None:
    text = "$ wc data/rows.csv | sort -n"
    at = text.index("data/")
    whole, part = engine.score(SITUATION, [Continuation(text=text), Continuation(text=text, spans=((at, at + 5),))])
    n_before = engine.count_tokens(text[:at])
    assert 0 < len(part) < len(whole)
    assert all(min(abs(value - other) for other in whole) < 1e-4 for value in part)
    assert part[0] == pytest.approx(whole[n_before], abs=1e-4) or part[0] == pytest.approx(
        whole[n_before - 1], abs=1e-4
    )
    assert engine.score(SITUATION, [Continuation(text=text, spans=())]) == ((),)


def test_a_continuation_that_does_not_fit_is_refused(engine: LlamaCpp) -> None:
    with pytest.raises(ModelError, match="context of 1024"):
        one(engine, "word " * 2000, "end")
    with pytest.raises(ModelError, match="cannot score 0 tokens"):
        one(engine, "start", "")
