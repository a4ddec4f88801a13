"""What asking a model will come to is known before a recording is looked into."""

from importlib import resources
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from t2s_local.analysts import llm
from t2s_local.analysts._llm.excerpt import estimated
from t2s_local.analysts._llm.forecast import forecast
from t2s_local.engines import scripted
from t2s_local.ports.analyst import Forecast
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_all

SAMPLES = Path(str(resources.files("t2s_local").joinpath("samples")))


def test_the_forecast_of_the_samples_is_near_what_is_asked() -> None:
    slices = slice_all(read((SAMPLES,), format_name=None, labels=SAMPLES / "labels.csv").trajectories)
    engine = scripted.load(['{"lessons": []}'])
    analyst = llm.load(engine)
    units = analyst.plan(slices)
    assert len(list(analyst.analyse(units))) == len(units)
    sent = sum(estimated(request.prompt) for request in engine.asked)
    sent += sum(estimated(prefix) for prefix in {request.prefix for request in engine.asked})
    sizes = [sum(len(step.text) for step in piece.steps) for piece in slices]
    found = forecast(sizes, n_compared=sum(unit.kind == "task" for unit in units))
    assert 0.8 <= found.calls / len(engine.asked) <= 1.25
    assert 0.8 <= found.prompt_tokens / sent <= 1.5


@given(st.lists(st.integers(0, 10**6), max_size=20), st.integers(0, 10**6))
def test_more_to_read_never_costs_less(sizes: list[int], another: int) -> None:
    less, more = forecast(sizes), forecast([*sizes, another])
    assert (less.calls, less.prompt_tokens, less.answer_tokens) < (more.calls, more.prompt_tokens, more.answer_tokens)


def test_nothing_costs_nothing() -> None:
    assert forecast([]) == Forecast(calls=0, prompt_tokens=0, answer_tokens=0)
