"""Layout of a skill: which rules are in the body and which in the reference, and the files they are written to."""

import re
from collections.abc import Sequence

from t2s_local.ports.writer import NO_REQUESTS, Evidence, Requests
from t2s_local.skills.evidence import PATH as EVIDENCE
from t2s_local.skills.markdown import bullets, code, front_matter, prose, sentence
from t2s_local.text.text import counted, join_words
from t2s_local.values.cluster import Cluster, Family
from t2s_local.values.lesson import Refusal, supporting_runs, supporting_tasks
from t2s_local.values.skill import Skill, SkillFile
from t2s_local.writers._page import sections
from t2s_local.writers._page.description import description, is_exact, quotes_tasks, tells_when
from t2s_local.writers._page.evidence import evidence_file
from t2s_local.writers._page.example import example
from t2s_local.writers._page.requested import request_words
from t2s_local.writers._page.rules import Rule, RuleKind, is_without_success, own_rules, rules_of
from t2s_local.writers._page.title import titled

_STANDING = (
    "Learned from {runs} of {tasks}{where}{last}, not counting runs that a rule is compared with. Level L0: every rule"
    " is traceable to those runs and none has been measured, so treat each as a hypothesis."
)
NO_SUCCESS = "no_success: no run of the rule succeeded, told under Avoid alone"
MORE = "references/more.md"
_MOST_SITUATIONS = 4
_ONLY_USED = re.compile(r"with `[^`]+`(?:(?:,| or|, or) `[^`]+`)*")
"""A situation that names only the tools in use, which the page lists on a line of their own."""
_CALL = re.compile(r"you (?:are about to )?call ((?:(?:, | or |, or )?`[^`]+`)+)")
_BEFORE = re.compile(r"before (?P<calls>`[^`]+`(?:(?:,| or|, or) `[^`]+`)*)")
_WHOLE = (
    (re.compile(r"before the first (?P<what>`[^`]+`|\w+)"), r"your first \g<what> comes next"),
    (re.compile(r"in a task that says (?P<said>“.+)", re.DOTALL), r"a task says \g<said>"),
    (re.compile(r"in code that (?P<what>.+)"), r"you work in code that \g<what>"),
)
"""Situations that are no sentence of their own in a list, and the sentences for them."""
_ACTION = re.compile(r"`([^`]+)`")
_SAME_ACTIONS = 0.6
_MOST_USED = 5
MOST_RULES = 24
"""Most rules in a body: as many as an agent can remember, and well below the format's 5,000 tokens."""
MOST_CHARACTERS = 12_000
"""Most characters of the rules in a body, about 3,000 tokens."""


def assemble(
    rules: Sequence[Rule],
    family: Family,
    evidence: Evidence,
    *,
    name: str,
    described: str | None,
    min_support: int,
    writer: str,
) -> Skill:
    """Lay out a skill.

    Args:
        rules: The skill's rules, numbered, sorted by support, largest first.
        family: The clusters from which the rules come.
        evidence: The lessons and the known facts about their trajectories.
        name: Name of the skill, which no other skill has.
        described: Description; None to build one from the rules.
        min_support: Support that a rule in the body needs.
        writer: Name of the writer, for the front matter.
    """
    body, more = _split(rules, min_support=min_support)
    n_lost = sum(rule.kind == "never" and is_without_success(rule.outcomes) for rule in rules)
    project = evidence.project(family.clusters)
    asked = evidence.requests.get(family.id, NO_REQUESTS)
    harness = evidence.harness(rule.cluster for rule in own_rules(rules))
    if described is not None and harness is not None and harness not in described:
        described = described.replace("Use when", f"Use in {harness} when", 1)
    described = described or _described(name, own_rules(body), asked, evidence, harness)
    files = [
        SkillFile(path="SKILL.md", text=_skill(name, described, body, more, evidence, asked, project, harness, writer))
    ]
    files.append(SkillFile(path=EVIDENCE, text=evidence_file(rules)))
    if more:
        files.append(SkillFile(path=MORE, text=_more(more)))
    return Skill(
        name=name,
        description=described,
        files=tuple(files),
        lesson_ids=tuple(sorted({lesson.id for rule in rules for lesson in rule.lessons})),
        cluster_ids=tuple(rule.cluster.id for rule in rules),
        support=len(supporting_runs(rules)),
        notes=(Refusal(reason=NO_SUCCESS, count=n_lost),) if n_lost else (),
    )


def rule_section(cluster: Cluster, evidence: Evidence) -> str:
    """Return the section, with its heading, that a skill of *cluster* alone has for its rule."""
    return "\n\n".join(_ruled(rules_of(Family(id=cluster.id, clusters=(cluster,)), evidence)))


def _described(name: str, rules: Sequence[Rule], asked: Requests, evidence: Evidence, harness: str | None) -> str:
    project = evidence.project(rule.cluster for rule in rules)
    return description(name, rules, asked, project=project, harness=harness)


def choose_name(family: Family, taken: frozenset[str]) -> str:
    """Return the family's name or else its first candidate that is not *taken*, or else the first with a number.

    Raises:
        ValueError: the family has neither a name nor a candidate.
    """
    wanted = [family.name] if family.name else list(family.candidates)
    if not wanted:
        message = f"family {family.id} has no candidate for a name"
        raise ValueError(message)
    free = next((name for name in wanted if name not in taken), None)
    if free is not None:
        return free
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted[0]}-{number}") not in taken)


