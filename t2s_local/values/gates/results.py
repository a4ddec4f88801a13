"""Rules as a gate reads them, and the results of gates: counts, shares with their intervals, verdicts."""

from typing import Literal

from t2s_local.values.value import Value

GateLevel = Literal["L1", "L2", "L3"]
GateVerdict = Literal["supported", "no_evidence", "not_applicable", "insufficient", "reject", "accept"]
"""Verdict of a gate; the modes of level L3 give further reasons in words of their own."""


class GatedRule(Value, frozen=True, kw_only=True):
    """A rule of a skill, as its list has it."""

    name: str
    """Its number, such as ``R1``; ``line 12`` where it bears none."""
    line: int
    situation: str
    """Part of it that says when it holds."""
    orders: tuple[str, ...]
    """What to do: each entry is one way, and any of them will do."""
    project: str | None = None
    """Project it is about; None where it names none."""
    is_at_start: bool = False
    """Whether its situation is the beginning of a run."""


class GatedSkill(Value, frozen=True, kw_only=True):
    """A skill under a gate."""

    name: str
    path: str
    digest: str
    """Digest of its files."""
    text: str
    """Its SKILL.md; empty where that is no text."""
    rules: tuple[GatedRule, ...]


class Proportion(Value, frozen=True, kw_only=True):
    """A count out of a number of runs, with its Wilson interval of 95 %."""

    n: int
    of: int
    low: float | None
    """Lower end, in [0, 1]; None where *of* is 0."""
    high: float | None


class RuleCatch(Value, frozen=True, kw_only=True):
    """A rule held against recorded runs: level L1."""

    rule: str
    line: int
    by: Literal["code", "meaning"]
    """``code``: its situation is found by error kind, program and arguments; ``meaning``: by an embedder."""
    caught: Proportion
    """Failures with its situation in which its action was not done."""
    contradicts: Proportion
    """Successes with its situation in which its action was not done."""
    net: float | None
    """(caught - contradicted) / runs with the situation, in [-1, 1]; None where no run has it."""
    p_value: float | None
    """Exact two-sided sign test of caught against contradicted; None where both are 0."""
    verdict: GateVerdict


class TaskCatch(Value, frozen=True, kw_only=True):
    """The runs of one task."""

    task: str
    caught: int
    contradicted: int


class SkillCatch(Value, frozen=True, kw_only=True):
    """A skill held against recorded runs; a run counts once, whichever of its rules it bears on."""

    level: GateLevel = "L1"
    skill: str
    path: str
    digest: str
    n_runs: int
    n_failures: int
    n_successes: int
    n_unlabelled: int
    """Runs with another outcome or none: they count on neither side."""
    caught: Proportion
    contradicts: Proportion
    net: float | None
    p_value: float | None
    verdict: GateVerdict
    rules: tuple[RuleCatch, ...]
    tasks: tuple[TaskCatch, ...]
    """Tasks with a caught or a contradicted run, the worst first."""
    n_unread: int
    """Rules that name nothing code could look for."""
