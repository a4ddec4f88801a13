"""Items a person judges: rules, skills with all their rules, versions of skills that wait, and proposals."""

from t2s_local.runs.finished.why import RuleFacts
from t2s_local.values.decision import Decision, Proposal
from t2s_local.values.edit import ProposedEdit
from t2s_local.values.lesson import Effect, Quote
from t2s_local.values.value import Value

LEAST_CONFIDENCE = 0.55
"""Confidence below which a proposed edit is not asked about (ComfyClaw, arXiv 2607.01709)."""
UNASSESSED = "unassessed"
"""Level of an edit that no gate has scored."""


class RuleItem(RuleFacts, frozen=True, kw_only=True, tag_field="kind", tag="rule"):
    """A rule of a run, and what was decided about it."""

    level: str
    """What its effect was measured by: ``L2`` for a local model, ``L0`` for nothing."""
    effect: Effect | None
    risk: str | None
    """Why no skill has it before a person accepted it; None for a rule without a risky action."""
    quotes: tuple[Quote, ...]
    """The best two."""
    decision: Decision | None
    """The last one about this rule, whatever it was called then; None where there is none."""


class SkillItem(Value, frozen=True, kw_only=True, tag_field="kind", tag="skill"):
    """A skill of a run with all its rules, and what was decided about it."""

    id: str
    """Its name."""
    library: str
    """Folder of the library it is in."""
    description: str
    n_rules: int
    n_decided: int
    """Number of its rules that have an answer."""
    support: int
    """Number of distinct trajectories behind it."""
    decision: Decision | None


class EditItem(Value, frozen=True, kw_only=True, tag_field="kind", tag="edit"):
    """A version of a skill that waits, because its user edited the skill."""

    id: str
    """``SKILL@3`` for its third version."""
    skill: str
    library: str
    reason: str | None
    """Why it was not written."""
    level: str
    diff: tuple[str, ...]
    """From what lies there to what waits, as lines of a unified diff."""
    decision: Decision | None = None
    """None: one that is decided waits no longer."""


class ProposalItem(Value, frozen=True, kw_only=True, tag_field="kind", tag="proposal"):
    """A proposal about a whole skill, from what came of its use."""

    id: str
    """``SKILL:archive``."""
    library: str
    proposal: Proposal
    level: str = "L1"
    decision: Decision | None = None
    """None: one that is decided waits no longer."""


class ProposedEditItem(ProposedEdit, frozen=True, kw_only=True, tag_field="kind", tag="proposed_edit"):
    """A proposed edit of a skill, and what was decided about it."""

    library: str
    diff: tuple[str, ...]
    """From the skill as it lies to the skill with the edit, as lines of a unified diff; empty where it has no place."""
    refusal: str | None
    """Why it cannot be made, as a clause; None where it can."""
    decision: Decision | None

    @property
    def is_likely(self) -> bool:
        """Return whether its confidence is such that it is asked about."""
        return self.confidence >= LEAST_CONFIDENCE - 1e-9


Item = EditItem | ProposedEditItem | ProposalItem | SkillItem | RuleItem
