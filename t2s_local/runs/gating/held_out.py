"""Hold out runs of the main job, and measure the rules it wrote on them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from t2s_local.ports.services import TrajectoryStore
from t2s_local.runs.gating.recorded import recorded_gate
from t2s_local.skills.source import source_of
from t2s_local.stages.gates.rules import gated_skill
from t2s_local.stages.gates.split import held_out_groups
from t2s_local.stages.intake.corpus import Corpus, Outline
from t2s_local.stages.intake.intake import Intake
from t2s_local.text.text import normalise
from t2s_local.values.funnel import Loss
from t2s_local.values.gates.results import SkillCatch
from t2s_local.values.skill import Skill

HELD_OUT = "held out to measure rules"


def split_intake(intake: Intake, share: float, *, seed: int) -> tuple[Intake, tuple[Outline, ...]]:
    """Hold out a share of the runs that were read; a task or conversation is never split.

    Args:
        intake: All runs that were read.
        share: Approximate share of the runs to hold out, in (0, 1).
        seed: Seed of the random choice.

    Returns:
        The intake without the held-out runs, which are counted there as a loss, and the outlines of the held-out runs.
    """
    outlines = intake.outlines
    names = [
        [f"task {name}" for name in [item.task_id or normalise(item.task or "")] if name]
        + [f"conversation {name}" for name in (item.session, item.parent) if name]
        for item in outlines
    ]
    chosen = held_out_groups([str(item.id) for item in outlines], names, share, seed=seed)
    held = tuple(item for item, is_held in zip(outlines, chosen, strict=True) if is_held)
    kept = tuple(item for item, is_held in zip(outlines, chosen, strict=True) if not is_held)
    losses = (*intake.losses, Loss(stage="screen", reason=HELD_OUT, count=len(held))) if held else intake.losses
    return msgspec.structs.replace(intake, outlines=kept, losses=tuple(sorted(losses))), held


def catches(skills: Sequence[Skill], held: Sequence[Outline], shelf: TrajectoryStore) -> tuple[SkillCatch, ...]:
    """Measure the rules of *skills* on held-out runs (level L1); return one result for each skill.

    Args:
        skills: Skills as the run wrote them.
        held: Outlines of the held-out runs.
        shelf: Store of the runs.
    """
    gate = recorded_gate()
    corpus = Corpus(held, shelf)
    runs = [(gate.observe(corpus[item.id]), item.outcome) for item in held]
    return gate.measure([gated_skill(source_of(skill), Path(skill.name)) for skill in skills], runs)
