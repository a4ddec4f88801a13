"""Print the use of skills: a table, skills that no run loads, and rules that are ignored."""

from collections.abc import Iterator

from t2s_local.cli.output import print_table, say
from t2s_local.runs.governing.usage import UsageResult
from t2s_local.stages.govern.usage.table import SkillUsage
from t2s_local.text.text import counted, join_words

_HEAD = ("SKILL", "SHOWN", "LOADED", "FOLLOWED", "SUCCESS", "FAILURE", "CALLS", "PRECISION", "SHOWN ONLY", "TOKENS")
_MOST = 8
"""Largest number of names or rules that a sentence lists; the table and --json list all."""


def print_usage(found: UsageResult) -> None:
    """Print one row for each skill, and sentences on notable cases."""
    print_table(_HEAD, [_row(one) for one in found.skills], right=frozenset(range(1, len(_HEAD))))
    say(f"{counted(found.n_recordings, 'recording')}: {_noted(found)}.")
    for line in _remarks(found):
        say(line)
    say("Level L1 (recorded): success and failure are those of whole runs that loaded a skill, not of the skill alone.")


def _noted(found: UsageResult) -> str:
    n_new = found.n_recordings - found.n_known
    parts = [
        f"{found.n_noted} of {n_new} new ones use the library" if n_new else "none of them is new",
        f"{counted(found.n_events, 'line')} added to the evidence log",
    ]
    if found.n_known:
        parts.append(f"{found.n_known} read before")
    return join_words(parts)


def _remarks(found: UsageResult) -> Iterator[str]:
    only = [one.skill for one in found.skills if one.is_never_loaded and one.n_shown]
    never = [one.skill for one in found.skills if one.is_never_loaded and not one.n_shown]
    if only:
        yield f"Shown but never loaded: {_names(only)}. Their descriptions are at fault, not their bodies."
    if never:
        seen = counted(found.n_recordings, "recording")
        yield f"Never loaded: {_names(never)} (of {seen} looked at now, and all that the log has)."
    if found.others:
        yield f"Another skill has the name of {_names(list(found.others))} in some recordings; that use does not count."
    yield from [line for one in found.skills for line in _rules(one)][:_MOST]


def _rules(one: SkillUsage) -> Iterator[str]:
    """Yield a sentence for each rule that was ignored or whose error occurred again, with the count."""
    for rule in one.rules:
        if rule.n_ignored or rule.n_returned:
            parts = [f"followed in {rule.n_followed}", f"ignored in {rule.n_ignored}"]
            back = f"; its error came back in {counted(rule.n_returned, 'run')}" if rule.n_returned else ""
            yield f"{one.skill}#{rule.rule}: {join_words(parts)}{back}."


def _row(one: SkillUsage) -> tuple[str, ...]:
    return (
        one.skill,
        str(one.n_shown),
        str(one.n_loaded),
        str(one.n_followed),
        str(one.n_success),
        str(one.n_failure),
        str(one.attempts),
        "-" if one.precision is None else f"{one.precision:.2f}",
        str(one.n_shown_only),
        f"{one.tokens:,}",
    )


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more}"
