"""Find the conversations that agents store on this machine; their folders are only read, never changed."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from t2s_local.records.sqlite import logs_of
from t2s_local.values.value import Value


class Store(NamedTuple):
    """Folders and file patterns in which one agent stores conversations."""

    agent: str
    roots: tuple[str, ...]
    """Folders below the home folder; a leading ``$NAME`` stands for an environment variable.

    Folders below ``.config``, ``.local/share`` or ``.local/state`` are also searched in the places to which the
    variables of the XDG Base Directory specification move them.
    """
    patterns: tuple[str, ...]


_BASES = {".config/": "XDG_CONFIG_HOME", ".local/share/": "XDG_DATA_HOME", ".local/state/": "XDG_STATE_HOME"}

STORES = (
    Store(
        "claude-code", ("$CLAUDE_CONFIG_DIR/projects", ".claude/projects", ".config/claude/projects"), ("**/*.jsonl",)
    ),
    Store("codex", ("$CODEX_HOME", ".codex"), ("sessions/**/*.jsonl*", "archived_sessions/**/*.jsonl*")),
    Store("gemini-cli", (".gemini/tmp",), ("*/chats/**/*.json", "*/chats/**/*.jsonl", "*/checkpoint-*.json")),
    Store("qwen-code", (".qwen/projects",), ("*/chats/**/*.jsonl",)),
    Store("openhands", (".openhands",), ("conversations/*/events/event-*.json", "sessions/**/*.json")),
    Store("goose", ("$GOOSE_PATH_ROOT/data/sessions", ".local/share/goose/sessions"), ("*.jsonl", "sessions.db")),
    Store("opencode", (".local/share/opencode",), ("storage/session/**/*.json", "opencode.db")),
    Store(
        "copilot-cli",
        ("$COPILOT_HOME", "$XDG_STATE_HOME/.copilot", ".copilot"),
        ("session-state/**/events.jsonl", "history-session-state/**/*.json"),
    ),
    Store("kimi", (".kimi/sessions", ".kimi-code/sessions"), ("**/wire.jsonl",)),
    Store(
        "cursor",
        (
            ".config/Cursor/User/globalStorage",
            "Library/Application Support/Cursor/User/globalStorage",
            ".cursor/projects",
        ),
        ("state.vscdb", "*/agent-transcripts/**/*.jsonl"),
    ),
    Store("openclaw", (".openclaw/agents", ".pi/agent/sessions"), ("**/*.jsonl",)),
    Store(
        "cline",
        tuple(
            f"{base}/{product}/User/globalStorage/{extension}/tasks"
            for base in (".config", "Library/Application Support", ".vscode-server/data")
            for product in ("Code", "Code - Insiders", "Cursor", "VSCodium")
            for extension in ("saoudrizwan.claude-dev", "rooveterinaryinc.roo-cline")
        ),
        ("*/api_conversation_history.json",),
    ),
)
PROJECT_FILES = (".aider.chat.history.md",)
"""Names of files with conversations that are in the project's folder itself."""


class HarvestedFile(Value, frozen=True, kw_only=True):
    """One file with conversations."""

    agent: str
    path: str
    bytes: int
    modified: str
    """Time of the last change, ISO 8601, UTC."""
    stamp: str
    """Size and change time of the file; stored when the file is read, to notice later changes."""


class Harvest(Value, frozen=True, kw_only=True):
    """Conversations found on the machine."""

    sources: tuple[HarvestedFile, ...]
    """Files sorted by agent, then by path."""
    closed: tuple[str, ...] = ()
    """Folders that could not be listed."""


class Due(Value, frozen=True, kw_only=True):
    """Conversations that the next run reads."""

    new: tuple[HarvestedFile, ...]
    """Files that were never read, or changed since they were read."""
    known: tuple[HarvestedFile, ...]
    """Files that were read before: their results are stored, and their lessons still count."""

    @property
    def sources(self) -> tuple[HarvestedFile, ...]:
        """All files, the new files first."""
        return (*self.new, *self.known)


