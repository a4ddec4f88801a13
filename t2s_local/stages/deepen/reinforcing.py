"""Propose to count further runs for the rules of skills that they confirm; no word changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.skills.evidence import PATH, EvidenceClaim, parse_evidence
from t2s_local.skills.patch.reinforcing import is_countable
from t2s_local.skills.source import SkillSource
from t2s_local.stages.deepen.matching import Relations
from t2s_local.stages.deepen.proposing import quotes_of
from t2s_local.stages.deepen.rules import FoundRule
from t2s_local.stages.deepen.units import Unit
from t2s_local.values.edit import BackingRun, Edit, ProposedEdit
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import digest


def reinforcements(
    sources: Sequence[SkillSource],
    placed: Sequence[tuple[str, Unit]],
    relations: Relations,
    rules: Sequence[FoundRule],
    background: Background,
    *,
    changed: Collection[int],
) -> Iterator[ProposedEdit]:
    """Yield a proposal for every piece that says a rule, and whose counts lack runs behind that rule.

    Args:
        sources: The skills.
        placed: Pieces of the skills, each with its skill.
        relations: The rules that pieces say.
        rules: The rules that were learned from the runs.
        background: Outcomes, tasks and days of the runs.
        changed: Numbers of pieces that another edit replaces.
    """
    claims = {source.name: _claims(source) for source in sources}
    told: set[tuple[str, str, str | None]] = set()
    for at, (skill, unit) in enumerate(placed):
        rule = rules[relations.says[at]] if at in relations.says else None
        if rule is None or rule.text is None or at in changed:
            continue
        claim = claims[skill].get(unit.number or "")
        known = frozenset() if claim is None else frozenset(claim.trajectory_ids)
        runs = [_backing(run, background) for run in rule.runs if run not in known]
        number = None if claim is None else claim.rule
        is_told = (skill, rule.id, number) in told  # a skill may say a rule in two places
        if runs and not is_told and (claim is None or is_countable(claim, len(runs))):
            told.add((skill, rule.id, number))
            yield _proposal(skill, unit, rule, runs, number)


def _claims(source: SkillSource) -> Mapping[str, EvidenceClaim]:
    return {claim.rule: claim for claim in parse_evidence(source.texts.get(PATH, ""))}


def _backing(run: TrajectoryId, background: Background) -> BackingRun:
    task = background.tasks.get(run)
    return BackingRun(
        id=run,
        outcome=background.outcomes.get(run),
        task=None if task is None else digest(task),
        day=background.days.get(run),
    )


def _proposal(skill: str, unit: Unit, rule: FoundRule, runs: Sequence[BackingRun], number: str | None) -> ProposedEdit:
    fields = {"op": "replace_in_section", "path": unit.path, "section": unit.section, "anchor": unit.source}
    edit = msgspec.convert({**fields, "text": unit.source, "support": len(rule.runs)}, type=Edit)
    n_runs = len(rule.runs)
    return ProposedEdit(
        id=f"{skill}@e{digest(edit.id, *(run.id for run in runs))[:8]}",
        skill=skill,
        change="reinforce",
        edit=edit,
        rule=rule.id,
        gives_way=None,
        contradiction=None,
        support=n_runs,
        n_worked=rule.n_worked,
        confidence=(rule.n_worked + 1) / (n_runs + 2),
        is_said=rule.is_said,
        level="L0",
        quotes=quotes_of(rule),
        number=number,
        runs=tuple(runs),
    )
