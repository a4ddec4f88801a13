"""Options of a run of the main job, from a command line or a function call."""

import platform
import shlex
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from t2s_local.files import printable
from t2s_local.ports.tools import Tools
from t2s_local.safety.redaction.guard import Guard, GuardedAnalyst, GuardedWriter
from t2s_local.safety.redaction.names import machine_names
from t2s_local.safety.redaction.people import person_rule
from t2s_local.safety.redaction.rules import read_rules
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.reading.harvest import HarvestedFile
from t2s_local.stages.reading.projects import COMMON
from t2s_local.values.layout import Layout
from t2s_local.values.value import digest
from t2s_local.version import __version__
from t2s_local.workspace import About

_LIBRARIES = ("numpy", "scipy", "hdbscan", "faiss-cpu", "tokenizers", "llama-cpp-python", "sentence-transformers")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs, output folder and options of a run of the main job."""

    paths: tuple[Path, ...]
    out: Path
    """Folder of the library."""
    labels: Path | None = None
    format_name: str | None = None
    layout: Layout | None = None
    """Map that states where in all files the runs are; None if the format is named or detected."""
    workspace: Path
    min_support: int
    seed: int
    command: tuple[str, ...]
    """Words that start this run again: a command line, or the name of a function."""
    restart: bool = False
    """Whether the work is done again from the start."""
    allow_changed: bool = False
    """Whether a stopped run continues although files, model or settings changed."""
    allow: tuple[str, ...] = ()
    """Redaction rules that are not applied."""
    redact_extra: Path | None = None
    redact_names: bool = False
    """Whether names of people in prose are redacted too."""
    is_call: bool = False
    """Whether a function call, not a command line, started the run: hints then name arguments, not options."""
    keep_text: bool = True
    """Whether the store keeps the texts of trajectories and lessons after the run."""
    budget: float | None = None
    """Seconds from the beginning of the run after which no model is asked any more; None for no limit."""
    review: bool = False
    """Whether skills contain only rules that a person accepted."""
    hold_out: float | None = None
    """Share of the recorded runs, in (0, 1), that is held out to measure rules on; None for none."""
    is_written: bool = True
    """Whether skills are written; otherwise the run only learns, and *out* is the library whose decisions count."""
    focus: bool = False
    """Whether a model is asked only about tasks whose runs promise lessons."""
    harvested: tuple[HarvestedFile, ...] = ()
    """Files among *paths* that were found on this machine and not named by the user."""

    places: Mapping[str, Path] = msgspec.field(default_factory=dict)
    """Library for each of *paths*, by the project that the path is about; empty if all skills are in one library."""

    def has_time(self, passed: float, share: float) -> bool:
        """Return whether *passed* seconds are less than *share* (in [0, 1]) of the budget; True without a budget."""
        return self.budget is None or passed < share * self.budget

    @property
    def common(self) -> Path:
        """Library for skills that several projects share."""
        return self.out / COMMON

    @property
    def line(self) -> str:
        """Digest of the named inputs and outputs, independent of their content.

        Conversations found on this machine count with their stamps, so that a grown conversation starts a new run.
        """
        paths = [*sorted(map(str, self.paths)), str(self.out), str(self.labels), str(self.format_name)]
        return digest(str(Path.cwd()), *paths, *sorted(source.stamp for source in self.harvested))

    @property
    def format_key(self) -> str | None:
        """Named format of the files, or the digest of the map; None if the format is detected."""
        if self.layout is None:
            return self.format_name
        return f"map {digest(msgspec.json.encode(self.layout).decode())}"

    def about(self) -> About:
        """Return the command line of the run, its folders, and the versions of Python and the libraries."""
        versions = {"t2s-local": __version__, "python": platform.python_version()}
        for name in _LIBRARIES:
            try:
                versions[name] = version(name)
            except PackageNotFoundError:
                continue
        return About(
            command=self.command,
            folder=printable(Path.cwd()),
            line=self.line,
            out=printable(self.out.absolute()) if self.is_written else None,
            host=platform.node(),
            versions=versions,
        )

    @property
    def again(self) -> str:
        """Sentence that states how to continue after a stop."""
        if self.is_call:
            return "The same call goes on where it stopped."
        words = [word for word in self.command if word != "--restart"]
        return f"To go on: {shlex.join(words)}"

    @property
    def accepting_changes(self) -> str:
        """Sentence that states how to continue although files, model or settings changed."""
        allow, restart = ("allow_changed=True", "restart=True") if self.is_call else ("--allow-changed", "--restart")
        return f"{allow} goes on, keeping the work on what is the same; {restart} starts afresh."

    def sanitiser(self) -> Sanitiser:
        """Make the sanitiser that redacts secrets in the job's texts.

        Raises:
            InputError: the file of further rules cannot be read.
            UsageError: names of people are to be redacted, and no lists of names are installed.
        """
        extra = () if self.redact_extra is None else read_rules(self.redact_extra)
        people = (person_rule(),) if self.redact_names else ()
        return Sanitiser(allow=frozenset(self.allow), extra=(*extra, *people), names=machine_names())


def guarded(tools: Tools, guard: Guard) -> Tools:
    """Return *tools* with an analyst and a writer whose lessons and skills are redacted once more."""
    return msgspec.structs.replace(
        tools, analyst=GuardedAnalyst(tools.analyst, guard), writer=GuardedWriter(tools.writer, guard)
    )
