"""Questions which line of an existing skill a step follows or goes against, and the readings of their answers.

A small model names the same place whatever stands there, so it is asked twice, the second time with the lines in
reverse order: only a line that it names both times counts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from t2s_local.analysts._llm.evidence import NO_LESSON, NOT_OFFERED, NOT_READ, NOTHING
from t2s_local.analysts._llm.faults import judged_events
from t2s_local.analysts._llm.situation import Situation
from t2s_local.analysts._llm.skills.reader import MOST_LINES, Shown, SkillReader, listed
from t2s_local.answer_shapes import OneOf, grammar_of, schema_of
from t2s_local.ports.engine import Request
from t2s_local.prompts import fill
from t2s_local.text.effect.shown import cut, line_of
from t2s_local.text.events import Event
from t2s_local.text.text import content, mask
from t2s_local.values.lesson import Unit
from t2s_local.values.trajectory import Slice, StepFaults

PROMPT = "skill_evidence.v1.md"
UNRELATED = "line of the skill that the step has no word of"
IN_A_CASE = "line of the skill for a case, which a step alone does not show"
UNSTABLE = "line of the skill that another order of the lines changes"
NOT_SUCCEEDED = "step against the skill in a run that did not succeed"
_Item = TypeVar("_Item")
_ANSWER_TOKENS = 32
_CASE = re.compile(r"\W*(?:when|whenever|if|where|after|before|once|while|until|unless|in case)\b", re.IGNORECASE)
_TASK = 300
_LONGEST_SAID = 400


class LineQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question whose answer names a line of a skill, a step, and whether the step does what the line says."""

    id: str
    piece: Slice
    shown: Shown
    steps: tuple[int, ...]
    """Step index for each number of the question; the first belongs to number 1."""
    faults: StepFaults = msgspec.field(default_factory=dict)

    @property
    def reversed(self) -> "LineQuestion":
        """The same question with the lines in reverse order."""
        back = Shown(part=self.shown.part, lines=self.shown.lines[::-1])
        return msgspec.structs.replace(self, id=f"{self.id}-back", shown=back)

    @property
    def kind(self) -> str:
        """Kind of the question, in one word."""
        return "skill"

    def request(self, *, seed: int) -> Request:
        """Return the request to the model."""
        steps = self.piece.trajectory.steps
        fields = {
            "line": OneOf(choices=tuple(range(1, len(self.shown.lines) + 1))),
            "step": OneOf(choices=tuple(range(1, len(self.steps) + 1))),
            "kept": OneOf(choices=("yes", "no")),
        }
        skill = f"Skill, “{cut(self.shown.part.title, _TASK)}”:\n{listed(self.shown.lines)}"
        numbered = [line_of(number, steps[index]) for number, index in enumerate(self.steps, start=1)]
        return Request(
            id=self.id,
            prefix=fill(PROMPT),
            prompt="\n".join([skill, f"Task: {cut(self.piece.request or '', _TASK)}", *numbered, "Answer"]),
            schema=schema_of(fields),
            grammar=grammar_of(fields, otherwise=NOTHING),
            max_tokens=_ANSWER_TOKENS,
            seed=seed,
        )


def questions(unit: Unit, reader: SkillReader, faults: StepFaults) -> Iterator[LineQuestion]:
    """Yield the question about the lines of the section that *unit*, a slice, concerns, and the reversed question.

    Nothing if there is no section or no step to name; one question if there is one line.
    """
    if unit.kind != "slice" or not (unit.questions is None or "skill" in unit.questions):
        return
    piece = unit.slices[0]
    shown = reader.shown(piece)
    if shown is None:
        return
    events = [event for event in judged_events(piece, faults) if not event.failed]
    steps = _nearest(piece, events, shown)
    if steps:
        question = LineQuestion(id=f"{unit.id}-skill", piece=piece, shown=shown, steps=steps, faults=faults)
        yield question
        if len(shown.lines) > 1:
            yield question.reversed


def read(question: LineQuestion, text: str) -> Situation | str:
    """Return the situation that an answer names, or the reason why it names none.

    A step against a line counts only in a run that succeeded: only success shows that a line may be wrong.
    """
    try:
        said = msgspec.json.decode(text, type=dict[str, int | bool | str])
    except msgspec.DecodeError:
        return NOT_READ
    if said == NOTHING:
        return NO_LESSON
    line, step, kept = said.get("line"), said.get("step"), said.get("kept")
    told = _named(line, question.shown.lines)
    at = _named(step, question.steps)
    if told is None or at is None or kept not in ("yes", "no"):
        return NOT_OFFERED
    if not content(mask(told)) & _words(question.piece, at):
        return UNRELATED
    if kept == "yes" and _CASE.match(told):
        return IN_A_CASE
    if kept == "no" and question.piece.trajectory.outcome != "success":
        return NOT_SUCCEEDED
    event = next(one for one in judged_events(question.piece, question.faults) if one.call == at)
    return Situation(
        kind="skill",
        piece=question.piece,
        before=None,
        got=None,
        remedy=(at,),
        proof=event.result,
        line=told,
        title=question.shown.part.title,
        is_kept=kept == "yes",
    )


def agreed(found: Sequence[Situation | str]) -> Situation | str:
    """Return the situation that all readings of one question name, or the reason why there is none."""
    situations = [one for one in found if isinstance(one, Situation)]
    if len(situations) < len(found):
        return min(one for one in found if isinstance(one, str))
    if len({(one.line, one.is_kept) for one in situations}) > 1:
        return UNSTABLE
    return min(situations, key=lambda one: one.remedy)


def _named(number: object, offered: Sequence[_Item]) -> _Item | None:
    """Return the item with this number, counted from 1; None if *number* is none of the offered numbers."""
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= len(offered):
        return None
    return offered[number - 1]


def _nearest(piece: Slice, events: Sequence[Event], shown: Shown) -> tuple[int, ...]:
    """Return at most eight calls that share most words with the shown lines, in order."""
    told = content(mask(" ".join(shown.lines)))
    ranked = sorted((-len(told & _words(piece, event.call)), event.call) for event in events)
    return tuple(sorted(call for worth, call in ranked[:MOST_LINES] if worth))


def _words(piece: Slice, at: int) -> frozenset[str]:
    """Return the content words of a call, of its tool, and of what the agent said directly before it."""
    steps = piece.trajectory.steps
    call = steps[at]
    before = steps[at - 1] if at and steps[at - 1].kind in {"assistant", "thought"} else None
    said = "" if before is None else before.text[-_LONGEST_SAID:]
    tool = call.tool or ""
    return content(mask(f"{tool} {tool.replace('_', ' ')} {call.text}\n{said}"))
