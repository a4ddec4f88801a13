"""Stage that writes a throw-away skill for one task: it applies the stages of the main job to the most similar runs."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from t2s_local.ports.services import Progress, TrajectoryStore
from t2s_local.ports.tools import Tools
from t2s_local.ports.writer import Evidence
from t2s_local.safety.characters import safe
from t2s_local.safety.links import defang
from t2s_local.skills.source import MAIN
from t2s_local.stages.compose.independence import origins
from t2s_local.stages.compose.scanned import risks_of, without_grave_findings
from t2s_local.stages.extract.addresses import own_addresses
from t2s_local.stages.extract.extract import extract
from t2s_local.stages.extract.grounding import ground
from t2s_local.stages.extract.judge import judge
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.intake.intake import Intake
from t2s_local.stages.naming.harnesses.harnesses import harnesses_of
from t2s_local.stages.naming.projects import project_names
from t2s_local.stages.use.synth.cards import Card, CountTokens, card_of, withheld
from t2s_local.stages.use.synth.course import ANALYST as COURSE
from t2s_local.stages.use.synth.course import lessons_of, speaks
from t2s_local.stages.use.synth.nearest import NearRun, PastRun, Target, nearest, own_runs
from t2s_local.stages.use.synth.page import CARDS, name_of, throw_away
from t2s_local.text.text import clip, normalise, squeeze
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.lesson import Extraction, HeldLesson, Lesson, LessonId, line_of, supporting_runs, supporting_tasks
from t2s_local.values.skill import Skill, SkillFile
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.values.value import Value, digest

_LONGEST_TASK = 4_000
"""Characters of a task that are embedded: the beginning of a task says what the task is about."""
_LEAST_SUPPORT = 2
SPEAKS = "run whose course is not shown: a tool result speaks to the agent"


class Synthesis(Value, frozen=True, kw_only=True):
    """Result of writing a throw-away skill."""

    skill: Skill | None
    """The skill; None if no lesson was found in the chosen runs."""
    cards: tuple[Card, ...]
    """Cards of the chosen runs, the nearest first."""
    n_pool: int
    """Number of runs that could be chosen: all runs that were read, without runs of the task itself."""
    n_own: int
    """Number of runs of the task itself, or copies of such runs, which were left out."""
    held: tuple[HeldLesson, ...] = ()
    """Lessons with a risky action, which no skill contains without a person's consent."""
    losses: tuple[Loss, ...] = ()
    """Counts of everything that the stages refused, with the reasons."""


