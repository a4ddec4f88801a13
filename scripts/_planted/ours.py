"""Our pipeline on planted lessons and on planted runs, with what came out named by what was planted."""

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from _planted.catalogue import Entry, entries
from _planted.lessons import Planted
from _planted.render import FORMATS
from _planted.runs import Occurrence, Run, make_runs
from t2s_local import registry
from t2s_local.ports.grouping import Clusterer, Embedder
from t2s_local.ports.services import Silent
from t2s_local.ports.writer import Background, Evidence
from t2s_local.stages.compose.compose import compose
from t2s_local.stages.extract.grounding import is_grounded
from t2s_local.stages.group.cluster import cluster
from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.group import group as group_lessons
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_all
from t2s_local.stages.naming.naming import labels
from t2s_local.text.text import words
from t2s_local.values.cluster import Clustering
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.values.trajectory import Trajectory, TrajectoryId

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BROAD = frozenset(words("assertion attribute error errors index key name os python runtime script scripts type value"))


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What the pipeline made of planted runs; shares in [0, 1]."""

    lesson_recall: float
    """Of the planted lessons three runs solved, those that a cluster of lessons stands for."""
    lesson_precision: float
    """Of the lessons found, those whose quotes belong to one planted lesson."""
    quote_accuracy: float
    """Of the quotes, those that stand verbatim in the step they name."""
    named: float
    """Of the skills, those whose name holds a word of the lesson most of their evidence is about, or of its error."""
    n_lessons: int
    n_skills: int


def group(planted: Planted, vectors: object, clusterer: Clusterer) -> tuple[list[int | None], Clustering, Unique]:
    """Dedupe and cluster planted lessons: one label each, None for loose."""
    unique = dedupe(planted.lessons, vectors)  # type: ignore[arg-type]
    known = {lesson.id: lesson for lesson in planted.lessons}
    found = cluster(unique, vectors[list(unique.rows)], lessons=known, clusterer=clusterer)  # type: ignore[index]
    labels: dict[LessonId, int] = {}
    for label, item in enumerate(found.clusters):
        for kept in item.lesson_ids:
            labels |= dict.fromkeys((kept, *unique.absorbed.get(kept, ())), label)
    return [labels.get(lesson.id) for lesson in planted.lessons], found, unique


def support_error(planted: Planted, labels: Sequence[int | None], found: Clustering) -> float:
    """Mean relative error of the support of a planted lesson's largest cluster, over lessons of three runs or more."""
    runs: defaultdict[str, set[str]] = defaultdict(set)
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for name, label, run in zip(planted.truth, labels, planted.runs, strict=True):
        runs[name].add(run)
        if label is not None:
            counts[name][label] += 1
    errors = []
    for name, behind in runs.items():
        if len(behind) >= 3:
            best = counts[name].most_common(1)
            support = found.clusters[best[0][0]].support if best else 0
            errors.append(min(1.0, abs(support - len(behind)) / len(behind)))
    return sum(errors) / len(errors) if errors else 0.0


def learn(n_runs: int, *, seed: int, form: str, embedder: Embedder, clusterer: Clusterer) -> Learned:
    """Write planted runs, read them back, and take them all the way to skills."""
    runs = list(make_runs(n_runs, seed=seed))
    trajectories, truth = _read_back(runs, form)
    lessons = extract_mined(trajectories)
    subjects = {lesson.id: subject_of(lesson, truth) for lesson in lessons}
    background = Background(
        lessons={lesson.id: lesson for lesson in lessons},
        outcomes={item.id: item.outcome for item in trajectories},
        tasks={item.id: item.task for item in trajectories},
    )
    grouped = group_lessons(background, embedder, clusterer, Silent())
    found = grouped.clustering
    evidence = Evidence(**msgspec.structs.asdict(background), labels=labels(found.clusters, background))
    writer = registry.load("t2s_local.writers", "template").load()
    skills = compose(grouped.families, evidence, writer, min_support=3, names={}).skills
    solved = Counter(one.lesson for run in runs for one in run.occurrences if one.is_solved)
    wanted = {lesson for lesson, count in solved.items() if count >= 3}
    reached = {most_common(subjects[one] for one in item.lesson_ids) for item in found.clusters}
    quotes = [quote for lesson in lessons for quote in lesson.evidence]
    by_id = {item.id: item for item in trajectories}
    return Learned(
        lesson_recall=len(wanted & reached) / max(1, len(wanted)),
        lesson_precision=sum(one is not None for one in subjects.values()) / max(1, len(lessons)),
        quote_accuracy=sum(is_grounded(quote, by_id) for quote in quotes) / max(1, len(quotes)),
        named=_named([(skill.name, skill.lesson_ids) for skill in skills], subjects),
        n_lessons=len(lessons),
        n_skills=len(skills),
    )


