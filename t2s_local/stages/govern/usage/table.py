"""Sum of the uses of every skill over the evidence log: what was shown, loaded and followed, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.stages.govern.usage.usage import FOLLOWED, IGNORED, RETURNED
from t2s_local.values.event import USED, Event
from t2s_local.values.value import Value

_RANK = {"shown": 1, "loaded": 2, "followed": 3}


class RuleCount(Value, frozen=True, kw_only=True):
    """Counts of one rule, in recordings that had loaded its skill."""

    rule: str
    n_followed: int
    n_ignored: int
    n_returned: int
    """In how many the error that it is about came back."""


class SkillUsage(Value, frozen=True, kw_only=True):
    """Counts of one skill, in recordings."""

    skill: str
    n_shown: int
    """In how many it stood in a list, or was loaded."""
    n_loaded: int
    n_followed: int
    n_shown_only: int
    """In how many it was shown and not loaded: there its description is at fault, not its body."""
    n_success: int
    """Of those that loaded it."""
    n_failure: int
    n_helped: int
    n_hurt: int
    attempts: int
    """Calls for it."""
    complete: int
    """Calls that loaded it, after which one of its commands ran without an error."""
    precision: float | None
    """Share of complete calls; None without a call."""
    calls_per_run: float | None
    """Calls a recording that loaded it; None without one."""
    tokens: int
    """Tokens it took in all, estimated."""
    is_never_loaded: bool
    rules: tuple[RuleCount, ...]


class _Count(msgspec.Struct):
    best: dict[str, int]
    ends: dict[str, str | None]
    verdicts: dict[str, int]
    rules: dict[str, dict[str, int]]
    attempts: int = 0
    complete: int = 0
    tokens: int = 0


def usage_table(events: Iterable[Event], skills: Iterable[str]) -> tuple[SkillUsage, ...]:
    """Count the uses in *events* by skill.

    Args:
        events: The evidence log, oldest first.
        skills: Skills of the library; those in no recording are told, too.

    Returns:
        One entry a skill, by name.
    """
    counts: dict[str, _Count] = {name: _fresh() for name in skills}
    for event in events:
        if event.kind == USED:
            _add(counts.setdefault(event.skill, _fresh()), event)
        elif event.kind in (FOLLOWED, IGNORED, RETURNED) and event.rule is not None:
            rules = counts.setdefault(event.skill, _fresh()).rules
            of_rule = rules.setdefault(event.rule, {FOLLOWED: 0, IGNORED: 0, RETURNED: 0})
            of_rule[event.kind] += 1
    return tuple(_usage(name, counts[name]) for name in sorted(counts))


def _fresh() -> _Count:
    return _Count(best={}, ends={}, verdicts=defaultdict(int), rules={})


def _add(count: _Count, event: Event) -> None:
    run = event.run or ""
    rank = _RANK.get(event.use or "", 0)
    count.best[run] = max(rank, count.best.get(run, 0))
    if rank > 1:
        count.ends[run] = event.outcome
    if event.verdict is not None:
        count.verdicts[event.verdict] += 1
    if event.part is not None:
        count.attempts += event.part.n_attempts
        count.complete += event.part.n_complete
        count.tokens += event.part.tokens


def _usage(name: str, count: _Count) -> SkillUsage:
    ranks = list(count.best.values())
    n_loaded = sum(rank > 1 for rank in ranks)
    ends = list(count.ends.values())
    return SkillUsage(
        skill=name,
        n_shown=sum(rank > 0 for rank in ranks),
        n_loaded=n_loaded,
        n_followed=sum(rank == _RANK["followed"] for rank in ranks),
        n_shown_only=sum(rank == 1 for rank in ranks),
        n_success=ends.count("success"),
        n_failure=ends.count("failure"),
        n_helped=count.verdicts["helped"],
        n_hurt=count.verdicts["hurt"],
        attempts=count.attempts,
        complete=count.complete,
        precision=count.complete / count.attempts if count.attempts else None,
        calls_per_run=count.attempts / n_loaded if n_loaded else None,
        tokens=count.tokens,
        is_never_loaded=not n_loaded,
        rules=_rules(count.rules),
    )


def _rules(rules: Mapping[str, Mapping[str, int]]) -> tuple[RuleCount, ...]:
    ordered = sorted(rules, key=lambda rule: (len(rule), rule))
    return tuple(
        RuleCount(
            rule=rule,
            n_followed=rules[rule][FOLLOWED],
            n_ignored=rules[rule][IGNORED],
            n_returned=rules[rule][RETURNED],
        )
        for rule in ordered
    )
