"""Prompts that begin alike, whose common beginning is evaluated once, and signals that are not for a worker."""

import os
import signal
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


def test_a_signal_to_the_whole_group_ends_no_worker(tiny_model: Callable[[str], Path]) -> None:
    """A worker that ended by itself would be started again, while the run is told to stop."""
    said: list[str] = []
    engine = load(tiny_model("llama"), wishes=SMALL, say=said.append)
    pids = engine.pids
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(pids[0], number)
    assert next(iter(engine.complete([ask(1, schema=None)]))).finish != "parked"
    assert engine.pids == pids
    assert not [line for line in said if "lost" in line]
    engine.close()
