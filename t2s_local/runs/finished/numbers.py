"""Current numbers of rules in the files of their skills; a later run or an edit may renumber them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from t2s_local.runs.result import RunResult
from t2s_local.skills.evidence import PATH as EVIDENCE
from t2s_local.skills.evidence import EvidenceClaim, parse_evidence
from t2s_local.skills.library.library import is_library
from t2s_local.values.cluster import ClusterId
from t2s_local.values.skill import Skill

_LARGEST = 1_000_000
"""Largest number of bytes of a file of evidence that is read; t2s writes no larger file."""


def rule_numbers(result: RunResult, libraries: Iterable[Path]) -> dict[ClusterId, str]:
    """Return the number of each rule, ``R1`` and so on, in the evidence file of its skill in one of *libraries*.

    A rule that is not in that file is left out. If there is no file, the numbers are the run's own.
    """
    folders = tuple(libraries)
    found: dict[ClusterId, str] = {}
    for skill in result.skills:
        own = {one: f"R{number}" for number, one in enumerate(skill.cluster_ids, 1)}
        found |= _on_page(skill, own, _page(skill.name, folders))
    return found


def libraries_in(folder: str | None) -> tuple[Path, ...]:
    """Return the library that a run wrote to *folder*, and the libraries of single projects below it."""
    if folder is None or not Path(folder).is_dir():
        return ()
    return Path(folder), *(child for child in sorted(Path(folder).iterdir()) if is_library(child))


def _page(name: str, libraries: Sequence[Path]) -> str | None:
    """Return the text of the evidence file of a skill; None if no library has a readable file."""
    for library in libraries:
        path = library / name / EVIDENCE
        try:
            if path.is_file() and path.stat().st_size <= _LARGEST:
                return path.read_text("utf-8")
        except (OSError, UnicodeError):
            return None
    return None


def _on_page(skill: Skill, own: dict[ClusterId, str], lies: str | None) -> dict[ClusterId, str]:
    made = next((file.text for file in skill.files if file.path == EVIDENCE), None)
    if lies is None or made is None or lies == made:
        return own
    claims, there = parse_evidence(made), parse_evidence(lies)
    numbers = {claim.rule: number for claim in claims if (number := _same(claim, there)) is not None}
    shared = Counter(numbers.values())
    return {one: numbers[rule] for one, rule in own.items() if rule in numbers and shared[numbers[rule]] == 1}


def _same(claim: EvidenceClaim, others: Sequence[EvidenceClaim]) -> str | None:
    """Return the number of the claim among *others* that shares most quoted steps with *claim*; None if unclear."""
    counts = {other.rule: len(_steps(claim) & _steps(other)) for other in others}
    most = max(counts.values(), default=0)
    best = [rule for rule, count in counts.items() if count == most]
    return best[0] if most and len(best) == 1 else None


def _steps(claim: EvidenceClaim) -> set[tuple[str, int, str]]:
    return {(quote.trajectory_id, quote.step, quote.role) for quote in claim.quotes}
