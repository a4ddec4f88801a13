"""Accept the proposed edits that a local model (level L2) or the user's own program (level L3) speaks for."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import msgspec

from t2s_local import registry
from t2s_local.ports.gate import LogprobGateModule
from t2s_local.runs.deepening.applying import GatedEdit, HeldOut, accept, copied
from t2s_local.runs.gating.measured import MeasuredJob, measure_evaluated
from t2s_local.runs.gating.recorded import RecordedJob, held_out_tasks, read_held_out
from t2s_local.runs.models.models import open_engine
from t2s_local.skills.source import read_source
from t2s_local.stages.gates.rules import gated_skill
from t2s_local.stages.intake.catalogue import Report
from t2s_local.user_files.scratch import scratch
from t2s_local.values.edit import ProposedEdit
from t2s_local.values.gates.eval_options import EvalOptions
from t2s_local.values.gates.results import GatedSkill
from t2s_local.values.gates.scores import MeasuredSkill
from t2s_local.values.gates.supports import SkillSupport


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """The user's evaluation command, and the tasks it is run on."""

    tasks: tuple[str, ...] | None
    """Tasks to measure; None for the tasks of the held-out runs."""
    options: EvalOptions
    trials: int
    seed: int
    cache: Path
    """File that stores scores for later runs."""
    with_placebo: bool


def apply_likelier(
    library: Path,
    proposals: Sequence[ProposedEdit],
    held: HeldOut,
    *,
    model: str,
    workspace: Path,
    at: str,
    say: Callable[[str], None],
    say_reading: Callable[[Report, int], None],
) -> tuple[GatedEdit, ...]:
    """Accept the edits whose rules make the actions of successful held-out runs likelier than a placebo does.

    Each edit is scored by itself: only the rules that the skill has with the edit and has not without it. The model is
    shown these rules and the runs alone, never the edits that a person rejected.

    Args:
        library: Folder of the skills.
        proposals: Edits that wait in the library.
        held: The held-out recordings, and the recordings the edits were learned from.
        model: ``auto``, an alias, a file, or the address of a server.
        workspace: Workspace of the run that proposed the edits.
        at: Time, ISO 8601.
        say: Called with words about the model that is used.
        say_reading: Called with the report on every file and the number of runs.

    Returns:
        Every edit with its verdict, in the order given.

    Raises:
        ModelError: there is no model, or it cannot be run or returns no log-probabilities.
        T2SError: as for :func:`t2s_local.runs.deepening.applying.apply_supported`.
    """
    with scratch("deepen-") as place:
        skills = [_with_new_rules(library, item, place / str(number)) for number, item in enumerate(proposals)]
        job = RecordedJob(
            skills=tuple(Path(one.path) for one in skills), runs=held.runs, labels=held.labels, train=held.train
        )
        module = cast(LogprobGateModule, registry.load("t2s_local.gates", "logprob"))
        with open_engine(model, say=say) as engine:
            gate = module.load(engine)
            entries, report = read_held_out(job, keep=gate.observe)
            say_reading(report, len(entries))
            found = tuple(gate.measure(skills, entries))
    judged = tuple(_likelier(item, one) for item, one in zip(proposals, found, strict=True))
    accept(library, judged, workspace=workspace, at=at)
    return judged


def apply_evaluated(
    library: Path,
    proposals: Sequence[ProposedEdit],
    held: HeldOut,
    job: Evaluated,
    *,
    workspace: Path,
    at: str,
    say_plan: Callable[[int, int], None],
) -> tuple[GatedEdit, ...]:
    """Accept the edits with which the skill scores higher, no task lower, and a placebo not as high (mode strict).

    Args:
        library: Folder of the skills.
        proposals: Edits that wait in the library.
        held: The held-out recordings, whose tasks are measured if *job* names none.
        job: The evaluation command and the tasks.
        workspace: Workspace of the run that proposed the edits.
        at: Time, ISO 8601.
        say_plan: Called with the number of trials and of arms for each skill, before its first trial.

    Returns:
        Every edit with its verdict, in the order given.

    Raises:
        T2SError: as for :func:`t2s_local.runs.deepening.applying.apply_supported`.
    """
    tasks = job.tasks
    if tasks is None:
        names = sorted({item.skill for item in proposals})
        recorded = RecordedJob(
            skills=tuple(library / name for name in names), runs=held.runs, labels=held.labels, train=held.train
        )
        tasks = held_out_tasks(recorded)
    judged = {
        one.id: one
        for name in sorted({item.skill for item in proposals})
        for one in _evaluated(library, name, [item for item in proposals if item.skill == name], tasks, job, say_plan)
    }
    found = tuple(judged[item.id] for item in proposals)
    accept(library, found, workspace=workspace, at=at)
    return found


def _evaluated(
    library: Path,
    name: str,
    proposals: Sequence[ProposedEdit],
    tasks: tuple[str, ...],
    job: Evaluated,
    say_plan: Callable[[int, int], None],
) -> Iterator[GatedEdit]:
    """Yield the verdicts on the edits of one skill, each compared with the skill as it is."""
    with scratch("deepen-") as place:
        folders = [copied(library, name, place / str(number) / name, item) for number, item in enumerate(proposals)]
        measured = MeasuredJob(
            mode="strict",
            skills=tuple(folders),
            tasks=tasks,
            options=job.options,
            trials=job.trials,
            seed=job.seed,
            cache=job.cache,
            against=copied(library, name, place / "now" / name, None),
            with_placebo=job.with_placebo,
        )
        found = measure_evaluated(measured, say_plan=say_plan).skills
    yield from (_scored(item, one) for item, one in zip(proposals, found, strict=True))


def _with_new_rules(library: Path, item: ProposedEdit, place: Path) -> GatedSkill:
    """Return the skill with an edit applied, with only the rules that it lacks without the edit."""
    folder = copied(library, item.skill, place / item.skill, item)
    before = gated_skill(read_source(library / item.skill), library / item.skill)
    known = {(rule.situation, rule.orders) for rule in before.rules}
    skill = gated_skill(read_source(folder), folder)
    new = tuple(rule for rule in skill.rules if (rule.situation, rule.orders) not in known)
    return msgspec.structs.replace(skill, rules=new)


def _likelier(item: ProposedEdit, found: SkillSupport) -> GatedEdit:
    return GatedEdit(
        id=item.id,
        level="L2",
        is_accepted=found.verdict == "supported",
        reason=found.verdict,
        net=found.support,
        current=found.placebo,
        n_runs=found.n_runs,
    )


def _scored(item: ProposedEdit, found: MeasuredSkill) -> GatedEdit:
    means = {arm.arm.partition(" ")[0]: arm for arm in found.arms}
    return GatedEdit(
        id=item.id,
        level="L3",
        is_accepted=found.verdict in ("accept", "accept_new_best"),
        reason=found.reason,
        net=means["with"].mean,
        current=means["current"].mean,
        n_runs=means["with"].n,
    )
