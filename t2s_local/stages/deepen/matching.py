"""Compare pieces of a skill with rules: find the pieces that say the same as a rule, or the opposite."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.stages.deepen.prohibitions import Defiance
from t2s_local.stages.deepen.rules import STATED, FoundRule
from t2s_local.stages.deepen.units import Unit, messages_in
from t2s_local.stages.extract.instructed import is_said
from t2s_local.stages.group.directives import SAME_SUBJECT, Stance, contradicts, stance
from t2s_local.text.text import clip, containment, content, jaccard, mask
from t2s_local.values.lesson import KEPT, Lesson

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

SAME_MATTER = 0.7
"""Least cosine of a piece and a rule that say the same; lower than for two lessons, since people wrote the piece."""
SAME_NAMES = 0.6
"""Least overlap of the tools and commands named by a piece and by a rule that say the same."""
SAME_SITUATION = 0.3
"""Least share of the words of a rule's situation that a piece with the same meaning contains."""
_SAME_MESSAGE = 0.7
"""Least share of the words of a message that another quotation of the same message contains; quotations are clipped."""
_PLAIN_MATTER = 0.8
"""Least cosine of a piece and a rule that say the same, if neither of the two names a tool."""
_LONGEST = 600


class Relations(msgspec.Struct, frozen=True, kw_only=True):
    """Relations between the pieces of skills and the rules learned from runs."""

    says: Mapping[int, int]
    """Number of a piece to the number of the rule that the piece says: the closest rule of several."""
    opposes: Mapping[int, int]
    """Number of a piece to the number of the rule that the piece contradicts: the first rule of several."""
    forbids: Mapping[int, int] = msgspec.field(default_factory=dict)
    """Number of a piece to the number of a rule on another subject that orders what the piece forbids."""
    cosines: "FloatMatrix"
    """Shape ``(pieces, rules)``."""


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
            and _can_oppose(unit, rule)
            and (contradicts(stances[at], orders[number]) or contradicts(orders[number], stances[at]))
        ]
        alike = [
            (not rule.is_kept, _closeness(unit, rule, float(cosines[at, number])), -number)
            for number, rule in enumerate(rules)
            if _says(unit, rule, float(cosines[at, number]))
        ]
        said = -max(alike)[2] if alike else None  # what code counted first
        if against and (said is None or said in against or cosines[at, said] < cosines[at, against].max()):
            opposes[at] = against[0]
        elif said is not None:  # another rule may order otherwise: the two are about different cases
            says[at] = said
    return Relations(says=says, opposes=opposes, cosines=cosines)


def opposed(
    relations: Relations,
    rules: Sequence[FoundRule],
    refuted: Mapping[int, Defiance],
    *,
    countermanded: Mapping[int, int],
) -> Relations:
    """Return *relations* with more contradictions: pieces that forbid a successful or an ordered action.

    Args:
        relations: The relations found in the words of pieces and rules.
        rules: The rules, in their order.
        refuted: Number of each piece that the runs refute to the runs that took the forbidden action.
        countermanded: Number of each piece that forbids what a rule orders to the number of that rule.
    """
    is_near = {
        at: rules[number].is_wish or relations.cosines[at, number] >= SAME_SUBJECT
        for at, number in countermanded.items()
    }
    found = {at: number for at, number in countermanded.items() if is_near[at]}
    for at, defiance in refuted.items():
        for number, rule in enumerate(rules):
            did = set(rule.runs) & set(defiance.did)
            if rule.text is not None and rule.orders & defiance.names and 2 * len(did) > len(rule.runs):
                found.setdefault(at, number)
    says = {at: number for at, number in relations.says.items() if at not in refuted and at not in countermanded}
    return Relations(
        says=says,
        opposes={**found, **relations.opposes},
        forbids={at: number for at, number in countermanded.items() if not is_near[at]},
        cosines=relations.cosines,
    )


def _says(unit: Unit, rule: FoundRule, cosine: float) -> bool:
    if any(lesson.pattern == KEPT and lesson.do == unit.text for lesson in rule.lessons):
        return True  # a model named runs in which a step did what the piece says
    if is_said(rule.text or rule.line, unit.text):
        return True
    if unit.names and unit.names <= rule.replaced:
        return False  # the piece orders what the rule replaces
    if unit.messages and (met := _messages(rule)) and not _is_met(unit, met):
        return False  # the two are about different messages
    if not unit.names and not rule.names:
        return cosine >= _PLAIN_MATTER
    tools = _tools(rule)
    named = (unit.names & (tools | rule.names)) - rule.replaced
    is_alike = max(jaccard(named, tools, empty=1.0), jaccard(unit.names, rule.names, empty=1.0)) >= SAME_NAMES
    return cosine >= SAME_MATTER and is_alike and _situation(unit, rule) >= SAME_SITUATION


def _closeness(unit: Unit, rule: FoundRule, cosine: float) -> float:
    told = containment(unit.words, rule.situation | content(mask(rule.lesson.do)), empty=0.0)
    return cosine + jaccard(unit.names, _tools(rule), empty=1.0) + told


def _tools(rule: FoundRule) -> frozenset[str]:
    """Return the tools and commands that a rule names, without arguments of calls and without replaced commands."""
    names = rule.names - rule.replaced
    plain = frozenset(name for name in names if "[" not in name and "." not in name)
    return names & rule.called or plain or names


def _situation(unit: Unit, rule: FoundRule) -> float:
    """Return the share (0 to 1) of the words of the rule's situation that *unit* contains; 1 if there are no words.

    The words of the order count too for a rule that a tool or a program stated.
    """
    is_stated = rule.lesson.pattern in STATED
    words = rule.situation | (content(mask(rule.lesson.do)) if is_stated else frozenset())
    return containment(words, unit.words, empty=1.0)


def _is_about_same(unit: Unit, rule: FoundRule) -> bool:
    """Return whether a piece and a rule name a common tool, or no tool at all.

    A rule that users stated always counts, since users name tools without code marks.
    """
    return rule.is_said or bool(unit.names & rule.names) or not (unit.names or rule.names)


def _can_oppose(unit: Unit, rule: FoundRule) -> bool:
    """Return whether runs behind *rule* met a message that the piece is about; users may contradict every piece."""
    return rule.is_said or not unit.messages or _is_met(unit, _messages(rule))


def _messages(rule: FoundRule) -> tuple[frozenset[str], ...]:
    """Return the content words of the messages that *rule* is about."""
    return (*(content(message) for message in sorted(rule.messages)), *messages_in(rule.line))


def _is_met(unit: Unit, met: Sequence[frozenset[str]]) -> bool:
    """Return whether a message that *unit* quotes, in full or in part, is among the messages *met*."""
    return any(
        max(containment(told, one, empty=0.0), containment(one, told, empty=0.0)) >= _SAME_MESSAGE
        for told in unit.messages
        for one in met
    )


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
