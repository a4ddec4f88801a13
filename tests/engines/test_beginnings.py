"""Prompts that begin alike: the common beginning is evaluated once, and nothing shows of it."""

from collections.abc import Callable
from pathlib import Path

from t2s_local.engines.llamacpp import load
from t2s_local.ports.engine import Completion
from tests.engines.test_llamacpp import SHARED, SMALL, ask, by_id


def test_prefixes_that_begin_alike_say_what_they_say_alone(tiny_model: Callable[[str], Path]) -> None:
    """The common beginning is evaluated once, in whatever order they come."""
    asked = [
        ask(number, prefix=f"{SHARED}Now the real one, number {number}: {'it failed. ' * (number + 1)}", schema=None)
        for number in range(4)
    ]
    said: list[dict[str, Completion]] = []
    for requests in (asked, asked[::-1], asked[2:3]):
        engine = load(tiny_model("llama-flat"), wishes=SMALL)
        said.append(by_id(engine.complete(requests)))
        engine.close()
    assert said[0] == said[1]
    assert said[2].items() <= said[0].items()
