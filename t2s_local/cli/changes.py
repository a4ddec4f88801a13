"""What a run changed beside the one before it: clusters keep their ids, and what became of each is said."""

from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.skills.folder import Written
from t2s_local.stages.grow import Changes, changes
from t2s_local.text import join_words
from t2s_local.types import Cluster, ClusterId, LessonId, Skill
from t2s_local.workspace import Workspace

_NAMED = 8


class Standing(msgspec.Struct, frozen=True):
    """What the newest finished run left behind."""

    clusters: Mapping[ClusterId, tuple[LessonId, ...]] = {}
    names: Mapping[str, tuple[str, ...]] = {}
    """Lessons of each skill."""


class _Result(msgspec.Struct, frozen=True):
    """The part of a stored result that is looked at."""

    clusters: tuple[Cluster, ...] = ()
    names: dict[str, tuple[str, ...]] = {}


class SkillChanges(Written, frozen=True, kw_only=True):
    """Names of the skills by what became of them; each sorted."""

    recounted: tuple[str, ...]
    """Those that say the same by the same lessons, among another number of runs."""


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
    return Standing(clusters={item.id: item.lesson_ids for item in found.clusters}, names=found.names)


def skill_changes(written: Written, skills: Iterable[Skill], before: Standing) -> SkillChanges:
    """Tell skills of which only the number of runs looked at changed from those that new evidence touched."""
    lessons = {skill.name: sorted(skill.lesson_ids) for skill in skills}
    same = {name for name in written.changed if sorted(before.names.get(name, ())) == lessons[name]}
    return SkillChanges(
        added=written.added,
        changed=tuple(name for name in written.changed if name not in same),
        recounted=tuple(name for name in written.changed if name in same),
        unchanged=written.unchanged,
        removed=written.removed,
    )


def as_object(written: SkillChanges, clusters: tuple[Cluster, ...], before: Standing) -> dict[str, Written | Changes]:
    """What became of skills and clusters, for JSON."""
    return {"skills": written, "clusters": changes(clusters, before.clusters)}


def told(written: SkillChanges, clusters: tuple[Cluster, ...], before: Standing) -> list[str]:
    """What became of skills and clusters, one line each; nothing where there was nothing before."""
    lines = []
    if written.unchanged or written.changed or written.recounted or written.removed:
        parts = [_named(written.added, "new"), _named(written.changed, "changed"), _named(written.removed, "removed")]
        if written.recounted:
            parts.append(f"{len(written.recounted)} the same among another number of runs")
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
