"""Parts of the skills in a library, as an index lists them for search."""

from typing import Literal

from t2s_local.values.value import Value

UnitKind = Literal["rule", "section", "command", "prohibition"]
MAIN = "SKILL.md"


class SubUnit(Value, frozen=True, kw_only=True):
    """A part of a skill that makes sense by itself."""

    skill: str
    path: str
    """File with the part, relative to the skill's folder."""
    line: int
    """Number of the part's first line in the file, from 1."""
    kind: UnitKind
    """Kind of the part.

    ``rule`` is an outermost list item with everything inside it, ``prohibition`` such an item that forbids something,
    ``command`` a block of literal text with its fences, and ``section`` a run of paragraphs and tables.
    """
    heading: str
    """Title of the nearest heading above the part; empty if there is none."""
    text: str
    """Lines of the file, word for word."""

    @property
    def place(self) -> str:
        """Return the place as ``skill#line``; for a file other than SKILL.md, ``skill/path#line``."""
        return f"{self.skill}#{self.line}" if self.path == MAIN else f"{self.skill}/{self.path}#{self.line}"


class IndexedSkill(Value, frozen=True, kw_only=True):
    """One skill of a library in an index."""

    name: str
    digest: str
    """Digest of all files of the skill."""
    description: str
    """Description in the front matter, on one line; empty if there is none."""
    requires: tuple[str, ...] = ()
    """Names of other skills that the skill's text links to, or that ``metadata.requires`` names; sorted."""
    branch: str = "task"
    """Branch that the skill's front matter states."""
    category: str = ""
    """Category of tasks that the skill's front matter states."""
    tool: str = ""
    """Tool that the skill's front matter states."""
    is_high_risk: bool = False
    n_tasks: int = 0
    """Number of tasks behind the skill's rules whose texts the index contains."""


class LeftOut(Value, frozen=True, kw_only=True):
    """A skill that an index does not contain."""

    skill: str
    reason: str
