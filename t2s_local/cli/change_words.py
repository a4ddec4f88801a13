"""Word the changes of a run compared with the run before it."""

import shlex
from collections.abc import Sequence

from t2s_local.runs.libraries import WrittenLibrary
from t2s_local.runs.previous import PreviousRun
from t2s_local.skills.library.library import Written
from t2s_local.stages.govern.births import MOST_BIRTHS
from t2s_local.stages.govern.rounds import WINDOW
from t2s_local.stages.group.identity import changes
from t2s_local.text.text import join_words
from t2s_local.values.cluster import Cluster

_NAMED = 8


def as_object(
    libraries: Sequence[WrittenLibrary], clusters: tuple[Cluster, ...], before: PreviousRun
) -> dict[str, object]:
    """Return the changes of skills and clusters for JSON output; skills by library if there are several."""
    written = {item.folder: item.written for item in libraries}
    one = next(iter(written.values())) if len(written) == 1 else written
    return {"skills": one, "clusters": changes(clusters, before.clusters)}


def change_lines(
    libraries: Sequence[WrittenLibrary], clusters: tuple[Cluster, ...], before: PreviousRun, *, verbose: bool
) -> list[str]:
    """Return lines on the changes of skills and, if *verbose*, of clusters; none if there was no earlier run."""
    lines = []
    for item in libraries:
        lines += _skill_lines(item.written, item.folder, is_named=len(libraries) > 1)
    if verbose and before.clusters:
        found = changes(clusters, before.clusters)
        counts = {"new": found.new, "changed": found.changed, "gone": found.gone, "as they were": found.unchanged}
        lines.append(f"Clusters: {join_words([f'{len(ids)} {word}' for word, ids in counts.items()])}.")
    return lines


def _skill_lines(written: Written, folder: str, *, is_named: bool) -> list[str]:
    lines = []
    fates = {
        "new": written.added,
        "changed": written.changed,
        "merged with your edits": written.merged,
        "yours, left as they are": (*written.kept, *written.proposed, *written.moved),
        "deprecated": written.deprecated,
        "set aside by `t2s govern`": written.retired,
        "new and waiting": written.waiting,
    }
    if is_named or written.unchanged or any(names for word, names in fates.items() if word != "new"):
        parts = [_named(names, word) for word, names in fates.items()]
        same = len(written.unchanged)
        said = join_words(filter(None, [*parts, f"{same} as {'it was' if same == 1 else 'they were'}" if same else ""]))
        lines.append(f"Skills{f' in {folder}' if is_named else ''}: {said}.")
    return [*lines, *_advice(written, folder)]


def _advice(written: Written, folder: str) -> list[str]:
    """Return lines that name the command for waiting versions, and the folder of skills set aside."""
    library = shlex.quote(folder)
    lines = [
        f"A new version of {name} waits, because it and your edits do not go together:"
        f" `t2s library diff {library}/{name}` shows it, `t2s library history {library}/{name}` has its number."
        for name in written.proposed[:_NAMED]
    ]
    if written.waiting:
        lines.append(
            f"New skills wait, because this library is judged by its use and gets {MOST_BIRTHS} new skills in"
            f" {WINDOW} judged runs: `t2s review {library} --list` shows them."
        )
    if written.deprecated or written.retired:
        lines.append(
            f"Skills set aside are no longer beside the others; `t2s library rollback {library}/NAME` brings one back."
        )
    return lines


def _named(names: tuple[str, ...], word: str) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} {word} ({', '.join(names[:_NAMED])}{more})"
