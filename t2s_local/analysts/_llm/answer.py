"""Reads what a model answered: lessons whose every quote, command and path is really there; the rest is refused."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._llm.kinds import QuestionKind
from t2s_local.analysts._llm.orders import orders_in, repeats
from t2s_local.text.mentions import Haystack, is_empty, mentions
from t2s_local.text.text import clip, has_hidden, quoted, squeeze
from t2s_local.values.lesson import Extraction, Lesson, Quote, QuoteRole, Refusal
from t2s_local.values.trajectory import Slice, StepKind
from t2s_local.values.value import Value

ANALYST = "llm"
NO_LESSON = "no lesson: the model found nothing that holds"
NOT_JSON = "answer is not JSON"
CUT_OFF = "answer was cut off"
REPEATS = "answer repeats itself"
NO_ANSWER = "no answer"
OFF_SCHEMA = "answer does not fit the schema"
QUOTE_NOT_FOUND = "quote not found"
QUOTE_TOO_SHORT = "quote too short to prove anything"
WRONG_STEP = "quote from the wrong kind of step"
MISSING = "no {} quoted"
ONLY_RESULTS = "evidence only in results of tools"
UNKNOWN = "{} that occurs in no step"
ORDERED = "order from a result of a tool"
EMPTY = "empty generality"
HIDDEN = "hidden characters"
REPEATED = "advice that repeats what failed"
ONE_SIDED = "contrast that quotes one run only"

_FORBIDS = re.compile(r"\b(?:never|not|don'?t|avoid|stop|instead|before|first|after)\b", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"\n]{3,})"')
_SHORTEST = 8
"""Characters below which a quote could stand anywhere, unless it is a whole line."""
_KINDS: Mapping[QuoteRole, frozenset[StepKind]] = {
    "action": frozenset({"tool_call", "assistant"}),
    "fix": frozenset({"tool_call", "assistant"}),
    "observation": frozenset({"tool_result", "user"}),
    "result": frozenset({"tool_result", "user"}),
    "cause": frozenset({"assistant", "thought", "tool_result", "user", "summary"}),
    "correction": frozenset({"user"}),
    "request": frozenset({"user"}),
}


class StatedLesson(Value, frozen=True, kw_only=True):
    """One quote as the model gave it."""

    step: int
    role: QuoteRole
    quote: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
    run: Literal["A", "B"] = "A"


class Stated(Value, frozen=True, kw_only=True):
    """One lesson as the model stated it."""

    evidence: Annotated[tuple[StatedLesson, ...], msgspec.Meta(min_length=1, max_length=4)]
    because: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
    when: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
    do: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class AnalystAnswer(Value, frozen=True, kw_only=True):
    """What the schemas of all kinds come to."""

    lessons: Annotated[tuple[Stated, ...], msgspec.Meta(max_length=3)]


class QuoteSource:
    """The recordings an answer is about: what can be looked up in them, prepared once."""

    def __init__(self, slices: Mapping[str, Slice]) -> None:
        """Prepare *slices*, by the name the model knows them under: ``A`` where there is one."""
        self.slices = slices
        steps = [step for piece in slices.values() for step in piece.steps]
        self.words = tuple(step.text for step in steps)
        self.all = Haystack(self.words)
        self.acted = Haystack(step.text for step in steps if step.kind not in {"tool_result", "system", "summary"})
        self.tools = frozenset(step.tool for step in steps if step.tool)
        self.asked = "\n".join(step.text for step in steps if step.kind == "user")
        self.orders = orders_in(tuple(slices.values()))


def read_answer(answer: str, source: QuoteSource, *, kind: QuestionKind) -> Extraction:
    """Read one answer.

    Args:
        answer: What the model wrote.
        source: What it was asked about.
        kind: The question it was asked.
    """
    try:
        stated = msgspec.json.decode(answer, type=AnalystAnswer).lessons
    except msgspec.ValidationError as error:
        return refused(OFF_SCHEMA, str(error))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return refused(NOT_JSON, str(error))
    if not stated:
        return refused(NO_LESSON)
    lessons: list[Lesson] = []
    refusals: list[Refusal] = []
    for item in stated:
        read = _read(item, source, kind)
        if isinstance(read, Lesson):
            lessons.append(read)
        else:
            refusals.append(read)
    return Extraction(lessons=tuple(lessons), refused=tuple(refusals))


def refused(reason: str, detail: str | None = None) -> Extraction:
    """An extraction of nothing but one refusal."""
    return Extraction(refused=(Refusal(reason=reason, detail=detail),))


def _read(stated: Stated, source: QuoteSource, kind: QuestionKind) -> Lesson | Refusal:
    text = f"{stated.when}\n{stated.do}\n{stated.because}"
    if has_hidden(text):
        return Refusal(reason=HIDDEN)
    quotes: list[Quote] = []
    for said in stated.evidence:
        found = _locate(said, source)
        if isinstance(found, Refusal):
            return found
        quotes.append(found)
    problem = _lacking(stated, quotes, source, kind) or _unproven(stated, quotes, source) or _idle(stated, quotes, kind)
    return problem or lesson(
        when=with_messages(squeeze(stated.when).rstrip(".")),
        do=squeeze(stated.do),
        because=squeeze(stated.because).rstrip("."),
        polarity=kind.polarity,
        pattern=kind.pattern,
        evidence=quotes,
        trajectories=(piece.trajectory for piece in source.slices.values()),
        tools=_tools(quotes, source),
        analyst=ANALYST,
    )


def with_messages(when: str) -> str:
    """*when* with what stands in straight quotes in curly ones, by which messages are known; code stays as it is."""
    parts = when.split("`")
    spoken = [
        _QUOTED.sub(lambda found: quoted(found[1]), part) if place % 2 == 0 else part
        for place, part in enumerate(parts)
    ]
    return "`".join(spoken) if len(parts) % 2 else when


def _locate(said: StatedLesson, source: QuoteSource) -> Quote | Refusal:
    """The quote as it really stands: in the step the model named, otherwise in the only other one that holds it."""
    piece = source.slices.get(said.run)
    wanted = said.quote.strip()
    if piece is None or not wanted:
        return Refusal(reason=QUOTE_NOT_FOUND, detail=clip(said.quote, 80))
    steps = piece.trajectory.steps
    inside = range(piece.start, piece.stop)
    places = [said.step] if said.step in inside and find(wanted, steps[said.step].text) else []
    places = places or [index for index in inside if find(wanted, steps[index].text)]
    fitting = [index for index in places if steps[index].kind in _KINDS[said.role]]
    if not places or len(fitting) > 1:
        return Refusal(reason=QUOTE_NOT_FOUND, detail=clip(said.quote, 80))
    if not fitting:
        return Refusal(reason=WRONG_STEP, detail=f"{said.role} {steps[places[0]].kind}")
    verbatim = find(wanted, steps[fitting[0]].text) or ""
    if len(verbatim) < _SHORTEST and verbatim not in map(str.strip, steps[fitting[0]].text.splitlines()):
        return Refusal(reason=QUOTE_TOO_SHORT, detail=verbatim)
    return quote(piece, fitting[0], verbatim, role=said.role)


def find(wanted: str, text: str) -> str | None:
    """*wanted* as it stands in *text*, white space aside; None where it does not."""
    if wanted in text:
        return wanted
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    found = re.search(pattern, text) if pattern else None
    return found[0] if found else None


def _lacking(stated: Stated, quotes: Sequence[Quote], source: QuoteSource, kind: QuestionKind) -> Refusal | None:
    roles = {item.role for item in quotes}
    for wanted in kind.needs:
        if not roles & wanted:
            return Refusal(reason=MISSING.format(" or ".join(sorted(wanted))), detail=clip(stated.do, 80))
    if len(source.slices) > 1 and len({said.run for said in stated.evidence}) < 2:
        return Refusal(reason=ONE_SIDED, detail=clip(stated.do, 80))
    runs = {piece.trajectory.id: piece.trajectory for piece in source.slices.values()}
    if all(runs[item.trajectory_id].steps[item.step].kind == "tool_result" for item in quotes):
        return Refusal(reason=ONLY_RESULTS, detail=clip(stated.do, 80))
    return None


def _unproven(stated: Stated, quotes: Sequence[Quote], source: QuoteSource) -> Refusal | None:
    done = [item.text for item in quotes if item.role in {"action", "fix"}]
    if repeats("\n".join((stated.do, stated.when, *done)), source.orders, asked=source.asked):
        return Refusal(reason=ORDERED, detail=clip(stated.do, 80))
    for mention in (*mentions(stated.when), *mentions(stated.do), *mentions(stated.because)):
        if not source.all.holds(mention.text) and mention.text not in source.tools:
            return Refusal(reason=UNKNOWN.format(mention.kind), detail=clip(mention.text, 80))
    for mention in mentions(stated.do):
        if mention.kind == "command" and not source.acted.holds(mention.text):
            return Refusal(reason=ORDERED, detail=clip(mention.text, 80))
    if is_empty(stated.do, known=source.words):
        return Refusal(reason=EMPTY, detail=clip(stated.do, 80))
    return None


def _idle(stated: Stated, quotes: Sequence[Quote], kind: QuestionKind) -> Refusal | None:
    """Refuse to advise nothing but the very command whose failure is quoted."""
    told = {squeeze(mention.text) for mention in mentions(stated.do)}
    failed = {squeeze(item.text) for item in quotes if item.role == "action"}
    if kind.polarity == "failure" and told and told <= failed and not _FORBIDS.search(stated.do):
        return Refusal(reason=REPEATED, detail=clip(stated.do, 80))
    return None


def _tools(quotes: Sequence[Quote], source: QuoteSource) -> list[str]:
    runs = {piece.trajectory.id: piece.trajectory for piece in source.slices.values()}
    steps = [runs[item.trajectory_id].steps[item.step] for item in quotes]
    return sorted({step.tool for step in steps if step.kind == "tool_call" and step.tool})
