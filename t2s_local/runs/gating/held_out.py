"""Runs that the main job sets aside, and the rules it wrote held against them."""

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
    """Take a share of the runs out of what was read: whole tasks and whole conversations.

    Args:
        intake: Everything that was read.
        share: Of the runs, about, in (0, 1).
        seed: Decides which.

    Returns:
        The rest, with the loss counted, and the outlines of the runs that are held out.
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
    """Hold the rules of *skills* against held-out runs: level L1.

    Args:
        skills: As they were written.
        held: Outlines of the runs.
        shelf: Where they are stored.
    """
    gate = recorded_gate()
    corpus = Corpus(held, shelf)
    runs = [(gate.observe(corpus[item.id]), item.outcome) for item in held]
    return gate.measure([gated_skill(source_of(skill), Path(skill.name)) for skill in skills], runs)
