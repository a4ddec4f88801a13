"""How searches match, over many runs."""

from t2s_local.values.trajectory import Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.mining import lessons


def searched(n: int, query: str, answer: str) -> Trajectory:
    return run(n, *call("search_parcels", answer, key="1", query=query))


def test_a_search_for_one_phrase_is_told_as_such() -> None:
    hits = [searched(n, f"red box {n}", f"p{n}: a Red Box {n} of tin") for n in range(20)]
    misses = [searched(100 + n, f"box {n} red tin", "No parcels found.") for n in range(4)]
    (lesson,) = lessons(*hits, *misses, pattern="matching")
    assert lesson.when == "with `search_parcels`"
    assert lesson.do.startswith("Give `query` one distinctive word, or words that stand next to each other")
    assert lesson.because == (
        "20 of 20 searches that found something hold what was asked for as one phrase; 4 searches for several words"
        " found nothing, in 4 runs"
    )


def test_a_search_that_takes_words_apart_is_not() -> None:
    hits = [searched(n, f"red box {n}", f"p{n}: a box {n}, and red") for n in range(20)]
    misses = [searched(100 + n, f"box {n} red tin", "No parcels found.") for n in range(4)]
    assert lessons(*hits, *misses, pattern="matching") == []
