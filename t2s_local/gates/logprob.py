"""The gate of level L2: test whether a rule makes the recorded action of a success likelier than a placebo does.

In each run, the gate finds the first situation of a rule, as the recorded gate does. A local model then scores the next
different call after that situation three times: with the words of the rule before it, with nothing, and with a placebo,
which is as many tokens about other work (SGSD, arXiv 2605.28791).
"""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Literal

import msgspec

from t2s_local.gates._recorded.matching import first_occurrence
from t2s_local.gates._recorded.observed import ObservedRun, observe
from t2s_local.gates._recorded.probe import Probe, probe_of
from t2s_local.ports.engine import Continuation, Engine
from t2s_local.text.effect.effect import Ballot, ballot_of, support_of
from t2s_local.text.events import events_of
from t2s_local.values.gates.results import GatedSkill
from t2s_local.values.gates.supports import RunSupport, SkillSupport
from t2s_local.values.trajectory import Outcome, Slice, SliceId, Trajectory
from t2s_local.vectors.exact_tests import TOLERANCE, sign_test

_NOTHING = 0.05
"""Largest absolute support that counts as 0."""
_SURE = 0.05
_MOST_RUNS = 40
"""Largest number of runs on which a skill is scored: enough for a sign test to decide."""
_OTHER = (
    "when a long table is printed for readers who look at a report put the result into the first sentence keep the"
    " words short name the source that was changed last leave wide margins and choose one kind of line for each figure"
)


class ScoredRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run with the texts that a model scores."""

    run: ObservedRun
    task: str
    acts: tuple[tuple[str, str], ...]
    """Each call as its text and its error; the error is empty if the call did not fail."""


class Logprob:
    """Scores recorded actions with a local model."""

    name = "logprob"

    def __init__(self, engine: Engine) -> None:
        """Use *engine* to score texts."""
        self._engine = engine

    def observe(self, run: Trajectory) -> ScoredRun:
        """Return a run reduced to the texts that are needed for scoring."""
        whole = Slice(id=SliceId(run.id), trajectory=run, start=0, stop=len(run.steps), request=None)
        acts = tuple((event.action, event.error or "") for event in events_of(whole))
        return ScoredRun(run=observe(run), task=run.task or "", acts=acts)

    def measure(
        self, skills: Sequence[GatedSkill], runs: Sequence[tuple[ScoredRun, Outcome | None]], *, most: int = _MOST_RUNS
    ) -> Iterator[SkillSupport]:
        """Yield, for each of *skills*, how its rules change the likelihood of the actions in at most *most* runs.

        Raises:
            ModelError: the model cannot be run, or returns no log-probabilities.
        """
        tools = frozenset(call.tool for one, _ in runs for call in one.run.calls)
        programs = frozenset(name for one, _ in runs for call in one.run.calls for name, _ in call.calls)
        errors = frozenset(call.error for one, _ in runs for call in one.run.calls if call.error is not None)
        for skill in skills:
            probes = [probe_of(rule, tools=tools, programs=programs, errors=errors) for rule in skill.rules]
            yield summed(skill, self._scored([probe for probe in probes if probe.is_readable], runs, most))

    def _scored(
        self, probes: Sequence[Probe], runs: Sequence[tuple[ScoredRun, Outcome | None]], most: int
    ) -> list[RunSupport]:
        found: list[RunSupport] = []
        for one, outcome in runs:
            places = [(at, probe) for probe in probes if (at := first_occurrence(probe, one.run)) is not None]
            if outcome in {"success", "failure"} and places and len(found) < most:
                at, probe = min(places, key=lambda place: place[0])
                found.append(self._support(one, outcome, probe, at))
        return found

    def _support(self, one: ScoredRun, outcome: Outcome | None, probe: Probe, at: int) -> RunSupport:
        advice = f"Advice: {': '.join((probe.rule.situation, *probe.rule.orders[:1]))}"
        ballot = _ballot(one, at)
        support = placebo = None
        if ballot is not None:
            given = ["", f"{advice}\n\n", f"{placebo_of(advice, self._engine)}\n\n"]
            asked = [Continuation(given=words, text=ballot.action, spans=ballot.spans) for words in given]
            without, told, other = self._engine.score(ballot.before, asked)
            if without:
                support, placebo = (round(support_of(scores, without), 4) for scores in (told, other))
        return RunSupport(
            run=one.run.id,
            rule=probe.rule.name,
            outcome=outcome,
            support=support,
            placebo=placebo,
            polarity=None if support is None else polarity_of(outcome, support),
        )


def load(engine: Engine) -> Logprob:
    """Load the gate; *engine* is the model that scores texts."""
    return Logprob(engine)


def placebo_of(advice: str, engine: Engine) -> str:
    """Return words about other work, cut at the first word at which they have at least as many tokens as *advice*."""
    wanted = engine.count_tokens(advice)
    words = cycle(_OTHER.split())
    found = [next(words)]
    while engine.count_tokens(" ".join(found)) < wanted:
        found.append(next(words))
    return " ".join(found)


def polarity_of(outcome: Outcome | None, support: float) -> Literal[-1, 0, 1]:
    """Return the sign of the outcome (1 for success, -1 for failure) times the sign of the support.

    The result is 0 if the support is within 0.05 of 0, or the outcome is neither success nor failure.
    """
    if abs(support) <= _NOTHING + TOLERANCE or outcome not in {"success", "failure"}:
        return 0
    return 1 if (support > 0) == (outcome == "success") else -1


def summed(skill: GatedSkill, found: Sequence[RunSupport]) -> SkillSupport:
    """Return the summary of the scored runs *found*; only actions of successful runs count as support."""
    pairs = [
        (one.support, one.placebo)
        for one in found
        if one.outcome == "success" and one.support is not None and one.placebo is not None
    ]
    n_above = sum(support > placebo + TOLERANCE for support, placebo in pairs)
    n_below = sum(support < placebo - TOLERANCE for support, placebo in pairs)
    means = [round(sum(column) / len(pairs), 4) for column in zip(*pairs, strict=True)] if pairs else [None, None]
    p_value = sign_test(n_above, n_below)
    is_sure = p_value is not None and p_value <= _SURE + TOLERANCE and n_above > n_below
    is_more = means[0] is not None and means[1] is not None and means[0] > means[1] + TOLERANCE
    return SkillSupport(
        skill=skill.name,
        path=skill.path,
        digest=skill.digest,
        n_runs=len(pairs),
        n_above=n_above,
        n_below=n_below,
        n_unscored=sum(one.support is None for one in found),
        support=means[0],
        placebo=means[1],
        p_value=p_value,
        verdict="not_applicable" if not pairs else "supported" if is_sure and is_more else "no_evidence",
        runs=tuple(sorted(found, key=lambda one: ((one.support or 0.0) - (one.placebo or 0.0), one.run))),
    )


def _ballot(one: ScoredRun, at: int) -> Ballot | None:
    """Return the next different call after call number *at*, prepared for scoring; None if there is none."""
    before, error = one.acts[at] if at >= 0 else ("", "")
    after = next((action for action, _ in one.acts[at + 1 :] if action.strip() != before.strip()), None)
    if after is None:
        return None
    return ballot_of(run=one.run.id, task=one.task, before=before, got=error, action=after)  # type: ignore[arg-type]  # ids of runs are texts here
