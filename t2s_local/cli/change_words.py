"""Words for what a run changed beside the one before it."""

from t2s_local.runs.previous import PreviousRun
from t2s_local.skills.folder import Written
from t2s_local.stages.group.identity import Changes, changes
from t2s_local.text.text import join_words
from t2s_local.values.cluster import Cluster

_NAMED = 8


def as_object(written: Written, clusters: tuple[Cluster, ...], before: PreviousRun) -> dict[str, Written | Changes]:
    """What became of skills and clusters, for JSON."""
    return {"skills": written, "clusters": changes(clusters, before.clusters)}


def change_lines(written: Written, clusters: tuple[Cluster, ...], before: PreviousRun) -> list[str]:
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
