"""Stage that writes skills from families of clusters; clusters without support become candidates and are counted."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from t2s_local.ports.services import Memory, Progress
from t2s_local.ports.writer import NO_RISKS, PLAIN_WORDING, Evidence, RuleBackground, Writer
from t2s_local.safety.characters import safe
from t2s_local.safety.links import defang, urls
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.stages.check.scan import Risk
from t2s_local.stages.compose.bar import LEAST_SUPPORT, Bar, Shortfall
from t2s_local.stages.compose.said import said_apart
from t2s_local.stages.compose.scanned import HELD, risk_in_words, without_grave_findings
from t2s_local.stages.compose.wording import worded
from t2s_local.stages.group.subjects.domains import joined_by_domain, joined_by_name
from t2s_local.stages.naming.naming import name_families
from t2s_local.stages.naming.requests import KnownRequests
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.stages.review.review import NOTHING_REVIEWED, Reviewed
from t2s_local.values.cluster import Candidate, Cluster, ClusterId, Family
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.lesson import HeldLesson, LessonId, line_of, supporting_runs
from t2s_local.values.skill import Skill, SkillFile, Wording

STAGE = "compose"


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """Skills of a run, and the clusters that are in none."""

    skills: tuple[Skill, ...]
    """Skills by support, largest first."""
    names: dict[str, tuple[LessonId, ...]]
    """Name of each skill with the skill's lessons: a later run needs the lessons to keep the name."""
    candidates: tuple[Candidate, ...]
    """Clusters that are in no skill, each with the conditions that it does not meet, by support, largest first."""
    n_unworded: int
    """Number of skills whose wording was left to a later run."""
    losses: tuple[Loss, ...]
    """Counts of lessons that are in no skill, by reason; absorbed lessons are not counted."""
    held: tuple[HeldLesson, ...] = ()
    """Rules that `t2s scan` finds grave, sorted."""


def compose(
    families: Sequence[Family],
    known: RuleBackground,
    writer: Writer,
    *,
    min_support: int,
    names: Mapping[str, Sequence[str]],
    duplicates: frozenset[LessonId] = frozenset(),
    memory: Memory | None = None,
    progress: Progress | None = None,
    reviewed: Reviewed = NOTHING_REVIEWED,
    may_ask: Callable[[], bool] = lambda: True,
    rule_names: RuleNames | None = None,
) -> Composed:
    """Name the families and write one skill for each that has enough support.

    Args:
        families: Clusters by subject; their order does not matter.
        known: The lessons, and the known facts about their trajectories and rules.
        writer: The writer of the skills.
        min_support: Trajectories a rule needs for a skill's body; below 2 counts as 2.
        names: Names of earlier runs, each with its lessons.
        duplicates: Lessons that others absorbed; they do not count as losses.
        memory: Store of the writer's wordings, one item a family; None for no store.
        progress: Receiver of the progress of writing.
        reviewed: Decisions of a person about the clusters.
        may_ask: Function that returns whether there is time for questions about another skill.
        rule_names: Names of rules, computed once a run.

    Raises:
        InterruptedRunError: the user wants the run to stop; families under way are finished and stored.
        ModelError: the writer's model cannot be run.
        ValueError: the writer wrote a skill that breaks the rule book, or used a name twice.
    """
    rule_names, requests = rule_names or RuleNames(), KnownRequests()
    bar = Bar(known, max(min_support, LEAST_SUPPORT), reviewed)
    clusters = [cluster for family in families for cluster in family.clusters]
    weighed = [bar.weighed(family) for family in said_apart(families, known)]
    worthy = [one.family for one in weighed if one.family.clusters]
    granted = frozenset(item.id for item in clusters if bar.is_granted(item))
    kept = joined_by_domain(worthy, known, granted)
    first = [_core(family, granted) for family in kept]
    named = name_families(first, known, known={}, rule_names=rule_names, requests=requests)
    kept = joined_by_name(_whole(named, kept), known, granted)
    cores = [_core(family, granted) for family in kept]
    named = _whole(name_families(cores, known, known=names, rule_names=rule_names, requests=requests), kept)
    evidence = Evidence(
        **{name: getattr(known, name) for name in RuleBackground.__struct_fields__},
        requests={family.id: requests.of(family, known) for family in cores},
        granted=granted,
    )
    wordings = worded(named, evidence, writer, memory=memory, progress=progress, may_ask=may_ask)
    written = _written(named, evidence, writer, wordings.known, bar)
    skills, held = written.skills, written.held
    reasons = {one: why for part in (*(one.left for one in weighed), written.left) for one, why in part.items()}
    outside = sorted((one for one in clusters if one.id in reasons), key=lambda one: (-one.support, one.id))
    left = [(reasons[cluster.id], _counted_once(cluster, duplicates)) for cluster in outside]
    return Composed(
        skills=skills,
        n_unworded=wordings.n_left,
        names={skill.name: skill.lesson_ids for skill in skills},
        candidates=tuple(
            Candidate(cluster_id=cluster.id, lacks=shortfall.lacks)
            for cluster, (shortfall, _) in zip(outside, left, strict=True)
        ),
        losses=tally(Loss(stage=STAGE, reason=shortfall.reason, count=count) for shortfall, count in left if count),
        held=tuple(sorted(_named(one, held[one.id], evidence) for one in outside if one.id in held)),
    )


def _core(family: Family, granted: Container[ClusterId]) -> Family:
    """Return *family* with the rules that name and describe its skill: rules not in *granted*, or else all rules."""
    own = tuple(item for item in family.clusters if item.id not in granted)
    return msgspec.structs.replace(family, clusters=own or family.clusters)


