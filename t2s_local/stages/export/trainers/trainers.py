"""Export recorded runs as files for trainers: read, redact, turn into rows, redact again, and write with a manifest."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import InputError, NothingFoundError, T2SError
from t2s_local.files import reason_of, write_atomic
from t2s_local.safety.redaction.guard import Guard
from t2s_local.safety.redaction.names import machine_names
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.safety.redaction.sanitise import sanitise
from t2s_local.skills.source import SkillSource
from t2s_local.stages.export.trainers.rows import Kind, Rows
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.read_all import read
from t2s_local.text.text import join_words
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value
from t2s_local.version import __version__

DATASETS: dict[Kind, str] = {
    "pairs": "preference, conversational",
    "steps": "stepwise supervision",
    "prefixes": "prompt-completion, conversational",
    "distillation": "prompt-completion, conversational",
}
"""Kind of rows to TRL's name for a dataset with these columns."""


class ExportManifest(Value, frozen=True, kw_only=True):
    """Description of a file of exported rows."""

    kind: Kind
    dataset: str
    """TRL's name for datasets with these columns; the trainers of TRL ignore further columns."""
    file: str
    sha256: str
    rows: int
    runs: int
    """Number of runs that were read."""
    left_out: dict[str, int]
    """Reason to the number of runs, pairs or steps that are in no row."""
    contexts_cut: int
    """Number of rows whose context was shortened in its middle, to 24,000 characters."""
    redactions: dict[str, int]
    """Redaction rule to the number of places where private data was replaced."""
    skill: str | None
    trained: bool
    """Always false: nothing was trained on these rows, and the effect of training on them is unknown."""
    level: str
    """Always L0: the rows describe recordings."""
    version: str


class Exported(NamedTuple):
    """Rows as bytes of JSON lines, with their manifest and a report on the files that could not be read."""

    lines: bytes
    manifest: ExportManifest
    report: Report


def export_rows(
    kind: Kind,
    paths: Sequence[Path],
    make: Callable[[Sequence[Trajectory]], Rows],
    *,
    labels: Path | None = None,
    source: SkillSource | None = None,
) -> Exported:
    """Read all runs at or below *paths*, and turn them into rows without secrets and personal data.

    Args:
        kind: The kind of rows.
        paths: Files and folders.
        make: Turns redacted runs into rows.
        labels: A file or folder with the outcomes of runs; its labels outrank the outcomes that the runs record.
        source: The skill that the rows are about; None if they are about no single skill.

    Raises:
        InputError: one of *paths* or *labels* does not exist, or *labels* contains no label.
        NothingFoundError: there are no rows; the message counts the reasons.
    """
    found = read(paths, labels=labels)
    cleaned = sanitise(found.trajectories, names=machine_names())
    rows, left_out, n_cut = make(cleaned.trajectories)
    if not rows and not found.report.quarantined:
        message = f"no row for {kind}: {_reasons(left_out) or f'no trajectory in {found.report.seen}'}"
        raise NothingFoundError(
            message,
            path=join_words(map(str, paths)),
            hint="`t2s read` shows what there is; --labels names a file that says how runs ended.",
        )
    guard = Guard(shipped_redactor())
    lines = b"".join(guard.json(msgspec.json.encode(row)) + b"\n" for row in rows)
    manifest = ExportManifest(
        kind=kind,
        dataset=DATASETS[kind],
        file=f"{kind}.jsonl",
        sha256=hashlib.sha256(lines).hexdigest(),
        rows=len(rows),
        runs=len(found.trajectories),
        contexts_cut=n_cut,
        left_out=dict(sorted(left_out.items())),
        redactions={**cleaned.redactions, **guard.counts},
        skill=None if source is None else source.name,
        trained=False,
        level="L0",
        version=__version__,
    )
    return Exported(lines, manifest, found.report)


def write_export(exported: Exported, folder: Path, *, replace: bool) -> None:
    """Write the rows and their manifest to *folder*.

    Raises:
        T2SError: a different file of the same name exists and *replace* is not set, or *folder* cannot be written to.
    """
    name = exported.manifest.file
    manifest = msgspec.json.format(msgspec.json.encode(exported.manifest), indent=2) + b"\n"
    files = {folder / name: exported.lines, folder / f"{exported.manifest.kind}.manifest.json": manifest}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        different = [path for path, data in files.items() if path.exists() and path.read_bytes() != data]
    except OSError as error:
        raise InputError(reason_of(error), path=error.filename or folder) from error
    if different and not replace:
        message = "another file of this name is there"
        raise T2SError(message, path=different[0], hint="--replace writes over it.")
    for path, data in files.items():
        write_atomic(path, data)


def _reasons(left_out: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items()) if count)
