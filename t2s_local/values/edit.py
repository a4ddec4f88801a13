"""Edits of skills: small changes, each made against the digest of what it changes, and those that are proposed."""

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
    """Title of the section it is in, or ``A > B`` where a title alone is not enough; None for the whole file.

    A section that is added comes at the end of the one that is named.
    """
    anchor: str | None = None
    """Text of the block it is put beside, or the text that gives way."""
    text: str = ""
    """New text, as Markdown; a section that is added begins with its heading."""
    digest: str | None = None
    """SHA-256 of what it changes, as :func:`patch.digest_of` gives it; None where nobody noted it."""
    support: int = 1
    """Distinct runs behind it; of two edits of one place the one with more goes first."""
    counts: str = ""
    """The part of *text* that says how often it was seen, which is no part of its identity."""

    @property
    def id(self) -> str:
        """Digest of its place and its words, without what is counted in them."""
        text = self.text.replace(self.counts, "") if self.counts else self.text
        return digest(self.op, self.path, self.section or "", self.anchor or "", " ".join(text.split()))


class RefusedEdit(Value, frozen=True, kw_only=True):
    """An edit that was not made, and why."""

    edit: Edit
    reason: str
    """A short fixed word, the key it is counted under."""
    detail: str
    """What is wrong, as a clause."""
    nearest: str | None = None
    """The title or the text that is most like what was looked for."""


class ProposedEdit(Value, frozen=True, kw_only=True):
    """An edit of a skill that recorded runs speak for."""

    id: str
    """``SKILL@e1f2a3b4``: the skill, and how the identity of the edit begins."""
    skill: str
    change: Literal["add", "revise"]
    edit: Edit
    rule: str
    """Id of the rule that the runs show."""
    gives_way: str | None
    """Text of the skill that the edit replaces."""
    contradiction: str | None
    """How the runs speak against that text, as a sentence; None where nothing gives way."""
    support: int
    """Number of distinct trajectories behind the rule."""
    n_worked: int
    """Trajectories of these in which the action of the rule worked, or its statement held."""
    confidence: float
    """``(n_worked + 1) / (support + 2)``, in (0, 1)."""
    is_said: bool
    """Whether it holds the words of a user."""
    level: Literal["L0", "L1", "L2", "L3"]
    quotes: tuple[Quote, ...]
    """The best ones."""
