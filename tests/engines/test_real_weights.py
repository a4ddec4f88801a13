"""The engine on the weights of a real instruct model: it answers, under a schema, and the same again."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from t2s_local.answer_shapes import CodedLine, Fields, OneOf, grammar_of
from t2s_local.engines.llamacpp import LlamaCpp, load
from t2s_local.ports.engine import Continuation, Request
from t2s_local.weights.fit import Wishes

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def engine(real_model: Path) -> Iterator[LlamaCpp]:
    loaded = load(real_model, wishes=Wishes(context=2048, sequences=2))
    yield loaded
    loaded.close()


def test_a_real_model_answers_what_it_is_asked(engine: LlamaCpp) -> None:
    colour = {"enum": ["red", "green", "blue"]}
    schema: dict[str, object] = {"type": "object", "properties": {"sky": colour}, "required": ["sky"]}
    request = Request(
        id="sky", prefix="", prompt="What colour is a clear sky? Answer in JSON.", schema=schema, max_tokens=20
    )
    first, second = engine.complete([request, msgspec.structs.replace(request, id="again")])
    assert msgspec.json.decode(first.text) == {"sky": "blue"}
    assert second.text == first.text


def test_a_real_model_expects_what_is_true(engine: LlamaCpp) -> None:
    told = "The file is missing. The command `cat notes.txt` fails with"
    true, false = engine.score(
        told, [Continuation(text=" No such file or directory"), Continuation(text=" Connection reset by peer")]
    )
    assert sum(true) > sum(false)


def test_a_real_model_fills_in_a_shape(engine: LlamaCpp) -> None:
    fields: Fields = {
        "step": OneOf(choices=(2, 4)),
        "do": CodedLine(longest=80, sources=("git pull --rebase", "git push")),
    }
    prompt = "[2] git push: rejected\n[4] git pull --rebase: done\nWhich step worked? What is to be done instead? JSON."
    request = Request(id="r", prefix="", prompt=prompt, grammar=grammar_of(fields), max_tokens=80)
    said = msgspec.json.decode(next(iter(engine.complete([request]))).text)
    assert said["step"] == 4
    assert len(said["do"]) >= 4
