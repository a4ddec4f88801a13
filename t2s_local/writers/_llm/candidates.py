"""Candidates and ballots of an election: the wordings of a rule, and the actions that worked in its runs."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from t2s_local.text.commands import is_shell, without_cd
from t2s_local.text.effect.effect import Advice, Ballot, ballot_of
from t2s_local.text.text import normalise
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.writers._page.rules import FORBIDS, Rule

MOST_BALLOTS = 2
"""Most runs a wording is scored on: scoring on one run costs what reading its situation costs, some 150 tokens."""
_MOST_STATED = 1


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One wording of a rule."""

    advice: Advice
    runs: frozenset[TrajectoryId] | None
    """Runs whose lessons have these words; None for words that come from no single run."""

    def may_be_scored_on(self, ballot: Ballot) -> bool:
        """Return whether the wording has a source other than the run of *ballot*, whose own words score best."""
        return self.runs is None or bool(self.runs - {ballot.run})


def candidates_of(rule: Rule) -> tuple[Candidate, ...]:
    """Return the wordings of *rule*: the present one first, then its alternatives, then at most one by a model."""
    found: dict[str, Candidate] = {}
    for option in (rule.options[0], *rule.alternatives):
        runs = frozenset(
            run for lesson in rule.lessons if lesson.do in option.wordings for run in lesson.trajectory_ids
        )
        advice = Advice(when=rule.situation, do=option.do)
        found.setdefault(normalise(option.do), Candidate(advice=advice, runs=runs or None))
    stated = [lesson for lesson in rule.lessons if lesson.is_stated and _agrees(lesson, rule)]
    stated.sort(key=lambda lesson: (-(0.0 if lesson.effect is None else lesson.effect.support), lesson.id))
    for lesson in stated[:_MOST_STATED]:
        advice = Advice(when=lesson.when, do=lesson.do)
        found.setdefault(normalise(lesson.do), Candidate(advice=advice, runs=frozenset(lesson.trajectory_ids)))
    return tuple(found.values())


def _agrees(lesson: Lesson, rule: Rule) -> bool:
    """Return whether a model's lesson and the rule both recommend or both forbid an action."""
    return bool(FORBIDS.match(lesson.do)) == (rule.kind == "never")


def ballots_of(rule: Rule, tasks: Mapping[TrajectoryId, str | None]) -> tuple[Ballot, ...]:
    """Return the actions that worked in up to two runs of *rule*, one ballot a run; () if no run shows one."""
    found: dict[TrajectoryId, Ballot] = {}
    for lesson in rule.lessons:
        for run, quotes in _by_run(lesson):
            ballot = None if run in found else _ballot(lesson, run, quotes, tasks.get(run) or "")
            if ballot is not None:
                found[run] = ballot
    return tuple(found[run] for run in sorted(found))[:MOST_BALLOTS]


def _by_run(lesson: Lesson) -> Iterator[tuple[TrajectoryId, list[Quote]]]:
    quotes: dict[TrajectoryId, list[Quote]] = {}
    for quote in lesson.evidence:
        quotes.setdefault(quote.trajectory_id, []).append(quote)
    yield from quotes.items()


def _ballot(lesson: Lesson, run: TrajectoryId, quotes: Sequence[Quote], task: str) -> Ballot | None:
    text = {quote.role: quote.text for quote in reversed(quotes)}
    worked = text.get("fix")
    if worked is None:
        return None
    name = "$" if not lesson.tools or any(map(is_shell, lesson.tools)) else lesson.tools[0]
    before = "" if "action" not in text else f"{name} {without_cd(text['action'])}"
    got = text.get("observation", "")
    return ballot_of(run=run, task=task, before=before, got=got, action=f"{name} {without_cd(worked)}")
