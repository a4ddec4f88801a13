"""Let a model judge steps that the rules call sound: it may lower a verdict, with a quote, and never raises one."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from t2s_local.answer_shapes import Fields, OneOf, grammar_of, schema_of
from t2s_local.ports.engine import Completion, Engine, Request
from t2s_local.prompts import template
from t2s_local.stages.intake.slices import slice_trajectory
from t2s_local.stages.steps.steps import BY_MODEL, FATAL, REPAIRED, SOUND, StepVerdict
from t2s_local.text.events import Event, events_of
from t2s_local.text.text import clip, squeeze
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value

PROMPT = "step_judge.v1.md"
UNREADABLE = "unusable: no answer in the form that was asked for"
UNQUOTED = "no line quoted for a lower verdict"
_VALUES = {"1": SOUND, "0.5": REPAIRED, "0": FATAL}
_REASONS = {REPAIRED: f"{BY_MODEL} a slip", FATAL: f"{BY_MODEL} fatal"}
_MOST_LINES = {"call": 8, "result": 16}
_LONGEST_LINE, _LONGEST_TASK = 200, 600
_ANSWER_TOKENS = 30


class StepQuestion(Value, frozen=True, kw_only=True):
    """A question about one step that the rules call sound."""

    step: int
    request: Request
    lines: tuple[str, ...]
    """Lines of the call and of its result, as they are shown to the model, numbered from 1."""


class Judgement(Value, frozen=True, kw_only=True):
    """Verdicts after a model has judged, and counts of its answers."""

    model: str
    n_asked: int
    n_lowered: int
    refused: dict[str, int]
    """Number of answers that lower no verdict, by reason; an unreadable answer leaves its step without a verdict."""


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    verdict: str
    quote: int


def questions_about(
    run: Trajectory, verdicts: Sequence[StepVerdict], clean: Callable[[str], str]
) -> tuple[StepQuestion, ...]:
    """Return a question about each call of *run* that *verdicts* call sound.

    Args:
        run: The recorded run.
        verdicts: Verdicts by rules.
        clean: Removes secrets from a text.
    """
    events = {event.call: event for piece in slice_trajectory(run) for event in events_of(piece)}
    task = clip(squeeze(clean(run.task or "")), _LONGEST_TASK)
    sound = (verdict.step for verdict in verdicts if verdict.verdict == SOUND and verdict.step in events)
    return tuple(_question(run.id, step, task, events[step], clean) for step in sound)


def _question(run: str, step: int, task: str, event: Event, clean: Callable[[str], str]) -> StepQuestion:
    call, result = _lines(event.action, "call", clean), _lines(event.output, "result", clean)
    numbered = [f"{number}. {line}" for number, line in enumerate((*call, *result), 1)]
    shown = ["Call", *numbered[: len(call)], "Result", *numbered[len(call) :]]
    fields = _fields(len(numbered))
    return StepQuestion(
        step=step,
        lines=(*call, *result),
        request=Request(
            id=f"{run} {step}",
            prefix=template(PROMPT),
            prompt="\n".join((f"Task: {task}", f"Tool: {event.tool}", *shown, "", "Answer")),
            schema=schema_of(fields),
            grammar=grammar_of(fields),
            max_tokens=_ANSWER_TOKENS,
        ),
    )


def _lines(text: str, part: str, clean: Callable[[str], str]) -> tuple[str, ...]:
    """Return the lines to show: cleaned before they are split and cut, since a secret may have several lines."""
    kept = [line.strip() for line in clean(text).splitlines() if line.strip()]
    return tuple(line[:_LONGEST_LINE] for line in kept[: _MOST_LINES[part]])


def _fields(n_lines: int) -> Fields:
    return {"verdict": OneOf(choices=tuple(_VALUES)), "quote": OneOf(choices=tuple(range(n_lines + 1)))}


def judged_by(
    engine: Engine, runs: Sequence[tuple[Sequence[StepVerdict], Sequence[StepQuestion]]]
) -> tuple[list[tuple[StepVerdict, ...]], Judgement]:
    """Ask *engine* every question, and return the verdicts of every run, some of them lowered.

    Args:
        engine: The model.
        runs: Verdicts and questions of each run.

    Raises:
        ModelError: the model cannot be run.
    """
    asked = {question.request.id: question for _, questions in runs for question in questions}
    answers = {done.request_id: done for done in engine.complete([one.request for one in asked.values()])}
    read = {name: lower_verdict(answers.get(name), question) for name, question in asked.items()}
    refused = sorted(said for said in read.values() if isinstance(said, str))
    judged = [tuple(_lowered(verdicts, questions, read)) for verdicts, questions in runs]
    return judged, Judgement(
        model=engine.name,
        n_asked=len(asked),
        n_lowered=sum(isinstance(said, tuple) for said in read.values()),
        refused={reason: refused.count(reason) for reason in dict.fromkeys(refused)},
    )


def lower_verdict(answer: Completion | None, question: StepQuestion) -> tuple[float, str] | str | None:
    """Return the lower verdict and the quoted line, or a reason to refuse the answer; None if it calls the step sound.

    An answer that names none of the three values leaves the step without a verdict; the answer is not rounded to a
    value.
    """
    try:
        said = msgspec.json.decode(answer.text if answer is not None else "", type=_Answer)
    except msgspec.MsgspecError:
        return UNREADABLE
    value = _VALUES.get(said.verdict)
    if value is None:
        return UNREADABLE
    if value == SOUND:
        return None
    if not 1 <= said.quote <= len(question.lines):
        return UNQUOTED
    return value, question.lines[said.quote - 1]


def _lowered(
    verdicts: Sequence[StepVerdict],
    questions: Sequence[StepQuestion],
    read: Mapping[str, tuple[float, str] | str | None],
) -> Iterator[StepVerdict]:
    said = {question.step: read[question.request.id] for question in questions}
    for verdict in verdicts:
        lower = said.get(verdict.step)
        if isinstance(lower, tuple):
            yield msgspec.structs.replace(verdict, verdict=lower[0], reason=_REASONS[lower[0]], quote=lower[1])
        elif lower == UNREADABLE:
            yield msgspec.structs.replace(verdict, verdict=None, reason=UNREADABLE)
        else:
            yield verdict
