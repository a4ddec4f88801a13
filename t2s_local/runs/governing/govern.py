"""Govern a library: propose changes by rules on its evidence, and make the changes the user consents to."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from t2s_local.errors import InputError, T2SError
from t2s_local.files import reason_of
from t2s_local.runs.governing.facts import LibraryFacts, facts_of, placed, vectors_of
from t2s_local.runs.reviewing.proposing import home_of
from t2s_local.skills.decisions import read_decisions
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.members.members import Member
from t2s_local.skills.members.moving import carry_out
from t2s_local.skills.members.proposals import read_proposals, write_proposals
from t2s_local.skills.source import SkillSource
from t2s_local.stages.govern.alike import SAME, groups, is_other_way, named, pairs
from t2s_local.stages.govern.joining import join
from t2s_local.stages.govern.ratchet import Limits, ratchet
from t2s_local.stages.govern.rounds import better_round
from t2s_local.stages.govern.skemex import SAME as SAME_IN_BRANCH
from t2s_local.stages.govern.skemex import skemex
from t2s_local.values.decision import Proposal
from t2s_local.values.value import Value

RuleSet = Literal["ratchet", "skemex"]
_RANK = {"mature": 0, "active": 1, "draft": 2}


class GovernJob(Value, frozen=True, kw_only=True):
    """Options of a person for governing a library."""

    rules: RuleSet = "ratchet"
    limits: Limits = Limits()
    embedder: str = "static"
    yes: bool = False
    """Whether proposals about skills that t2s wrote are carried out at once."""
    adopt: bool = False
    """Whether throw-away skills are governed like others."""
    dry_run: bool = False
    """Whether nothing is written, not even proposals."""


class Waiting(Value, frozen=True, kw_only=True):
    """A skill with too few trials to be judged."""

    skill: str
    n_trials: int


class Governing(Value, frozen=True, kw_only=True):
    """Result of governing a library."""

    library: str
    rules: RuleSet
    n_skills: int
    """Number of skills in the library, whoever wrote them, without skills that were set aside."""
    n_aside: int
    ephemeral: tuple[str, ...]
    """Names of throw-away skills, which are left alone."""
    n_events: int
    n_backwards: int
    """Number of events with an earlier time than the preceding event."""
    min_trials: int
    insufficient: tuple[Waiting, ...]
    """Skills that were used and have fewer trials than *min_trials*."""
    done: tuple[Proposal, ...]
    waiting: tuple[Proposal, ...]
    """Proposals that wait for a person; in a dry run, proposals that would wait."""
    refused: tuple[str, ...]
    """Proposals that could not be carried out, each with the reason."""
    rejected: tuple[str, ...]
    """Ids of proposals that a person rejected before; they are not proposed again."""
    help_rates: tuple[float | None, ...]
    """Share of uses that helped, in each round of 30 runs, oldest first."""


def govern(library: Path, job: GovernJob, *, at: str, command: str) -> Governing:
    """Check the skills of a library by the rules, and propose or make the changes.

    Args:
        library: Folder of skills, whoever wrote them.
        job: Options of the person.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        BrokenChainError: the log was changed.
        InputError: the library or its log cannot be read.
        LockedError: another process changes the library.
        NothingFoundError: there is no skill.
        T2SError: the library cannot be changed.
        UsageError: the embedder is not known.
    """
    facts = facts_of(library, with_utilities=job.rules == "skemex", adopt=job.adopt)
    proposed = [*proposals_of(facts, job), *_rollback(facts)]
    no = {one.id for one in read_decisions(home_of(library)) if one.verdict != "accepted"}
    wanted = [one for one in proposed if one.id not in no]
    done: tuple[Proposal, ...] = ()
    refused: list[str] = []
    if job.yes and not job.dry_run:
        moved = carry_out(library, [one for one in wanted if one.is_ours], joined, at=at, command=command)
        done = moved.done
        refused = [f"{one.id}: {why}" for one, why in moved.refused]
    waiting = [one for one in wanted if one not in done]
    if not job.dry_run and (waiting or read_proposals(library)):
        _let_wait(library, waiting, command)
    few = [(name, one.n_trials) for name, one in facts.standings.items() if one.n_uses]
    there = {member.name for member in facts.members}
    return Governing(
        library=str(library),
        rules=job.rules,
        n_skills=len(facts.members),
        n_aside=facts.n_aside,
        ephemeral=facts.ephemeral,
        n_events=facts.n_events,
        n_backwards=facts.n_backwards,
        min_trials=job.limits.min_trials,
        insufficient=tuple(
            Waiting(skill=name, n_trials=n) for name, n in few if n < job.limits.min_trials and name in there
        ),
        done=done,
        waiting=tuple(waiting),
        refused=tuple(refused),
        rejected=tuple(sorted({one.id for one in proposed} & no)),
        help_rates=tuple(one.help_rate for one in facts.rounds),
    )


def proposals_of(facts: LibraryFacts, job: GovernJob) -> Iterator[Proposal]:
    """Yield the proposals of the rules: merges first, then skills to archive or to call mature."""
    merges = list(_merges(facts, job))
    yield from merges
    leaving = frozenset(one.skill for one in merges)
    if job.rules == "skemex":
        yield from skemex([placed(member) for member in facts.members], facts.utilities, leaving=leaving)
    else:
        yield from ratchet(facts.governed, facts.standings, job.limits, leaving=leaving)


def joined(winner: SkillSource, loser: SkillSource) -> Mapping[str, bytes]:
    """Return the files of *winner* with the lessons of *loser* added, by path.

    Raises:
        InputError: the two skills cannot be joined by code.
    """
    return join(winner, loser).files


def _merges(facts: LibraryFacts, job: GovernJob) -> Iterator[Proposal]:
    """Yield one proposal for every skill to merge into a skill that says nearly the same."""
    members = facts.members
    is_skemex = job.rules == "skemex"
    near = pairs(vectors_of(members, job.embedder), SAME_IN_BRANCH if is_skemex else SAME) if len(members) > 1 else []
    if is_skemex:
        branches = [placed(member).branch for member in members]
        near = [pair for pair in near if branches[pair[0]] == branches[pair[1]]]
    names = {row: named(members[row].source) for row in {row for pair in near for row in pair[:2]}}
    near = [pair for pair in near if not is_other_way(names[pair[0]], names[pair[1]])]
    closest: dict[int, float] = {}
    for one, other, cosine in near:
        closest[one], closest[other] = (max(cosine, closest.get(row, 0.0)) for row in (one, other))
    for group in groups(len(members), near):
        first, *rest = sorted(group, key=lambda row: _seniority(members[row]))
        for row in rest:
            yield _merge(members[first], members[row], closest[row])


def _seniority(member: Member) -> tuple[bool, int, str, str]:
    """Return the sort key of a skill in a group: written by a user first, then by state, mature first, then by age."""
    events = member.history.events
    return member.is_ours, _RANK.get(member.history.state, 1), events[0].at if events else "", member.name


def _merge(winner: Member, loser: Member, cosine: float) -> Proposal:
    reason = f"says nearly the same as {winner.name} (cosine {cosine:.2f}), which stays, with the lessons of both"
    is_ours = winner.is_ours and loser.is_ours
    try:
        made = join(winner.source, loser.source)
        reason += f": {made.n_added} added, {made.n_same} the same"
    except InputError as error:
        is_ours = False
        reason += f"; by hand, because {error.message}"
    return Proposal(
        kind="merge", skill=loser.name, digest=loser.digest, into=winner.name, reason=reason, is_ours=is_ours
    )


def _rollback(facts: LibraryFacts) -> Iterator[Proposal]:
    """Propose to restore an earlier state if recent rounds helped less than an earlier round; never done unasked."""
    best = better_round(facts.rounds)
    if best is None or best.help_rate is None:
        return
    versions, leaves = [], []
    for member in facts.members:
        events = [event for event in member.history.events if event.kind != "proposed"]
        if events and events[0].at > best.at:
            leaves.append(member.name)
        then = [event for event in events if event.at <= best.at]
        if then and then[-1].digest != member.digest:
            versions.append((member.name, then[-1].number))
    last = facts.rounds[-1].help_rate or 0.0
    reason = f"five rounds running helped less: {last:.2f} of uses now, {best.help_rate:.2f} then"
    yield Proposal(
        kind="rollback",
        skill=best.at,
        digest=None,
        reason=reason,
        is_ours=False,
        versions=tuple(versions),
        leaves=tuple(leaves),
    )


def _let_wait(library: Path, proposals: Sequence[Proposal], command: str) -> None:
    own = OwnFolder(library)
    try:
        with own.locked(command):
            write_proposals(library, proposals)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error


def as_plain(found: Governing) -> dict[str, object]:
    """Return the result as plain values for JSON output, with ids of proposals and the level of the figures."""
    told: dict[str, object] = msgspec.to_builtins(found)
    for name, proposals in (("done", found.done), ("waiting", found.waiting)):
        told[name] = [{"id": one.id, **msgspec.to_builtins(one)} for one in proposals]
    return {**told, "level": "L1"}
