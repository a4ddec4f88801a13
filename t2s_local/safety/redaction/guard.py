"""Search all output for secrets before it is written, and remove those that were not in the recordings.

A first search (:mod:`t2s_local.safety.redaction.sanitise`) cleans the recordings. A model can still answer with a
secret of its own, and a rule can find in a new sentence a secret that it did not find in the recorded text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from t2s_local.ports.analyst import Analyst, Forecast
from t2s_local.ports.writer import NO_RISKS, PLAIN_WORDING, Evidence, Writer
from t2s_local.safety.redaction.redact import RedactionMatch, Redactor, replaced
from t2s_local.safety.redaction.secrets import HOME
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Refusal, Unit
from t2s_local.values.skill import RuleWords, Skill, SkillFile, Wording
from t2s_local.values.trajectory import Slice

HELD_BACK = "holds what looks like a secret"
SECOND_LOOK = "second look"
"""Name under which the removed secrets are counted."""
_Any = TypeVar("_Any")
_SECRETS = frozenset({"SECRET", "PASSWORD", "PRIVATE_KEY", "REDACTED"})
_PIECE = 1 << 20
"""Bytes of JSON that are searched at once."""


def _pieces(encoded: bytes) -> Iterator[str]:
    """Yield JSON in pieces of about a megabyte that end between strings; a search makes copies of one piece only."""
    start = 0
    while start < len(encoded):
        end = start + _PIECE
        while (end := encoded.find(b'","', end)) > 0 and encoded[end - 1 : end] == b"\\":
            end += 1
        stop = len(encoded) if end < 0 else end + 2
        yield encoded[start:stop].decode("utf-8")
        start = stop


class Guard:
    """Removes secrets from texts that are about to be written, and counts the removed secrets."""

    def __init__(self, redactor: Redactor) -> None:
        """Use the rules of *redactor*."""
        self._redactor = redactor
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> dict[str, int]:
        """Number of places replaced so far, under the name :data:`SECOND_LOOK`; empty if there are none."""
        return dict(self._counts)

    def holds_secret(self, *texts: str | None) -> bool:
        """Return whether any of *texts* contains a secret or personal data."""
        return any(self._redactor.find(text) for text in texts if text)

    def text(self, text: str) -> str:
        """Return *text* with placeholders, such as ``<EMAIL>``, for secrets and personal data."""
        return self._without(text, self._redactor.find(text))

    def extraction(self, found: Extraction) -> Extraction:
        """Return *found* without the lessons that contain a secret, which are counted as refused."""
        kept = tuple(
            lesson
            for lesson in found.lessons
            if not self.holds_secret(
                *(lesson.when, lesson.do, lesson.because, lesson.signature),
                *(quote.text for quote in lesson.evidence),
                *(*lesson.tools, *lesson.task_ids),
            )
        )
        n_held_back = len(found.lessons) - len(kept)
        refused = [self._refusal(item) for item in found.refused]
        if n_held_back:
            refused.append(Refusal(reason=HELD_BACK, count=n_held_back))
        parked = tuple(msgspec.structs.replace(item, reason=self.text(item.reason)) for item in found.parked)
        return msgspec.structs.replace(found, lessons=kept, refused=tuple(refused), parked=parked)

    def wording(self, words: Wording) -> Wording:
        """Return *words* with placeholders for secrets; a name that contains a secret becomes None."""
        rules = {key: self._rule(rule) for key, rule in words.rules.items()}
        return msgspec.structs.replace(
            words,
            rules=rules,
            name=None if self.holds_secret(words.name) else words.name,
            description=None if words.description is None else self.text(words.description),
            refused=tuple(map(self._refusal, words.refused)),
        )

    def skill(self, skill: Skill) -> Skill:
        """Return *skill* with placeholders for secrets in every file, the description and the notes."""
        files = tuple(SkillFile(path=file.path, text=self.text(file.text)) for file in skill.files)
        notes = tuple(map(self._refusal, skill.notes))
        return msgspec.structs.replace(skill, files=files, description=self.text(skill.description), notes=notes)

    def value(self, value: _Any) -> _Any:
        """Return *value* with placeholders for secrets in its strings, as :meth:`json` does."""
        encoded = msgspec.json.encode(value)
        clean = self.json(encoded)
        return value if clean is encoded else msgspec.json.decode(clean, type=type(value))

    def json(self, encoded: bytes) -> bytes:
        """Return JSON with placeholders for secrets in its strings; paths and names of this machine are kept."""
        if not any(item.label in _SECRETS for piece in _pieces(encoded) for item in self._redactor.find(piece)):
            return encoded
        return msgspec.json.encode(self._value(msgspec.json.decode(encoded)))

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return self._without(value, [item for item in self._redactor.find(value) if item.label in _SECRETS])
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return {self._value(name): self._value(item) for name, item in value.items()}
        return value

    def _without(self, text: str, found: Sequence[RedactionMatch]) -> str:
        if not found:
            return text
        self._counts[SECOND_LOOK] += len(found)
        return replaced(text, found, lambda item: HOME if item.label == HOME else f"<{item.label}>")

    def _refusal(self, item: Refusal) -> Refusal:
        return item if item.detail is None else msgspec.structs.replace(item, detail=self.text(item.detail))

    def _rule(self, rule: RuleWords) -> RuleWords:
        return msgspec.structs.replace(rule, when=self.text(rule.when), do=self.text(rule.do))


class GuardedAnalyst:
    """Wraps an analyst and leaves out its lessons that contain a secret."""

    def __init__(self, analyst: Analyst, guard: Guard) -> None:
        """Guard the results of *analyst* with *guard*."""
        self.name = analyst.name
        self.version = analyst.version
        self.asks_model = analyst.asks_model
        self._analyst = analyst
        self._guard = guard

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Plan as the analyst itself does."""
        return self._analyst.plan(slices)

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Order units as the analyst does."""
        return self._analyst.weigh(units)

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions, as the analyst itself does."""
        return self._analyst.forecast(sizes)

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Judge a finished run, as the analyst itself does."""
        return self._analyst.advice(n_lessons, losses)

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Analyse as the analyst itself does, but leave out lessons that contain a secret."""
        return ((unit, self._guard.extraction(found)) for unit, found in self._analyst.analyse(units))


class GuardedWriter:
    """Wraps a writer and replaces secrets in its texts by placeholders."""

    def __init__(self, writer: Writer, guard: Guard) -> None:
        """Guard the texts of *writer* with *guard*."""
        self.name = writer.name
        self.version = writer.version
        self._writer = writer
        self._guard = guard

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        """Word *families* as the writer itself does, with placeholders for secrets."""
        return ((family, self._guard.wording(words)) for family, words in self._writer.word(families, evidence))

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
        risks: Mapping[ClusterId, str] = NO_RISKS,
    ) -> Skill:
        """Write the skill as the writer itself does, with placeholders for secrets."""
        return self._guard.skill(
            self._writer.write(family, evidence, taken=taken, min_support=min_support, wording=wording, risks=risks)
        )

    def rule(self, cluster: Cluster, evidence: Evidence) -> str:
        """Return the section of the rule as the writer itself words it, with placeholders for secrets."""
        return self._guard.text(self._writer.rule(cluster, evidence))
