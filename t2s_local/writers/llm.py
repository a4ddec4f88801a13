"""Writer that chooses the words of rules by their effect, and lets a local model title skills and reword rules.

For each skill a model gives one short answer for name and description, and for a few rules one rewording each, kept
only if its effect is no smaller than that of the words it replaces. Counts, evidence, causes and layout come from code.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from t2s_local.code_digest import sources_digest
from t2s_local.ports.engine import Engine
from t2s_local.ports.writer import NO_RISKS, PLAIN_WORDING, Evidence
from t2s_local.prompts import prompt_digest
from t2s_local.question_queue import QuestionQueue
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.lesson import Refusal
from t2s_local.values.skill import RuleWords, Skill, Wording
from t2s_local.values.value import digest
from t2s_local.writers._llm import rewording, subject
from t2s_local.writers._llm.family_work import FamilyWork, WordQuestion
from t2s_local.writers._page.body import assemble, choose_name
from t2s_local.writers._page.rules import Rule, rules_of
from t2s_local.writers._page.wording import Option
from t2s_local.writers.template import TemplateWriter

BROKE_RULES = "writer: skill worded by the template writer, it broke the rule book"

Faults = Callable[[Skill], Sequence[str]]
"""Function that returns the faults of a skill; empty if it has none."""


class LlmWriter:
    """Writer of skills in the words that were chosen by their effect."""

    name = "llm"

    def __init__(self, engine: Engine, *, seed: int, judge: Engine | None, faults: Faults) -> None:
        """Ask *engine*; *judge* scores wordings."""
        self._engine = engine
        self._judge = judge
        self._seed = seed
        self._faults = faults
        self._plain = TemplateWriter()
        prompts = map(prompt_digest, (subject.PROMPT, rewording.PROMPT))
        judged = "" if judge is None else judge.digest
        self.version = digest(sources_digest(__name__), engine.digest, judged, str(engine.context), *prompts, str(seed))

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        """Ask about *families*, many at a time; yield each family after its last answer.

        Raises:
            ModelError: the model cannot be run.
        """
        queue = QuestionQueue[WordQuestion](self._engine, lambda question: question.request)
        for question, completion in queue.answers(self._questions(families, evidence)):
            work = question.work
            work.answered(question, completion)
            if work.is_over:
                yield work.family, work.wording()

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
        risks: Mapping[ClusterId, str] = NO_RISKS,
    ) -> Skill:
        """Write the skill in the words of *wording*; its notes list the model's answers that were refused."""
        named = wording.name if family.name is None and wording.name not in taken else None
        skill = assemble(
            [
                reworded(rule, None if rule.is_pinned else wording.rules.get(rule.id))
                for rule in rules_of(family, evidence, risks)
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
            plain = partial(self._plain.write, family, evidence, taken=taken, min_support=min_support, risks=risks)
            return _noted(plain(), (*wording.refused, Refusal(reason=BROKE_RULES, detail=wrong[0])))
        return _noted(skill, wording.refused)

    def rule(self, cluster: Cluster, evidence: Evidence) -> str:
        """Return the section with the rule of *cluster* in the words of its lessons, without asking the model."""
        return self._plain.rule(cluster, evidence)

    def _questions(self, families: Iterable[Family], evidence: Evidence) -> Iterator[WordQuestion]:
        for family in families:
            yield from FamilyWork(family, evidence, seed=self._seed, judge=self._judge).begin()


def reworded(rule: Rule, said: RuleWords | None) -> Rule:
    """Return *rule* with the words *said*; unchanged if there are none."""
    if said is None:
        return rule
    first = next((option for option in rule.options if option.do == said.do), None)
    best = rule.options[0]
    chosen = first or Option(do=said.do, trajectory_ids=best.trajectory_ids, successes=best.successes)
    others = [option for option in rule.options if option not in (first, best if first is None else None)]
    return msgspec.structs.replace(
        rule, kind=said.section, situation=said.when, options=(chosen, *others), effect=said.effect
    )


def load(engine: Engine, *, seed: int = 0, judge: Engine | None = None, faults: Faults = lambda _: ()) -> LlmWriter:
    """Load the writer.

    Args:
        engine: The model that is asked.
        seed: Seed of the sampling.
        judge: The model that scores; None leaves elections out, so that only code's checks decide on rewordings.
        faults: Judges each skill; a skill with faults is written by the template writer instead.
    """
    return LlmWriter(engine, seed=seed, judge=judge, faults=faults)


def _noted(skill: Skill, notes: tuple[Refusal, ...]) -> Skill:
    return msgspec.structs.replace(skill, notes=(*skill.notes, *notes))
