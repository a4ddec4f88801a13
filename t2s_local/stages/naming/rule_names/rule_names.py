"""Names for the subjects of rules, and terms of lessons and tasks, computed once a run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from t2s_local.ports.writer import Background
from t2s_local.stages.naming.subjects import Asked, asked_in, plain, subjects, term_texts, terms_in
from t2s_local.values.cluster import Cluster
from t2s_local.values.lesson import Lesson, LessonId, supporting_runs
from t2s_local.values.trajectory import TrajectoryId

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")
TASK_WORTH = 0.3
"""Worth (quality, in (0, 1]) of a name derived from a verb and its object in a task."""
_TASK_CHARACTERS = 1_000
_MOST_TASKS = 5
_MOST_KEPT = 65_536
"""Most lessons, tasks or texts whose names are kept; beyond that they are computed anew."""


class NameCoverage(NamedTuple):
    """Fit of a name to the rules that it is to cover."""

    worth: float
    """Quality of names of this kind, in (0, 1]."""
    share: float
    """Share of the runs that the name covers."""


class ClusterNames(NamedTuple):
    """Names of one rule."""

    worths: dict[str, float]
    """Name to the quality of names of its kind, in (0, 1]."""
    n_runs: dict[str, int]
    """Name to the number of runs with a lesson that the name is derived from."""
    n_all: int
    """Number of all runs of the rule."""
    coverage: dict[str, NameCoverage]
    """Name to the share of the rule's own runs that the name covers."""


class RuleNames:
    """Names by cluster, and terms by lesson and task; each is computed at its first use."""

    def __init__(self) -> None:
        """Start without names."""
        self._clusters: dict[tuple[LessonId, ...], ClusterNames] = {}
        self._coverages: dict[tuple[tuple[LessonId, ...], ...], dict[str, NameCoverage]] = {}
        self._subjects: dict[LessonId, Mapping[str, float]] = {}
        self._equal: dict[tuple[tuple[str, float], ...], Mapping[str, float]] = {}
        self._terms: dict[LessonId, frozenset[str]] = {}
        self._terms_in: dict[tuple[str, str], frozenset[str]] = {}
        self._asked: dict[str, Asked] = {}
        self._asked_in: dict[str, Asked] = {}

    def coverage(self, clusters: Sequence[Cluster], background: Background) -> Mapping[str, NameCoverage]:
        """Return names for the subject of *clusters*, with the share of their runs that each name covers.

        A run counts once for every cluster it supports: a name must cover the rules, not only the runs.
        """
        if len(clusters) == 1:
            return self.of(clusters[0], background).coverage
        rules = tuple(cluster.lesson_ids for cluster in clusters)
        known = self._coverages.get(rules)
        if known is None:
            known = self.sum(clusters, background)
            _keep(self._coverages, rules, known)
        return known

    def sum(self, clusters: Sequence[Cluster], background: Background) -> dict[str, NameCoverage]:
        """Compute the coverage of *clusters* from the names of each."""
        worths: dict[str, float] = {}
        covered: Counter[str] = Counter()
        total = 0
        for cluster in clusters:
            own = self.of(cluster, background)
            for name, worth in own.worths.items():
                worths[name] = max(worth, worths.get(name, 0.0))
                covered[name] += own.n_runs[name]
            total += own.n_all
        return {name: NameCoverage(worth, covered[name] / total) for name, worth in worths.items()}

    def of(self, cluster: Cluster, background: Background) -> ClusterNames:
        """Return the names of one rule; *background* must always have the same lessons and tasks for it."""
        known = self._clusters.get(cluster.lesson_ids)
        if known is None:
            known = self._clusters[cluster.lesson_ids] = self._names(background.members((cluster,)), background)
        return known

    def subjects(self, lesson: Lesson) -> Mapping[str, float]:
        """Return names for the subject of *lesson*, each with its worth; lessons with equal names share one mapping."""
        known = self._subjects.get(lesson.id)
        if known is None:
            found = subjects(lesson)
            names = tuple(found.items())
            known = self._equal.get(names, found)
            _keep(self._equal, names, known)
            _keep(self._subjects, lesson.id, known)
        return known

    def terms(self, lesson: Lesson) -> frozenset[str]:
        """Return the terms of a lesson's words and of the code it names."""
        known = self._terms.get(lesson.id)
        if known is None:
            texts = term_texts(lesson)  # Many lessons differ only in details, which these texts leave out.
            known = self._terms_in[texts] if texts in self._terms_in else terms_in(*texts)
            _keep(self._terms_in, texts, known)
            _keep(self._terms, lesson.id, known)
        return known

    def asked(self, task: str) -> Asked:
        """Return the names in the text of a task."""
        known = self._asked.get(task)
        if known is None:
            text = plain(task)
            known = self._asked_in[text] if text in self._asked_in else asked_in(text)
            _keep(self._asked_in, text, known)
            _keep(self._asked, task, known)
        return known

    def asked_of(self, run: TrajectoryId, background: Background) -> Asked:
        """Return the names in the first 1,000 characters of the task of a run."""
        return self.asked((background.tasks.get(run) or "")[:_TASK_CHARACTERS])

    def _names(self, lessons: Sequence[Lesson], background: Background) -> ClusterNames:
        worths: dict[str, float] = {}
        runs: dict[str, set[TrajectoryId]] = {}
        for lesson in lessons:
            for name, worth in self._of_lesson(lesson, background):
                worths[name] = max(worth, worths.get(name, 0.0))
                runs.setdefault(name, set()).update(lesson.trajectory_ids)
        n_runs, n_all = {name: len(behind) for name, behind in runs.items()}, len(supporting_runs(lessons))
        coverage = {name: NameCoverage(worth, n_runs[name] / n_all) for name, worth in worths.items()}
        return ClusterNames(worths, n_runs, n_all, coverage)

    def _of_lesson(self, lesson: Lesson, background: Background) -> list[tuple[str, float]]:
        runs = lesson.trajectory_ids[:_MOST_TASKS]
        spoken = [(name, TASK_WORTH) for run in runs for name in self.asked_of(run, background).pairs]
        return [*self.subjects(lesson).items(), *spoken]


def _keep(kept: dict[_Key, _Kept], key: _Key, value: _Kept) -> None:
    """Keep *value*; if too many values are kept already, forget all of them first."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = value
