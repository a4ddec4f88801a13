"""Skills as they will be written, and the texts of a writer for their rules, names and descriptions."""

import re
from typing import Literal

import msgspec

from t2s_local.values.cluster import ClusterId
from t2s_local.values.lesson import Effect, LessonId, Refusal
from t2s_local.values.trajectory import Step
from t2s_local.values.value import Value, digest


class RuleWords(Value, frozen=True, kw_only=True):
    """The text of one rule in a writer's own words, which replace the words of the rule's lessons."""

    section: Literal["step", "gotcha", "never"]
    when: str
    do: str
    effect: Effect | None = None
    """Effect of this text as advice on runs that it was not written from; None if not measured."""


class Wording(Value, frozen=True, kw_only=True):
    """A writer's own texts for the skill of one family of clusters, before the skill has a name."""

    rules: dict[str, RuleWords] = msgspec.field(default_factory=dict)
    """Texts by the number of the rule (``R1`` …); a rule without a text here keeps the words of its lessons."""
    name: str | None = None
    description: str | None = None
    refused: tuple[Refusal, ...] = ()
    """Texts that the writer proposed and that are not used, with the reasons."""
    is_open: bool = False
    """Whether a question got no usable answer, so that the next run asks it again."""


Digests = dict[str, str]
"""SHA-256 of each file of a skill by its path in the skill."""


class SkillFile(Value, frozen=True, kw_only=True):
    """One file of a skill."""

    path: str
    """Relative to the skill's folder, with ``/``."""
    text: str


class Skill(Value, frozen=True, kw_only=True):
    """One skill folder, as it will be written."""

    name: str
    description: str
    files: tuple[SkillFile, ...]
    """``SKILL.md`` first, then the rest by path."""
    lesson_ids: tuple[LessonId, ...]
    cluster_ids: tuple[ClusterId, ...]
    """Clusters of the skill's rules, in the order of the rules' numbers: R1 first."""
    support: int
    """Number of distinct trajectories behind the skill."""
    notes: tuple[Refusal, ...] = ()
    """Texts that the writer did not use, with the reasons; not written into any file."""


class SkillPart(Value, frozen=True, kw_only=True):
    """One section of an existing skill, as a model is shown it beside recorded steps."""

    skill: str
    title: str
    """Title of the section with the titles above it; the name of the skill for text before the first heading."""
    lines: tuple[str, ...]
    """Statements of the section, each on one line, without list marks."""


class FrozenSkills(Value, frozen=True, kw_only=True):
    """Existing skills as every run is compared with them: their sections, prohibitions and rejected edits."""

    parts: tuple[SkillPart, ...] = ()
    prohibitions: tuple[str, ...] = ()
    """Sentences of the skills that forbid something."""
    rejected: tuple[str, ...] = ()
    """Texts of the edits that a person rejected."""

    @property
    def digest(self) -> str:
        """Digest of all texts; empty if there are no skills."""
        told = [text for part in self.parts for text in (part.skill, part.title, *part.lines)]
        return digest(*told, "", *self.prohibitions, "", *self.rejected) if self.parts else ""


NO_SKILLS = FrozenSkills()


def loads_skill(step: Step, name: str) -> bool:
    """Return whether a step loads the skill *name*.

    A call loads it that opens the skill's page, or passes its name to a tool for skills; so does a message in which the
    harness names the skill's folder or runs the skill as a command.
    """
    if name not in step.text or step.kind in ("tool_result", "assistant", "thought"):
        return False
    word = re.escape(name)
    if step.kind == "tool_call":
        is_tool = "skill" in re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", step.tool or "").casefold())
        named = rf"(?<![\w.-])(?:[\w.-]+:)?{word}(?![\w.-]*\w)" if is_tool else rf"(?<![\w.-]){word}[/\\]+SKILL\.md"
        return re.search(named, step.text) is not None
    told = (
        rf"Base directory for this skill:[^\n]*[/\\]{word}/?[ \t]*(?:\n|$)|<command-name>\s*/?{word}\s*</command-name>"
    )
    return re.search(told, step.text) is not None
