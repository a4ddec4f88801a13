"""Find the actions that pieces of a skill forbid, and compare the runs that took such an action with the others.

A call is the forbidden action if it runs the forbidden command, if the name of the program or task that it runs has the
words of the prohibition (``eslint`` and ``npm run lint`` for "Never run the linter"), or if the agent said in these
words, directly before the call, what the call is for.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from t2s_local.stages.deepen.forbidding import Forbidden, forbidden_in
from t2s_local.stages.deepen.units import Unit, names_in
from t2s_local.stages.group.directives import clauses
from t2s_local.text.commands import heads_of, only_looks
from t2s_local.text.events import Event, events_of
from t2s_local.text.lesson_words import code_spans
from t2s_local.text.text import content, squeeze, words
from t2s_local.values.trajectory import Slice, SliceId, Trajectory, TrajectoryId

_MEANS_RUNNING = frozenset({"run", "runn", "call", "execut", "invok", "start", "us"})
"""Verbs, without endings, that say only that a command runs."""
_MEANS_COMMAND = content("tool command program script here at all ever")
"""Words that add nothing to the name of a command."""
_LOOKS = content("check consult fetch find get list look open pull query read retrieve search see view")
"""English verbs that say only that something is found out."""
_PARTICLES = content("up out back over")
_FEWEST = 2
"""Least number of object words by which the name of a tool that looks things up matches a prohibition."""
_REFERS = re.compile(r"\W*\w+(?:\s+(?:up|out|for|at|over))?\s+(?:it|them|this|that|these|those|so)\b", re.IGNORECASE)
"""An action whose object is a pronoun for something in the clause before, such as "look it up"."""
_DENIES = re.compile(r"\b(?:not|never|no|without|avoid|skip)\b|n['’]t\b", re.IGNORECASE)
"""Words of a clause in which an agent says what it does not do."""
_LONGEST = 2_000
"""Largest number of characters of a message that are searched for the purpose of a call."""
_SHORTEST = 4
"""Least number of letters that a word shares with another form of it."""
_ENDING = 3
"""Largest number of letters that an ending adds to a word, as in ``linter`` for ``lint``."""


class Ban(msgspec.Struct, frozen=True, kw_only=True):
    """Action that a piece of a skill forbids."""

    said: str
    """The action in the words of the piece."""
    words: frozenset[str]
    """Content words of the action, without verbs that mean running."""
    names: frozenset[str]
    """Tools and commands that the action names; empty for an action in plain words."""
    has_verb: bool
    """Whether the action in plain words is to run something."""
    is_look: bool
    """Whether the action is to find something out."""
    matter: frozenset[str]
    """Content words of the action without its verb."""
    earlier: frozenset[str]
    """Content words of the clause before, if the action refers to that clause ("never look it up"); else empty."""
    case: frozenset[str]
    """Content words of the case in which the action is forbidden ("If the tests pass, do not …"); empty for always."""
    unasked: bool
    """Whether the action is forbidden only as long as no user asks for it."""


class Defiance(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of runs with a known outcome: runs that took a forbidden action without an error, and other runs."""

    said: str
    did: tuple[TrajectoryId, ...]
    n_did_succeed: int
    n_other: int
    n_other_succeed: int
    names: frozenset[str]
    """Tools and commands of the calls that took the forbidden action."""

    def is_refuted(self, least: int) -> bool:
        """Return whether most runs that took the action succeeded, and no smaller share of them than of the others.

        False if fewer than *least* runs took the action. The others are compared only if there are at least *least*.
        """
        if len(self.did) < least or 2 * self.n_did_succeed <= len(self.did):
            return False
        return self.n_other < least or self.n_did_succeed * self.n_other >= self.n_other_succeed * len(self.did)

    def in_words(self) -> str:
        """Return a clause with the numbers of runs and successes, with and without the forbidden action."""
        names = ", ".join(f"`{name}`" for name in sorted(self.names)[:3])
        return (
            f"of {len(self.did)} runs that did so ({names}) {self.n_did_succeed} succeeded,"
            f" of {self.n_other} that did not {self.n_other_succeed}"
        )