def _whole(named: Iterable[Family], families: Iterable[Family]) -> tuple[Family, ...]:
    """Return the *named* families, each with all clusters of the family with the same id in *families*."""
    clusters = {family.id: family.clusters for family in families}
    return tuple(msgspec.structs.replace(family, clusters=clusters[family.id]) for family in named)


def _held(risk: Risk) -> Shortfall:
    return Shortfall(HELD, (f"your consent: {risk.message}",))


def _named(cluster: Cluster, risk: Risk, evidence: Evidence) -> HeldLesson:
    (first, *_) = evidence.members((cluster,))
    return HeldLesson(
        text=line_of(first),
        reason=f"{risk.message}: stays a candidate",
        n_runs=cluster.support,
        n_tasks=cluster.task_support,
        lesson_ids=cluster.lesson_ids,
    )


def _counted_once(cluster: Cluster, duplicates: frozenset[LessonId]) -> int:
    return sum(lesson_id not in duplicates for lesson_id in cluster.lesson_ids)


class _Pen(NamedTuple):
    """Writer of the skills of one name, with links and risky characters made harmless."""

    writer: Writer
    evidence: Evidence
    known: frozenset[str]
    """Network addresses that may be links in a skill."""
    taken: frozenset[str]
    min_support: int
    risks: Mapping[ClusterId, str] = NO_RISKS
    """Accepted clusters that `t2s scan` reports, with the risk of each."""

    def write(self, family: Family, wording: Wording = PLAIN_WORDING) -> Skill:
        """Write a skill from the rules of *family*."""
        skill = self.writer.write(
            family,
            self.evidence,
            taken=self.taken,
            min_support=self.min_support,
            wording=wording,
            risks=self.risks,
        )
        files = tuple(SkillFile(path=file.path, text=defang(safe(file.text), self.known)) for file in skill.files)
        return msgspec.structs.replace(skill, files=files, description=defang(safe(skill.description), self.known))

    def marking(self, family: Family) -> "_Pen":
        """Return a pen that marks risky rules among the accepted rules of *family*."""
        wanted = [item for item in family.clusters if item.id in self.evidence.accepted]
        alone = {item.id: self.write(msgspec.structs.replace(family, clusters=(item,))) for item in wanted}
        risks = {one: risk for one, skill in alone.items() if (risk := risk_in_words(skill)) is not None}
        return self._replace(risks=risks)


class _Written(NamedTuple):
    """Skills of the families of a run, and the rules that are in none of them."""

    skills: tuple[Skill, ...]
    """Skills by support, largest first."""
    held: dict[ClusterId, Risk]
    """Rules that a scan of the text excludes from skills, each with its risk."""
    left: dict[ClusterId, Shortfall]
    """Rules of the families that are in no skill, including rules in *held*, each with the reason."""


def _written(
    families: Sequence[Family], evidence: Evidence, writer: Writer, wordings: Mapping[str, Wording], bar: Bar
) -> _Written:
    """Write the families, the best supported first."""
    taken = {family.name for family in families if family.name is not None}
    known = _known_addresses(evidence)
    skills: list[Skill] = []
    held: dict[ClusterId, Risk] = {}
    left: dict[ClusterId, Shortfall] = {}
    for family in sorted(families, key=lambda family: (-_runs(family, evidence), family.id)):
        others = frozenset(taken - {family.name})
        pen = _Pen(writer, evidence, known, others, bar.needed).marking(family)
        whole = pen.write(family, wordings.get(family.id, PLAIN_WORDING))
        allowed = evidence.accepted
        found = without_grave_findings(family, whole, pen.write, accepted=allowed, has_support=bar.has_support)
        held |= found.held
        inside = () if found.skill is None else found.skill.cluster_ids
        lost = [cluster for cluster in family.clusters if cluster.id not in inside]
        left |= {one.id: _held(held[one.id]) if one.id in held else bar.shortfall(one) for one in lost}
        if found.skill is not None:
            _check(found.skill, others)
            taken.add(found.skill.name)
            skills.append(found.skill)
    return _Written(tuple(sorted(skills, key=lambda skill: (-skill.support, skill.name))), held, left)


def _runs(family: Family, evidence: Evidence) -> int:
    return len(supporting_runs(evidence.members(family.clusters)))


def _known_addresses(evidence: Evidence) -> frozenset[str]:
    """Return network addresses that are quoted from at least two trajectories: no single run can plant a link.

    Addresses in the tasks of quoted runs, and addresses that people or agents named themselves, need only one
    trajectory.
    """
    seen: dict[str, set[str]] = {}
    for lesson in evidence.lessons.values():
        for quote in lesson.evidence:
            for url in urls(quote.text):
                seen.setdefault(url, set()).add(quote.trajectory_id)
    quoted = {quote.trajectory_id for lesson in evidence.lessons.values() for quote in lesson.evidence}
    asked = {url for run in quoted for url in urls(evidence.tasks.get(run) or "")}
    return evidence.addresses | asked | {url for url, runs in seen.items() if len(runs) >= LEAST_SUPPORT}


def _check(skill: Skill, taken: frozenset[str]) -> None:
    if skill.name in taken:
        message = f"the writer used the name {skill.name} twice"
        raise ValueError(message)
    wrong = [finding for finding in lint(source_of(skill)) if finding.severity == "error"]
    if wrong:
        first = wrong[0]
        message = f"the writer broke rule {first.rule} in {skill.name}/{first.path}:{first.line}: {first.message}"
        raise ValueError(message)
