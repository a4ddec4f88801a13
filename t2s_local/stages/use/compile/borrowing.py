"""Borrow parts of skills that were not chosen, for the chosen skills that the parts support (system 23)."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.stages.use.compile.levels import Levels
from t2s_local.stages.use.compile.parts import Part, SkillText, parts_of
from t2s_local.stages.use.compile.rescue import (
    LONGEST_CUE,
    MOST_CUES,
    PARTS_EACH,
    Attached,
    Rescuable,
    affinity,
    attach,
    rescued,
)
from t2s_local.stages.use.route.levels import min_max
from t2s_local.text.text import jaccard, spoken

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


def borrowed(
    task: str,
    pool: Sequence[int],
    chosen: Sequence[int],
    levels: Levels,
    texts: Callable[[int], SkillText | None],
    inside: Sequence[str],
    scores: "FloatMatrix",
) -> list[tuple[Part, Attached]]:
    """Return the parts of skills in *pool* that support a chosen skill, at most two parts for each chosen skill.

    Args:
        task: Text of the task.
        pool: Skills that were not chosen, the best first.
        chosen: Chosen skills.
        levels: Scores of the parts and skills.
        texts: Returns the files of a skill; None if it cannot be read.
        inside: Lines that the context contains already.
        scores: Score of each skill for the task, shape ``(n,)``.
    """
    if not chosen:
        return []
    found: dict[str, tuple[Part, int, Rescuable]] = {}
    for row in pool:
        for part, one in _rescuable(row, levels, texts(row)):
            found[part.place] = (part, row, one)
    names = {row: levels.index.skills[row].name for row in chosen}
    priors = min_max(np.array([scores[row] for row in chosen], np.float64))
    profiles = {row: _profiles(row, levels) for row in chosen}
    counts = Counter[str]()
    kept = []
    for item in rescued([one for _, _, one in found.values()], inside):
        part, row, _ = found[item.place]
        words = spoken(item.text)
        query = jaccard(words, spoken(task), empty=0.0)
        affinities = {
            names[other]: affinity(
                query=query,
                fit=max(jaccard(words, profile, empty=0.0) for profile in profiles[other]),
                prior=float(prior),
                community=levels.community(row, other),
            )
            for other, prior in zip(chosen, priors, strict=True)
        }
        home = attach(item.place, affinities)
        if home is not None and counts[home.skill] < MOST_CUES:
            counts[home.skill] += 1
            kept.append((part, home))
    return kept


def _rescuable(row: int, levels: Levels, text: SkillText | None) -> list[tuple[Part, Rescuable]]:
    """Return the three list items or code blocks of a skill that are most similar to the task, without long ones.

    Plain paragraphs are not borrowed: without the page around them they rarely say what to do.
    """
    if text is None:
        return []
    found = []
    units = [one for one in levels.units(row) if one[0].kind != "section"]
    units = sorted(units, key=lambda one: (-round(one[1], 6), one[0].place))[:PARTS_EACH]
    for unit, similarity, degree in units:
        for part in parts_of([(unit, similarity)], text, requires={}):
            said = "\n".join(text.line(place) for place in part.lines if place not in part.headings)
            if len(said) <= LONGEST_CUE:
                one = Rescuable(
                    place=part.place,
                    parent=unit.skill,
                    parent_score=float(levels.parents[row]),
                    strength=similarity / degree,
                    text=said,
                )
                found.append((part, one))
    return found


def _profiles(row: int, levels: Levels) -> list[frozenset[str]]:
    """Return the set of words of a skill's description, and the set of words of each of its best parts."""
    best = sorted(levels.units(row), key=lambda one: (-round(one[1], 6), one[0].place))[:PARTS_EACH]
    return [spoken(levels.index.skills[row].description), *(spoken(unit.text) for unit, _, _ in best)]
