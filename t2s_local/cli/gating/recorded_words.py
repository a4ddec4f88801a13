"""Print results of level L1: a line for each rule and skill, and the worst tasks."""

from collections.abc import Sequence

from t2s_local.cli.output import print_table, say
from t2s_local.runs.gating.recorded import RecordedResult
from t2s_local.text.text import clip, counted
from t2s_local.values.gates.results import Proportion, RuleCatch, SkillCatch

_HEAD = ("SKILL", "RULE", "CAUGHT", "95 %", "CONTRADICTS", "95 %", "NET", "P", "VERDICT")
_DECIDED = frozenset({"accept", "reject", "supported"})
_WORST = 3
"""Number of tasks that are listed for a skill that contradicts runs."""


def print_recorded(found: RecordedResult) -> None:
    """Print a line for each rule and each skill, then an explanation of the counts."""
    rows = []
    for skill in found.skills:
        rows.append(_row(skill.skill, "all", skill.caught, skill.contradicts, skill.net, skill.p_value, skill.verdict))
        rows += [_rule(skill, rule) for rule in sorted(skill.rules, key=_worst_first)]
    print_table(_HEAD, rows, right=frozenset({2, 4, 6, 7}))
    _say_tasks(found.skills)
    for text in found.notes:
        say(f"{text[:1].upper()}{text[1:]}.")
    _say_rest(found)
    if not is_decided(found.skills):
        say(f"Nothing is decided: {_what_to_do(found.skills)}")


def is_decided(skills: Sequence[SkillCatch]) -> bool:
    """Return whether a skill has a verdict."""
    return any(skill.verdict in _DECIDED for skill in skills)


def _what_to_do(skills: Sequence[SkillCatch]) -> str:
    """Return a clause on why no skill has a verdict, and what is needed for a verdict."""
    if not any(skill.n_failures + skill.n_successes for skill in skills):
        return "no run says how it ended; name a file that does with --labels FILE."
    if not any(skill.caught.of + skill.contradicts.of for skill in skills):
        return "no run met the situation of a rule; name recordings of such work with --runs."
    return "too few runs met the situations of the rules; name more recordings with --runs."


def _say_tasks(skills: Sequence[SkillCatch]) -> None:
    for skill in skills:
        for task in [task for task in skill.tasks if task.contradicted > task.caught][:_WORST]:
            counts = f"contradicts {counted(task.contradicted, 'success')}, catches {task.caught}"
            say(f"{skill.skill}: worst on task {clip(task.task, 60)!r}: {counts}".replace("successs", "successes"))


def _say_rest(found: RecordedResult) -> None:
    n_unread = sum(skill.n_unread for skill in found.skills)
    if n_unread:
        say(f"{counted(n_unread, 'rule')} not looked up: no error, call or action in their words that code could find.")
    n_meant = sum(rule.by == "meaning" for skill in found.skills for rule in skill.rules)
    if n_meant:
        say(f"{counted(n_meant, 'rule')} marked ~: found by what users said, and not counted in the skill's line.")
    some = found.skills[0]
    if some.n_unlabelled:
        say(f"{counted(some.n_unlabelled, 'run')} without a known outcome count on neither side (--labels names them).")
    say(
        f"Level L1, {counted(some.n_failures, 'failure')} and {some.n_successes:,} successes held out: a failure is"
        " caught where a rule's situation came and its action did not; a success contradicts where the run did"
        " otherwise. Nothing was run: this is no success rate."
    )


def _worst_first(rule: RuleCatch) -> tuple[float, int]:
    return (2.0 if rule.net is None else rule.net, rule.line)


def _rule(skill: SkillCatch, rule: RuleCatch) -> tuple[str, ...]:
    name = f"~{rule.rule}" if rule.by == "meaning" else rule.rule
    return _row(skill.skill, name, rule.caught, rule.contradicts, rule.net, rule.p_value, rule.verdict)


def _row(
    skill: str,
    rule: str,
    caught: Proportion,
    contradicts: Proportion,
    net: float | None,
    p_value: float | None,
    verdict: str,
) -> tuple[str, ...]:
    return (
        skill,
        rule,
        f"{caught.n} of {caught.of}",
        _interval(caught),
        f"{contradicts.n} of {contradicts.of}",
        _interval(contradicts),
        "-" if net is None else f"{net:+.2f}",
        "-" if p_value is None else f"{p_value:.3f}",
        verdict.replace("_", " "),
    )


def _interval(share: Proportion) -> str:
    return "-" if share.low is None or share.high is None else f"{share.low:.2f}-{share.high:.2f}"
