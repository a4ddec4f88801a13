"""Manifest of a run: all inputs, versions and settings that determine its output."""

import msgspec

from t2s_local.code_digest import sources_digest
from t2s_local.files import file_digest
from t2s_local.ports.tools import Tools
from t2s_local.runs.inputs import Inputs
from t2s_local.runs.job import Job
from t2s_local.safety.redaction import sanitise
from t2s_local.values.value import Value, digest
from t2s_local.version import __version__


class Manifest(Value, frozen=True, kw_only=True):
    """All inputs, versions and settings that determine the output of a run."""

    version: str
    inputs: tuple[tuple[str, str | None], ...]
    """Name and SHA-256 of every file, sorted; None for a file that cannot be read."""
    labels: str | None
    """Digest of the label files; None if there are none."""
    format: str | None
    analyst: str
    embedder: str
    clusterer: str
    writer: str
    min_support: int
    seed: int
    allow: tuple[str, ...] = ()
    """Redaction rules that are not applied, sorted."""
    redact_extra: str | None = None
    """Digest of the file of further redaction rules."""
    redact_names: bool = False
    redaction: str = ""
    """Digest of the shipped redaction rules and of the code that applies them."""

    decisions: str | None = None
    """Digest of a person's decisions about rules; None if there are none."""
    review: bool = False
    """Whether skills contain only rules that a person accepted."""
    focus: bool = False
    """Whether a model is asked only about tasks whose runs promise lessons; part of the id only if True."""

    hold_out: float | None = None
    """Share of the recorded runs that is held out; None for none, and then no part of the id."""

    @property
    def id(self) -> str:
        """Digest of the manifest; the same inputs, versions and settings have the same id."""
        fields = msgspec.structs.asdict(self)
        if self.hold_out is None:
            del fields["hold_out"]
        if not self.focus:
            del fields["focus"]
        return digest(msgspec.json.encode(fields).decode())

    @property
    def input_id(self) -> str:
        """Digest of the inputs, labels, format and redaction rules: all that determines the trajectories."""
        rules = (self.allow, self.redact_extra, self.redact_names, self.redaction)
        return digest(msgspec.json.encode((self.version, self.inputs, self.labels, self.format, *rules)).decode())


def manifest(job: Job, tools: Tools, inputs: Inputs, *, decisions: str | None = None) -> Manifest:
    """Return the manifest of a run before it begins.

    Raises:
        InputError: the file of further redaction rules cannot be read.
    """
    return Manifest(
        version=__version__,
        inputs=tuple(sorted(inputs.digests)),
        labels=inputs.labels_digest,
        format=job.format_key,
        analyst=f"{tools.analyst.name} {tools.analyst.version}",
        embedder=f"{tools.embedder.name} {tools.embedder.digest}",
        clusterer=tools.clusterer.name,
        writer=f"{tools.writer.name} {tools.writer.version}",
        min_support=job.min_support,
        seed=job.seed,
        allow=tuple(sorted(set(job.allow))),
        redact_extra=None if job.redact_extra is None else file_digest(job.redact_extra),
        redact_names=job.redact_names,
        redaction=sources_digest(sanitise.__name__),
        decisions=decisions,
        review=job.review,
        hold_out=job.hold_out,
        focus=job.focus,
    )


def differences(old: Manifest, new: Manifest) -> tuple[str, ...]:
    """Return the differences between two manifests, one clause each, files first."""
    before, after = dict(old.inputs), dict(new.inputs)
    found = [f"{name} is gone" for name in before if name not in after]
    found += [f"{name} is new" for name in after if name not in before]
    found += [f"{name} has changed" for name in after if name in before and before[name] != after[name]]
    found.sort()
    for field in new.__struct_fields__:
        was, now = getattr(old, field), getattr(new, field)
        if field != "inputs" and was != now:
            found.append(f"{field.replace('_', ' ')} was {_brief(was)} and is {_brief(now)}")
    return tuple(found)


def _brief(value: object) -> str:
    return "none" if value in (None, ()) else str(value)[:60]
