"""`t2s models try`: questions whose answers are known, asked of any engine, and what comes of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from t2s_local.engines.scripted import Line, load
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Request
from t2s_local.runs.models.trial import QUESTIONS, Trial, measured, sample_questions
from tests.conftest import Command
from tests.servers import Fields, ModelServer, serving

QUESTIONS_HERE = sample_questions(QUESTIONS)


def asked(answer: Callable[[Request], Line | str], *, seconds: float = 45) -> Trial:
    return measured(load(answer), QUESTIONS_HERE, n_shared=150, name="scripted", seconds=seconds)


def right(request: Request) -> str:
    """The one of all number answers that is true; for words, none."""
    question = next(one for one in QUESTIONS_HERE if one.request.id == request.id)
    numbers = request.prompt.count("\n[")
    pairs = [(failed, fixed) for failed in range(1, numbers + 1) for fixed in range(1, numbers + 1)]
    answers = (json.dumps({"failed": failed, "fixed": fixed}) for failed, fixed in pairs)
    return next((text for text in answers if question.is_true(text)), "{}")


def test_ten_questions_of_both_kinds_are_asked_and_each_number_question_has_an_answer() -> None:
    found = asked(right)
    assert (found.asked, found.right) == (10, 5)
    assert 1 < found.by_chance < 2
    assert found.seconds_of_hundred > 0


def test_always_naming_the_first_step_is_no_better_than_a_guess() -> None:
    def first(request: Request) -> str:
        asked: Fields = dict(request.schema or {})
        return json.dumps({name: field.get("enum", ["x"])[0] for name, field in asked["properties"].items()})

    assert asked(first).right <= 2


def test_what_is_no_answer_is_not_true() -> None:
    wrong = ("", "not json", '{"failed": 1}', '{"failed": 1, "fixed": 99}', '{"learned": false}', "[]")
    assert [measured(load([text]), QUESTIONS_HERE, n_shared=0, name="s").right for text in wrong] == [0] * len(wrong)
    assert asked(lambda request: Line(text=right(request), finish="length")).right == 0


def test_the_questions_end_when_the_time_is_up_and_a_model_that_answers_none_is_named() -> None:
    with pytest.raises(ModelError, match="answers none of our questions"):
        asked(right, seconds=0)
    with pytest.raises(ModelError, match="answers none of our questions"):
        asked(lambda _: Line(text="", finish="parked", reason="no"))


def test_the_verdict_follows_the_answers() -> None:
    verdicts = [
        Trial(model="m", asked=10, right=n, by_chance=1.5, seconds=1, tokens_per_second=1, seconds_of_hundred=1).verdict
        for n in (9, 6, 2)
    ]
    assert [verdict.partition(":")[0] for verdict in verdicts] == [
        "good for this",
        "of some use",
        "little better than a guess",
    ]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(ModelServer()) as started:
        yield started


@pytest.mark.server
def test_a_server_is_tried_from_the_command_line(server: ModelServer, t2s: Command) -> None:
    ran = t2s("models", "try", server.url, "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["model"], found["asked"]) == (0, "small", 10)
    shown = t2s("models", "try", server.url)
    assert " of 10 answers are true (a guess gets " in shown.out
    assert "a hundred pieces of work like these: about " in shown.out
    assert "The seal lets 127.0.0.1:" in shown.err


def test_a_model_of_this_machine_is_tried_and_doctor_names_the_best(
    tmp_path: Path, tiny_model: Callable[[str], Path], t2s: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HF_HOME", "HF_HUB_CACHE", "OLLAMA_MODELS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".lmstudio" / "models"
    folder.mkdir(parents=True)
    (folder / "tiny.gguf").write_bytes(tiny_model("qwen3").read_bytes())

    def best() -> Fields:
        checks = json.loads(t2s("doctor", "--no-smoke", "--json").out)["checks"]
        return next(check for check in checks if check["name"] == "best model")

    assert (best()["found"], best()["fix"]) == ("none was tried yet", "t2s models try tiny.gguf")
    ran = t2s("models", "try", "tiny.gguf", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["right"] <= 5
    assert best()["found"].startswith("tiny.gguf: ")
    assert " of 10 answers were true, in " in best()["found"]


def test_no_model_is_no_model_to_try(t2s: Command) -> None:
    ran = t2s("models", "try", "none")
    assert (ran.code, "no model is named" in ran.err) == (5, True)
