"""Compare pieces of a skill with rules: one says what a rule says, or the opposite."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.stages.deepen.rules import STATED, FoundRule
from t2s_local.stages.deepen.units import Unit
from t2s_local.stages.extract.instructed import is_said
from t2s_local.stages.group.directives import SAME_SUBJECT, Stance, contradicts, stance
from t2s_local.text.lesson_words import overlap
from t2s_local.text.text import clip, content, mask
from t2s_local.values.lesson import Lesson

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

SAME_MATTER = 0.7
"""Least cosine of a piece and a rule that say the same; hand-written pieces lie further off than lessons do."""
SAME_NAMES = 0.6
"""Least share of the named tools and commands that both name."""
SAME_SITUATION = 0.3
"""Least share of the words of a rule's situation that the piece has."""
_PLAIN_MATTER = 0.8
"""Least cosine where neither names a tool."""
_LONGEST = 600


class Relations(msgspec.Struct, frozen=True, kw_only=True):
    """How the pieces of skills and the rules of runs stand to each other."""

    says: Mapping[int, int]
    """Number of a piece to that of the one rule it says."""
    opposes: Mapping[int, int]
    """Number of a piece to that of the one rule it contradicts; of several the first in their order."""
    cosines: "FloatMatrix"
    """A row a piece, a column a rule."""


def related(units: Sequence[Unit], rules: Sequence[FoundRule], embedder: Embedder) -> Relations:
    """Compare every piece with every rule."""
    import numpy as np

    if not units or not rules:
        return Relations(says={}, opposes={}, cosines=np.zeros((len(units), len(rules)), dtype=np.float32))
    pieces = embedder.embed([clip(unit.text, _LONGEST) for unit in units])
    cosines = pieces @ embedder.embed([clip(rule.line, _LONGEST) for rule in rules]).T
    stances = [_stance(unit.text) for unit in units]
    orders = [stance(rule.lesson) for rule in rules]
    says: dict[int, int] = {}
    opposes: dict[int, int] = {}
    for at, unit in enumerate(units):
        against = [
            number
            for number, rule in enumerate(rules)
            if rule.text is not None
            and cosines[at, number] >= SAME_SUBJECT
            and _is_about_same(unit, rule)
            and (contradicts(stances[at], orders[number]) or contradicts(orders[number], stances[at]))
        ]
        if against:
            opposes[at] = against[0]
            continue
        alike = [
            (_closeness(unit, rule, float(cosines[at, number])), -number)
            for number, rule in enumerate(rules)
            if _says(unit, rule, float(cosines[at, number]))
        ]
        if alike:
            says[at] = -max(alike)[1]
    return Relations(says=says, opposes=opposes, cosines=cosines)


def _says(unit: Unit, rule: FoundRule, cosine: float) -> bool:
    if is_said(rule.text or rule.line, unit.text):
        return True
    if not unit.names and not rule.names:
        return cosine >= _PLAIN_MATTER
    tools = _tools(rule)
    is_alike = overlap(unit.names & (tools | rule.names), tools) >= SAME_NAMES or unit.names == rule.names
    return cosine >= SAME_MATTER and is_alike and _situation(unit, rule) >= SAME_SITUATION


def _closeness(unit: Unit, rule: FoundRule, cosine: float) -> float:
    told = len(unit.words & (rule.situation | content(mask(rule.lesson.do)))) / max(len(unit.words), 1)
    return cosine + overlap(unit.names, _tools(rule)) + told


def _tools(rule: FoundRule) -> frozenset[str]:
    """Return the tools and commands that a rule names, without arguments of calls."""
    return frozenset(name for name in rule.names if "[" not in name and "." not in name) or rule.names


def _situation(unit: Unit, rule: FoundRule) -> float:
    """Share of the words of the rule's situation that *unit* has; of a message too, where it states the rule."""
    is_stated = rule.lesson.pattern in STATED
    words = rule.situation | (content(mask(rule.lesson.do)) if is_stated else frozenset())
    return len(words & unit.words) / len(words) if words else 1.0


def _is_about_same(unit: Unit, rule: FoundRule) -> bool:
    """Return whether both name a tool in common; what users say names things without marks of code."""
    return rule.is_said or bool(unit.names & rule.names) or not (unit.names or rule.names)


def _stance(text: str) -> Stance:
    return stance(_as_lesson(text))


def _as_lesson(text: str) -> Lesson:
    return msgspec.convert(
        {
            "id": "",
            "when": "",
            "do": text,
            "because": None,
            "polarity": "success",
            "pattern": "",
            "signature": "",
            "evidence": (),
            "trajectory_ids": (),
            "task_ids": (),
            "analyst": "",
        },
        type=Lesson,
    )
