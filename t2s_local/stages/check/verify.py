"""Check a skill against the trajectories it was written from: every quote, word for word, and every count."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from t2s_local.safety.characters import safe
from t2s_local.safety.links import refang
from t2s_local.skills.evidence import PATH, EvidenceClaim, QuotedStep, parse_evidence
from t2s_local.skills.rulebook import Finding, Severity
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.text.text import without_homes
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.trajectory import Trajectory, TrajectoryId

Lookup = Callable[[TrajectoryId], Trajectory | None]
_QUOTED = re.compile(r"“[^”]*”")
"""Quoted words of a recording; a text like ``(R1: 3 runs)`` inside them is no count of the skill."""
_CITED = re.compile(r"\((R\d+): (\d+) runs\)")


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """Result of checking one skill."""

    rules: int
    """Number of rules in the evidence of the skill."""
    quotes: int
    trajectories: int
    """Number of distinct trajectories named in the evidence."""
    findings: tuple[Finding, ...]


def verify(source: SkillSource, lookup: Lookup, *, edited: Sequence[str] | None = None) -> Verified:
    """Check the evidence of a skill.

    Args:
        source: The skill.
        lookup: Returns the stored trajectory of an id, or None.
        edited: Files that were changed since they were written; None if unknown.
    """
    text = source.texts.get(PATH)
    if text is None:
        message = "the skill has no evidence that can be read"
        return Verified(rules=0, quotes=0, trajectories=0, findings=(_finding("evidence-missing", None, message),))
    claims = parse_evidence(text)
    stored = _Stored(lookup)
    found = [finding for claim in claims for finding in _check(claim, stored)]
    found += _removed(claims, stored)
    if not claims:
        found.append(_finding("evidence-empty", None, "it speaks of no rule"))
    found += [_finding("file-edited", None, "not as t2s wrote it", path=path) for path in edited or ()]
    found += _check_body(source, {claim.rule: claim for claim in claims})
    return Verified(
        rules=len(claims),
        quotes=sum(len(claim.quotes) for claim in claims),
        trajectories=len(supporting_runs(claims)),
        findings=tuple(sorted(found, key=lambda item: (item.path, item.line or 0, item.rule, item.message))),
    )


class _Stored:
    """Cache of stored trajectories: each is looked up once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._known: dict[str, Trajectory | None] = {}

    def get(self, run: str) -> Trajectory | None:
        if run not in self._known:
            self._known[run] = self._lookup(TrajectoryId(run))
        return self._known[run]


def _check(claim: EvidenceClaim, stored: _Stored) -> Iterator[Finding]:
    is_whole = all(stored.get(run) is not None for run in claim.trajectory_ids)
    yield from _check_counts(claim, stored, is_whole=is_whole)
    if not claim.quotes:
        yield _finding("quote-missing", claim.line, f"{claim.rule} quotes nothing")
    for quote in claim.quotes:
        if quote.trajectory_id not in claim.trajectory_ids:
            message = f"{claim.rule} quotes trajectory {quote.trajectory_id}, which it does not count"
            yield _finding("count-wrong", quote.line, message)
        problem = _quote_problem(quote, stored.get(quote.trajectory_id))
        if problem:
            yield _finding("quote-not-found", quote.line, f"{claim.rule}: {problem}")


def _removed(claims: Sequence[EvidenceClaim], stored: _Stored) -> Iterator[Finding]:
    """Yield a finding for every trajectory that is not stored, with the rules and quotes that depend on it."""
    lines: dict[str, int] = {}
    rules: dict[str, list[str]] = {}
    n_quotes: Counter[str] = Counter()
    for claim in claims:
        n_quotes.update(quote.trajectory_id for quote in claim.quotes)
        for run in dict.fromkeys((*claim.trajectory_ids, *(quote.trajectory_id for quote in claim.quotes))):
            if stored.get(run) is None:
                lines.setdefault(run, claim.line)
                rules.setdefault(run, []).append(claim.rule)
    for run, line in lines.items():
        unchecked = f"{n_quotes[run]} quotes of it are" if n_quotes[run] != 1 else "1 quote of it is"
        message = f"no workspace holds trajectory {run} any more: {', '.join(rules[run])}, {unchecked} not checked"
        yield _finding("trajectory-missing", line, message)


def _check_counts(claim: EvidenceClaim, stored: _Stored, *, is_whole: bool) -> Iterator[Finding]:
    distinct = len(set(claim.trajectory_ids))
    counted = distinct if claim.n_trajectories is None else claim.n_trajectories
    if claim.support != counted or counted < distinct:
        message = f"{claim.rule} claims support {claim.support}, and names {counted} trajectories"
        yield _finding("count-wrong", claim.line, message)
    if is_whole and claim.n_trajectories is None:
        runs = (stored.get(run) for run in sorted(set(claim.trajectory_ids)))
        outcomes: dict[str, int] = Counter(run.outcome or "unknown" for run in runs if run is not None)
        if outcomes != claim.outcomes:
            message = f"{claim.rule}: the outcomes are {_worded(outcomes)}, not {_worded(claim.outcomes or {})}"
            yield _finding("outcome-wrong", claim.line, message)


def _quote_problem(quote: QuotedStep, run: Trajectory | None) -> str | None:
    if run is None:
        return None
    if quote.step >= len(run.steps):
        return f"trajectory {run.id} has no step {quote.step}"
    if not _holds(run.steps[quote.step].text, quote.text):
        return f"the quote does not stand in step {quote.step} of {run.id}"
    return None


def _holds(text: str, quote: str) -> bool:
    recorded = without_homes(safe(text))
    return bool(quote.strip()) and (quote in recorded or refang(quote) in refang(recorded))


def _check_body(source: SkillSource, claims: dict[str, EvidenceClaim]) -> Iterator[Finding]:
    for path, page in source.markdown.items():
        if path == PATH:
            continue
        for number, text in page.prose:
            for rule, runs in _CITED.findall(_QUOTED.sub("“”", text)):
                if rule not in claims or claims[rule].support != int(runs):
                    yield _finding("count-wrong", number, f"{rule}: {runs} runs has no such evidence", path=path)
    quoted = [quote.text for claim in claims.values() for quote in claim.quotes]
    for fence in source.markdown[MAIN].fences if MAIN in source.markdown else ():
        if not any(fence.text in text for text in quoted):
            yield _finding("quote-not-found", fence.line, "the block does not stand in the evidence", path=MAIN)


def _worded(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())) or "not given"


def _finding(rule: str, line: int | None, message: str, *, path: str = PATH) -> Finding:
    severity: Severity = "error"
    return Finding(path=path, line=line, rule=rule, severity=severity, message=message)
