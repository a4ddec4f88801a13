"""What a run changed beside the one before it: clusters keep their ids, and what became of each is said."""

from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.runs.result import line_of
from t2s_local.skills.folder import Written
from t2s_local.stages.group.identity import Changes, changes
from t2s_local.text.text import join_words
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.workspace import Workspace

_NAMED = 8


class Standing(msgspec.Struct, frozen=True):
    """What the newest finished run left behind."""

    clusters: Mapping[ClusterId, tuple[LessonId, ...]] = {}
    lines: Mapping[LessonId, str] = {}
    """What each lesson says; nothing where no text was kept."""

    def known_to(self, lessons: Iterable[Lesson]) -> Mapping[ClusterId, tuple[LessonId, ...]]:
        """Its clusters, with the lesson that says the same today in the place of one that is no more.

        What only many runs show is counted anew whenever runs are added, and is another lesson in the same words.
        """
        today = {line_of(lesson): lesson.id for lesson in sorted(lessons, key=lambda lesson: lesson.id, reverse=True)}
        return {
            cluster: tuple(today.get(self.lines.get(one, ""), one) for one in members)
            for cluster, members in self.clusters.items()
        }


class _Result(msgspec.Struct, frozen=True):
    """The part of a stored result that is looked at."""

    clusters: tuple[Cluster, ...] = ()
    lessons: dict[LessonId, str] = {}


def standing(workspace: Workspace) -> Standing:
    """What the newest finished run left; nothing where there is none that this version can read."""
    whole = [run for run in workspace.ledger if run.is_whole and run.result is not None and run.finished is not None]
    if not whole:
        return Standing()
    newest = max(whole, key=lambda run: (run.finished or 0.0, run.id))
    try:
        found = msgspec.json.decode(newest.result or b"", type=_Result)
    except msgspec.DecodeError:
        return Standing()
    return Standing(clusters={item.id: item.lesson_ids for item in found.clusters}, lines=found.lessons)


def as_object(written: Written, clusters: tuple[Cluster, ...], before: Standing) -> dict[str, Written | Changes]:
    """What became of skills and clusters, for JSON."""
    return {"skills": written, "clusters": changes(clusters, before.clusters)}


def told(written: Written, clusters: tuple[Cluster, ...], before: Standing) -> list[str]:
    """What became of skills and clusters, one line each; nothing where there was nothing before."""
    lines = []
    if written.unchanged or written.changed or written.removed:
        parts = [_named(written.added, "new"), _named(written.changed, "changed"), _named(written.removed, "removed")]
        lines.append(f"Skills: {join_words([*filter(None, parts), f'{len(written.unchanged)} as they were'])}.")
    if before.clusters:
        found = changes(clusters, before.clusters)
        counts = {"new": found.new, "changed": found.changed, "gone": found.gone, "as they were": found.unchanged}
        lines.append(f"Clusters: {join_words([f'{len(ids)} {word}' for word, ids in counts.items()])}.")
    return lines


def _named(names: tuple[str, ...], word: str) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} {word} ({', '.join(names[:_NAMED])}{more})"
