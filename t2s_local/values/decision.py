"""Proposals about skills, a person's judgement of rules, versions and proposals, and what each is known by."""

from typing import Literal

from t2s_local.values.value import Value

Verdict = Literal["accepted", "rejected", "pinned"]


class RuleText(Value, frozen=True, kw_only=True):
    """A rule in the words of a person."""

    when: str
    do: str
    because: str | None = None


class RuleMark(Value, frozen=True, kw_only=True):
    """Features a rule is recognised by in other runs, over other input and in other words; digests alone, sorted."""

    signatures: tuple[str, ...]
    """Of its lessons' masked words."""
    messages: tuple[str, ...]
    """Of the masked words it quotes of results."""
    remedy: tuple[str, ...]
    """Of the words it says what to do in, without those of the situation."""
    occasions: tuple[str, ...]
    """Of the steps that occasioned it."""
    remedies: tuple[str, ...]
    """Of the steps that show what was done about it."""


class VersionMark(Value, frozen=True, kw_only=True):
    """The versions of a skill that a judgement is about; digests alone, and what it takes to undo the judgement."""

    library: str
    """Folder of the skill's library, as seen from the folder that keeps the decisions."""
    waited: str | None
    """The version that waited; None where none did."""
    lay: str | None
    """The version that lay in the skill's folder before; None where nothing of it was changed."""
    base: str | None
    """The version that t2s had written before; None where it had written none."""


class Decision(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A judgement of one rule, or of one version of a skill."""

    id: str
    """The rule's id when it was judged; ``SKILL@3`` for the third version of a skill, its name for what lies there."""
    verdict: Verdict
    at: str
    """ISO 8601 time in UTC."""
    reason: str | None = None
    skill: str | None = None
    """The skill the rule was in; None for a candidate."""
    was_lacking: bool = False
    """Whether the rule was in no skill when it was judged, and not only because nobody had reviewed it."""
    with_skill: bool = False
    """Whether all rules of the skill were judged at once."""
    says: str
    """What was judged, in one line, as it was then."""
    text: RuleText | None = None
    """The words that the person gave the rule, or wants to see kept; None where its own words may change."""
    mark: RuleMark | None = None
    """None for a version of a skill."""
    version: VersionMark | None = None
    """None for a rule."""


ProposalKind = Literal["deprecate", "archive", "mature", "merge", "rollback"]


class Proposal(Value, frozen=True, kw_only=True):
    """One change of a library that its evidence speaks for."""

    kind: ProposalKind
    """``deprecate`` for its outcomes, ``archive`` for want of room, ``merge`` into another one, ``rollback`` of all."""
    skill: str
    """Name of the skill; of a rollback the time that the library goes back to."""
    digest: str | None
    """Version of the skill that it is about; None for a rollback."""
    into: str | None = None
    """Skill that stays, of two that are joined."""
    reason: str
    is_ours: bool
    """Whether t2s wrote the skills that change, so that it may change them unasked."""
    versions: tuple[tuple[str, int], ...] = ()
    """Of a rollback, the skills that go back, each with the number of its version."""
    leaves: tuple[str, ...] = ()
    """Of a rollback, the skills that were not there then, and are archived."""

    @property
    def id(self) -> str:
        """Name it is accepted by: ``SKILL:archive``."""
        return f"{self.skill}:{self.kind}"
