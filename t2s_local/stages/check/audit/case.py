"""A skill under audit: its text taken apart once, and the recordings it is held against."""

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
    """Facts that a library holds of a skill."""

    digest: str
    """Digest of the skill as it lies there."""
    noted: str | None = None
    """Digest that the library notes; None where it knows no such skill."""
    n_events: int = 0
    """Events of the skill in the evidence log."""


class AuditCase(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A skill, with what is known of the runs behind it."""

    source: SkillSource
    path: str = ""
    """Path the skill is named by; empty where it lies nowhere."""
    facts: RecordedFacts | None = None
    """The training runs; None where none were named, or none of them has to do with the skill."""

    later: LaterRuns | None = None
    """Runs recorded since; None where none were named."""
    project: Path | None = None
    """Folder of the project it is about; None where none was named."""
    days: Mapping[str, str] = {}
    """Day of each run behind its evidence that is known, by its id."""
    elsewhere: SaidElsewhere | None = None
    """Skills beside it; None where they are not compared."""
    harness: HarnessFacts | None = None
    """None where the harness is not looked at."""

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
        """Lines and texts that say what the skill is for."""
        return tuple(framing(self.source))

    @cached_property
    def claims(self) -> dict[str, EvidenceClaim]:
        """Claims of its evidence by the number of their rule."""
        return {claim.rule: claim for claim in parse_evidence(self.source.texts.get(PATH, ""))}

    @cached_property
    def same(self) -> list[Same]:
        """Places in other skills that say the same."""
        return [] if self.elsewhere is None else self.elsewhere.same(self.path, self.source)

    @cached_property
    def scripts(self) -> dict[str, str]:
        """Text of the programs that the skill brings along, by path."""
        return {path: text for path, text in self.source.texts.items() if is_script(path, text)}


def is_script(path: str, text: str) -> bool:
    """Return whether a file of a skill is a program, by its ending or its first line."""
    return text.startswith("#!") or path.endswith((".py", ".sh", ".js", ".mjs", ".ts", ".rb", ".pl", ".ps1"))


AuditChapter = Chapter[AuditCase]
