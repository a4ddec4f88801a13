"""Audit rules on the harness around a skill in use, in four layers (arXiv 2606.20631) with items of this project."""

import re
from collections.abc import Iterable

from t2s_local.safety.actions.passages import passages
from t2s_local.skills.evidence import PATH
from t2s_local.skills.rulebook import Finding, Hit
from t2s_local.skills.rules_front import has_trigger
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter
from t2s_local.text.text import join_words
from t2s_local.values.value import Value

CHAPTER = AuditChapter()
LAYERS: dict[str, tuple[str, str]] = {
    "Supply Chain": ("provenance", "digest"),
    "Mediation": ("trigger", "scope"),
    "Execution Control": ("allowed_tools", "side_effects"),
    "Evidence & Feedback": ("evidence_file", "log_entry"),
}
"""Name of each layer to its two items."""
_ORIGINS = ("written-by", "author", "source", "origin", "repository", "homepage", "provenance", "generated-by")
_SCOPE = re.compile(
    r"\b(?:when (?:not )?to use|not for|do not use (?:it|this)|only (?:for|in|with)|in (?:the|this) project|scope|"
    r"applies to|limitations?|out of scope|use (?:it|this skill)? ?(?:when|in|for))\b",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\bside[- ]effects?\b|\b(?:changes|writes to|deletes|overwrites|sends|installs) (?:only|no)", re.IGNORECASE
)


class HarnessLayer(Value, frozen=True, kw_only=True):
    """One layer of the harness."""

    name: str
    missing: tuple[str, ...]
    """Items of the layer that are not covered."""

    @property
    def is_covered(self) -> bool:
        """Return whether both items of the layer are covered."""
        return not self.missing


def layers(findings: Iterable[Finding]) -> tuple[HarnessLayer, ...]:
    """Return the four layers, each with the items for which *findings* contains a finding."""
    rules = {finding.rule for finding in findings}
    return tuple(
        HarnessLayer(name=name, missing=tuple(item for item in items if _id(item) in rules))
        for name, items in LAYERS.items()
    )


def _id(item: str) -> str:
    return f"harness-{item.replace('_', '-')}"


@CHAPTER.rule(_id("provenance"), "warning", "The front matter says where the skill comes from. (With --harness.)")
def provenance(case: AuditCase) -> Iterable[Hit]:
    """Look for an author, a source or a tool in the metadata of the front matter."""
    metadata = case.source.front.get("metadata")
    known = metadata if isinstance(metadata, dict) else {}
    if case.harness is not None and not any(str(known.get(key) or "").strip() for key in _ORIGINS):
        yield Hit(MAIN, 1, f"no {join_words(_ORIGINS[:3], last='or')} in its metadata")


@CHAPTER.rule(
    _id("digest"), "warning", "A library notes the digest of the skill, and it is unchanged. (With --harness.)"
)
def digest(case: AuditCase) -> Iterable[Hit]:
    """Compare the digest of the skill with the digest in the library's list."""
    if case.harness is None:
        return
    if case.harness.noted is None:
        yield Hit(MAIN, None, "no library notes its digest")
    elif case.harness.noted != case.harness.digest:
        yield Hit(
            MAIN, None, f"tampered or updated: {case.harness.noted[:12]} is noted, {case.harness.digest[:12]} lies here"
        )


@CHAPTER.rule(_id("trigger"), "warning", "The description says when to use the skill. (With --harness.)")
def trigger(case: AuditCase) -> Iterable[Hit]:
    """Look for *Use when …* or a similar phrase in the description."""
    if case.harness is not None and not has_trigger(str(case.source.front.get("description") or "")):
        yield Hit(MAIN, 1, "the description does not say when to use it")


@CHAPTER.rule(_id("scope"), "warning", "The skill says where it applies and where not. (With --harness.)")
def scope(case: AuditCase) -> Iterable[Hit]:
    """Look for a section or a sentence on the limits of the skill, or for the key ``compatibility``."""
    if case.harness is None or case.source.front.get("compatibility"):
        return
    if not any(_SCOPE.search(f"{statement.section} {statement.text}") for statement in case.statements):
        yield Hit(MAIN, None, "nothing says where it applies")


@CHAPTER.rule(_id("allowed_tools"), "warning", "The front matter names the tools the skill may use. (With --harness.)")
def allowed_tools(case: AuditCase) -> Iterable[Hit]:
    """Look for the key ``allowed-tools``; skills that t2s writes lack it, since the user grants tools."""
    if case.harness is not None and not case.source.front.get("allowed-tools"):
        yield Hit(MAIN, 1, "no allowed-tools")


@CHAPTER.rule(
    _id("side_effects"), "warning", "What the skill's commands change beyond their files is said. (With --harness.)"
)
def side_effects(case: AuditCase) -> Iterable[Hit]:
    """Look for consequential actions about which the text says nothing."""
    if case.harness is None or any(_STATED.search(f"{one.section} {one.text}") for one in case.statements):
        return
    kinds = {
        effect.kind
        for path, text in case.source.texts.items()
        if path != PATH
        for _, effect in passages(path, text)
        if effect
    }
    if kinds:
        yield Hit(MAIN, None, f"side effects that nothing says: {join_words(sorted(kinds))}")


@CHAPTER.rule(_id("evidence_file"), "warning", "The skill brings its evidence along. (With --harness.)")
def evidence_file(case: AuditCase) -> Iterable[Hit]:
    """Look for a file of evidence, in the format of this project or in any other."""
    if (
        case.harness is not None
        and not case.claims
        and not any("evidence" in path.lower() for path in case.source.sizes)
    ):
        yield Hit(MAIN, None, "no file of evidence")


@CHAPTER.rule(_id("log_entry"), "warning", "An evidence log has an entry of the skill. (With --harness.)")
def log_entry(case: AuditCase) -> Iterable[Hit]:
    """Look for events of the skill in the log of its library."""
    if case.harness is not None and not case.harness.n_events:
        yield Hit(MAIN, None, "no entry in an evidence log")
