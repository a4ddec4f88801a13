"""Scan of a skill before it is written: a rule with a grave finding is left out unless a person accepted it."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import msgspec

from t2s_local.skills.source import source_of
from t2s_local.stages.check.scan import Risk, at_or_above, scan
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.skill import Skill

HELD = "`t2s scan` finds it grave: stays a candidate"
_SETTLED = frozenset({"secret", "personal-data"})
"""Scan rules about secrets and personal data, which redaction removes unless the user keeps them."""


class Scanned(NamedTuple):
    """A skill without grave findings, and the rules left out for such findings."""

    skill: Skill | None
    """The skill; None if no rule with enough support is left."""
    held: dict[ClusterId, Risk]
    """Gravest finding of each rule that was left out."""


def risks_of(skill: Skill) -> tuple[Risk, ...]:
    """Return the grave findings of ``t2s scan`` in *skill*, without findings that redaction settles."""
    return tuple(risk for risk in at_or_above(scan(source_of(skill)), "high") if risk.rule not in _SETTLED)


def risk_in_words(skill: Skill) -> str | None:
    """Return the gravest risk of the only rule of *skill* as a clause; None if it has no risk."""
    found = [risk for risk in at_or_above(scan(source_of(skill)), "medium") if risk.rule not in _SETTLED]
    return found[0].message.partition(": ")[0] if found else None


def without_grave_findings(
    family: Family,
    skill: Skill,
    write: Callable[[Family], Skill],
    *,
    accepted: Collection[ClusterId],
    has_support: Callable[[Cluster], bool],
) -> Scanned:
    """Leave out the rules of *skill* that cause a grave finding by themselves, or all rules if no single rule does.

    Args:
        family: The rules of *skill*.
        skill: The skill with all rules.
        write: Function that writes a skill from some of the rules, in the words of their lessons.
        accepted: Rules that a person accepted: their actions are the person's wish.
        has_support: Function that returns whether a rule may have a skill of its own.
    """
    if not risks_of(skill):
        return Scanned(skill, {})
    alone = {item.id: risks_of(write(_only(family, [item]))) for item in family.clusters}
    allowed = {_said(risk) for one in alone if one in accepted for risk in alone[one]}
    held = {one: risks[0] for one, risks in alone.items() if risks and one not in accepted}
    rest = _only(family, [item for item in family.clusters if item.id not in held])
    if not any(map(has_support, rest.clusters)):
        return Scanned(None, held)
    again = write(rest)
    grave = [risk for risk in risks_of(again) if _said(risk) not in allowed]
    if not grave:
        return Scanned(again, held)
    return Scanned(None, held | dict.fromkeys((item.id for item in rest.clusters), grave[0]))


def _only(family: Family, clusters: list[Cluster]) -> Family:
    return msgspec.structs.replace(family, clusters=tuple(clusters))


def _said(risk: Risk) -> tuple[str, str]:
    return risk.rule, risk.message
