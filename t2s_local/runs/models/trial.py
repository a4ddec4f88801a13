"""Try a model with sample questions about recordings that ship with the package."""

import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from t2s_local.analysts.llm import TrialQuestion, expected, forecast, trial_questions
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Engine
from t2s_local.runs.models.models import Say, close_engines, engine_at, model_place
from t2s_local.runs.models.tries import KeptTry, keep
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.value import Value
from t2s_local.weights.fit import Wishes

QUESTIONS = 10
_SECONDS = 45.0
"""Seconds after which a trial waits for no more answers."""
_WISHES = Wishes(context=2048, sequences=2)
"""Memory settings of a model in a trial: two questions at once, so that a slow model answers in time."""
_WRITTEN = 3
"""Tokens that a model reads in the time in which it writes one: 2.6 to 5 on the CPUs measured."""
_PIECES = 100


class Trial(Value, frozen=True, kw_only=True):
    """Result of asking a model the sample questions."""

    model: str
    asked: int
    """Number of questions that were answered in time."""
    right: int
    by_chance: float
    """Number of the answered questions that guessing would answer correctly on average."""
    seconds: float
    """Time from the first question to the last answer, without loading the model."""
    tokens_per_second: float
    """Tokens read and written a second; tokens that several questions share count once."""
    seconds_of_hundred: float
    """Estimated seconds for questions about a hundred units of work."""

    @property
    def verdict(self) -> str:
        """Statement of how useful the model is, in words."""
        if self.right >= 0.8 * self.asked:
            return "good for this: it finds what failed and what fixed it"
        if self.right >= max(0.5 * self.asked, 1.5 * self.by_chance):
            return "of some use: best with --analyst mined, where it words what code has found"
        return "little better than a guess: --model none tells as much, or take a larger model"


def try_model(model: str, *, say: Say) -> Trial:
    """Ask the model that *model* names ten questions with known answers, for 45 seconds at most.

    Args:
        model: ``auto``, an alias, the path of a file, or the address of a server.
        say: Called with words about the model that is used, and its settings.

    Raises:
        UsageError: the name is not known.
        ModelError: there is no such model, it cannot be run, or it answers nothing in time.
    """
    place = model_place(model, _WISHES, say, detail=say)
    if place is None:
        message = "no model is named" if model == "none" else "no model is installed that runs and fits"
        raise ModelError(message, hint="`t2s models ls` lists what there is.")
    questions = sample_questions(QUESTIONS)
    try:
        engine = engine_at(place, _WISHES, say)
        n_shared = engine.count_tokens(questions[0].request.prefix)  # loads the model
        found = measured(engine, questions, n_shared=n_shared, name=engine.name)
    finally:
        close_engines(place)
    if isinstance(place, Path):
        keep(place, KeptTry(asked=found.asked, right=found.right, seconds=found.seconds))
    return found


def sample_questions(n: int) -> tuple[TrialQuestion, ...]:
    """Return *n* questions about the recordings that ship with the package."""
    with resources.as_file(resources.files("t2s_local").joinpath("samples")) as samples:
        runs = read([samples], labels=samples / "labels.csv").trajectories
    return trial_questions(slice_all(runs), n=n)


def measured(
    engine: Engine, questions: tuple[TrialQuestion, ...], *, n_shared: int, name: str, seconds: float = _SECONDS
) -> Trial:
    """Ask *questions*, count the right answers, and measure the speed.

    Args:
        engine: The model.
        questions: At least one.
        n_shared: Number of tokens that half of the questions begin with.
        name: The model's name.
        seconds: Seconds after which the trial waits for no more answers.

    Raises:
        ModelError: the model cannot be run, or answers nothing.
    """
    known = {question.request.id: question for question in questions}
    asked: list[TrialQuestion] = []
    n_right, n_read, n_written, began = 0, n_shared, 0, time.monotonic()

    def in_time() -> Iterator[TrialQuestion]:
        for question in questions:
            if time.monotonic() - began < seconds:
                yield question

    for completion in engine.complete(question.request for question in in_time()):
        question = known[completion.request_id]
        if completion.finish == "parked":
            continue
        asked.append(question)
        n_right += question.is_right(completion)
        n_read += completion.prompt_tokens - (n_shared if question.by_chance else 0)
        n_written += completion.generated_tokens
        if time.monotonic() - began >= seconds:
            break
    took = time.monotonic() - began
    if not asked:
        message = "it answers none of our questions"
        raise ModelError(message, hint="`t2s models ls` lists what there is; --model none works without one.")
    more = forecast([0] * _PIECES)
    cost = took / (n_read + _WRITTEN * n_written)
    return Trial(
        model=name,
        asked=len(asked),
        right=n_right,
        by_chance=round(expected(asked), 1),
        seconds=round(took, 1),
        tokens_per_second=round((n_read + n_written) / took, 1),
        seconds_of_hundred=round(cost * (more.prompt_tokens + _WRITTEN * more.answer_tokens), 3),
    )
