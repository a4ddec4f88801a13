"""The order for a run: what is asked for, whoever asks."""

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
    """Order for a run of the main job."""

    paths: tuple[Path, ...]
    out: Path
    """Folder of the library."""
    labels: Path | None = None
    format_name: str | None = None
    layout: Layout | None = None
    """The map to read all files by; None where their format is found out or named."""
    workspace: Path
    min_support: int
    seed: int
    command: tuple[str, ...]
    """The words that ask for this run again: a command line, or the name of a function."""
    restart: bool = False
    """Whether the work is done again from the start."""
    allow_changed: bool = False
    """Whether a stopped run goes on although files, model or settings changed."""
    allow: tuple[str, ...] = ()
    """Redaction rules that are not applied."""
    redact_extra: Path | None = None
    redact_names: bool = False
    """Whether names of people in prose are redacted too."""
    is_call: bool = False
    """Whether a function asked for it, and no command line: hints name arguments, not options."""
    keep_text: bool = True
    """Whether the store keeps the texts that were read and learned when the run is over."""
    budget: float | None = None
    """Seconds that questions to a model may take, from the beginning of the run; None for as long as they take."""
    review: bool = False
    """Whether only rules that a person accepted are written."""
    hold_out: float | None = None
    """Share of the runs that nothing is learned from, so that rules are measured on them; None for none."""
    is_written: bool = True
    """Whether skills are written; otherwise the run only learns, and *out* is the library whose decisions count."""
    focus: bool = False
    """Whether a model is asked only about tasks whose runs are worth it."""
    harvested: tuple[HarvestedFile, ...] = ()
    """Those of the paths that were found on this machine."""

    places: Mapping[str, Path] = msgspec.field(default_factory=dict)
    """Library of the project that each of the paths is about; empty where all skills go to one library."""

    def has_time(self, passed: float, share: float) -> bool:
        """Return whether *passed* seconds are less than a *share* of the budget."""
        return self.budget is None or passed < share * self.budget

    @property
    def common(self) -> Path:
        """The library for what holds in several projects."""
        return self.out / COMMON

    @property
    def line(self) -> str:
        """Digest of the inputs and outputs that are named, whatever is in them.

        A harvested conversation counts with its state: nobody named it, so nobody is asked about it when it has grown.
        """
        paths = [*sorted(map(str, self.paths)), str(self.out), str(self.labels), str(self.format_name)]
        return digest(str(Path.cwd()), *paths, *sorted(source.stamp for source in self.harvested))

    @property
    def format_key(self) -> str | None:
        """How the files are read: the format that was named, or the digest of a map; None where it is found out."""
        if self.layout is None:
            return self.format_name
        return f"map {digest(msgspec.json.encode(self.layout).decode())}"

    def about(self) -> About:
        """Describe how the run was called, and by which versions it is made."""
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
        """How to go on after a stop, as a sentence."""
        if self.is_call:
            return "The same call goes on where it stopped."
        words = [word for word in self.command if word != "--restart"]
        return f"To go on: {shlex.join(words)}"

    @property
    def accepting_changes(self) -> str:
        """How to go on though something changed, as a sentence."""
        allow, restart = ("allow_changed=True", "restart=True") if self.is_call else ("--allow-changed", "--restart")
        return f"{allow} goes on, keeping the work on what is the same; {restart} starts afresh."

    def sanitiser(self) -> Sanitiser:
        """Make the sanitiser that takes secrets out of the job's texts.

        Raises:
            InputError: the file of further rules cannot be read.
            UsageError: names of people are to be found, and no lists of names are installed.
        """
        extra = () if self.redact_extra is None else read_rules(self.redact_extra)
        people = (person_rule(),) if self.redact_names else ()
        return Sanitiser(allow=frozenset(self.allow), extra=(*extra, *people), names=machine_names())


def guarded(tools: Tools, guard: Guard) -> Tools:
    """Return *tools* whose lessons and skills are looked through for secrets once more."""
    return msgspec.structs.replace(
        tools, analyst=GuardedAnalyst(tools.analyst, guard), writer=GuardedWriter(tools.writer, guard)
    )