def planted_runs(
    n_runs: int, *, seed: int, form: str = "native"
) -> tuple[Sequence[Trajectory], Mapping[TrajectoryId, Sequence[Occurrence]]]:
    """Write planted runs and read them back: the trajectories, and what each of them teaches."""
    return _read_back(list(make_runs(n_runs, seed=seed)), form)


def _read_back(
    runs: Sequence[Run], form: str
) -> tuple[Sequence[Trajectory], Mapping[TrajectoryId, Sequence[Occurrence]]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for run in runs:
            (folder / f"{run.name}.jsonl").write_text(FORMATS[form](run), "utf-8")
        trajectories = read([folder]).trajectories
    taught = {run.name: run.occurrences for run in runs}
    return trajectories, {item.id: taught[Path(item.source).stem] for item in trajectories}


def extract_mined(trajectories: Sequence[Trajectory]) -> list[Lesson]:
    analyst = registry.load("t2s_local.analysts", "mined").load()
    units = analyst.plan(slice_all(trajectories))
    found = {lesson.id: lesson for _, extraction in analyst.analyse(units) for lesson in extraction.lessons}
    return [found[one] for one in sorted(found)]


def subject_of(lesson: Lesson, truth: Mapping[TrajectoryId, Sequence[Occurrence]]) -> str | None:
    """The planted lesson most quotes of *lesson* belong to; None where that is not most of them."""
    votes: Counter[str] = Counter()
    for quote in lesson.evidence:
        for occurrence in truth[quote.trajectory_id]:
            if any(quote.text in text or text in quote.text for text in occurrence.texts if text):
                votes[occurrence.lesson] += 1
                break
    best = votes.most_common(1)
    return best[0][0] if best and 2 * best[0][1] > len(lesson.evidence) else None


def most_common(names: Iterable[str | None]) -> str | None:
    """Return the name that more than half of *names* are; None where there is none."""
    counts = Counter(names)
    name, count = counts.most_common(1)[0]
    return name if 2 * count > counts.total() else None


def _vocabulary(entry: Entry) -> set[str]:
    """Words of a planted lesson, of its commands and of its error, but not of errors that anything can raise."""
    texts = (entry.id.replace("/", " ").replace("-", " "), *entry.when, *entry.do, entry.fail, entry.fix)
    return set(words(" ".join((*texts, " ".join(_CAMEL.findall(entry.error)))))) - _BROAD


def _named(skills: Sequence[tuple[str, Sequence[LessonId]]], subjects: Mapping[LessonId, str | None]) -> float:
    vocabulary = {entry.id: _vocabulary(entry) for entry in entries()}
    good = 0
    for name, lesson_ids in skills:
        main = Counter(subjects.get(one) for one in lesson_ids).most_common(1)[0][0]
        parts = {part.rstrip("0123456789") for part in name.split("-")}
        about = vocabulary.get(main or "", set())
        good += any(part in about or part.removesuffix("ing") in about for part in parts if len(part) > 2)
    return good / len(skills) if skills else 0.0
