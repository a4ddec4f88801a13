"""Rank the skills of a library by similarity, usefulness and recent adoption, from its evidence log."""

from pathlib import Path

import numpy as np

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.skills.library.index.terms import read_task
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.versions import histories
from t2s_local.skills.members.record import checked_events
from t2s_local.stages.govern.skemex import Utilities, Utility
from t2s_local.stages.use.route.value import BRANCHES, Adoptions, ValuedSkill
from t2s_local.values.routing.ranking import RankedSkill

_DIGITS = 4


def valued_skills(library: Path, index: LibraryIndex, task: str, embedder: Embedder) -> list[ValuedSkill]:
    """Return all skills of a library with the figures that determine their value for *task*, sorted by name.

    Raises:
        BrokenChainError: the log was changed.
        InputError: the log cannot be read.
    """
    utilities, adoptions = Utilities(skill.name for skill in index.skills if skill.is_high_risk), Adoptions()
    for event in checked_events(library):
        utilities.add(event)
        adoptions.add(event)
    known = utilities.all()
    states = histories(OwnFolder(library))
    cosines = np.maximum(index.skill_vectors @ embedder.embed([read_task(task)])[0], 0.0)
    return [
        ValuedSkill(
            name=skill.name,
            cosine=float(cosine),
            utility=known.get(skill.name, Utility()).value,
            adoption=adoptions.of(skill.name),
            is_mature=skill.name in states and states[skill.name].state == "mature",
            branch=next((branch for branch in BRANCHES if branch == skill.branch), "task"),
            category=skill.category,
            tool=skill.tool,
        )
        for skill, cosine in zip(index.skills, cosines, strict=True)
    ]


def as_ranked(skill: ValuedSkill) -> RankedSkill:
    """Return a skill with its value, in the form that all rankings have."""
    parts = {"similarity": skill.cosine, "usefulness": skill.utility, "recency": skill.recency}
    said = f"similarity {skill.cosine:.2f}, usefulness {skill.utility:.2f}, recency {skill.recency:.2f}"
    return RankedSkill(
        skill=skill.name,
        score=round(skill.score, _DIGITS),
        least=0.0,
        reason=f"{said}; mature" if skill.is_mature else said,
        parts={name: round(value, _DIGITS) for name, value in parts.items()},
    )
