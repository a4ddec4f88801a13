"""Rules: the wording of each cluster of lessons, with its counts."""

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from t2s_local.ports.writer import NO_RISKS, Evidence
from t2s_local.text.text import normalise
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.decision import RuleText
from t2s_local.values.lesson import OF_TOOLS, Effect, Lesson, LessonId, supporting_runs, supporting_tasks
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value
from t2s_local.writers._page.filled_in import settled
from t2s_local.writers._page.wording import Option, alike, options, situation

RuleKind = Literal["step", "gotcha", "never"]
_KINDS: dict[str, RuleKind] = {
    "sequence": "step",
    "contrast": "step",
    "correction": "step",
    "recovery": "gotcha",
    "root_cause": "gotcha",
    "loop": "gotcha",
}
_POLARITIES: dict[str, RuleKind] = {"success": "step", "correction": "step", "failure": "gotcha"}
FORBIDS = re.compile(r"(?:never|do not|don't|don’t|avoid|stop)\b", re.IGNORECASE)
_NO_CAUSE = frozenset({"loop", "correction"})
"""Patterns whose *because* says how the lesson was found, not why it is true."""
_REASONED = frozenset({"recovery", "root_cause"})
"""Patterns whose *because* is a reason; in other patterns it is a count."""
_STATED = frozenset({"policy", "lint_rule"})
_DETAIL = re.compile(r"\d+|\b[A-Z]{2,}\b")
_MOST_CAUSES = 2
_MOST_ALTERNATIVES = 2
_MOST_LOOKED_AT = 100
"""Most remedies, best first, among which others to show are sought: a rule may have as many as runs."""
_SHORT_OPTION = 260
_ALIKE = 0.8
"""Share of common words above which two remedies differ only in details."""
_MOST_QUOTED = 5
"""Most lessons quoted for a rule: enough to see what varies; the rest are counted."""


class Cause(Value, frozen=True, kw_only=True):
    """Reason for a rule."""

    text: str
    stated: bool
    """Whether the words are those of one run; otherwise they are the analyst's."""
    counted: bool = False
    """Whether the text states a frequency, and no reason."""


