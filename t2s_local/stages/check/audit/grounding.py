"""Grounding coverage: how much of what a skill names occurs in the runs behind it."""

from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.follow.series import executed_share
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.text.mentions import Haystack, Mention, mentions
from t2s_local.values.value import Value

FEWEST = 3
"""Names a skill must have before none of them in the runs says that the runs are of another domain."""


class Grounding(Value, frozen=True, kw_only=True):
    """Names of a skill that occur in recordings."""

    n_named: int
    """Commands, paths and names in code that the skill has, its own files left out."""
    n_grounded: int
    missing: tuple[str, ...]
    """Names that occur nowhere, in the order of the skill."""

    @property
    def is_foreign(self) -> bool:
        """Return whether nothing of it occurs: the recordings are of another domain."""
        return self.n_named >= FEWEST and self.n_grounded == 0


def grounding(case: AuditCase) -> Grounding | None:
    """Look up what the skill of *case* names in its runs, without runs in the quotes of its evidence.

    Returns:
        None where there are neither.
    """
    quotes = [quote.text for claim in case.claims.values() for quote in claim.quotes]
    if case.facts is None and not quotes:
        return None
    named = named_in(case)
    holds = case.facts.shows if case.facts is not None else Haystack(quotes).holds
    missing = tuple(mention.text for mention in named if not holds(mention.text))
    return Grounding(n_named=len(named), n_grounded=len(named) - len(missing), missing=missing)


def executed(case: AuditCase, runs: RecordedFacts) -> float | None:
    """Return the share of the words of what a skill names that commands of *runs* have; None where it names nothing."""
    words = " ".join(mention.text for mention in named_in(case))
    return executed_share(words, runs.actions) if words else None


def named_in(case: AuditCase) -> list[Mention]:
    """Return what the statements of a skill name, each once; its own files are left out."""
    own = set(case.source.sizes)
    found = (mention for statement in case.statements for mention in _of(statement.text, is_code=statement.is_code))
    return [mention for mention in dict.fromkeys(found) if mention.text.removeprefix("./") not in own]


def _of(text: str, *, is_code: bool) -> tuple[Mention, ...]:
    if is_code:
        lines = (line.strip() for line in text.split("\n"))
        return tuple(Mention(kind="command", text=line) for line in lines if line and not line.startswith("#"))
    return mentions(text)