def synthesise(
    target: Target,
    intake: Intake,
    tools: Tools,
    *,
    k: int,
    shelf: TrajectoryStore,
    count: CountTokens,
    progress: Progress,
) -> Synthesis:
    """Write a skill for the task of *target* from the *k* runs of *intake* with the most similar tasks.

    Nothing of the task's own runs reaches the analyst, and a model is asked about the chosen runs alone. Lessons that
    code finds may be based on the whole pool, but only their evidence from the chosen runs is kept.

    Args:
        target: The task.
        intake: The result of reading the recordings.
        tools: The plug-ins.
        k: Number of runs, at least 1.
        shelf: Store of the trajectories.
        count: Returns the number of tokens of a text.
        progress: Receives the progress.

    Raises:
        InterruptedRunError: the user wants the work to stop.
        ModelError: a model cannot be run.
    """
    corpus = intake.corpus(shelf)
    every = [_past(outline, corpus) for outline in intake.outlines]
    own = own_runs(target, every)
    pool = [run for run in every if run.id not in own]
    if not pool:
        return Synthesis(skill=None, cards=(), n_pool=0, n_own=len(own))
    vectors = tools.embedder.embed([_embedded(target.text), *(_embedded(run.task) for run in pool)])
    chosen = nearest(pool, vectors[0], vectors[1:], k=k)
    wanted = frozenset(TrajectoryId(run.id) for run in chosen)
    others = msgspec.structs.replace(intake, outlines=tuple(one for one in intake.outlines if one.id not in own))
    kept = msgspec.structs.replace(intake, outlines=tuple(one for one in intake.outlines if one.id in wanted))
    near = kept.corpus(shelf)
    extracted = extract(
        others.corpus(shelf),
        tools.analyst,
        memory=shelf,
        progress=progress,
        redaction=intake.redaction_digest,
        unasked=frozenset(one.id for one in others.outlines) - wanted,
    )
    tasks = {run.id: run.task for run in pool}
    shown = Extraction(lessons=tuple(one for run in sorted(wanted) for one in lessons_of(near[run], tasks[run])))
    silent = Loss(stage="synth", reason=SPEAKS, count=sum(speaks(near[run]) for run in wanted))
    seen = [one for lesson in extracted.lessons if (one := _within(lesson, wanted, near)) is not None]
    judged = judge((*seen, *ground(shown, near).lessons), near)
    cards = _cards(chosen, tasks, kept.outlines, judged.lessons, target, tools, count)
    lessons = tuple({lesson.id: lesson for card in cards for lesson in card.lessons}.values())
    evidence = Evidence(
        lessons={lesson.id: lesson for lesson in lessons},
        outcomes={run.id: run.outcome for run in kept.outlines},
        tasks={run.id: run.task for run in kept.outlines},
        origins=origins(kept.outlines),
        projects=project_names(kept.outlines),
        harnesses=harnesses_of(kept.outlines),
        tools={run.id: run.tools for run in kept.outlines if run.tools},
        days={run.id: run.day for run in kept.outlines if run.day is not None},
        labels={},
        addresses=own_addresses(lessons, near),
    )
    written, held = _written(target.text, lessons, evidence, tools)
    if written is not None:
        cards = tuple(withheld(card) if _is_grave(card, written) else card for card in cards)
    skill = None if written is None else throw_away(written, target.text, cards, n_pool=len(pool))
    return Synthesis(
        skill=None if skill is None else _harmless(skill, evidence.addresses),
        cards=cards,
        n_pool=len(pool),
        n_own=len(own),
        held=tuple(sorted((*judged.held, *held))),
        losses=tally((*extracted.losses, *judged.losses, *([silent] if silent.count else []))),
    )


def _past(outline: Outline, corpus: Mapping[TrajectoryId, Trajectory]) -> PastRun:
    """Return a run with its task, or with its first request if the recording states no task."""
    return PastRun(
        id=outline.id,
        task=outline.task or _request(corpus[outline.id]),
        task_id=outline.task_id,
        conversations=tuple(name for name in (outline.session, outline.parent) if name),
    )


def _request(run: Trajectory) -> str:
    return next((step.text for step in run.steps if step.kind == "user" and step.text.strip()), "")


def _embedded(task: str) -> str:
    return squeeze(task[:_LONGEST_TASK])


def _within(
    lesson: Lesson, runs: frozenset[TrajectoryId], trajectories: Mapping[TrajectoryId, Trajectory]
) -> Lesson | None:
    """Return *lesson* with only the evidence from *runs*; None if the lesson quotes none of these runs."""
    evidence = tuple(quote for quote in lesson.evidence if quote.trajectory_id in runs)
    if not evidence:
        return None
    behind = tuple(run for run in lesson.trajectory_ids if run in runs)
    tasks = tuple(sorted({trajectories[run].task_id or str(run) for run in behind}))
    return msgspec.structs.replace(lesson, evidence=evidence, trajectory_ids=behind, task_ids=tasks)


