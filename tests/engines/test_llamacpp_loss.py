"""What happens when the worker process dies, hangs, or will not start."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from t2s_local.engines.llamacpp import LlamaCpp, load
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Request
from t2s_local.weights.fit import Wishes

Loader = Callable[..., LlamaCpp]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def start(tiny_model: Callable[[str], Path], said: list[str]) -> Iterator[Loader]:
    loaded: list[LlamaCpp] = []

    def load_it(**settings: object) -> LlamaCpp:
        wishes = Wishes(context=512, sequences=4, threads=1)
        engine = load(tiny_model("llama"), wishes=wishes, say=said.append, **settings)  # type: ignore[arg-type]
        loaded.append(engine)
        return engine

    yield load_it
    for engine in loaded:
        engine.close()


def requests(n: int, *, max_tokens: int = 60) -> Iterator[Request]:
    for number in range(n):
        yield Request(id=str(number), prefix="Read. " * 20, prompt=f"Run {number}.", max_tokens=max_tokens, seed=number)


def test_a_run_outlives_workers_that_are_killed_at_random_and_loses_nothing(start: Loader, said: list[str]) -> None:
    engine = start()
    draw = random.Random(7)
    deaths = sorted(draw.sample(range(40), 5))
    answers = []
    for n, answer in enumerate(engine.complete(requests(60))):
        answers.append(answer)
        if n in deaths:
            os.kill(engine.pids[0], signal.SIGKILL)
    assert sorted(int(answer.request_id) for answer in answers) == list(range(60))
    assert all(answer.finish != "parked" for answer in answers)
    assert sum("killed by SIGKILL" in line for line in said) == 5


def test_answers_after_a_death_are_those_without_one(start: Loader) -> None:
    undisturbed = {answer.request_id: answer.text for answer in start().complete(requests(12))}
    engine = start()
    disturbed = {}
    for n, answer in enumerate(engine.complete(requests(12))):
        disturbed[answer.request_id] = answer.text
        if n == 2:
            os.kill(engine.pids[0], signal.SIGKILL)
    assert disturbed == undisturbed


def test_a_worker_that_hangs_is_ended_and_its_work_is_done(start: Loader, said: list[str]) -> None:
    engine = start(hang_after=3.0)
    answers = []
    for n, answer in enumerate(engine.complete(requests(20))):
        answers.append(answer.request_id)
        if n == 3:
            os.kill(engine.pids[0], signal.SIGSTOP)
    assert sorted(map(int, answers)) == list(range(20))
    assert any("no sign of life for 3 s" in line for line in said)


def test_a_request_that_kills_every_worker_is_parked_with_the_reason(start: Loader) -> None:
    engine = start()
    over = threading.Event()

    def kill_whoever_reads_it() -> None:
        while not over.wait(0.0005):
            seat = engine._seats[0]
            if any(task.is_started and task.request.id == "poison" for task in list(seat.tasks.values())):
                pid = seat.process.pid
                os.kill(pid, signal.SIGKILL)
                while seat.process.pid == pid and not over.wait(0.0005):
                    pass

    killer = threading.Thread(target=kill_whoever_reads_it)
    killer.start()
    try:
        poison = Request(id="poison", prefix="", prompt="word " * 20, max_tokens=440, temperature=2.0)
        answers = {answer.request_id: answer for answer in engine.complete([poison, *requests(6)])}
    finally:
        over.set()
        killer.join()
    assert answers.pop("poison").reason == "the model's process was lost 3 times on it: killed by SIGKILL"
    assert sorted(answers) == [str(number) for number in range(6)]
    assert all(answer.finish != "parked" for answer in answers.values())


def test_each_restart_takes_less_and_says_what(start: Loader, said: list[str]) -> None:
    engine = start()
    for n, _ in enumerate(engine.complete(requests(12))):
        if n in {1, 3}:
            os.kill(engine.pids[0], signal.SIGKILL)
    shapes = [line.rpartition(" · ")[2] for line in said]
    # The first restart halves the batch, which the line does not show, the second the sequences.
    assert shapes == ["ctx 512 x 4 sequences", "ctx 512 x 4 sequences", "ctx 512 x 2 sequences"]
    assert ["starting it again" in line for line in said] == [False, True, True]
    assert all("killed by SIGKILL" in line for line in said[1:])


def test_counting_survives_a_death(start: Loader) -> None:
    engine = start()
    n = engine.count_tokens("some words")
    os.kill(engine.pids[0], signal.SIGKILL)
    assert engine.count_tokens("some words") == n


def test_a_model_llama_cpp_refuses_is_an_error_and_no_crash(tiny_model: Callable[[str], Path], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(tiny_model("llama").read_bytes().replace(b"llama.block_count", b"llama.block_Count"))
    with pytest.raises(ModelError, match=r"wrong\.gguf"):
        load(wrong, wishes=Wishes(context=512))


def test_no_worker_outlives_its_engine(start: Loader) -> None:
    engine = start()
    pid = engine.pids[0]
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
