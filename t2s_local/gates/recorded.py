"""The gate of level L1: count the held-out runs that a rule would have caught, and those that it contradicts.

A rule catches a failed run, and contradicts a successful run, if the situation of the rule occurs in the run and the
run did not do what the rule orders.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from t2s_local.gates._recorded.matching import is_done_from, is_done_in
from t2s_local.gates._recorded.observed import ObservedRun, observe
from t2s_local.gates._recorded.probe import Probe, probe_of
from t2s_local.values.gates.results import (
    GatedRule,
    GatedSkill,
    GateVerdict,
    Proportion,
    RuleCatch,
    SkillCatch,
    TaskCatch,
)
from t2s_local.values.trajectory import Outcome, Trajectory
from t2s_local.vectors.exact_tests import TOLERANCE, sign_test, wilson

LEVEL = 0.05
"""Largest p-value of a sign test that counts as evidence."""
Meant = Callable[[GatedRule, ObservedRun], bool]
"""Function that returns whether the situation of a rule occurs in a run, judged by its meaning."""


Seen = tuple[ObservedRun, Outcome | None]
"""A reduced run with its outcome."""


class Recorded:
    """Compares skills with recorded runs."""

    name = "recorded"

    def observe(self, run: Trajectory) -> ObservedRun:
        """Return a run reduced to the data in which rules are looked up, so that thousands of runs fit into memory."""
        return observe(run)

    def measure(
        self, skills: Sequence[GatedSkill], runs: Sequence[Seen], *, meant: Meant | None = None
    ) -> tuple[SkillCatch, ...]:
        """Compare *skills* with held-out runs.

        Args:
            skills: The skills.
            runs: The runs, each with its outcome.
            meant: Finds situations that code cannot search for; if None, such rules are only counted in ``n_unread``.
        """
        tools = frozenset(call.tool for run, _ in runs for call in run.calls)
        programs = frozenset(name for run, _ in runs for call in run.calls for name, _ in call.calls)
        errors = frozenset(call.error for run, _ in runs for call in run.calls if call.error is not None)
        return tuple(_measure(skill, runs, (tools, programs, errors), meant=meant) for skill in skills)


def load() -> Recorded:
    """Load the gate."""
    return Recorded()


_Found = Mapping[int, bool]
"""For each run in which the situation of a rule occurs, by the run's number, whether the run did the action."""


def _measure(
    skill: GatedSkill,
    runs: Sequence[Seen],
    known: tuple[frozenset[str], frozenset[str], frozenset[str]],
    *,
    meant: Meant | None,
) -> SkillCatch:
    tools, programs, errors = known
    outcomes = [outcome for _, outcome in runs]
    rules, seen = [], []
    n_unread = 0
    for rule in skill.rules:
        probe = probe_of(rule, tools=tools, programs=programs, errors=errors)
        if probe.is_readable:
            found = dict(_looked_up(probe, runs))
            seen.append(found)
            rules.append(_of_rule(rule, found, outcomes, is_meant=False))
        elif meant is not None and probe.ways:
            found = {number: is_done_from(probe, run, -1) for number, (run, _) in enumerate(runs) if meant(rule, run)}
            rules.append(_of_rule(rule, found, outcomes, is_meant=True))
        else:
            n_unread += 1
    worst: dict[int, bool] = {}
    for found in seen:
        for number, is_done in found.items():
            worst[number] = worst.get(number, True) and is_done
    caught, contradicts, net, p_value, verdict = _counts(worst, outcomes)
    return SkillCatch(
        skill=skill.name,
        path=skill.path,
        digest=skill.digest,
        n_runs=len(runs),
        n_failures=outcomes.count("failure"),
        n_successes=outcomes.count("success"),
        n_unlabelled=len(runs) - outcomes.count("failure") - outcomes.count("success"),
        caught=caught,
        contradicts=contradicts,
        net=net,
        p_value=p_value,
        verdict=verdict,
        rules=tuple(rules),
        tasks=_tasks(worst, runs),
        n_unread=n_unread,
    )


def _looked_up(probe: Probe, runs: Iterable[Seen]) -> Iterator[tuple[int, bool]]:
    for number, (run, outcome) in enumerate(runs):
        if outcome in {"failure", "success"} and (is_done := is_done_in(probe, run)) is not None:
            yield number, is_done


def _of_rule(rule: GatedRule, found: _Found, outcomes: Sequence[Outcome | None], *, is_meant: bool) -> RuleCatch:
    caught, contradicts, net, p_value, verdict = _counts(found, outcomes)
    return RuleCatch(
        rule=rule.name,
        line=rule.line,
        by="meaning" if is_meant else "code",
        caught=caught,
        contradicts=contradicts,
        net=net,
        p_value=p_value,
        verdict=verdict,
    )


def _counts(
    found: _Found, outcomes: Sequence[Outcome | None]
) -> tuple[Proportion, Proportion, float | None, float | None, GateVerdict]:
    """Return caught and contradicted runs, the net, the p-value of their sign test, and the verdict."""
    failed = [is_done for number, is_done in found.items() if outcomes[number] == "failure"]
    passed = [is_done for number, is_done in found.items() if outcomes[number] == "success"]
    n_caught, n_against = failed.count(False), passed.count(False)
    total = len(failed) + len(passed)
    net = None if total == 0 else round((n_caught - n_against) / total, 4)
    p_value = sign_test(n_caught, n_against)
    verdict = judge(net, p_value, is_followed=n_against < len(passed))
    return proportion(n_caught, len(failed)), proportion(n_against, len(passed)), net, p_value, verdict


def judge(net: float | None, p_value: float | None, *, is_followed: bool) -> GateVerdict:
    """Return the verdict on a net of caught and contradicted runs.

    Args:
        net: (caught - contradicted) / runs with the situation, in [-1, 1]; None if no run has the situation.
        p_value: P-value of the sign test of caught against contradicted runs; None if there are none.
        is_followed: Whether a successful run with the situation did what the rule orders. If none did, a positive net
            may only mean that more of these runs failed than succeeded.
    """
    if net is None:
        return "not_applicable"
    if net < -TOLERANCE:
        return "reject"
    is_sure = p_value is not None and p_value <= LEVEL + TOLERANCE
    return "supported" if is_sure and is_followed and net > TOLERANCE else "no_evidence"


def proportion(n: int, of: int) -> Proportion:
    """Return *n* out of *of* with its Wilson interval, rounded to four digits."""
    ends = wilson(n, of)
    low, high = (None, None) if ends is None else (round(ends[0], 4), round(ends[1], 4))
    return Proportion(n=n, of=of, low=low, high=high)


def _tasks(worst: _Found, runs: Sequence[Seen]) -> tuple[TaskCatch, ...]:
    """Return the tasks with a caught or contradicted run, sorted by caught minus contradicted, the lowest first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for number, is_done in worst.items():
        run, outcome = runs[number]
        if not is_done:
            counts[run.task][outcome == "success"] += 1
    found = [TaskCatch(task=task, caught=one, contradicted=other) for task, (one, other) in counts.items()]
    return tuple(sorted(found, key=lambda item: (item.caught - item.contradicted, item.task)))