def _split(rules: Sequence[Rule], *, min_support: int) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Split rules into the rules for the body, and weak, repetitive and surplus rules for the reference.

    If no rule has the support that the body requires, the body gets all rules.
    """
    body: list[Rule] = []
    more: list[Rule] = []
    size = 0
    for rule in rules:
        size += len(rule.situation) + len(rule.options[0].do) + sum(len(cause.text) for cause in rule.causes)
        fits = len(body) < MOST_RULES and (size <= MOST_CHARACTERS or not body)
        is_new = not any(_repeats(rule, other) for other in body)
        (body if rule.support >= min(min_support, rule.authority) and fits and is_new else more).append(rule)
    return (tuple(body), tuple(more)) if body else (tuple(more), ())


def _repeats(rule: Rule, other: Rule) -> bool:
    """Return whether both rules are procedures with mostly the same actions."""
    if {rule.lesson.pattern, other.lesson.pattern} != {"sequence"}:
        return False
    one, two = (frozenset(_ACTION.findall(item.options[0].do)) for item in (rule, other))
    return len(one & two) >= _SAME_ACTIONS * min(len(one), len(two))


def _skill(
    name: str,
    described: str,
    body: Sequence[Rule],
    more: Sequence[Rule],
    evidence: Evidence,
    asked: Requests,
    project: str | None,
    harness: str | None,
    writer: str,
) -> str:
    runs = len(supporting_runs(body))
    tasks = len(supporting_tasks(body))
    last = max((rule.last_confirmed for rule in body if rule.last_confirmed), default=None)
    metadata = {"level": "L0", "support": str(runs), "tasks": str(tasks), "written-by": f"t2s-local {writer}"}
    parts = [
        front_matter(name, described, metadata).rstrip(),
        f"# {prose(titled(name, body, project, harness=harness))}",
        _STANDING.format(
            runs=counted(runs, "recorded run"),
            tasks=counted(tasks, "task"),
            where=_in(harness) if project is None else f" in the project {code(project)}",
            last="" if last is None else f", the last on {last}",
        ),
        *(("## When to use", used) if (used := _when(body, asked, project, harness)) else ()),
        *_ruled(body),
    ]
    shown = example(body, evidence)
    if shown:
        parts += ["## Example", shown]
    parts += ["## References", _references(more)]
    return "\n\n".join(parts) + "\n"


def _ruled(rules: Sequence[Rule]) -> list[str]:
    parts: list[str] = []
    chosen: dict[RuleKind, list[Rule]] = {"step": [], "gotcha": [], "never": []}
    for rule in rules:
        chosen[rule.kind].append(rule)
    if chosen["step"]:
        parts += ["## Steps", sections.steps(chosen["step"])]
    if chosen["gotcha"]:
        parts += ["## Gotchas", sections.gotchas(chosen["gotcha"])]
    if chosen["never"]:
        parts += ["## Avoid", sections.nevers(chosen["never"])]
    return parts


def _in(harness: str | None) -> str:
    return "" if harness is None else f" in {harness}"


def _when(rules: Sequence[Rule], asked: Requests, project: str | None, harness: str | None) -> str:
    """Return a Markdown list of the situations in which the rules apply, within the *harness* if there is one."""
    is_quoted = project is not None or quotes_tasks(rules)
    about = "" if is_quoted else request_words(asked).replace("when ", "You are ", 1)
    items = [] if project is None else [f"You work in the project {code(project)}."]
    items += [sentence(about)] if about else []
    used = list(dict.fromkeys(name for rule in rules for name in sections.used(rule)))[:_MOST_USED]
    bound = sections.bound(rules) if harness is None and project is None else []
    if used and not bound:
        items.append(f"You are about to use {join_words((f'`{name}`' for name in used), last='or')}.")
    failing = [rule for rule in rules if rule.kind == "gotcha"] or [rule for rule in rules if rule.kind == "step"]
    situations = dict.fromkeys(
        sections.inside(rule, prose(sentence(_whole(rule.situation))))
        for rule in failing
        if not _ONLY_USED.fullmatch(rule.situation) and not _is_use(rule.situation, used) and tells_when(rule, project)
        if is_exact(rule) or not items
    )
    items += list(situations)[:_MOST_SITUATIONS]
    if bound and items:
        tools = join_words(code(name) for name in bound)
        return f"You have the {'tool' if len(bound) == 1 else 'tools'} {tools}, and:\n\n{bullets(items)}"
    if harness is None:
        return bullets(items)
    return f"You work{_in(harness)}, and:\n\n{bullets(items)}" if items else bullets([f"You work{_in(harness)}."])


def _is_use(situation: str, used: Sequence[str]) -> bool:
    """Return whether *situation* says only that tools of *used* are about to be called."""
    call = _CALL.fullmatch(situation) or _BEFORE.fullmatch(situation)
    if call is None:
        return False
    return {name if name in used else name.partition(" ")[0] for name in _ACTION.findall(call[1])} <= set(used)


def _whole(situation: str) -> str:
    """Return *situation* as a sentence that can stand alone: “before `x`” -> “you are about to use `x`”."""
    before = _BEFORE.fullmatch(situation)
    if before is not None:
        return f"you are about to use {before['calls']}"
    ways = (found.expand(told) for form, told in _WHOLE if (found := form.fullmatch(situation)) is not None)
    return next(ways, situation)


def _references(more: Sequence[Rule]) -> str:
    items = [f"[{EVIDENCE}]({EVIDENCE}): support, outcomes, trajectories and quotes behind each rule."]
    if more:
        items.append(f"[{MORE}]({MORE}): {len(more)} more {'rule' if len(more) == 1 else 'rules'}, seen less often.")
    return bullets(items)


def _more(rules: Sequence[Rule]) -> str:
    intro = (
        "# More rules\n\nSeen less often than the rules of SKILL.md: weaker hypotheses, to try when those do not fit."
    )
    return "\n\n".join((intro, *_ruled(rules))) + "\n"
