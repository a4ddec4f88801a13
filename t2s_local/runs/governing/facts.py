"""Collect all facts that the rules for governing a library need, in one pass over its log."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.reviewing.proposing import home_of
from t2s_local.skills.installing.ephemeral import is_ephemeral
from t2s_local.skills.members.members import Member, members_of
from t2s_local.skills.members.record import checked_events
from t2s_local.stages.govern.alike import told
from t2s_local.stages.govern.ratchet import Governed
from t2s_local.stages.govern.rounds import Round, Rounds
from t2s_local.stages.govern.skemex import Branch, Placed, Utilities, Utility
from t2s_local.stages.govern.standing import Standing, Standings
from t2s_local.values.event import USED

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

BRANCHES: tuple[Branch, ...] = ("general", "task", "action", "meta")


class LibraryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about the skills of a library and the events of its log."""

    members: tuple[Member, ...]
    """Skills in the library, by name, without skills that were set aside."""
    n_aside: int
    ephemeral: tuple[str, ...]
    """Names of throw-away skills in the library, which are left alone."""
    n_events: int
    n_backwards: int
    """Number of events with an earlier time than the preceding event (clock changes); the log's order counts."""
    standings: Mapping[str, Standing]
    rounds: tuple[Round, ...]
    utilities: Mapping[str, Utility]
    """Utility of each skill by name; empty if utilities were not asked for."""
    tasks: frozenset[str]
    """Digests of the tasks of all runs that used a skill."""

    @property
    def governed(self) -> tuple[Governed, ...]:
        """Return the skills in the form that the rules read."""
        return tuple(governed(member) for member in self.members)


def governed(member: Member) -> Governed:
    """Return a skill in the form that the rules read: name, digest, state and owner."""
    return Governed(
        name=member.name,
        digest=member.digest,
        state=member.history.state,
        is_ours=member.is_ours,
        is_there=member.is_there,
    )


def placed(member: Member) -> Placed:
    """Return a skill with the branch and group in its front matter; without them, branch ``task`` and no group."""
    about = member.source.front.get("metadata")
    said = {str(key): str(value) for key, value in about.items()} if isinstance(about, dict) else {}
    branch: Branch = next((name for name in BRANCHES if name == said.get("branch")), "task")
    group = said.get("tool" if branch == "action" else "category", "")
    return Placed(
        skill=governed(member),
        branch=branch,
        group=group,
        is_high_risk=said.get("risk_level") == "high",
    )


def facts_of(library: Path, *, with_utilities: bool = False, adopt: bool = False) -> LibraryFacts:
    """Read a library and its log.

    Args:
        library: Folder of skills.
        with_utilities: Whether the utility of each skill is computed.
        adopt: Whether throw-away skills are governed like others.

    Raises:
        BrokenChainError: the log was changed.
        InputError: the library or its log cannot be read.
        NothingFoundError: there is no skill.
    """
    every = members_of(library, home=home_of(library))
    there = [member for member in every if member.is_there]
    ephemeral = frozenset(member.name for member in there if not adopt and is_ephemeral(member.source))
    members = tuple(member for member in there if member.name not in ephemeral)
    risky = [member.name for member in members if with_utilities and placed(member).is_high_risk]
    standings, rounds, utilities = Standings(), Rounds(), Utilities(risky)
    tasks: set[str] = set()
    n_events = n_backwards = 0
    before = ""
    for event in checked_events(library):
        n_events += 1
        n_backwards += event.at < before
        before = event.at
        standings.add(event)
        rounds.add(event)
        if with_utilities:
            utilities.add(event)
        if event.kind == USED and event.task is not None:
            tasks.add(event.task)
    return LibraryFacts(
        members=members,
        n_aside=len(every) - len(there),
        ephemeral=tuple(sorted(ephemeral)),
        n_events=n_events,
        n_backwards=n_backwards,
        standings=standings.all(),
        rounds=rounds.all(),
        utilities=utilities.all() if with_utilities else {},
        tasks=frozenset(tasks),
    )


def vectors_of(members: Iterable[Member], embedder: str) -> "FloatMatrix":
    """Return a unit vector of the text of every skill, shape ``(n, d)``.

    Raises:
        UsageError: the embedder is not known.
    """
    return load_embedder(embedder).embed([told(member.source) for member in members])
