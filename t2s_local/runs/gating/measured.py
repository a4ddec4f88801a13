"""Run the user's evaluation command on the arms of a mode, and judge skills by the scores (level L3)."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, cast

import msgspec

from t2s_local import registry
from t2s_local.ports.gate import EvalGateModule
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.gating.banks import Bank, bank_of, cosines
from t2s_local.skills.source import MAIN, read_source
from t2s_local.stages.gates.modes import loo, marginal, replay, strict
from t2s_local.stages.gates.modes.arms import Scores, compared, scores_of
from t2s_local.stages.gates.modes.strict import Metric
from t2s_local.stages.gates.placebo import placebo_text
from t2s_local.stages.gates.rules import gated_skill
from t2s_local.values.gates.eval_options import EvalOptions
from t2s_local.values.gates.scores import Arm, MeasuredSkill, Trial, TrialScore

EvalMode = Literal["strict", "replay", "marginal", "loo", "deploy"]
TRIALS: dict[EvalMode, int] = {"strict": 1, "replay": 1, "marginal": 4, "loo": 1, "deploy": 5}
"""Default number of trials of each task in each arm, by mode."""
_NOT_RUN = "not run"


class MeasuredJob(msgspec.Struct, frozen=True, kw_only=True):
    """Skills, tasks, and the command that scores them."""

    mode: EvalMode
    skills: tuple[Path, ...]
    tasks: tuple[str, ...]
    options: EvalOptions
    trials: int
    seed: int
    cache: Path | None
    """File that stores scores for later runs; None to store no scores."""
    against: Path | None = None
    """Folder of the skill that is in use now; None to compare with no skill at all."""
    library: Path | None = None
    """For mode ``marginal``: folder of the skills that every arm has."""
    metric: Metric = "soft"
    w: float = 0.5
    best: float | None = None
    allows_regression: bool = False
    rejects_ties: bool = False
    with_placebo: bool = True
    embedder: Embedder | None = None


class MeasuredResult(msgspec.Struct, frozen=True, kw_only=True):
    """Verdicts on the skills, and the trials without a score."""

    skills: tuple[MeasuredSkill, ...]
    n_trials: int
    missing: dict[str, int]
    """Number of trials without a score, by reason."""


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Names of the arms (scored folders of skills) for one skill: without the skill, with the skill, with a placebo."""

    skill: Path
    before: str
    after: str
    placebo: str | None
    others: tuple[str, ...] = ()


def measure_evaluated(job: MeasuredJob, *, say_plan: Callable[[int, int], None]) -> MeasuredResult:
    """Score every arm with the user's command, and judge each skill.

    Args:
        job: The skills, the tasks and the command.
        say_plan: Called with the number of trials and the number of arms before the first trial.

    Raises:
        T2SError: a folder cannot be read, or scores cannot be stored.
        UsageError: the evaluation command is not valid.
    """
    module = cast(EvalGateModule, registry.load("t2s_local.gates", "eval_command"))
    gate = module.load(job.options, cache=job.cache)
    with _arms(job) as (plans, banks):
        arms = [Arm(name=name, digest=bank.digest) for name, bank in banks.items()]
        trials = [
            Trial(arm=arm, task=task, number=number, seed=job.seed + number)
            for number in range(job.trials)
            for task in job.tasks
            for arm in arms
        ]
        say_plan(len(trials), len(arms))
        found = list(gate.measure(trials, {name: bank.folder for name, bank in banks.items()}))
    missing = Counter(one.missing for one in found if one.missing is not None)
    return MeasuredResult(
        skills=tuple(_judged(job, plans, found)), n_trials=len(found), missing=dict(sorted(missing.items()))
    )


@contextmanager
def _arms(job: MeasuredJob) -> Iterator[tuple[list[_Plan], Mapping[str, Bank]]]:
    """Create the folder of each arm once, and yield the plans of the skills and the folders by arm."""
    with TemporaryDirectory(prefix="t2s-gate-arms-") as name:
        place = Path(name)
        banks: dict[str, Bank] = {}
        plans: list[_Plan] = []
        base = _base(job, place)
        banks[base[0]] = base[1]
        for number, skill in enumerate(job.skills):
            plan = _plan(job, skill, number, base[0], place / str(number), banks)
            plans.append(plan)
        yield plans, banks


def _base(job: MeasuredJob, place: Path) -> tuple[str, Bank]:
    """Create the folder of the arm that every skill is compared with, and return its name and folder."""
    if job.mode == "marginal":
        return "base", bank_of(place / "base", _others(job))
    if job.mode == "loo":
        return "all", bank_of(place / "all", job.skills)
    if job.against is not None:
        return "current", bank_of(place / "current", [job.against], is_single=True)
    return "without", bank_of(place / "without", [])


