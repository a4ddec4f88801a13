"""Question about a whole skill: its name, its purpose, and when it is needed."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Annotated

import msgspec

from t2s_local.answer_shapes import CodedLine, Fields, Line, grammar_of, schema_of, sources_of
from t2s_local.ports.engine import Request
from t2s_local.ports.writer import Evidence
from t2s_local.prompts import fill
from t2s_local.text.effect.shown import cut
from t2s_local.text.text import first_line
from t2s_local.values.lesson import Refusal
from t2s_local.values.skill import Wording
from t2s_local.writers._llm.checks import BAD_DESCRIPTION, BAD_NAME, description_of, name_of, words_of
from t2s_local.writers._page.rules import Rule

PROMPT = "skill_subject.v1.md"
OFF_SHAPE = "writer: answer does not fit the question"
ANSWER_TOKENS = 130
_MOST_RULES = 5
_RULE = 160
_MOST_TASKS = 3
_TASK = 110
_LONGEST = 150

_Text = Annotated[str, msgspec.Meta(max_length=800)]


class SubjectAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A model's complete answer to the question about the name, purpose and occasions of a skill."""

    name: _Text
    what: _Text
    use_when: _Text


def subject_request(rules: Sequence[Rule], evidence: Evidence, *, id: str, seed: int) -> Request:  # as in Request
    """Return the request for name and description of a skill with *rules*."""
    advice = [cut(f"when {rule.situation}: {rule.options[0].do}", _RULE) for rule in rules[:_MOST_RULES]]
    fields: Fields = {
        "name": Line(longest=40, shortest=4),
        "what": Line(longest=_LONGEST, shortest=20),
        "use_when": CodedLine(longest=_LONGEST, sources=sources_of(advice), shortest=20),
    }
    asked = [f"Asked for: {task}" for task in tasks_of(rules, evidence)]
    return Request(
        id=id,
        prefix=fill(PROMPT),
        prompt="\n".join([*asked, *(f"Advice: {line}" for line in advice), "Answer"]),
        schema=schema_of(fields),
        grammar=grammar_of(fields),
        max_tokens=ANSWER_TOKENS,
        seed=seed,
    )


def read_subject(text: str, rules: Sequence[Rule], evidence: Evidence) -> Wording:
    """Return the usable part of an answer, name and description, and a refusal for each unusable part."""
    try:
        said = msgspec.json.decode(text, type=SubjectAnswer)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Wording(refused=(Refusal(reason=OFF_SHAPE, detail=str(error)),))
    known = (*tasks_of(rules, evidence), *(one for rule in rules for one in words_of(rule)))
    name, description = name_of(said.name, known), description_of(said.what, said.use_when, known)
    refused = []
    if name is None:
        refused.append(Refusal(reason=BAD_NAME, detail=cut(said.name, 80)))
    if description is None:
        refused.append(Refusal(reason=BAD_DESCRIPTION, detail=cut(f"{said.what} {said.use_when}", 80)))
    return Wording(name=name, description=description, refused=tuple(refused))


def tasks_of(rules: Iterable[Rule], evidence: Evidence) -> tuple[str, ...]:
    """Return up to three different requests of the runs behind *rules*: one run of each rule in turn."""
    queues = [[evidence.tasks.get(run) or "" for run in rule.trajectory_ids] for rule in rules]
    told = dict.fromkeys(first_line(task, limit=_TASK) for turn in zip_longest(*queues, fillvalue="") for task in turn)
    return tuple(task for task in told if task)[:_MOST_TASKS]
