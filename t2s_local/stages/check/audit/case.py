"""A skill under audit: its text, parsed once, and the recordings that it is compared with."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from t2s_local.skills.evidence import PATH, EvidenceClaim, parse_evidence
from t2s_local.skills.rulebook import Chapter
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.beside import SaidElsewhere, Same
from t2s_local.stages.check.audit.items import SkillItem, items
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.stages.check.audit.recorded.later import LaterRuns
from t2s_local.stages.check.audit.statements import Statement, framing, statements
from t2s_local.values.value import Value


class HarnessFacts(Value, frozen=True, kw_only=True):
    """Facts that a library records about a skill."""

    digest: str
    """Digest of the present files of the skill."""
    noted: str | None = None
    """Digest in the list of the library; None if the list has no such skill."""
    n_events: int = 0
    """Number of events about the skill in the evidence log."""


class AuditCase(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A skill, with the runs and facts that an audit compares it with."""

    source: SkillSource
    path: str = ""
    """Path of the skill, as the caller named it; empty if the skill is in no folder."""
    facts: RecordedFacts | None = None
    """Training runs of the skill; None if none were named, or none of them is about the skill."""

    later: LaterRuns | None = None
    """Runs recorded later than the skill; None if none were named."""
    project: Path | None = None
    """Folder of the project that the skill is about; None if none was named."""
    days: Mapping[str, str] = {}
    """Id of a run behind the evidence to its day; runs without a known day are left out."""
    elsewhere: SaidElsewhere | None = None
    """Other skills to compare with; None if skills are not compared."""
    harness: HarnessFacts | None = None
    """Facts of the library about the skill; None if the rules on the harness are off."""

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Statements of the body."""
        return statements(self.source)

    @cached_property
    def items(self) -> tuple[SkillItem, ...]:
        """Items of the lists in the body."""
        return items(self.source)

    @cached_property
    def framing(self) -> tuple[tuple[int, str], ...]:
        """Name, description and title of the skill, each with its line."""
        return tuple(framing(self.source))

    @cached_property
    def claims(self) -> dict[str, EvidenceClaim]:
        """Rule number to the claim about that rule in the skill's evidence."""
        return {claim.rule: claim for claim in parse_evidence(self.source.texts.get(PATH, ""))}

    @cached_property
    def same(self) -> list[Same]:
        """Places in other skills that say the same."""
        return [] if self.elsewhere is None else self.elsewhere.same(self.path, self.source)

    @cached_property
    def scripts(self) -> dict[str, str]:
        """Path of each program in the skill's folder to its text."""
        return {path: text for path, text in self.source.texts.items() if is_script(path, text)}


def is_script(path: str, text: str) -> bool:
    """Return whether a file of a skill is a program, by its ending or its first line."""
    return text.startswith("#!") or path.endswith((".py", ".sh", ".js", ".mjs", ".ts", ".rb", ".pl", ".ps1"))


AuditChapter = Chapter[AuditCase]