def _cards(
    chosen: Sequence[NearRun],
    tasks: Mapping[str, str],
    outlines: Sequence[Outline],
    lessons: Sequence[Lesson],
    target: Target,
    tools: Tools,
    count: CountTokens,
) -> tuple[Card, ...]:
    """Return the cards of the chosen runs; each card lists the lessons most useful for the task first."""
    outcomes = {run.id: run.outcome for run in outlines}
    vectors = tools.embedder.embed([_embedded(target.text), *(lesson.signature for lesson in lessons)])
    scores = {lesson.id: float(row @ vectors[0]) for lesson, row in zip(lessons, vectors[1:], strict=True)}
    ranked = sorted(
        lessons,
        key=lambda lesson: (not lesson.is_said, lesson.analyst == COURSE, -round(scores[lesson.id], 6), lesson.id),
    )
    return tuple(
        card_of(
            run.id,
            task=clip(squeeze(tasks[run.id]), 600),
            outcome=outcomes[TrajectoryId(run.id)],
            similarity=run.similarity,
            lessons=_distinct(lesson for lesson in ranked if run.id in lesson.trajectory_ids),
            count=count,
        )
        for run in chosen
    )


def _distinct(lessons: Iterator[Lesson]) -> list[Lesson]:
    """Return *lessons* without lessons that say the same as an earlier lesson."""
    found: dict[str, Lesson] = {}
    for lesson in lessons:
        found.setdefault(normalise(lesson.signature), lesson)
    return list(found.values())


def _written(
    task: str, lessons: Sequence[Lesson], evidence: Evidence, tools: Tools
) -> tuple[Skill | None, list[HeldLesson]]:
    """Let the writer word the lessons; return the skill, and the rules that a scan of the text excludes."""
    if not lessons:
        return None, []
    family = Family(id=digest("synth", task), clusters=_clusters(lessons), name=name_of(task))
    wording = {one.id: words for one, words in tools.writer.word([family], evidence)}.get(family.id)

    def write(part: Family) -> Skill:
        return tools.writer.write(part, evidence, taken=frozenset(), min_support=_LEAST_SUPPORT)

    whole = write(family)
    if wording is not None:
        whole = tools.writer.write(family, evidence, taken=frozenset(), min_support=_LEAST_SUPPORT, wording=wording)
    found = without_grave_findings(family, whole, write, accepted=(), has_support=lambda _: True)
    held = [
        HeldLesson(
            text=line_of(evidence.members((cluster,))[0]),
            reason=f"{risk.message}: left out",
            n_runs=cluster.support,
            n_tasks=cluster.task_support,
            lesson_ids=cluster.lesson_ids,
        )
        for cluster in family.clusters
        if (risk := found.held.get(cluster.id)) is not None
    ]
    return found.skill, held


def _is_grave(card: Card, skill: Skill) -> bool:
    """Return whether `t2s scan` reports a grave finding if the card is a file of *skill*."""
    files = (*(file for file in skill.files if file.path == MAIN), SkillFile(path=CARDS, text=card.text))
    return any(risk.path == CARDS for risk in risks_of(msgspec.structs.replace(skill, files=files)))


def _clusters(lessons: Sequence[Lesson]) -> tuple[Cluster, ...]:
    """Return one cluster for each distinct statement, the best supported first, then in the order of *lessons*."""
    groups: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        groups.setdefault(normalise(lesson.signature), []).append(lesson)
    found = []
    for place, (signature, group) in enumerate(groups.items()):
        first, *others = [lesson.id for lesson in group]
        found.append(
            Cluster(
                id=ClusterId(f"{place:04}-{digest('synth', signature)}"),
                lesson_ids=(first, *sorted(LessonId(one) for one in others)),
                cohesion=1.0,
                support=len(supporting_runs(group)),
                task_support=len(supporting_tasks(group)),
            )
        )
    return tuple(sorted(found, key=lambda cluster: (-cluster.support, cluster.id)))


def _harmless(skill: Skill, known: frozenset[str]) -> Skill:
    """Return *skill* with links deactivated unless somebody named their address, and without invisible characters."""
    files = tuple(SkillFile(path=file.path, text=defang(safe(file.text), known)) for file in skill.files)
    return msgspec.structs.replace(skill, files=files, description=defang(safe(skill.description), known))
