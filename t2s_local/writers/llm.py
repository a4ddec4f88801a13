"""The writer that lets a local model word the rules; counts, evidence and layout stay code's.

A rule the model words badly keeps the template writer's words, and so does the whole skill when most of them are bad.
"""

from collections.abc import Callable, Sequence

import msgspec

from t2s_local.ports import Engine, Evidence, Request
from t2s_local.prompts import fill, prompt_digest, template
from t2s_local.types import Family, Refusal, Skill, digest
from t2s_local.writers._body import assemble, choose_name
from t2s_local.writers._llm_answer import Reading, read_answer
from t2s_local.writers._llm_offer import PROMPT, Offer, offer
from t2s_local.writers._rules import Rule, rules_of
from t2s_local.writers.template import TemplateWriter

INSTRUCTIONS = "skill_writer.v1.md"
SCHEMA = "skill_writer.v1.json"
ANSWER_TOKENS = 1800
"""Ten rules of 140 tokens, a name and a description."""
HIGHEST_RATE = 0.5
"""Share of refused rules above which the template writer's words are taken for the whole skill."""
TRIES = ((0.3, 0), (0.1, 1), (0.1, 2))
"""Temperature and what is added to the seed: again colder and with a new seed, at last with half of the rules."""
_SPARE = 96
_REVISION = "1"
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
        self.version = digest(_REVISION, engine.digest, *prompts, self._plain.version, f"{seed} {TRIES}")

    def write(self, family: Family, evidence: Evidence, *, taken: frozenset[str], min_support: int) -> Skill:
        """Write the skill; what was refused of the model's answer stands in its notes.

        Raises:
            ModelError: the model cannot be run.
        """
        rules = rules_of(family, evidence)
        reading = self._ask(rules, family, evidence)
        if reading.refusal_rate > HIGHEST_RATE:
            plain = self._plain.write(family, evidence, taken=taken, min_support=min_support)
            return _noted(plain, (*reading.refused, Refusal(reason=FELL_BACK)))
        named = reading.name if family.name is None and reading.name not in taken else None
        skill = assemble(
            [reading.rules.get(rule.id, rule) for rule in rules],
            family,
            evidence,
            name=named or choose_name(family, taken),
            described=reading.description,
            min_support=min_support,
            writer=self.name,
        )
        wrong = self._faults(skill)
        if wrong:
            plain = self._plain.write(family, evidence, taken=taken, min_support=min_support)
            return _noted(plain, (*reading.refused, Refusal(reason=BROKE_RULES, detail=wrong[0])))
        return _noted(skill, reading.refused)

    def _ask(self, rules: Sequence[Rule], family: Family, evidence: Evidence) -> Reading:
        """The first answer of which enough can be used, otherwise the last one."""
        reading = Reading(rules={}, refused=(Refusal(reason=NO_ANSWER),))
        for number, (temperature, seed_offset) in enumerate(TRIES):
            is_last = number + 1 == len(TRIES)
            given = self._offer(rules[: -(-len(rules) // 2)] if is_last else rules, family, evidence)
            request = Request(
                id=f"{family.id}-{number}",
                prefix=fill(INSTRUCTIONS),
                prompt=given.prompt,
                schema=msgspec.json.decode(template(SCHEMA), type=dict[str, object]),
                max_tokens=ANSWER_TOKENS,
                temperature=temperature,
                seed=self._seed + seed_offset,
            )
            for completion in self._engine.complete([request]):
                if completion.finish in {"stop", "length"}:
                    reading = read_answer(completion.text, given)
                else:
                    detail = completion.reason or completion.finish
                    reading = Reading(rules={}, refused=(Refusal(reason=NO_ANSWER, detail=detail),))
            if reading.refusal_rate <= HIGHEST_RATE:
                break
        return reading

    def _offer(self, rules: Sequence[Rule], family: Family, evidence: Evidence) -> Offer:
        count = self._engine.count_tokens
        room = self._engine.context - count(fill(INSTRUCTIONS)) - ANSWER_TOKENS - _SPARE
        return offer(rules, family, evidence, room=room, count=count)


def load(engine: Engine, *, seed: int = 0, faults: Faults = lambda _: ()) -> LlmWriter:
    """Load the writer.

    Args:
        engine: The model that words the rules.
        seed: Of its sampling.
        faults: Judges each skill; one with faults is written by the template writer instead.
    """
    return LlmWriter(engine, seed=seed, faults=faults)


def _noted(skill: Skill, notes: tuple[Refusal, ...]) -> Skill:
    return msgspec.structs.replace(skill, notes=notes)
