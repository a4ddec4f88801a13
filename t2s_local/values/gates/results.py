"""Rules as a gate reads them, and the results of gates: counts, shares with their intervals, verdicts."""

from typing import Literal

from t2s_local.values.value import Value

GateLevel = Literal["L1", "L2", "L3"]
GateVerdict = Literal["supported", "no_evidence", "not_applicable", "insufficient", "reject", "accept"]
"""Verdict of a gate; the modes of level L3 also use verdicts of their own."""


class GatedRule(Value, frozen=True, kw_only=True):
    """A rule as it is written in the list of a skill."""

    name: str
    """Number of the rule, such as ``R1``; ``line 12`` if the rule has no number."""
    line: int
    situation: str
    """Part of the rule that describes when it applies."""
    orders: tuple[str, ...]
    """Alternative actions that the rule orders; any of them satisfies the rule."""
    project: str | None = None
    """Project that the rule is about; None if the rule names no project."""
    is_at_start: bool = False
    """Whether the rule applies at the beginning of a run."""


class GatedSkill(Value, frozen=True, kw_only=True):
    """A skill that a gate measures."""

    name: str
    path: str
    digest: str
    """Digest of the skill's files."""
    text: str
    """Text of SKILL.md; empty if the file is not text."""
    rules: tuple[GatedRule, ...]


class Proportion(Value, frozen=True, kw_only=True):
    """A count out of a number of runs, with its Wilson interval of 95 %."""

    n: int
    of: int
    low: float | None
    """Lower end, in [0, 1]; None if *of* is 0."""
    high: float | None


class RuleCatch(Value, frozen=True, kw_only=True):
    """A rule compared with recorded runs: level L1."""

    rule: str
    line: int
    by: Literal["code", "meaning"]
    """Way the situation was found: ``code`` by error kind, program and arguments; ``meaning`` by an embedder."""
    caught: Proportion
    """Failed runs with the rule's situation in which the rule's action was not done."""
    contradicts: Proportion
    """Successful runs with the rule's situation in which the rule's action was not done."""
    net: float | None
    """(caught - contradicted) / runs with the situation, in [-1, 1]; None if no run has the situation."""
    p_value: float | None
    """P value of the exact two-sided sign test of caught against contradicted runs; None if both counts are 0."""
    verdict: GateVerdict


class TaskCatch(Value, frozen=True, kw_only=True):
    """Counts of caught and contradicted runs of one task."""

    task: str
    caught: int
    contradicted: int


class SkillCatch(Value, frozen=True, kw_only=True):
    """A skill compared with recorded runs; a run counts once, even if several rules apply to it."""

    level: GateLevel = "L1"
    skill: str
    path: str
    digest: str
    n_runs: int
    n_failures: int
    n_successes: int
    n_unlabelled: int
    """Runs with another outcome or without an outcome, which count neither as failures nor as successes."""
    caught: Proportion
    contradicts: Proportion
    net: float | None
    p_value: float | None
    verdict: GateVerdict
    rules: tuple[RuleCatch, ...]
    tasks: tuple[TaskCatch, ...]
    """Tasks with a caught or a contradicted run, the worst first."""
    n_unread: int
    """Number of rules that were not measured, because code cannot find their situation or action in a run."""
