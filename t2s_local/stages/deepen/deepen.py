"""Compare an existing skill with recorded runs, and propose edits: the entry point of this package.

Every run is compared with the same unchanged pages. The rules learned from the runs represent what the runs show: the
skill says each rule already, contradicts it, or lacks it.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.ports.writer import Background
from t2s_local.skills.patch.patch import apply_patch
from t2s_local.skills.source import SkillSource
from t2s_local.stages.deepen.countermands import countermanded
from t2s_local.stages.deepen.matching import Relations, opposed, related
from t2s_local.stages.deepen.merging import edits_of_round, merged
from t2s_local.stages.deepen.practice import Practice, Use, use_of
from t2s_local.stages.deepen.prohibitions import Defiance
from t2s_local.stages.deepen.proposing import Draft, Proposer, proposal_of
from t2s_local.stages.deepen.reinforcing import reinforcements
from t2s_local.stages.deepen.rules import FoundRule, found_rules
from t2s_local.stages.deepen.units import Unit, pages_of, units_of
from t2s_local.text.text import clip, counted
from t2s_local.values.cluster import Cluster
from t2s_local.values.edit import ProposedEdit, RefusedEdit
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.values.value import Value

MOST_EDITS = 10
"""Edits that are proposed for one skill at a time, unless a person wants another number.

A person reads every edit: ten with their quotes are one sitting, and a page of four statements once got 34 additions.
The best supported edits are proposed first; the others are only named, and the next run proposes them. SkillOpt (arXiv
2605.23904), which accepts edits by a score, makes four.
"""
_LONGEST = 160
"""Largest number of characters of a rule that is quoted against a piece."""


class Noted(Value, frozen=True, kw_only=True):
    """A piece of a skill that no edit changes, with the finding of the runs about it."""

    skill: str
    path: str
    line: int
    text: str
    finding: str
    """``held`` if runs confirm the piece, ``failed`` if they refute it, ``unseen`` if no run has its names."""
    said: str
    """Clause that reports what the runs show, such as "3 runs show it"."""
    support: int
    """Number of distinct trajectories behind the finding; 0 for ``unseen``."""
    trajectory_ids: tuple[TrajectoryId, ...]


class Left(Value, frozen=True, kw_only=True):
    """A rule learned from the runs that no edit adds to a skill, with the reason."""

    rule: str
    says: str
    support: int
    reason: str


class Deepened(Value, frozen=True, kw_only=True):
    """Result of the comparison of skills with runs."""

    proposals: tuple[ProposedEdit, ...]
    """Proposed edits: rules stated by users first, then revisions before additions, then by support.

    Proposals that only raise counts come last, in the order of the skills.
    """
    noted: tuple[Noted, ...]
    left: tuple[Left, ...]
    refused: tuple[RefusedEdit, ...]
    n_pieces: int
    """Number of list items and paragraphs of the skills that were compared."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on the proposals."""

    edits: int = MOST_EDITS
    """Largest number of edits of each skill in the first round."""
    rounds: int = 1
    keep_headings: bool = False
    min_support: int = 3
    rejected: frozenset[str] = frozenset()
    """Ids of proposals that a person rejected."""


def deepen(
    sources: Sequence[SkillSource],
    *,
    skills: Iterable[Skill],
    clusters: Iterable[Cluster],
    background: Background,
    embedder: Embedder,
    runs: Callable[[], Iterable[Trajectory]],
    wanted: Wanted,
) -> Deepened:
    """Propose edits of the skills in *sources*.

    Args:
        sources: The existing skills.
        skills: Skills composed from the runs; they contain the words of all rules that are worth a place in a skill.
        clusters: All clusters of lessons learned from the runs.
        background: The lessons, and the known facts about their trajectories.
        embedder: Compares pieces of skills with rules.
        runs: Yields every run, one at a time.
        wanted: Limits on the proposals.
    """
    tools = frozenset(tool for names in background.tools.values() for tool in names)
    rules = found_rules(skills, clusters, background, tools)
    pages = {source.name: pages_of(source.texts) for source in sources}
    placed = [(name, unit) for name, there in pages.items() for page in there for unit in units_of(page, tools)]
    units = [unit for _, unit in placed]
    use = use_of(units, runs(), tools=tools, skills=list(pages))
    alike = related(units, rules, embedder)
    ordered = countermanded(units, rules, tools, cosines=alike.cosines)
    relations = opposed(alike, rules, _refuted(use, wanted.min_support), countermanded=ordered)
    proposer = Proposer(pages, placed, rules, embedder, use)
    revised = proposer.revisions(relations)
    added, lacking = proposer.additions(relations, {draft.rule for draft in revised})
    drafts, more = _chosen([*revised, *added], rules, wanted)
    proposals, refused = _checked(drafts, sources, rules, keep_headings=wanted.keep_headings)
    changed = {draft.unit for draft in drafts if draft.unit is not None}
    counted_on = reinforcements(sources, placed, relations, rules, background, changed=changed)
    return Deepened(
        proposals=(*proposals, *(item for item in counted_on if item.id not in wanted.rejected)),
        noted=tuple(_noted(placed, relations, rules, use, changed, least=wanted.min_support)),
        left=(*(_left(rules[one.rule], one.reason) for one in lacking), *more),
        refused=refused,
        n_pieces=len(units),
    )