class Count(msgspec.Struct):
    """Running count for one prohibition."""

    prohibition: Ban
    did: list[TrajectoryId] = msgspec.field(default_factory=list)
    names: set[str] = msgspec.field(default_factory=set)
    n_did_succeed: int = 0
    n_other: int = 0
    n_other_succeed: int = 0

    def add(self, run: Trajectory, calls: "Sequence[SaidCall]") -> None:
        """Count *run*, whose calls are *calls*; a run with an unknown outcome does not count."""
        if run.outcome is None:
            return
        has_succeeded = run.outcome == "success"
        found = [call for call in calls if not call.event.failed and _is_forbidden(self.prohibition, call)]
        if found:
            self.did.append(run.id)
            self.n_did_succeed += has_succeeded
            self.names |= {name for call in found for name in call.names}
        elif not any(_is_forbidden(self.prohibition, call) for call in calls):
            self.n_other += 1
            self.n_other_succeed += has_succeeded

    def result(self) -> Defiance:
        """Return the counts."""
        return Defiance(
            said=self.prohibition.said,
            did=tuple(sorted(self.did)),
            n_did_succeed=self.n_did_succeed,
            n_other=self.n_other,
            n_other_succeed=self.n_other_succeed,
            names=frozenset(self.names),
        )


class SaidCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call with the agent's words directly before it."""

    event: Event
    names: frozenset[str]
    """Tool of the call, or the programs (with subcommands) in the pipelines of a shell call."""
    said: str
    """Message or thought directly before the call, and the call's own description; empty if there is none."""


def bans_in(unit: Unit, tools: frozenset[str]) -> Iterator[Ban]:
    """Yield the actions that a piece forbids, always or in a case with ``if`` or ``when``.

    Prohibitions with *before*, *after*, *without* or *until* are left out, and so are those of one form of a command;
    only "unless asked" and "only when asked", in these or in similar words, are kept.

    Args:
        unit: Piece of a skill.
        tools: Names of the tools that were called.
    """
    for found in forbidden_in(unit.text):
        names = _whole_names(found.said, tools)
        if found.is_limited or (found.is_foreign and not names):
            continue
        telling = frozenset() if found.is_foreign else content(found.said) - _MEANS_RUNNING
        if not names or _is_whole(found.said, names, telling):
            yield _ban(found, names)


def _ban(found: Forbidden, names: frozenset[str]) -> Ban:
    told = frozenset() if found.is_foreign else content(found.said)
    verb = next((stem for word in words(found.said) for stem in content(word)), "")
    return Ban(
        said=found.said.strip(" ."),
        words=told - _MEANS_RUNNING,
        names=names,
        has_verb=bool(told & _MEANS_RUNNING),
        is_look=verb in _LOOKS,
        matter=told - {verb} - _PARTICLES,
        earlier=content(found.earlier) if _REFERS.match(found.said) else frozenset(),
        case=content(found.case),
        unasked=found.unasked,
    )


def prohibition_of(unit: Unit, tools: frozenset[str]) -> Ban | None:
    """Return the first action that a piece always forbids, in words that name the action; None if it forbids none."""
    for ban in bans_in(unit, tools):
        if not (ban.case or ban.unasked) and (ban.names or (ban.words and not ban.earlier)):
            return ban
    return None


def is_named(ban: Ban, name: str) -> bool:
    """Return whether *ban* forbids the tool or command called *name*, judged by the words of the name.

    All verbs for looking something up count as the same verb: "fetch user details" is ``get_user_details``.
    """
    if ban.names:
        return any(_is_run(one, frozenset({name})) for one in ban.names)
    named = _name_words(frozenset({name}))
    if bool(ban.words) and not ban.earlier and _are_in(ban.words, named):
        return True
    is_look = ban.is_look and bool(content(" ".join(named)) & _LOOKS)
    return is_look and len(ban.matter) >= _FEWEST and _are_in(ban.matter, named)


