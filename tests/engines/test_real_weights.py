"""The engine on the weights of a real instruct model: it answers, under a schema, and the same again."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from t2s_local.engines.llamacpp import LlamaCpp, load
from t2s_local.ports.engine import Request
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
    assert sum(engine.score(told, " No such file or directory")) > sum(engine.score(told, " Connection reset by peer"))