def _refuted(use: Use, least: int) -> dict[int, Defiance]:
    """Return the pieces that forbid an action with which runs succeeded, by number."""
    return {at: found for at, found in use.defiances.items() if found.is_refuted(least)}


def _chosen(drafts: Sequence[Draft], rules: Sequence[FoundRule], wanted: Wanted) -> tuple[list[Draft], list[Left]]:
    """Return the drafts to propose, and the rules of all other drafts with the reason why they are not proposed."""
    support = merged({draft.id: frozenset({run})} for draft in drafts for run in rules[draft.rule].runs)
    ranked = sorted(
        drafts, key=lambda draft: (not rules[draft.rule].is_said, draft.unit is None, -len(support[draft.id]), draft.id)
    )
    rounds = range(wanted.rounds)
    most = sum(edits_of_round(number, most=wanted.edits, rounds=wanted.rounds) for number in rounds)
    open_drafts = [draft for draft in ranked if draft.id not in wanted.rejected]
    kept: list[Draft] = []
    for draft in open_drafts:
        if sum(one.skill == draft.skill for one in kept) < most:
            kept.append(draft)
    rejected = [(draft, "you rejected this edit") for draft in ranked if draft.id in wanted.rejected]
    ids = {draft.id for draft in kept}
    over = [(draft, f"more than {most} edits at a time, see --edits") for draft in open_drafts if draft.id not in ids]
    return kept, [_left(rules[draft.rule], reason) for draft, reason in (*rejected, *over)]


def _left(rule: FoundRule, reason: str) -> Left:
    return Left(rule=rule.id, says=rule.text or rule.line, support=len(rule.runs), reason=reason)


def _checked(
    drafts: Sequence[Draft], sources: Sequence[SkillSource], rules: Sequence[FoundRule], *, keep_headings: bool
) -> tuple[tuple[ProposedEdit, ...], tuple[RefusedEdit, ...]]:
    """Apply the edits of each skill to a copy; return edits that can be applied together, and refused edits."""
    applied: set[str] = set()
    refused: list[RefusedEdit] = []
    for source in sources:
        edits = [draft.edit for draft in drafts if draft.skill == source.name]
        made = apply_patch(source.raw, edits, keep_headings=keep_headings)
        applied |= {f"{source.name} {edit.id}" for edit in made.applied}
        refused += made.refused
    kept = [draft for draft in drafts if f"{draft.skill} {draft.edit.id}" in applied]
    return tuple(proposal_of(draft, rules[draft.rule]) for draft in kept), tuple(refused)


def _noted(
    placed: Sequence[tuple[str, Unit]],
    relations: Relations,
    rules: Sequence[FoundRule],
    use: Use,
    changed: set[int],
    *,
    least: int,
) -> Iterable[Noted]:
    """Yield the finding about every piece that no edit changes, if the runs show anything about the piece."""
    for at, (skill, unit) in enumerate(placed):
        if at in changed:
            continue
        rule = rules[relations.says[at]] if at in relations.says else None
        practice: Practice | Defiance | None = use.practice.get(at) or use.defiances.get(at)
        if rule is not None and rule.text is not None:
            said = f"{counted(len(rule.runs), 'run')} show it"
            yield _note(skill, unit, "held", said, rule.runs)
        elif rule is not None and rule.has_failed:
            yield _note(skill, unit, "failed", rule.in_words(), rule.runs)
        elif (number := relations.opposes.get(at, relations.forbids.get(at))) is not None:
            yield _note(skill, unit, "failed", _against(rules[number]), rules[number].runs)
        elif practice is not None and practice.is_refuted(least):
            yield _note(skill, unit, "failed", practice.in_words(), practice.did)
        elif at in use.unseen:
            names = ", ".join(f"`{name}`" for name in sorted(unit.names))
            yield _note(skill, unit, "unseen", f"no run has {names}", ())


def _against(rule: FoundRule) -> str:
    """Return a clause with the rule that a piece contradicts or forbids to follow, if no edit replaces the piece."""
    runs = counted(len(rule.runs), "run")
    told = f"users asked for the opposite in {runs}" if rule.is_wish else f"{runs} speak for a rule that orders it"
    return f"{told}: {clip(rule.text or rule.line, _LONGEST)}"


def _note(skill: str, unit: Unit, finding: str, said: str, runs: Sequence[TrajectoryId]) -> Noted:
    return Noted(
        skill=skill,
        path=unit.path,
        line=unit.line,
        text=unit.text,
        finding=finding,
        said=said,
        support=len(runs),
        trajectory_ids=tuple(runs),
    )
