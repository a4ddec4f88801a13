"""Text of candidates (rules in no skill) as the page of a skill would word them; the run's writer writes it."""

from collections.abc import Iterable, Mapping

from t2s_local.ports.writer import Evidence, Writer
from t2s_local.runs.finished.heads import Head
from t2s_local.runs.finished.stored import stored_lessons, stored_outlines
from t2s_local.runs.finished.worded import section_lines
from t2s_local.stages.naming.projects import project_names
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import Lesson, LessonId, supporting_runs, supporting_tasks
from t2s_local.workspace import Workspace


def candidate_words(
    workspace: Workspace, run: str, heads: Iterable[Head], writer: Writer
) -> dict[str, tuple[str, ...]]:
    """Return the lines that a page would have for each candidate, by the id of the candidate.

    Args:
        workspace: Where the run was made.
        run: Id of the run.
        heads: Rules of the run; rules that are in skills are skipped.
        writer: Writer of the run's skills.
    """
    candidates = [head for head in heads if head.lacks]
    lessons = stored_lessons(workspace, run, [one for head in candidates for one in head.lesson_ids])
    outlines = stored_outlines(workspace, run) if candidates else ()
    evidence = Evidence(
        lessons=lessons,
        outcomes={outline.id: outline.outcome for outline in outlines},
        tasks={},
        projects=project_names(outlines),
        labels={},
    )
    known = (cluster for head in candidates if (cluster := _cluster(head, lessons)) is not None)
    return {cluster.id: section_lines(writer.rule(cluster, evidence)) for cluster in known}


def _cluster(head: Head, lessons: Mapping[LessonId, Lesson]) -> Cluster | None:
    """Return the cluster of a candidate (a new one for a lesson in no cluster); None if no lesson is stored."""
    members = [lessons[one] for one in head.lesson_ids if one in lessons]
    if not members:
        return None
    return Cluster(
        id=ClusterId(head.id),
        lesson_ids=tuple(lesson.id for lesson in members),
        cohesion=1.0,
        support=len(supporting_runs(members)),
        task_support=len(supporting_tasks(members)),
    )