class Rule(Value, frozen=True, kw_only=True):
    """One rule of a skill."""

    id: str
    """``R1`` and so on: the rule's number in the skill and its evidence."""
    kind: RuleKind
    lesson: Lesson
    """The medoid, whose wording the rule uses."""
    lessons: tuple[Lesson, ...]
    """All lessons of the cluster, the medoid first."""
    situation: str
    options: tuple[Option, ...]
    """Remedies, best first; at least one."""
    looped: int
    """Number of runs that repeated the failed action three times or more."""
    causes: tuple[Cause, ...]
    trajectory_ids: tuple[TrajectoryId, ...]
    task_ids: tuple[str, ...]
    outcomes: dict[str, int]
    """Supporting trajectories by outcome (``success``, ``partial``, ``failure``, ``unknown``); no zeros."""
    cluster: Cluster
    is_accepted: bool = False
    """Whether a person accepted the rule, so that it is in the body whatever its support."""
    is_granted: bool = False
    """Whether the rule is in the skill only by a person's consent; the skill's name and description omit it."""
    risk: str | None = None
    """Risk of an accepted rule, as a clause; None if there is none."""
    effect: Effect | None = None
    """Effect of the rule's words on runs that they do not come from; None if it was not measured."""
    is_pinned: bool = False
    """Whether a person wrote the words, so that nothing changes them."""
    projects: tuple[str, ...] = ()
    """Projects of the rule's runs, as far as their recordings state them, sorted."""
    scope: str | None = None
    """The only project of the rule's runs if the skill has several; None if the rule's words name it already."""
    harness: str | None = None
    """The harness in which alone the rule holds; None if there is none, or if the title of the skill names it."""
    last_confirmed: str | None = None
    """Day of the latest run behind the rule, ``YYYY-MM-DD``; None if no recording has times."""

    @property
    def alternatives(self) -> tuple[Option, ...]:
        """Up to two further remedies to show: short, unlike the others shown, and not used by failed runs alone."""
        told = [self.options[0]]
        for option in self.options[1:_MOST_LOOKED_AT]:
            is_short = len(option.do) <= _SHORT_OPTION
            has_held = option.successes > 0 or not self.options[0].successes
            if is_short and has_held and all(alike(option.do, other.do) <= _ALIKE for other in told):
                told.append(option)
        return tuple(told[1 : _MOST_ALTERNATIVES + 1])

    @property
    def quoted(self) -> tuple[Lesson, ...]:
        """Up to five lessons whose quotes are shown: those with the wording, the medoid, then those of other runs."""
        told = (self.options[0], *self.alternatives)
        causes = {cause.text for cause in self.causes}
        chosen: dict[LessonId, Lesson] = {}
        for wanted in (
            *(lesson for option in told for lesson in [self._worded(option)] if lesson is not None),
            *(lesson for lesson in self.lessons if lesson.because in causes and lesson.pattern == "root_cause"),
            self.lesson,
        ):
            chosen.setdefault(wanted.id, wanted)
        seen = set(supporting_runs(chosen.values()))
        for lesson in self.lessons:
            if not seen.issuperset(lesson.trajectory_ids):
                chosen.setdefault(lesson.id, lesson)
                seen.update(lesson.trajectory_ids)
        return tuple(chosen.values())[:_MOST_QUOTED]

    @property
    def support(self) -> int:
        """Number of distinct trajectories behind the rule."""
        return len(self.trajectory_ids)

    @property
    def authority(self) -> int:
        """Support from which the rule is in the body whatever *min_support* is: 1 if a user states it, 2 if a program.

        It is 0 for a rule that a person accepted, and the largest integer for an inferred rule.
        """
        if self.is_accepted:
            return 0
        if self.lesson.is_said:
            return 1
        return 2 if self.lesson.pattern in _STATED else sys.maxsize

    def _worded(self, option: Option) -> Lesson | None:
        """Return the first lesson that *option* comes from; None if a writer reworded it."""
        of_wording = {lesson.do: lesson for lesson in reversed(self.lessons)}
        return next((of_wording[do] for do in option.wordings if do in of_wording), None)


def rules_of(family: Family, evidence: Evidence, risks: Mapping[ClusterId, str] = NO_RISKS) -> tuple[Rule, ...]:
    """Return the rules of *family*, by support, largest first; *risks* are those of accepted rules."""
    made = [_rule(cluster, evidence, risks.get(cluster.id)) for cluster in family.clusters]
    if evidence.project(family.clusters) is None:
        made = [msgspec.structs.replace(rule, scope=_scope(rule, evidence)) for rule in made]
    if evidence.harness(rule.cluster for rule in own_rules(made)) is None:
        made = [msgspec.structs.replace(rule, harness=evidence.harness((rule.cluster,))) for rule in made]
    made.sort(key=lambda rule: (-rule.support, -len(rule.task_ids), rule.cluster.id))
    return tuple(_numbered(rule, number) for number, rule in enumerate(made, 1))


