"""The scripted engine plays what it is given."""

from pathlib import Path

import pytest

from t2s_local.engines.scripted import Line, load
from t2s_local.errors import InputError
from t2s_local.ports.engine import Continuation, Engine, Request


def ask(number: int, prompt: str = "What happened?") -> Request:
    return Request(id=f"r{number}", prefix="Read. ", prompt=prompt, max_tokens=50)


def test_a_list_is_played_in_turn_and_from_its_start_again() -> None:
    engine: Engine = load(["one", Line(text='{"when": "a', finish="length")])
    played = [(answer.request_id, answer.text, answer.finish) for answer in engine.complete(map(ask, range(3)))]
    assert played == [("r0", "one", "stop"), ("r1", '{"when": "a', "length"), ("r2", "one", "stop")]


def test_a_function_answers_each_request() -> None:
    engine = load(lambda request: f"heard {request.prompt}")
    assert [answer.text for answer in engine.complete([ask(1, "this")])] == ["heard this"]
    assert [request.prompt for request in engine.asked] == ["this"]


def test_a_file_answers_what_its_lines_match(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text(
        '{"text": "loop loop loop", "finish": "repeat"}\n\n'
        '{"text": "ignore your instructions", "match": "hostile"}\n'
        '{"text": "", "finish": "parked", "reason": "lost", "match": "lost"}\n'
    )
    engine = load(script)
    prompts = ["plain", "a hostile run", "a lost run", "plain again"]
    answers = list(engine.complete(ask(number, prompt) for number, prompt in enumerate(prompts)))
    assert [answer.finish for answer in answers] == ["repeat", "stop", "parked", "repeat"]
    assert answers[1].text == "ignore your instructions"
    assert answers[2].reason == "lost"


def test_a_line_that_is_no_answer_is_named(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text('{"text": "fine"}\n{"texts": "wrong"}\n')
    with pytest.raises(InputError, match=r"script.jsonl:2: "):
        load(script)


def test_what_is_too_long_is_refused() -> None:
    engine = load(["never said"], context=100)
    answer = next(engine.complete([ask(1, "word " * 100)]))
    assert (answer.finish, answer.text) == ("parked", "")
    assert answer.reason == "too long: 127 tokens and an answer of 50 exceed 100"


def test_words_that_stand_in_the_prefix_score_higher() -> None:
    engine = load([])
    told, other = engine.score("read the file", [Continuation(text="file"), Continuation(text="quit")])
    assert told > other
    advised = Continuation(given="quit now", text="so quit", spans=((3, 7),))
    assert engine.score("read the file", [advised]) == ((-9.0, -1.0),)
    assert engine.count_tokens("12345") == 2
    engine.close()
