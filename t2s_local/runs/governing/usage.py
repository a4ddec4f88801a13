"""Read how recordings used the skills of a library, and note each use once in the evidence log."""

from collections.abc import Sequence
from pathlib import Path

from t2s_local.errors import NothingFoundError
from t2s_local.files import printable
from t2s_local.skills.library.library import OWN
from t2s_local.skills.members.members import members_of
from t2s_local.skills.members.record import add_events, checked_events, note_stamps, read_stamps
from t2s_local.stages.govern.usage.table import SkillUsage, usage_table
from t2s_local.stages.govern.usage.texts import SkillTexts
from t2s_local.stages.govern.usage.usage import KnownParts, RunUse, UsageReader, events_of_use
from t2s_local.stages.intake.catalogue import CatalogueEntry, Report
from t2s_local.stages.intake.read_all import gather
from t2s_local.stages.reading.harvest import HarvestedFile
from t2s_local.values.event import Event
from t2s_local.values.value import Value, digest


class UsageResult(Value, frozen=True, kw_only=True):
    """Counts of the uses of a library's skills in recordings."""

    library: str
    n_recordings: int
    """Number of recordings that were read, each counted once."""
    n_known: int
    """Number of recordings that the log had noted completely before."""
    n_noted: int
    """Number of recordings that showed or loaded a skill and were noted now."""
    n_events: int
    """Number of lines that were added to the log."""
    others: tuple[str, ...]
    """Names of skills under which a recording contains the text of a different skill; these uses do not count."""
    skills: tuple[SkillUsage, ...]
    """Counts of uses over the whole log, by name of the skill."""
    report: Report


def read_usage(
    library: Path, paths: Sequence[Path], *, labels: Path | None, format_name: str | None, at: str, command: str
) -> UsageResult:
    """Note in the log of *library* how the recordings below *paths* used its skills.

    Args:
        library: Folder of skills, whoever wrote them.
        paths: Files and folders of recordings.
        labels: A file or folder that states how runs ended; None to use the outcomes in the recordings.
        format_name: Format of the recordings; None to detect it for each file.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        BrokenChainError: the log of the library was changed.
        InputError: a path does not exist, or the library or its log cannot be read.
        LockedError: another process changes the library.
        NothingFoundError: there is no skill, or no recording.
        T2SError: the log cannot be written.
    """
    members = members_of(library)
    known = KnownParts(checked_events(library))
    reader = UsageReader(SkillTexts(members), known)
    entries, report = gather(paths, keep=reader.read, format_name=format_name, labels=labels)
    if not entries:
        message = f"no recordings in {report.seen}"
        raise NothingFoundError(message, path=paths[0], hint="`t2s read` shows what there is.")
    noted: list[RunUse] = []

    def make() -> list[Event]:
        now = KnownParts(checked_events(library))
        made: list[Event] = []
        for entry in sorted(entries, key=_order):
            use = entry.value
            if use.skills and not now.has(use):
                now.add(use.run, use.mark, use.n_steps)
                noted.append(use)
                stated = entry.label if entry.label is not None and entry.label.outcome is not None else None
                made += events_of_use(use, at=at, label=stated)
        return made

    events = add_events(library, make, command=command) if any(entry.value.skills for entry in entries) else []
    return UsageResult(
        library=str(library),
        n_recordings=len(entries),
        n_known=sum(entry.value.is_known for entry in entries),
        n_noted=len(noted),
        n_events=len(events),
        others=tuple(sorted({name for entry in entries for name in entry.value.others})),
        skills=usage_table(checked_events(library), [member.name for member in members if member.is_there]),
        report=report,
    )


def new_files(library: Path, sources: Sequence[HarvestedFile]) -> tuple[HarvestedFile, ...]:
    """Return the files of *sources* that were not read for *library* yet, or changed since."""
    known = read_stamps(library)
    return tuple(source for source in sources if known.get(_key(source)) != source.stamp)


def note_files(library: Path, sources: Sequence[HarvestedFile]) -> None:
    """Note that *sources* were read for *library*.

    Raises:
        T2SError: the note cannot be written.
    """
    if (library / OWN).is_dir():
        note_stamps(library, {_key(source): source.stamp for source in sources})


def _key(source: HarvestedFile) -> str:
    return digest(printable(source.path))


def _order(entry: CatalogueEntry[RunUse]) -> tuple[str, str]:
    return entry.value.ended_at or "", entry.value.mark
