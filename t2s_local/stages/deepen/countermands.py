"""Find the pieces of a skill that forbid, in code or in plain words, what a rule learned from runs orders.

A rule orders a forbidden action if it orders the tool or the command that the piece names, if the name of a tool that
it orders has the words of the prohibition, or if both only look up the same matter: "never look up the reservation ID"
forbids what "when the user does not have the reservation ID, list them with `get_user_details`" orders. A request that
users make again and again contradicts the prohibition of the same action in plain words, also if a request lifts the
prohibition: "never add tests unless asked".
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.stages.deepen.prohibitions import Ban, bans_in, is_named
from t2s_local.stages.deepen.rules import FoundRule
from t2s_local.stages.deepen.units import Unit
from t2s_local.stages.extract.instructed import is_said
from t2s_local.stages.group.directives import SAME_SUBJECT
from t2s_local.text.commands import only_looks
from t2s_local.text.text import containment, content, mask

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

_SAME_ACTION = 0.6
"""Least share of the words of a prohibition that a rule contains if both are about one matter."""
_SAME_CASE = 0.6
"""Least share of the words of a rule's situation that the condition of a prohibition for the same case contains."""
_SAME_SUBJECT = 0.3
"""Least share of the words of a rule's situation that a sentence before "never look it up" contains."""
_FEWEST = 2
"""Fewest words that a prohibition and a rule share in plain words: one word is too little."""
_SHELL = "shell"
_AFTER_ACTION = re.compile(r"[,.:;]\s|\swithout being asked\b")


def countermanded(
    units: Sequence[Unit], rules: Sequence[FoundRule], tools: frozenset[str], *, cosines: "FloatMatrix"
) -> dict[int, int]:
    """Return the number of each piece that forbids what a rule orders, with the number of the first such rule.

    A piece that says a rule in its words is left out, and so are rules that no composed skill contains.

    Args:
        units: Pieces of skills.
        rules: Rules learned from the runs, in their order.
        tools: Names of the tools that were called.
        cosines: Shape ``(pieces, rules)``.
    """
    told = [(number, rule) for number, rule in enumerate(rules) if rule.text is not None]
    found: dict[int, int] = {}
    for at, unit in enumerate(units):
        bans = list(bans_in(unit, tools))
        if not bans or any(is_said(rule.text or "", unit.text) for _, rule in told):
            continue
        for number, rule in told:
            is_near = bool(cosines[at, number] >= SAME_SUBJECT)
            if any(_is_ordered(ban, rule, is_near=is_near) for ban in bans):
                found.setdefault(at, number)
    return found


def _is_ordered(ban: Ban, rule: FoundRule, *, is_near: bool) -> bool:
    """Return whether *rule* orders the action that *ban* forbids; a ban for a case must be for the same case.

    An action without the name of a tool or command is the same only if piece and rule are near, that is, on one
    subject.
    """
    if ban.case and containment(rule.situation, ban.case, empty=0.0) < _SAME_CASE:
        return False
    if rule.is_wish and not ban.earlier and len(ban.words) >= _FEWEST and ban.words <= _wished(rule):
        return True
    if ban.unasked:
        return False
    ordered = rule.orders & rule.called or (frozenset() if rule.called else rule.orders)
    if any(is_named(ban, name) for name in ordered):
        return True
    if not (is_near and ban.is_look and not ban.names and _is_one_matter(ban, rule)):
        return False
    return any(only_looks(name if rule.called else _SHELL, name) for name in ordered)


def _wished(rule: FoundRule) -> frozenset[str]:
    """Return the content words of the action in a rule on a request of users, without its places and reasons."""
    return content(_AFTER_ACTION.split(rule.lesson.do, maxsplit=1)[0])


def _is_one_matter(ban: Ban, rule: FoundRule) -> bool:
    """Return whether *rule* says to find the information that *ban* says not to look up."""
    if ban.earlier:
        return (
            len(rule.situation & ban.earlier) >= _FEWEST
            and containment(rule.situation, ban.earlier, empty=0.0) >= _SAME_SUBJECT
        )
    told = rule.situation | content(mask(rule.lesson.do))
    return len(ban.matter & told) >= _FEWEST and containment(ban.matter, told, empty=0.0) >= _SAME_ACTION
