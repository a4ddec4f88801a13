"""Question that asks a model to put one rule in plain words."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from t2s_local.answer_shapes import CodedLine, Fields, grammar_of, schema_of, sources_of
from t2s_local.ports.engine import Request
from t2s_local.prompts import fill
from t2s_local.text.effect.effect import Advice
from t2s_local.text.effect.shown import WHOLE, changes, cut
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.writers._page.rules import Rule

PROMPT = "rule_wording.v1.md"
ANSWER_TOKENS = 100
_LONGEST = 140
_TASK = 200

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=800)]


class RewordingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A model's complete answer to the request to put one rule in plain words."""

    when: _Text
    do: _Text


def rewording_request(
    rule: Rule, tasks: Mapping[TrajectoryId, str | None], *, id: str, seed: int
) -> Request:  # as in Request
    """Return the request to put *rule* in plain words."""
    texts = [rule.situation, rule.options[0].do, *_quoted(rule).values()]
    sources = sources_of([text.replace("`", "\n")[:WHOLE] for text in texts])
    fields: Fields = {
        "when": CodedLine(longest=_LONGEST, sources=sources),
        "do": CodedLine(longest=_LONGEST, sources=sources),
    }
    return Request(
        id=id,
        prefix=fill(PROMPT),
        prompt="\n".join([*(f"{name}: {text}" for name, text in _lines(rule, tasks) if text), "Answer"]),
        schema=schema_of(fields),
        grammar=grammar_of(fields),
        max_tokens=ANSWER_TOKENS,
        seed=seed,
    )


def read_rewording(text: str) -> Advice | None:
    """Return the advice in an answer; None if the answer is incomplete or not valid."""
    try:
        said = msgspec.json.decode(text, type=RewordingAnswer)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    when = squeeze(said.when).rstrip(".")
    return Advice(when=when[5:] if when.lower().startswith("when ") else when, do=squeeze(said.do))


def _quoted(rule: Rule) -> dict[str, str]:
    """Return one quote for each role, from one run of the first lesson with a quoted fix."""
    shown = next((lesson for lesson in rule.lessons if any(q.role == "fix" for q in lesson.evidence)), rule.lesson)
    run = shown.evidence[0].trajectory_id if shown.evidence else None
    return {quote.role: quote.text for quote in reversed(shown.evidence) if quote.trajectory_id == run}


def _lines(rule: Rule, tasks: Mapping[TrajectoryId, str | None]) -> Iterator[tuple[str, str]]:
    quoted = _quoted(rule)
    failed, worked = quoted.get("action", ""), quoted.get("fix", "")
    yield "Task", cut(tasks.get(rule.trajectory_ids[0]) or "", _TASK)
    yield "Rule", cut(f"when {rule.situation}: {rule.options[0].do}", WHOLE)
    yield "Ran", cut(failed, WHOLE)
    yield "Got", cut(quoted.get("observation", ""), WHOLE)
    yield "Worked", cut(worked, WHOLE)
    if failed and worked:
        yield "Changed", cut(changes(cut(failed, WHOLE), cut(worked, WHOLE)), WHOLE)
