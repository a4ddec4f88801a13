"""What the command line asks for, and what identifies it."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
import msgspec

from t2s_local import __version__
from t2s_local.errors import InputError, T2SError, UsageError
from t2s_local.files import file_digest, files_under
from t2s_local.runs.manifest import Manifest, differences, manifest
from t2s_local.safety.redaction.guard import Guard, GuardedAnalyst, GuardedWriter
from t2s_local.safety.redaction.names import machine_names
from t2s_local.safety.redaction.people import person_rule
from t2s_local.safety.redaction.rules import read_rules
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.distill import Tools
from t2s_local.stages.extract.extract import Share
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.harvest import Source
from t2s_local.values.value import digest
from t2s_local.workspace import About, StoredRun, Workspace

_LIBRARIES = ("numpy", "scipy", "hdbscan", "faiss-cpu", "tokenizers", "llama-cpp-python", "sentence-transformers")
_SHOWN = 5
Stamp = tuple[int, int, int]
"""Inode, size and time of the last change of a file."""
UNREADABLE = "unreadable"
"""Stands for the digest of a file that cannot be read."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    paths: tuple[Path, ...]
    out: Path
    labels: Path | None
    format_name: str | None
    workspace: Path
    min_support: int
    seed: int
    restart: bool
    quiet: bool
    verbose: bool = False
    """Whether everything that was left out is named."""
    allow_changed: bool = False
    share: Share | None = None
    allow: tuple[str, ...] = ()
    redact_extra: Path | None = None
    redact_names: bool = False
    """Whether names of people in prose are redacted too."""
    keep_text: bool = True
    """Whether the store keeps what was read and learned when the run is over."""
    harvested: tuple[Source, ...] = ()
    """Those of the paths that were found on this machine."""

    @property
    def line(self) -> str:
        """Digest of the inputs and outputs that are named, whatever is in them.

        What was harvested counts with its state: nobody named it, so nobody is asked about it when it has grown.
        """
        paths = [*sorted(map(str, self.paths)), str(self.out), str(self.labels), str(self.format_name)]
        return digest(str(Path.cwd()), *paths, *sorted(source.stamp for source in self.harvested))


def share_of(text: str) -> Share:
    """The share that ``I/N`` names.

    Raises:
        UsageError: it names none.
    """
    number, _, of = text.partition("/")
    if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return Share(number=int(number), of=int(of))
    message = f"{text!r} is no share"
    raise UsageError(message, hint="Write 1/4 for the first of four.")


def plan_of(job: Job, tools: Tools) -> Manifest:
    """Everything that decides the run's bytes: every input file is read once.

    Raises:
        InputError: a file of labels or of rules cannot be read.
    """
    labels = None
    if job.labels is not None:
        named = [path for path in files_under(job.labels) if isinstance(path, Path)]
        labels = "".join(file_digest(path) for path in named)
    return manifest(
        tools,
        inputs=tuple((str(path), _digest(path)) for path in find(job.paths).files),
        labels=labels,
        format_name=job.format_name,
        min_support=job.min_support,
        seed=job.seed,
        allow=job.allow,
        redact_extra=None if job.redact_extra is None else file_digest(job.redact_extra),
        redact_names=job.redact_names,
    )


def stamps_of(job: Job) -> dict[Path, Stamp | None]:
    """What tells whether a file of the job was written to or replaced; None where it is not there."""
    files = [*find(job.paths).files]
    if job.labels is not None:
        files += [path for path in files_under(job.labels) if isinstance(path, Path)]
    return {path: _stamp(path) for path in files}


def refuse_moved(before: Mapping[Path, Stamp | None]) -> None:
    """Refuse what was read where a file is not what it was.

    Raises:
        InputError: one was replaced, or written to; it is named, and nothing of it counts.
    """
    for path, stamp in before.items():
        now = _stamp(path)
        if now != stamp:
            message = "was removed while it was read" if now is None else "changed while it was read"
            raise InputError(message, path=path, hint="Nothing of it counts. Repeat the command when it is whole.")


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except InputError:
        return UNREADABLE


def sanitiser_of(job: Job) -> Sanitiser:
    """What takes secrets out of the job's texts.

    Raises:
        InputError: the file of further rules cannot be read.
        UsageError: names of people are to be found, and no lists of names are installed.
    """
    extra = () if job.redact_extra is None else read_rules(job.redact_extra)
    people = (person_rule(),) if job.redact_names else ()
    return Sanitiser(allow=frozenset(job.allow), extra=(*extra, *people), names=machine_names())


def guarded(tools: Tools, guard: Guard) -> Tools:
    """*tools* whose lessons and skills are looked through for secrets once more."""
    return msgspec.structs.replace(
        tools, analyst=GuardedAnalyst(tools.analyst, guard), writer=GuardedWriter(tools.writer, guard)
    )


def about(job: Job) -> About:
    """How the run was called, and by what it is made."""
    versions = {"t2s-local": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return About(
        command=command_line(),
        folder=str(Path.cwd()),
        line=job.line,
        host=platform.node(),
        versions=versions,
    )


def command_line() -> tuple[str, ...]:
    """The command line of this process, word by word, as :func:`t2s_local.cli.main` was given it."""
    context = click.get_current_context(silent=True)
    words = context.find_root().obj if context is not None else None
    return tuple(words) if isinstance(words, tuple) else ("t2s",)


def refuse_changed(job: Job, plan: Manifest, workspace: Workspace) -> None:
    """Refuse to go on where the same command line was stopped and means something else by now.

    Raises:
        T2SError: files, model or settings of the stopped run changed; every change is named.
    """
    stopped = stopped_runs(job, workspace)
    if job.restart or job.allow_changed or not stopped or any(run.id == plan.id for run in stopped):
        return
    changes = _changes(stopped[-1], plan)
    message = f"the run that was stopped here was of something else: {'; '.join(changes[:_SHOWN])}"
    if len(changes) > _SHOWN:
        message += f"; and {len(changes) - _SHOWN} more changes"
    hint = "--allow-changed goes on, keeping the work on what is the same; --restart starts afresh."
    raise T2SError(message, hint=hint)


def stopped_runs(job: Job, workspace: Workspace) -> list[StoredRun]:
    """Runs of the same command line that are not whole, oldest first."""
    line = job.line
    return [run for run in workspace.ledger if not run.is_whole and run.about is not None and run.about.line == line]


def _changes(run: StoredRun, plan: Manifest) -> tuple[str, ...]:
    try:
        return differences(msgspec.json.decode(run.manifest, type=Manifest), plan)
    except msgspec.ValidationError:
        return ("it was begun by another version of t2s",)
