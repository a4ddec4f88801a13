"""Edits of skills: small changes of a file, refused edits, and edits proposed from recorded runs."""

from typing import Literal

from t2s_local.values.lesson import Quote
from t2s_local.values.value import Value, digest

Operation = Literal[
    "insert_after",
    "insert_before",
    "append_to_section",
    "replace_in_section",
    "add_section",
    "delete_section",
    "create",
    "delete_file",
]


class Edit(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A proposed change of one place in one file of a skill."""

    op: Operation
    path: str = "SKILL.md"
    """File of the skill, with ``/``."""
    section: str | None = None
    """Title of the section that is edited, or ``A > B`` if the title alone is ambiguous; None for the whole file.

    ``add_section`` appends the new section at the end of this section.
    """
    anchor: str | None = None
    """Text of the block beside which the new text is inserted, or the text that the new text replaces."""
    text: str = ""
    """New text, as Markdown; for ``add_section`` it begins with the heading."""
    digest: str | None = None
    """SHA-256 of the part that is changed, as :func:`patch.digest_of` computes it; None if unknown."""
    support: int = 1
    """Number of distinct runs that support the edit; if two edits change one place, the better supported is applied."""
    counts: str = ""
    """Part of *text* that reports how often the pattern was seen; the edit's id does not depend on it."""

    @property
    def id(self) -> str:
        """Digest of the edit's place and text, without the counts in the text."""
        text = self.text.replace(self.counts, "") if self.counts else self.text
        return digest(self.op, self.path, self.section or "", self.anchor or "", " ".join(text.split()))


class RefusedEdit(Value, frozen=True, kw_only=True):
    """An edit that was not applied, and the reason."""

    edit: Edit
    reason: str
    """A short fixed word under which refusals are counted."""
    detail: str
    """The problem, as a clause."""
    nearest: str | None = None
    """The existing title or text most similar to the text that was searched; None if there is none."""


class BackingRun(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A run that confirms a rule, with the facts that the evidence of a skill counts."""

    id: str
    outcome: str | None = None
    task: str | None = None
    """Digest of the run's task; None if unknown."""
    day: str | None = None
    """Day on which the run ended, ``YYYY-MM-DD``; None if unknown."""


class ProposedEdit(Value, frozen=True, kw_only=True):
    """An edit of a skill that recorded runs support, for a person to accept or reject."""

    id: str
    """``SKILL@e1f2a3b4``: the name of the skill and the first digits of the edit's id."""
    skill: str
    change: Literal["add", "revise", "reinforce"]
    """``reinforce`` raises the counts of a rule in its evidence, and changes no words."""
    edit: Edit
    rule: str
    """Id of the rule that the runs support."""
    gives_way: str | None
    """Text of the skill that the edit replaces; None if the edit only adds text."""
    contradiction: str | None
    """A sentence that states how the runs contradict the replaced text; None if no text is replaced."""
    support: int
    """Number of distinct trajectories behind the rule."""
    n_worked: int
    """Number of trajectories behind the rule in which the rule's action worked, or its statement was true."""
    confidence: float
    """``(n_worked + 1) / (support + 2)``, in (0, 1)."""
    is_said: bool
    """Whether the rule contains a user's own words."""
    level: Literal["L0", "L1", "L2", "L3"]
    quotes: tuple[Quote, ...]
    """The best quotes from the runs."""
    number: str | None = None
    """Number of the reinforced rule in the evidence of the skill, such as ``R2``.

    None for an edit of words, and for a skill without evidence of its own: there the library's log keeps the counts.
    """
    runs: tuple[BackingRun, ...] = ()
    """Runs that reinforce a rule; empty for an edit of words."""
