"""The writer that lets a local model word the rules; counts, evidence and layout stay code's.

A rule the model words badly keeps the template writer's words, and so does the whole skill when most of them are bad.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import msgspec

from t2s_local.code_digest import sources_digest
from t2s_local.ports.engine import Completion, Engine, Request
from t2s_local.ports.writer import PLAIN_WORDING, Evidence
from t2s_local.prompts import fill, prompt_digest, template
from t2s_local.question_queue import QuestionQueue
from t2s_local.values.cluster import Family
from t2s_local.values.lesson import Refusal
from t2s_local.values.skill import Skill, Wording
from t2s_local.values.value import digest
from t2s_local.writers._llm.answer import read_answer, refusal_rate, reworded
from t2s_local.writers._llm.offer import PROMPT, Offer, offer
from t2s_local.writers._page.body import assemble, choose_name
from t2s_local.writers._page.rules import rules_of
from t2s_local.writers.template import TemplateWriter

INSTRUCTIONS = "skill_writer.v2.md"
SCHEMA = "skill_writer.v1.json"
ANSWER_TOKENS = 1800
"""Ten rules of 140 tokens, a name and a description."""
HIGHEST_RATE = 0.5
"""Share of refused rules above which the template writer's words are taken for the whole skill."""
TRIES = ((0.3, 0), (0.1, 1), (0.1, 2))
"""Temperature and what is added to the seed: again colder and with a new seed, at last with half of the rules."""
_SPARE = 96
FELL_BACK = "writer: skill worded by the template writer, too much was refused"
BROKE_RULES = "writer: skill worded by the template writer, it broke the rule book"
NO_ANSWER = "writer: no answer"

Faults = Callable[[Skill], Sequence[str]]
"""Says what is wrong with a skill; empty where nothing is."""


class LlmWriter:
    """Writes skills in a model's words."""

    name = "llm"

    def __init__(self, engine: Engine, *, seed: int, faults: Faults) -> None:
        """Ask *engine*."""
        self._engine = engine
        self._seed = seed
        self._faults = faults
        self._plain = TemplateWriter()
        prompts = (prompt_digest(name) for name in (INSTRUCTIONS, SCHEMA, PROMPT))
        self.version = digest(sources_digest(__name__), engine.digest, str(engine.context), *prompts, str(seed))

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        """Ask about *families*, many at a time; each comes out when an answer of use has come, or the last one.

        Raises:
            ModelError: the model cannot be run.
        """
        asking = QuestionQueue[_Question](self._engine, self._request)
        for question, completion in asking.answers(self._questions(families, evidence)):
            wording = _read(completion, question)
            if refusal_rate(wording) > HIGHEST_RATE and question.attempt + 1 < len(TRIES):
                asking.again(msgspec.structs.replace(question, attempt=question.attempt + 1))
            else:
                yield question.family, wording

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
    ) -> Skill:
        """Write the skill in the words of *wording*; what was refused of the model's answer stands in its notes."""
        plain = partial(self._plain.write, family, evidence, taken=taken, min_support=min_support)
        if refusal_rate(wording) > HIGHEST_RATE:
            return _noted(plain(), (*wording.refused, Refusal(reason=FELL_BACK)))
        named = wording.name if family.name is None and wording.name not in taken else None
        skill = assemble(
            [
                reworded(rule, None if rule.is_pinned else wording.rules.get(rule.id))
                for rule in rules_of(family, evidence)
            ],
            family,
            evidence,
            name=named or choose_name(family, taken),
            described=wording.description,
            min_support=min_support,
            writer=self.name,
        )
        wrong = self._faults(skill)
        if wrong:
            return _noted(plain(), (*wording.refused, Refusal(reason=BROKE_RULES, detail=wrong[0])))
        return _noted(skill, wording.refused)

    def _questions(self, families: Iterable[Family], evidence: Evidence) -> Iterator["_Question"]:
        count = self._engine.count_tokens
        room = None
        for family in families:
            if room is None:
                room = self._engine.context - count(fill(INSTRUCTIONS)) - ANSWER_TOKENS - _SPARE
            rules = rules_of(family, evidence)
            whole = offer(rules, family, evidence, room=room, count=count)
            half = offer(rules[: -(-len(whole.rules) // 2)], family, evidence, room=room, count=count)
            yield _Question(family=family, offers=(whole, whole, half))

    def _request(self, question: "_Question") -> Request:
        temperature, seed_offset = TRIES[question.attempt]
        return Request(
            id=f"{question.family.id}-{question.attempt}",
            prefix=fill(INSTRUCTIONS),
            prompt=question.offers[question.attempt].prompt,
            schema=msgspec.json.decode(template(SCHEMA), type=dict[str, object]),
            max_tokens=ANSWER_TOKENS,
            temperature=temperature,
            seed=self._seed + seed_offset,
        )


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about one family."""

    family: Family
    offers: tuple[Offer, ...]
    """What is shown at each attempt."""
    attempt: int = 0


def _read(completion: Completion, question: _Question) -> Wording:
    if completion.finish in {"stop", "length"}:
        return read_answer(completion.text, question.offers[question.attempt])
    return Wording(refused=(Refusal(reason=NO_ANSWER, detail=completion.reason or completion.finish),))


def load(engine: Engine, *, seed: int = 0, faults: Faults = lambda _: ()) -> LlmWriter:
    """Load the writer.

    Args:
        engine: The model that words the rules.
        seed: Of its sampling.
        faults: Judges each skill; one with faults is written by the template writer instead.
    """
    return LlmWriter(engine, seed=seed, faults=faults)


def _noted(skill: Skill, notes: tuple[Refusal, ...]) -> Skill:
    return msgspec.structs.replace(skill, notes=(*skill.notes, *notes))