def harvest(
    home: Path,
    *,
    environment: Mapping[str, str],
    project: Path | None = None,
    since: datetime | None = None,
) -> Harvest:
    """List the conversations of every known agent; files are opened only to compare their beginning with *project*.

    Args:
        home: The user's home folder.
        environment: Environment variables, which may move an agent's folder elsewhere.
        project: List only conversations about this folder or in it; None for all conversations.
        since: List only files that changed at or after this time; None for all files.
    """
    closed: list[str] = []
    found: dict[str, HarvestedFile] = {}
    for agent, path in _files(home, environment, project, closed):
        source = _source(agent, path)
        if source is None or not _is_since(source, since):
            continue
        if project is None or is_about(path, project):
            found.setdefault(str(path.resolve()), source)
    ordered = sorted(found.values(), key=lambda source: (source.agent, source.path))
    return Harvest(sources=tuple(ordered), closed=tuple(sorted(closed)))


def unseen(found: Harvest, stamp_of: Callable[[str], str | None]) -> tuple[HarvestedFile, ...]:
    """Return the files that are new or changed.

    Args:
        found: The conversations on the machine.
        stamp_of: Returns the stamp that a path had when it was read; None if it was never read.
    """
    return tuple(source for source in found.sources if stamp_of(source.path) != source.stamp)


def due(found: Harvest, stamp_of: Callable[[str], str | None], *, since: datetime | None) -> Due:
    """Choose the conversations to read: the new or changed files, and all files that were read before.

    Args:
        found: The conversations on the machine.
        stamp_of: Returns the stamp that a path had when it was read; None if it was never read.
        since: Choose only new files that changed at or after this time; None for all new files.
    """
    new = tuple(source for source in unseen(found, stamp_of) if _is_since(source, since))
    fresh = {source.path for source in new}
    known = (source for source in found.sources if source.path not in fresh and stamp_of(source.path) is not None)
    return Due(new=new, known=tuple(known))


def _is_since(source: HarvestedFile, since: datetime | None) -> bool:
    return since is None or source.modified >= since.astimezone(UTC).isoformat()


def _files(
    home: Path, environment: Mapping[str, str], project: Path | None, closed: list[str]
) -> Iterator[tuple[str, Path]]:
    for store in STORES:
        for root in _roots(store.roots, home, environment):
            if root.is_dir():
                if not os.access(root, os.R_OK | os.X_OK):
                    closed.append(str(root))
                    continue
                for pattern in store.patterns:
                    yield from ((store.agent, path) for path in sorted(root.glob(pattern)) if path.is_file())
    if project is not None:
        yield from (("aider", project / name) for name in PROJECT_FILES if (project / name).is_file())


def _roots(roots: Sequence[str], home: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    for root in roots:
        if root.startswith("$"):
            name, _, rest = root[1:].partition("/")
            if environment.get(name):
                yield Path(environment[name]) / rest
            continue
        for usual, variable in _BASES.items():
            moved = Path(environment.get(variable, ""))
            if root.startswith(usual) and moved.is_absolute():
                yield moved / root.removeprefix(usual)
        yield home / root


def _source(agent: str, path: Path) -> HarvestedFile | None:
    try:
        states = [file.stat() for file in (path, *logs_of(path))]
    except OSError:
        return None
    return HarvestedFile(
        agent=agent,
        path=str(path),
        bytes=sum(state.st_size for state in states),
        modified=datetime.fromtimestamp(max(state.st_mtime for state in states), tz=UTC).isoformat(),
        stamp="-".join(f"{state.st_size}-{state.st_mtime_ns}" for state in states),
    )


def is_about(path: Path, project: Path) -> bool:
    """Return whether a conversation is about *project* or a folder in it: by its path, or the file's first 16 kB."""
    folder = project.resolve()
    if path.resolve().is_relative_to(folder):
        return True
    dashed = "".join(character if character.isalnum() else "-" for character in str(folder))
    if dashed in path.parts or any(part.startswith(f"{dashed}-") for part in path.parts):
        return True
    try:
        with path.open("rb") as stream:
            start = stream.read(1 << 14).decode("utf-8", "replace")
    except OSError:
        return False
    named = {json.dumps(str(folder), ensure_ascii=False)[:-1], json.dumps(str(folder))[:-1]}
    return any(f"{name}{end}" in start for name in named for end in ('"', "/"))
