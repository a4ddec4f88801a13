"""The engine on a real llama.cpp server with real weights: it says what the engine in this process says."""

from pathlib import Path

import msgspec
import pytest

from t2s_local.answer_shapes import CodedLine, Fields, OneOf, grammar_of
from t2s_local.engines.llamacpp import load as load_here
from t2s_local.engines.server import ServerEngine, load, read_address
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation, Request
from t2s_local.weights.fit import Wishes

pytestmark = [pytest.mark.server, pytest.mark.model]

FIELDS: Fields = {
    "step": OneOf(choices=(2, 4)),
    "do": CodedLine(longest=80, sources=("git pull --rebase", "git push")),
}
PROMPT = "[2] git push: rejected\n[4] git pull --rebase: done\nWhich step worked? What is to be done instead? JSON."
QUESTION = Request(id="r", prefix="", prompt=PROMPT, grammar=grammar_of(FIELDS), max_tokens=80)
SITUATION = "The file is missing. The command `cat notes.txt` fails with"
TEXTS = [
    Continuation(text=" No such file or directory"),
    Continuation(text=" Connection reset by peer", spans=((12, 17),)),
    Continuation(given=" Advice: look at the network.", text=" Connection reset by peer"),
]


@pytest.fixture(scope="module")
def engine(real_server: str) -> ServerEngine:
    return load(read_address(real_server, allowed=()))


def test_the_server_says_what_it_holds_and_takes_our_grammars(engine: ServerEngine, real_server: str) -> None:
    assert (engine.context, engine.n_at_once) == (4096, 4)
    assert engine.about()[0].endswith("ctx 4096 x 4 questions at once, answers held to a grammar.")
    with pytest.raises(ModelError, match="holds 4096 tokens a question, and 16000 are asked for"):
        load(read_address(real_server, allowed=()), context=16_000)
    with pytest.raises(ModelError, match="no model 'large'"):
        load(read_address(f"{real_server}#large", allowed=()))


def test_the_server_answers_and_scores_as_the_engine_of_this_process_does(
    engine: ServerEngine, real_model: Path
) -> None:
    here = load_here(real_model, wishes=Wishes(context=2048, sequences=1))
    try:
        for one in (here, engine):
            said = msgspec.json.decode(next(iter(one.complete([QUESTION]))).text)
            assert said["step"] == 4
        scored = [one.score(SITUATION, TEXTS) for one in (here, engine)]
    finally:
        here.close()
    assert [len(values) for values in scored[0]] == [len(values) for values in scored[1]]
    for ours, theirs in zip(*scored, strict=True):
        assert ours == pytest.approx(theirs, abs=0.25)


def test_a_question_that_does_not_fit_is_parked(engine: ServerEngine) -> None:
    long = msgspec.structs.replace(QUESTION, prompt="one more word " * 2000)
    (completion,) = engine.complete([long])
    assert completion.finish == "parked"
    assert "too long: 6" in (completion.reason or "")