def _whole_names(said: str, tools: frozenset[str]) -> frozenset[str]:
    """Return the tools and commands in *said*; a task such as ``npm run lint`` with the name of the task."""
    whole = {span for span in map(squeeze, code_spans(said)) if heads_of(span) == [span]}
    return frozenset(whole | {name for name in names_in(said, tools) if not any(_begins(name, one) for one in whole)})


def _begins(name: str, command: str) -> bool:
    return command.startswith(f"{name} ")


def _is_whole(said: str, names: frozenset[str], telling: frozenset[str]) -> bool:
    """Return whether *said* forbids the commands *names* in any form: it names no argument, place, user or purpose."""
    bare = {squeeze(span) for span in code_spans(said)} <= names
    return bare and not telling - content(" ".join(names)) - _MEANS_COMMAND


def said_calls(run: Trajectory) -> list[SaidCall]:
    """Return the calls of a run, each with the agent's words directly before it."""
    whole = Slice(id=SliceId(run.id), trajectory=run, start=0, stop=len(run.steps), request=None)
    return [_said_call(run, event) for event in events_of(whole)]


def _said_call(run: Trajectory, event: Event) -> SaidCall:
    before = run.steps[event.call - 1] if event.call else None
    said = before.text[-_LONGEST:] if before is not None and before.kind in ("assistant", "thought") else ""
    described = (run.steps[event.call].arguments or {}).get("description")
    is_shell = event.tool == "shell" or event.head != event.tool
    return SaidCall(
        event=event,
        names=frozenset(heads_of(event.action)) if is_shell else frozenset({event.tool}),
        said=f"{said}\n{described}" if isinstance(described, str) else said,
    )


def _is_forbidden(prohibition: Ban, call: SaidCall) -> bool:
    if prohibition.names:
        return any(_is_run(name, call.names) for name in prohibition.names)
    if only_looks(call.event.tool, call.event.head):
        return prohibition.is_look and any(is_named(prohibition, name) for name in call.names)
    if _are_in(prohibition.words, _name_words(call.names)):
        return True
    return any(_says(prohibition, clause) for clause in _ordered(call.said))


def _name_words(names: frozenset[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in words(re.sub(r"[^A-Za-z]+", " ", name)))


def _are_in(told: frozenset[str], named: frozenset[str]) -> bool:
    """Return whether every word is a part of one of the words of a name."""
    return all(any(_is_in(word, other) for other in named) for word in told)


def _is_run(name: str, ran: frozenset[str]) -> bool:
    """Return whether a command that a skill names, with or without its subcommand, is among the commands *ran*."""
    return any(one == name or _begins(name, one) for one in ran)


def _ordered(said: str) -> Iterator[frozenset[str]]:
    """Yield the content words of each clause that denies nothing."""
    for clause in clauses(said):
        if not _DENIES.search(clause):
            yield content(clause)


def _says(prohibition: Ban, told: frozenset[str]) -> bool:
    if prohibition.has_verb and not told & _MEANS_RUNNING:
        return False
    return all(any(_is_form(word, other) for other in told) for word in prohibition.words)


def _is_in(word: str, name: str) -> bool:
    """Return whether a word, without an ending ``-er`` or ``-or``, is in a name: ``linter`` is in ``eslint``."""
    stem = word[:-2] if word.endswith(("er", "or")) and len(word) - 2 >= _SHORTEST else word
    return stem in name if len(stem) >= _SHORTEST else word == name


def _is_form(one: str, other: str) -> bool:
    """Return whether two words are forms of the same word, such as ``lint`` and ``linter``."""
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST:
        return one == other
    return long.startswith(short) and len(long) - len(short) <= _ENDING
