"""Proposals about skills, a person's decisions on rules, versions and proposals, and the marks to find them again."""

from typing import Literal

from t2s_local.values.value import Value

Verdict = Literal["accepted", "rejected", "pinned"]


class RuleText(Value, frozen=True, kw_only=True):
    """The text of a rule as a person wrote or pinned it."""

    when: str
    do: str
    because: str | None = None


class RuleMark(Value, frozen=True, kw_only=True):
    """Features that identify a rule in later runs, even if its wording or the input differ; sorted digests only."""

    signatures: tuple[str, ...]
    """Digests of the signatures of the rule's lessons, in which names, numbers and paths are masked."""
    messages: tuple[str, ...]
    """Digests of the messages, with masks, that the rule quotes from tool results."""
    remedy: tuple[str, ...]
    """Digests of the words of the rule's action that are not in the text of its situation."""
    occasions: tuple[str, ...]
    """Digests of the recorded steps that led to the rule."""
    remedies: tuple[str, ...]
    """Digests of the recorded steps that show the remedy."""


class VersionMark(Value, frozen=True, kw_only=True):
    """Digests of the versions of a skill that a decision is about, sufficient to undo the decision."""

    library: str
    """Path of the skill's library, relative to the folder that contains the decisions."""
    waited: str | None
    """Version that waited for the decision; None if no version waited."""
    lay: str | None
    """Version in the skill's folder before the decision; None if the decision did not change the folder."""
    base: str | None
    """Last version that t2s itself had written before the decision; None if t2s had written no version."""


class Decision(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A person's decision on a rule, on a version or edit of a skill, or on a proposal."""

    id: str
    """Id of the rule at that time, ``SKILL@3`` for version 3 of a skill, or the skill's name for its present version.

    For a proposed edit or a proposal, the id of the edit or proposal.
    """
    verdict: Verdict
    at: str
    """ISO 8601 time in UTC."""
    reason: str | None = None
    skill: str | None = None
    """Name of the skill that contains the rule; None for a candidate, which is in no skill."""
    was_lacking: bool = False
    """Whether no skill contained the rule at that time, for another reason than that nobody had reviewed the rule."""
    with_skill: bool = False
    """Whether the person decided on all rules of the skill at once."""
    says: str
    """The rule, version or proposal in one line, as it was at the time of the decision."""
    text: RuleText | None = None
    """Text that the person wrote for the rule, or pinned; None if later runs may change the rule's text."""
    mark: RuleMark | None = None
    """Features to find the rule again; None if the decision is not about a rule."""
    version: VersionMark | None = None
    """Versions to undo the decision; None if the decision is about a rule, or changed no version."""


ProposalKind = Literal["deprecate", "archive", "mature", "merge", "rollback"]


class Proposal(Value, frozen=True, kw_only=True):
    """A change of a library that t2s recommends on the evidence of its log."""

    kind: ProposalKind
    """``deprecate``: poor outcomes; ``archive``: too little room; ``merge``: into another skill; ``rollback``: all."""
    skill: str
    """Name of the skill; for a rollback, the time whose state of the library is restored."""
    digest: str | None
    """Digest of the version of the skill that the proposal is about; None for a rollback."""
    into: str | None = None
    """For a merge, the name of the skill that remains."""
    reason: str
    is_ours: bool
    """Whether t2s wrote the skills that change, and so may change them without asking."""
    versions: tuple[tuple[str, int], ...] = ()
    """For a rollback, the skills that are restored, each with the number of the restored version."""
    leaves: tuple[str, ...] = ()
    """For a rollback, the skills that did not exist at that time and are archived."""

    @property
    def id(self) -> str:
        """Id by which a person answers the proposal, such as ``SKILL:archive``."""
        return f"{self.skill}:{self.kind}"
