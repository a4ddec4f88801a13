"""Records of programs that ran with a library of skills: one JSON line each, with the digest of every skill."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from t2s_local.errors import InputError, T2SError
from t2s_local.files import PRIVATE_FILE, printable, reason_of, regular_bytes
from t2s_local.safety.redaction.redact import Redactor, shipped_redactor
from t2s_local.skills.library.texts import Tree, digests_in, tree_digest
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.values.value import Value

LARGEST = 64_000_000
"""Largest number of bytes of a file of records that is read."""


class RecordedSkill(Value, frozen=True, kw_only=True):
    """A skill that was in the library when a program ran."""

    name: str
    digest: str
    """SHA-256 digest of the skill's files, which names the version in the library's evidence log."""


class ChangedSkill(Value, frozen=True, kw_only=True):
    """A skill that changed or disappeared since a program was recorded."""

    name: str
    status: Literal["tampered_or_updated", "removed"]
    recorded: str
    """Digest of the skill in the record."""
    now: str | None
    """Present digest of the skill; None if it is no longer in the library."""


class RunRecord(Value, frozen=True, kw_only=True):
    """Record of one program that ran."""

    argv: tuple[str, ...]
    """Words of the command line, without secrets and personal data."""
    started: str
    """ISO 8601 time in UTC."""
    ended: str
    exit_code: int
    """Exit code as a shell reports it: 127 for no such program, 128 + N for signal N."""
    skills: tuple[RecordedSkill, ...]
    """All skills of the library, sorted by name; the record does not say which of them the program used."""
    allowed_tools: tuple[str, ...] | None
    """Sorted tools that the skills name in their front matter; None if no skill names a tool. Not enforced."""
    budget: int | None
    """Number of tokens that the program may use, as the user stated; None if not stated. Not enforced."""
    outcome: Literal["failure"] | None
    """Failure if the exit code is not 0, else None: a program that finished did not necessarily succeed."""


class LibraryNow(NamedTuple):
    """The present skills of a library, and the tools that they name in their front matter."""

    skills: tuple[RecordedSkill, ...]
    allowed_tools: tuple[str, ...] | None


def library_now(folder: Path) -> LibraryNow:
    """Return the digest of every skill in *folder*, and the tools that the skills name.

    Raises:
        InputError: there is no such folder, or a skill in it cannot be read.
    """
    try:
        places = sorted(path.parent for path in folder.iterdir() if path.is_dir() for path in [path / "SKILL.md"])
    except OSError as error:
        raise InputError(reason_of(error), path=folder) from error
    sources = [read_source(place) for place in places if (place / "SKILL.md").is_file()]
    skills = tuple(RecordedSkill(name=one.name, digest=_digest(one)) for one in sources)
    tools = sorted({tool for one in sources for tool in _tools(one)})
    return LibraryNow(skills, tuple(tools) or None)


def changed_skills(record: RunRecord, now: LibraryNow) -> tuple[ChangedSkill, ...]:
    """Return the skills of *record* that changed in a library, or are no longer in it."""
    digests = {skill.name: skill.digest for skill in now.skills}
    return tuple(
        ChangedSkill(
            name=skill.name,
            status="tampered_or_updated" if skill.name in digests else "removed",
            recorded=skill.digest,
            now=digests.get(skill.name),
        )
        for skill in record.skills
        if digests.get(skill.name) != skill.digest
    )


def without_secrets(words: Sequence[str], redactor: Redactor | None = None) -> tuple[str, ...]:
    """Return the words of a command line with placeholders for secrets and personal data.

    The words are searched together, since an option may show that the word after it is a secret. Bytes that are not
    UTF-8 become escapes.
    """
    words = [printable(word) for word in words]
    line = " ".join(words)
    found = (redactor or shipped_redactor()).find(line)
    cleaned, start = list[str](), 0
    for word in words:
        end = start + len(word)
        parts, at = list[str](), start
        for item in found:
            if item.start < end and item.end > at:
                parts += [line[at : max(at, item.start)], f"<{item.label}>" if item.start >= start else ""]
                at = min(end, item.end)
        cleaned.append("".join([*parts, line[at:end]]))
        start = end + 1
    return tuple(cleaned)


def open_records(path: Path) -> None:
    """Create the file *path* if needed, and check that records can be added to it, before a program runs.

    Raises:
        InputError: the file cannot be created or written to.
    """
    try:
        path.touch(mode=PRIVATE_FILE)
        with path.open("ab"):
            pass
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error


def add_record(path: Path, record: RunRecord) -> None:
    """Add a line to the file of records.

    Raises:
        T2SError: the file cannot be written.
    """
    try:
        with path.open("ab", buffering=0) as stream:
            stream.write(msgspec.json.encode(record) + b"\n")
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error


def last_record(path: Path) -> RunRecord:
    """Read the last record of a file.

    Raises:
        InputError: there is no record, the last line is no record, or the file is too large.
    """
    data = regular_bytes(path, LARGEST)
    lines = [] if data is None else [line for line in data.splitlines() if line.strip()]
    if not lines:
        message = f"more than {LARGEST:,} bytes" if data is None else "no record"
        raise InputError(message, path=path)
    try:
        return msgspec.json.decode(lines[-1], type=RunRecord)
    except msgspec.MsgspecError as error:
        message = f"no record: {error}"
        raise InputError(message, path=path, line=len(lines)) from error


def _digest(source: SkillSource) -> str:
    return tree_digest(Tree(files=digests_in(source), programs=source.programs))


def _tools(source: SkillSource) -> tuple[str, ...]:
    named = source.front.get("allowed-tools")
    words = named.replace(",", " ").split() if isinstance(named, str) else named if isinstance(named, list) else []
    return tuple(map(str, words))
