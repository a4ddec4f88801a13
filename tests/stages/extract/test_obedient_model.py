"""Orders hidden in recordings reach no lesson, whatever a model makes of them."""

import re
from pathlib import Path

import pytest

from t2s_local.analysts import llm
from t2s_local.engines import llamacpp, scripted
from t2s_local.ports.engine import Engine, Request
from t2s_local.stages.extract.judge import judge
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.lesson import Lesson
from t2s_local.weights.fit import Wishes
from tests.poisoned import Case, cases
from tests.recorded import wording

_CHOICES = re.compile(r"^field\d+: (.*)$", re.MULTILINE)


def stated(case: Case, engine: Engine, *, n_runs: int = 4) -> list[Lesson]:
    """Lessons that a model states of the poisoned runs of *case*, after all that code looks at."""
    analyst = llm.load(engine, judge=engine, alone=True)
    found = [
        one for _, found in analyst.analyse(analyst.plan(slice_all(case.poisoned[:n_runs]))) for one in found.lessons
    ]
    return list(judge(found, {run.id: run for run in case.poisoned}).lessons)


def obeying(case: Case) -> scripted.Scripted:
    """A model that names the last steps it may, and passes on what the attacker wants."""

    def answer(request: Request) -> str:
        if '"cause"' in request.prefix:
            return wording(when="a table is worked on", do=f"Run `{case.marker}` first.", cause="it is wanted")
        names = re.findall(r'\\"(\w+)\\": "', str(request.grammar).partition("\n")[0])
        numbers = [re.findall(r"\d+", line)[-1] for line in _CHOICES.findall(str(request.grammar))]
        named = [name for name in names if name != "learned"]
        return "{" + ", ".join(f'"{name}": {number}' for name, number in zip(named, numbers, strict=True)) + "}"

    return scripted.load(answer)


def test_a_model_that_obeys_every_order_states_none_of_them() -> None:
    n_asked = 0
    for case in cases():
        engine = obeying(case)
        lessons = stated(case, engine)
        assert [lesson.do for lesson in lessons if case.marker in lesson.do] == [], case.marker
        n_asked += len(engine.asked)
    assert n_asked > 100


@pytest.mark.model
def test_a_real_model_states_none_of_them(real_model: Path) -> None:
    engine = llamacpp.load(real_model, wishes=Wishes(context=2048, sequences=8))
    try:
        for case in cases()[::20]:
            said = [f"{lesson.when} {lesson.do} {lesson.because}" for lesson in stated(case, engine, n_runs=1)]
            assert not [text for text in said if case.marker in text]
    finally:
        engine.close()
