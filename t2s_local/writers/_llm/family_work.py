"""State of wording one family: its open questions, and the words found so far."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from t2s_local.ports.engine import Completion, Engine, Request
from t2s_local.ports.writer import Evidence
from t2s_local.text.effect.effect import Advice
from t2s_local.values.cluster import Family
from t2s_local.values.lesson import Effect, Refusal
from t2s_local.values.skill import RuleWords, Wording
from t2s_local.writers._llm.candidates import Candidate, ballots_of, candidates_of
from t2s_local.writers._llm.checks import against_rule
from t2s_local.writers._llm.election import elect
from t2s_local.writers._llm.rewording import read_rewording, rewording_request
from t2s_local.writers._llm.subject import OFF_SHAPE, read_subject, subject_request
from t2s_local.writers._page.rules import Rule, own_rules, rules_of

NO_ANSWER = "writer: no answer"
LESS_EFFECT = "writer: rewording with less effect than the words it would replace"
MOST_ELECTED = 4
"""Most rules of a skill with an election, the best supported first: each costs what reading its runs costs."""
MOST_REWORDED = 2
"""Most rules of a skill that a model is asked to put in plain words."""


class WordQuestion(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An open question: about the whole skill, or about one rule."""

    work: "FamilyWork"
    about: Rule | Literal["subject"]
    request: Request


class FamilyWork:
    """State of wording one family."""

    def __init__(self, family: Family, evidence: Evidence, *, seed: int, judge: Engine | None) -> None:
        """Read the rules of *family*; no question is open yet."""
        self.family = family
        self._evidence = evidence
        self._seed = seed
        self._judge = judge
        self._rules = rules_of(family, evidence)
        self._ballots = {
            rule.id: ballots_of(rule, evidence.tasks) for rule in self._rules if not (rule.is_pinned or _is_said(rule))
        }
        self._n_open = 0
        self._is_open = False
        self._subject = Wording()
        self._reworded: dict[str, Advice] = {}
        self._refused: list[Refusal] = []

    @property
    def is_over(self) -> bool:
        """Return whether no question is open."""
        return self._n_open == 0

    def begin(self) -> tuple[WordQuestion, ...]:
        """Open all questions."""
        subject = subject_request(
            own_rules(self._rules), self._evidence, id=f"{self.family.id}-subject", seed=self._seed
        )
        found = [WordQuestion(work=self, about="subject", request=subject)]
        for rule in self._electable()[:MOST_REWORDED]:
            asked = rewording_request(rule, self._evidence.tasks, id=f"{self.family.id}-{rule.id}", seed=self._seed)
            found.append(WordQuestion(work=self, about=rule, request=asked))
        self._n_open = len(found)
        return tuple(found)

    def answered(self, question: WordQuestion, completion: Completion) -> None:
        """Close *question* and keep its answer, or count it as refused."""
        self._n_open -= 1
        if completion.finish not in {"stop", "length"}:
            self._is_open = True
            self._refused.append(Refusal(reason=NO_ANSWER, detail=completion.reason or completion.finish))
        elif question.about == "subject":
            self._subject = read_subject(completion.text, own_rules(self._rules), self._evidence)
        else:
            self._read(question.about, completion.text)

    def wording(self) -> Wording:
        """Choose among the wordings of each rule, and return all words and refusals of the family.

        Raises:
            ModelError: the judge cannot be run.
        """
        rules = {rule.id: words for rule in self._electable() if (words := self._elected(rule)) is not None}
        return msgspec.structs.replace(
            self._subject,
            rules=rules,
            refused=tuple(sorted((*self._subject.refused, *self._refused), key=_by_reason)),
            is_open=self._is_open,
        )

    def _electable(self) -> Sequence[Rule]:
        return [rule for rule in self._rules if self._ballots.get(rule.id)][:MOST_ELECTED]

    def _read(self, rule: Rule, text: str) -> None:
        said = read_rewording(text)
        problem = Refusal(reason=OFF_SHAPE) if said is None else against_rule(said.when, said.do, rule)
        if problem is not None:
            self._refused.append(problem)
        elif said is not None:
            self._reworded[rule.id] = said

    def _elected(self, rule: Rule) -> RuleWords | None:
        """Return the chosen words of *rule*; None if its present words remain and nothing was measured."""
        own = candidates_of(rule)
        reworded = self._reworded.get(rule.id)
        if self._judge is None:
            return None if reworded is None else _words(rule, reworded, None)
        candidates = [*own, *([] if reworded is None else [Candidate(advice=reworded, runs=None)])]
        if len(candidates) == 1:
            return None
        found = elect(candidates, self._ballots[rule.id], self._judge)
        if reworded is not None and (found is None or found.at < len(own)):
            self._refused.append(Refusal(reason=LESS_EFFECT, detail=reworded.do))
        return None if found is None else _words(rule, candidates[found.at].advice, found.effect)


def _words(rule: Rule, advice: Advice, effect: Effect | None) -> RuleWords:
    return RuleWords(section=rule.kind, when=advice.when, do=advice.do, effect=effect)


def _is_said(rule: Rule) -> bool:
    """Return whether a user or a program states the rule, so that its words must not change."""
    return rule.authority in {1, 2}


def _by_reason(refusal: Refusal) -> tuple[str, str]:
    return refusal.reason, refusal.detail or ""
