"""Sum the uses of every skill over the evidence log: how often it was shown, loaded and followed, and the results."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.stages.govern.usage.usage import FOLLOWED, IGNORED, RETURNED
from t2s_local.values.event import USED, Event
from t2s_local.values.value import Value

_RANK = {"shown": 1, "loaded": 2, "followed": 3}


class RuleCount(Value, frozen=True, kw_only=True):
    """Numbers of recordings that followed or ignored one rule after loading its skill."""

    rule: str
    n_followed: int
    n_ignored: int
    n_returned: int
    """Recordings in which the error that the rule is about occurred again."""


class SkillUsage(Value, frozen=True, kw_only=True):
    """Numbers of recordings that used one skill, and numbers of calls."""

    skill: str
    n_shown: int
    """Recordings that listed or loaded the skill."""
    n_loaded: int
    n_followed: int
    n_shown_only: int
    """Recordings that listed the skill without loading it; the reason is the skill's description, not its body."""
    n_success: int
    """Recordings that loaded the skill and succeeded."""
    n_failure: int
    n_helped: int
    n_hurt: int
    attempts: int
    """Calls that try to load the skill."""
    complete: int
    """Calls that loaded the skill, after which a command of the skill ran without an error."""
    precision: float | None
    """Share of complete calls, in [0, 1]; None without a call."""
    calls_per_run: float | None
    """Mean number of calls in recordings that loaded the skill; None without such a recording."""
    tokens: int
    """Estimated number of tokens of the skill's entries and texts in all recordings."""
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
        skills: Names of the library's skills; each gets an entry even if no recording uses it.

    Returns:
        One entry for each skill, sorted by name.
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