def _others(job: MeasuredJob) -> list[Path]:
    """Return the skills of the job's library that are none of the measured skills, and have none of their names."""
    own = {skill.resolve() for skill in job.skills} | {skill.name for skill in job.skills}
    known = [] if job.library is None else [path.parent for path in sorted(job.library.glob(f"*/{MAIN}"))]
    return [path for path in known if path.resolve() not in own and path.name not in own]


def _plan(job: MeasuredJob, skill: Path, number: int, base: str, place: Path, banks: dict[str, Bank]) -> _Plan:
    is_twice = [other.name for other in job.skills].count(skill.name) > 1
    name = f"{skill.name} #{number + 1}" if is_twice else skill.name
    if job.mode == "loo":
        banks[f"without {name}"] = bank_of(place, [other for other in job.skills if other != skill])
        return _Plan(skill=skill, before=base, after=f"without {name}", placebo=None)
    if job.mode == "marginal":
        banks[f"with {name}"] = bank_of(place, [*_others(job), skill])
        return _Plan(skill=skill, before=base, after=f"with {name}", placebo=None)
    banks[f"with {name}"] = bank_of(place / "with", [skill], is_single=True)
    if job.mode == "replay" or not job.with_placebo:
        return _Plan(skill=skill, before=base, after=f"with {name}", placebo=None)
    copy = place / "placebo" / skill.name
    shutil.copytree(skill, copy, symlinks=True)
    (copy / MAIN).write_text(placebo_text(read_source(skill).texts.get(MAIN, "")), "utf-8")
    banks[f"placebo {name}"] = bank_of(place / "given", [copy], is_single=True)
    return _Plan(skill=skill, before=base, after=f"with {name}", placebo=f"placebo {name}")


def _judged(job: MeasuredJob, plans: Sequence[_Plan], found: Sequence[TrialScore]) -> Iterator[MeasuredSkill]:
    scores = scores_of(found)
    unrun = {one.trial.arm.name for one in found if (one.missing or "").startswith(_NOT_RUN)}
    places = _places(job, plans, scores) if job.mode == "marginal" else {}
    for number, plan in enumerate(plans):
        arms = [plan.before, plan.after, *([plan.placebo] if plan.placebo else [])]
        tasks = scores.paired(plan.before, plan.after)
        if unrun & set(arms):
            verdict, reason, figures = "insufficient", "budget_over", dict[str, float | int | None]()
        elif job.mode == "marginal":
            verdict, reason, figures = places[number]
        else:
            verdict, reason, figures = _verdict(job, plan, scores)
        signs = compared(tasks)
        source = gated_skill(read_source(plan.skill), plan.skill)
        yield MeasuredSkill(
            skill=source.name,
            path=str(plan.skill),
            digest=source.digest,
            verdict=verdict,
            reason=reason,
            arms=scores.arm_means(arms),
            tasks=tasks,
            n_better=signs.better,
            n_worse=signs.worse,
            p_value=scores.p_value(plan.before, plan.after),
            figures=figures,
        )


_Judged = tuple[str, str, dict[str, float | int | None]]


def _verdict(job: MeasuredJob, plan: _Plan, scores: Scores) -> _Judged:
    if job.mode == "loo":
        is_whole = scores.is_whole(plan.before, plan.after)
        left = loo.judge(*((scores.mean(arm) if is_whole else None) for arm in (plan.before, plan.after)))
        return left.verdict, left.reason, {"change": left.change}
    if job.mode == "replay":
        played = replay.judge(scores.paired(plan.before, plan.after), rejects_ties=job.rejects_ties)
        return played.verdict, played.reason, {"points": played.points}
    names = {plan.before: "without", plan.after: "with", plan.placebo: "placebo"}
    own = Scores(by_arm={names[arm]: tasks for arm, tasks in scores.by_arm.items() if arm in names})
    judged = strict.judge(own, metric=job.metric, w=job.w, best=job.best, allows_regression=job.allows_regression)
    return judged.verdict, judged.reason, {}


def _places(job: MeasuredJob, plans: Sequence[_Plan], scores: Scores) -> dict[int, _Judged]:
    """Judge the skills of mode ``marginal`` against each other; return verdict, reason and figures by skill number."""
    nearest = cosines([plan.skill for plan in plans], job.library, job.embedder)
    candidates = [
        marginal.Candidate(
            name=str(number),
            base=tuple(scores.all_of(plan.before)),
            with_skill=tuple(scores.all_of(plan.after)),
            nearest=nearest[number],
        )
        for number, plan in enumerate(plans)
    ]
    found = marginal.judge(candidates)
    return {
        int(one.name): (
            one.verdict,
            one.reason,
            {"marginal_utility": one.utility, "rank": one.rank, "nearest": candidates[int(one.name)].nearest},
        )
        for one in found
    }
