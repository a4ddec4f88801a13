"""A person's judgement of a rule, and what the rule is known by afterwards."""

from typing import Literal

from t2s_local.values.value import Value

Verdict = Literal["accepted", "rejected", "pinned"]


class RuleText(Value, frozen=True, kw_only=True):
    """A rule in the words of a person."""

    when: str
    do: str
    because: str | None = None


class RuleMark(Value, frozen=True, kw_only=True):
    """Features a rule is recognised by in other runs, over other input and in other words; digests alone, sorted."""

    signatures: tuple[str, ...]
    """Of its lessons' masked words."""
    messages: tuple[str, ...]
    """Of the masked words it quotes of results."""
    remedy: tuple[str, ...]
    """Of the words it says what to do in, without those of the situation."""
    occasions: tuple[str, ...]
    """Of the steps that occasioned it."""
    remedies: tuple[str, ...]
    """Of the steps that show what was done about it."""


class Decision(Value, frozen=True, kw_only=True):
    """A judgement of one rule."""

    id: str
    """The rule's id when it was judged."""
    verdict: Verdict
    at: str
    """ISO 8601 time in UTC."""
    reason: str | None = None
    skill: str | None = None
    """The skill the rule was in; None for a candidate."""
    says: str
    """The rule in one line, as it was judged."""
    text: RuleText | None = None
    """The words that the person gave the rule, or wants to see kept; None where its own words may change."""
    mark: RuleMark