def own_rules(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the *rules* that name and describe a skill: those not granted by a person, or all if all were granted."""
    return tuple(rule for rule in rules if not rule.is_granted) or tuple(rules)


def _scope(rule: Rule, evidence: Evidence) -> str | None:
    project = evidence.project((rule.cluster,))
    told = f"{rule.situation} {rule.options[0].do}".lower()
    return None if project is None or project.rpartition("/")[2].lower() in told else project


def _numbered(rule: Rule, number: int) -> Rule:
    return msgspec.structs.replace(rule, id=f"R{number}")


def _rule(cluster: Cluster, evidence: Evidence, risk: str | None) -> Rule:
    lessons = settled(evidence.members((cluster,)))
    runs = sorted(supporting_runs(lessons))
    outcomes = Counter(evidence.outcomes.get(run) or "unknown" for run in runs)
    speaking = tuple(lesson for lesson in lessons if not lesson.is_stated) or lessons
    made = Rule(
        id="R0",
        kind="never" if _is_lost(speaking[0], outcomes) and cluster.id not in evidence.granted else _kind(speaking),
        lesson=speaking[0],
        lessons=lessons,
        situation=situation(speaking),
        options=options(speaking, evidence.outcomes),
        looped=len(supporting_runs(lesson for lesson in lessons if lesson.pattern == "loop")),
        causes=_causes(speaking),
        trajectory_ids=tuple(runs),
        task_ids=tuple(sorted(supporting_tasks(lessons))),
        outcomes=dict(sorted(outcomes.items())),
        cluster=cluster,
        is_accepted=cluster.id in evidence.accepted,
        is_granted=cluster.id in evidence.granted,
        risk=risk,
        projects=tuple(sorted({evidence.projects[run] for run in runs if run in evidence.projects})),
        last_confirmed=max((evidence.days[run] for run in runs if run in evidence.days), default=None),
    )
    words = evidence.words.get(cluster.id)
    return made if words is None else _in_words(made, words)


def _in_words(rule: Rule, words: RuleText) -> Rule:
    """Return *rule* in a person's words only."""
    best = msgspec.structs.replace(rule.options[0], do=words.do, wordings=())
    causes = () if words.because is None else (Cause(text=words.because, stated=False),)
    return msgspec.structs.replace(rule, situation=words.when, options=(best,), causes=causes, is_pinned=True)


def is_without_success(outcomes: Mapping[str, int]) -> bool:
    """Return whether every run is labelled and none succeeded.

    The actions of such runs are to be avoided.
    """
    return bool(outcomes) and not {"success", "unknown"}.intersection(outcomes)


def _is_lost(lesson: Lesson, outcomes: Mapping[str, int]) -> bool:
    """Return whether a rule comes only from runs without success; False for a rule on calls that tools refuse."""
    return is_without_success(outcomes) and lesson.pattern not in OF_TOOLS


def _kind(lessons: Sequence[Lesson]) -> RuleKind:
    """Return the kind of most lessons; loops count only if all lessons are loops."""
    speaking = [lesson for lesson in lessons if lesson.pattern != "loop"] or lessons
    counted = Counter(_kind_of(lesson) for lesson in speaking)
    return max(sorted(counted), key=lambda kind: counted[kind])


def _kind_of(lesson: Lesson) -> RuleKind:
    if lesson.pattern != "loop" and FORBIDS.match(lesson.do) and ":" not in lesson.do:
        return "never"
    kind = _KINDS.get(lesson.pattern) or _POLARITIES[lesson.polarity]
    return "step" if lesson.pattern == "recovery" and "“" not in lesson.when else kind


def _is_counted(lesson: Lesson) -> bool:
    return lesson.analyst == "mined" and lesson.pattern not in _REASONED


def _causes(lessons: Sequence[Lesson]) -> tuple[Cause, ...]:
    """Return different causes, the most frequent first, then those with the fewest details of one run.

    Up to two come from the analyst, and one from the words of a run.
    """
    groups: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        if lesson.because and lesson.pattern not in _NO_CAUSE:
            groups.setdefault(normalise(lesson.because).rstrip("."), []).append(lesson)
    ranked = sorted(groups, key=lambda key: (-len(groups[key]), len(_DETAIL.findall(key)), len(key), key))
    found = [
        Cause(
            text=groups[key][0].because or "",
            stated=groups[key][0].pattern == "root_cause",
            counted=_is_counted(groups[key][0]),
        )
        for key in ranked
    ]
    counted = [cause for cause in found if not cause.stated][:_MOST_CAUSES]
    return (*counted, *[cause for cause in found if cause.stated][:1])
