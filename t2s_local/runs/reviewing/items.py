"""Items that a person judges: rules, skills with all their rules, waiting versions of skills, and proposals."""

from t2s_local.runs.finished.why import RuleFacts
from t2s_local.values.decision import Decision, Proposal
from t2s_local.values.edit import ProposedEdit
from t2s_local.values.lesson import Effect, Quote
from t2s_local.values.value import Value

LEAST_CONFIDENCE = 0.55
"""Confidence below which a person is not asked about a proposed edit (ComfyClaw, arXiv 2607.01709)."""
UNASSESSED = "unassessed"
"""Level of an edit that no gate has scored."""


class RuleItem(RuleFacts, frozen=True, kw_only=True, tag_field="kind", tag="rule"):
    """A rule of a run, and the decision about it."""

    level: str
    """Level at which the rule's effect was measured: ``L2`` with a local model, ``L0`` if not measured."""
    effect: Effect | None
    risk: str | None
    """Risk for which no skill contains the rule until a person accepts it; None for a rule without a risky action."""
    quotes: tuple[Quote, ...]
    """At most two quotes: the occasion and the remedy."""
    decision: Decision | None
    """Last decision about the rule, even if the rule had another id then; None if there is none."""


class SkillItem(Value, frozen=True, kw_only=True, tag_field="kind", tag="skill"):
    """A skill of a run with all its rules, and the decision about it."""

    id: str
    """Name of the skill."""
    library: str
    """Folder of the skill's library."""
    description: str
    n_rules: int
    n_decided: int
    """Number of the skill's rules that are decided."""
    support: int
    """Number of distinct trajectories behind the skill."""
    decision: Decision | None
    rules: tuple[tuple[str, ...], ...] = ()
    """Paragraphs of each rule of the skill, as its page words them, in the order in which the rules are reviewed."""


class EditItem(Value, frozen=True, kw_only=True, tag_field="kind", tag="edit"):
    """A new version of a skill that waits for a decision: the user edited the skill, or its library lacks it yet."""

    id: str
    """Id of the version, such as ``SKILL@3`` for the third version of a skill."""
    skill: str
    library: str
    reason: str | None
    """Reason why the version was not written."""
    level: str
    diff: tuple[str, ...]
    """Lines of a unified diff from the current skill to the waiting version."""
    is_new: bool = False
    """Whether the library has no skill with this name yet."""
    decision: Decision | None = None
    """Always None: a decided item no longer waits and is not listed."""


class ProposalItem(Value, frozen=True, kw_only=True, tag_field="kind", tag="proposal"):
    """A proposal to change a whole skill, based on the results of its use."""

    id: str
    """Skill and kind of change, as in ``SKILL:archive``."""
    library: str
    proposal: Proposal
    level: str = "L1"
    decision: Decision | None = None
    """Always None: a decided item no longer waits and is not listed."""


class ProposedEditItem(ProposedEdit, frozen=True, kw_only=True, tag_field="kind", tag="proposed_edit"):
    """A proposed edit of a skill, and the decision about it."""

    library: str
    diff: tuple[str, ...]
    """Lines of a unified diff from the current skill to the skill with the edit; empty if the edit has no place."""
    refusal: str | None
    """Reason why the edit cannot be applied, as a clause; None if it can be applied."""
    decision: Decision | None

    @property
    def is_likely(self) -> bool:
        """Return whether the confidence is high enough to ask a person about the edit."""
        return self.confidence >= LEAST_CONFIDENCE - 1e-9


Item = EditItem | ProposedEditItem | ProposalItem | SkillItem | RuleItem
