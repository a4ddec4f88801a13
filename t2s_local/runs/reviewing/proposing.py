"""List, carry out and undo proposals about whole skills that wait for a person."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from t2s_local.errors import NothingFoundError, T2SError, UsageError
from t2s_local.files import reason_of
from t2s_local.runs.reviewing.going_back import go_back, undo_going_back
from t2s_local.runs.reviewing.inbox import read_inbox
from t2s_local.runs.reviewing.items import ProposalItem
from t2s_local.skills.decisions import changed_decisions
from t2s_local.skills.library.library import is_library
from t2s_local.skills.library.one_skill.history import rollback
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.versions import histories
from t2s_local.skills.members.moving import carry_out, joined_reason
from t2s_local.skills.members.proposals import read_proposals, write_proposals
from t2s_local.skills.members.record import add_events
from t2s_local.skills.source import SkillSource
from t2s_local.stages.govern.joining import join
from t2s_local.values.decision import Decision, Proposal, ProposalKind, Verdict, VersionMark
from t2s_local.values.event import Event

COMMAND = "t2s review"
_KINDS: Mapping[str, ProposalKind] = {
    "deprecate": "deprecate",
    "archive": "archive",
    "mature": "mature",
    "merge": "merge",
    "rollback": "rollback",
}


def home_of(library: Path) -> Path:
    """Return the folder of the decisions about *library*: the library itself, or the parent of all projects' libraries.

    Raises:
        InputError: another user's t2s or another version wrote the inbox of the library.
    """
    inbox = read_inbox(library) if library.is_dir() else None
    return library if inbox is None or inbox.home == "." else library / inbox.home


def waiting_proposals(libraries: Iterable[Path]) -> list[ProposalItem]:
    """Return the waiting proposals in *libraries*, by library and id.

    Raises:
        T2SError: a library cannot be read.
    """
    return [
        ProposalItem(id=one.id, library=str(library), proposal=one)
        for library in libraries
        if is_library(library)
        for one in read_proposals(library)
    ]


def decide_proposals(
    library: Path, answers: Sequence[tuple[str, Verdict, str | None]], *, at: str
) -> tuple[Decision, ...]:
    """Carry out answers about proposals in a library that no run of a workspace wrote, and return the decisions.

    Args:
        library: Folder of the library.
        answers: Answers with the name of a proposal, the verdict and the reason.
        at: ISO 8601 time in UTC.

    Raises:
        LockedError: another process changes the library.
        T2SError: a decision cannot be stored.
        UsageError: no proposal has that name, or the proposal cannot be carried out.
    """
    waiting = {item.id: item for item in waiting_proposals([library])}
    if unknown := [name for name, _, _ in answers if name not in waiting]:
        message = f"no proposal about {library} is called {unknown[0]}"
        raise UsageError(message, hint="`t2s review LIBRARY --list` shows those that wait.")
    home = home_of(library)
    made: list[Decision] = []
    for name, verdict, reason in answers:
        made.append(about_proposal(home, waiting[name], verdict, reason, at))
        with changed_decisions(home) as decisions:
            decisions.append(made[-1])
    return tuple(made)


def undo_proposal(library: Path, *, at: str) -> tuple[Decision, ...]:
    """Undo the last answer about a library that no run of a workspace wrote, and return its decisions.

    Raises:
        NothingFoundError: there is no decision.
        T2SError: the decision cannot be undone.
    """
    home = home_of(library)
    with changed_decisions(home) as decisions:
        if not decisions or not is_about_proposal(decisions[-1]):
            message = "no answer about a proposal was the last one"
            raise NothingFoundError(message, path=library)
        last = decisions.pop()
    take_proposal_back(home, last, at)
    return (last,)


def about_proposal(home: Path, item: ProposalItem, verdict: Verdict, reason: str | None, at: str) -> Decision:
    """Carry out the answer about a proposal, and return the decision.

    Raises:
        LockedError: another process changes the library.
        T2SError: the library cannot be changed.
        UsageError: the proposal cannot be carried out because the skill was changed since.
    """
    library, proposal = Path(item.library), item.proposal
    if verdict == "accepted":
        _accept(library, proposal, at)
    _let_go(library, proposal)
    return Decision(
        id=proposal.id,
        verdict=verdict,
        at=at,
        reason=reason,
        skill=None if proposal.kind == "rollback" else proposal.skill,
        with_skill=verdict == "pinned",
        says=f"{proposal.kind} {proposal.skill}: {proposal.reason}",
        version=VersionMark(library=os.path.relpath(library, home), waited=None, lay=proposal.digest, base=None),
    )


def is_about_proposal(decision: Decision) -> bool:
    """Return whether a decision is about a proposal."""
    return decision.id.rpartition(":")[2] in _KINDS and decision.version is not None


def take_proposal_back(home: Path, decision: Decision, at: str) -> None:
    """Undo the changes of an accepted proposal; the next `t2s govern` makes a rejected proposal again.

    Raises:
        T2SError: the library cannot be changed, or a text is lost.
    """
    if decision.verdict != "accepted" or decision.version is None:
        return
    library = home / decision.version.library
    name, _, kind = decision.id.rpartition(":")
    if kind == "rollback":
        undo_going_back(library, decision.at, at=at, command=COMMAND)
    if kind == "merge":
        for winner in _joined_with(library, name):
            rollback(library, winner, to=None, at=at, command=COMMAND)
    if kind == "mature":
        event = Event(at=at, kind="active", skill=name, reason="taken back by hand")
        add_events(library, lambda: [event], command=COMMAND)
    if kind in ("deprecate", "archive", "merge"):
        rollback(library, name, to=None, at=at, command=COMMAND)


def _joined_with(library: Path, name: str) -> list[str]:
    """Return the skill that *name* was merged into, if that skill is unchanged since; otherwise an empty list."""
    known = histories(OwnFolder(library))
    return [one for one, history in known.items() if history.last and history.last.reason == joined_reason(name)]


def _accept(library: Path, proposal: Proposal, at: str) -> None:
    if proposal.kind == "rollback":
        go_back(library, proposal, _joined, at=at, command=COMMAND)
        return
    moved = carry_out(library, [proposal], _joined, at=at, command=COMMAND)
    if moved.refused:
        message = f"{proposal.id}: {moved.refused[0][1]}"
        raise UsageError(message, hint="`t2s govern LIBRARY` looks again.")


def _let_go(library: Path, proposal: Proposal) -> None:
    own = OwnFolder(library)
    try:
        with own.locked(COMMAND):
            write_proposals(library, [one for one in read_proposals(library) if one.id != proposal.id])
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error


def _joined(winner: SkillSource, loser: SkillSource) -> Mapping[str, bytes]:
    return join(winner, loser).files
