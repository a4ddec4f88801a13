"""Grounding coverage: the share of the names in a skill that occur in the runs behind the skill."""

from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.follow.series import executed_share
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.text.mentions import Haystack, Mention, mentions
from t2s_local.values.value import Value

FEWEST = 3
"""Least number of names that a skill must have to conclude, if no run contains any, that the runs are foreign."""


class Grounding(Value, frozen=True, kw_only=True):
    """Counts of the names in a skill that occur in recordings."""

    n_named: int
    """Number of commands, paths and names in code that the skill mentions, except its own files."""
    n_grounded: int
    missing: tuple[str, ...]
    """Names that occur in no recording, in the order of the skill."""
    is_of_quotes: bool = False
    """Whether only the quotes of the skill's evidence were looked at, and not whole recordings."""

    @property
    def is_foreign(self) -> bool:
        """Return whether the skill has at least three names and no recording contains any: it is of another domain."""
        return self.n_named >= FEWEST and self.n_grounded == 0


def grounding(case: AuditCase) -> Grounding | None:
    """Look up the names in the skill of *case* in its runs; without runs, in the quotes of its evidence.

    Returns:
        The counts; None if there are neither runs nor quotes.
    """
    quotes = [quote.text for claim in case.claims.values() for quote in claim.quotes]
    if case.facts is None and not quotes:
        return None
    named = named_in(case)
    holds = case.facts.shows if case.facts is not None else Haystack(quotes).holds
    missing = tuple(mention.text for mention in named if not holds(mention.text))
    return Grounding(
        n_named=len(named), n_grounded=len(named) - len(missing), missing=missing, is_of_quotes=case.facts is None
    )


def executed(case: AuditCase, runs: RecordedFacts) -> float | None:
    """Return the share of the words in a skill's names that occur in commands of *runs*; None if it has no names."""
    words = " ".join(mention.text for mention in named_in(case))
    return executed_share(words, runs.actions) if words else None


def named_in(case: AuditCase) -> list[Mention]:
    """Return the commands, paths and names in the statements of a skill, each once, except its own files."""
    own = set(case.source.sizes)
    found = (mention for statement in case.statements for mention in _of(statement.text, is_code=statement.is_code))
    return [mention for mention in dict.fromkeys(found) if mention.text.removeprefix("./") not in own]


def _of(text: str, *, is_code: bool) -> tuple[Mention, ...]:
    if is_code:
        lines = (line.strip() for line in text.split("\n"))
        return tuple(Mention(kind="command", text=line) for line in lines if line and not line.startswith("#"))
    return mentions(text)
