"""Records of a Claude Code session: a tree by ``parentUuid``, with sub-agents and queued prompts."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._agents.queue import (
    Prompt,
    Queue,
    is_command,
    is_sent,
    is_users,
    queued_words,
    written_again,
)
from t2s_local.formats._agents.shown_skills import shown_skills
from t2s_local.formats._build import folder_in, moment, trajectory
from t2s_local.formats._dialects.blocks import content_text
from t2s_local.formats._dialects.harness import INTERRUPTED
from t2s_local.formats._dialects.messages import assistant_blocks, user_blocks
from t2s_local.ports.format import Passed
from t2s_local.records.json import Record, as_object, first_string, word
from t2s_local.values.trajectory import Step, Trajectory

QUEUE = "queue-operation"
_BLOCKS = frozenset({"tool_use", "tool_result"})
"""Message blocks that old versions wrote as separate records."""
_TOLD = _BLOCKS | {"user", "assistant", "attachment"}


class _Node(NamedTuple):
    """The kept parts of one record of the tree."""

    parent: str | None
    branch: str
    """Name of the record's conversation in the file."""
    is_prompt: bool
    """Whether a turn of the user begins here; a prompt typed while the agent works begins none."""
    steps: tuple[Step, ...]


class _Branch(NamedTuple):
    """Facts of one conversation of the file."""

    session_id: str
    parent_id: str | None
    model: str | None
    folder: str | None = None
    """Folder in which the conversation began."""


class SessionTree:
    """The records of one session file, in file order."""

    def __init__(self) -> None:
        """Start empty."""
        self.unread = Tally("claude_code")
        self._nodes: dict[str, _Node] = {}
        self._branches: dict[str, _Branch] = {}
        self._blocks: set[tuple[str, str, str | None, str]] = set()
        self._queues: dict[str, Queue] = {}
        self._prompts: dict[str, Prompt] = {}
        self._newest: dict[str, str] = {}
        self._retracted: set[str] = set()

    def add(self, record: Record, *, line: int) -> None:
        """Add one record; a repeated record is counted and left out."""
        if "version" in record:
            self.unread.version = word(record["version"])
        identity = first_string(record, "uuid") or f"line {line}"
        if identity in self._nodes:
            self.unread.add("repeated record")
            return
        kind = word(record.get("type"))
        if kind == QUEUE:
            self._queue(record, line)
            return
        steps = tuple(self._steps(record, kind, line)) if kind in _TOLD else ()
        if not steps:
            self.unread.add(_name_of(record))
            if "retractedMessageUuids" in record:
                self._retracted.update(map(str, _listed(record["retractedMessageUuids"])))
        if "uuid" not in record and not steps:
            return
        parent = first_string(record, "parentUuid") or first_string(record, "logicalParentUuid")
        branch = self._branch(record, parent, identity)
        is_prompt = kind == "user" and any(step.kind == "user" for step in steps)
        self._nodes[identity] = _Node(parent, branch, is_prompt, steps)
        self._newest[branch] = identity

    def _queue(self, record: Record, line: int) -> None:
        """Queue a prompt at the line where it was typed, move it to where it was sent, or remove it."""
        session = first_string(record, "sessionId") or ""
        queue = self._queues.setdefault(session, Queue())
        at = moment(record.get("timestamp"))
        if record.get("operation") == "enqueue":
            prompt = queue.put(record, line)
            steps = () if prompt is None else tuple(user_blocks(prompt.text, at=at, line=line))
            if prompt is None or not any(step.kind == "user" for step in steps):
                self.unread.add(QUEUE)
                return
            self._prompts[prompt.identity] = prompt
            self._place(prompt, session, steps)
            return
        taken = [prompt for prompt in queue.take(record) if prompt.identity in self._nodes]
        for prompt in taken:
            steps = self._nodes.pop(prompt.identity).steps
            if is_sent(record):
                self._place(prompt, session, steps)
            else:
                self.unread.add("queued prompt taken back")
        if not taken:
            self.unread.add(QUEUE)

    def _place(self, prompt: Prompt, session: str, steps: tuple[Step, ...]) -> None:
        self._branches.setdefault(session, _Branch(session, None, None))
        self._nodes[prompt.identity] = _Node(self._newest.get(session), session, is_prompt=False, steps=steps)

    def _steps(self, record: Record, kind: str | None, line: int) -> Iterator[Step]:
        message = as_object(record.get("message"))
        at = moment(record.get("timestamp"))
        content = message.get("content")
        if kind == "assistant":
            identity = first_string(message, "id") or f"line {line}"
            yield from self._new(assistant_blocks(content, at=at, line=line), identity)
        elif kind == "attachment" and (typed := queued_words(record)) is not None:
            said = user_blocks(typed, at=at, line=line)
            yield from said if is_users(record) else (replace(step, kind="system") for step in said)
        elif kind == "attachment":
            yield from shown_skills(record, at=at, line=line)
        elif kind in _BLOCKS:
            told = record.get("output", record.get("result"))
            yield from assistant_blocks([{"content": told, **record}], at=at, line=line)
        elif kind != "user":
            return
        elif record.get("isCompactSummary") is True:
            yield Step(kind="summary", text=content_text(content), at=at, line=line)
        elif record.get("isMeta") is True:
            yield Step(kind="system", text=content_text(content), at=at, line=line)
        else:
            yield from user_blocks(content, at=at, line=line)

    def _new(self, steps: Iterable[Step], message_id: str) -> Iterator[Step]:
        """Leave out the blocks of a message that an earlier line contains already."""
        for step in steps:
            key = message_id, step.kind, step.call_id, step.text
            if key in self._blocks:
                self.unread.add("repeated block")
            else:
                self._blocks.add(key)
                yield step

    def _branch(self, record: Record, parent: str | None, identity: str) -> str:
        """Return the conversation of a record: its parent's, or a new one that starts here."""
        model = first_string(as_object(record.get("message")), "model")
        is_side = record.get("isSidechain") is True
        before = self._nodes[parent].branch if parent in self._nodes else None
        if before is not None and is_side == (self._branches[before].parent_id is not None):
            name = before
        else:
            session = first_string(record, "sessionId") or ""
            side = first_string(record, "agentId") or identity
            name = f"{session}/{side}" if is_side else session
            self._branches.setdefault(name, _Branch(name, session if is_side else None, None))
        known = self._branches[name]
        if model and known.model is None and not model.startswith("<"):
            known = self._branches[name] = known._replace(model=model)
        if known.folder is None and (folder := folder_in(record)):
            self._branches[name] = known._replace(folder=folder)
        return name

    def trajectories(self, source: str) -> Iterator[Trajectory | Passed]:
        """Yield one trajectory per conversation, without turns that the user rewound."""
        self._once()
        dropped = self._rewound()
        for name, branch in self._branches.items():
            kept = [node for identity, node in self._nodes.items() if node.branch == name and identity not in dropped]
            steps = [step for node in kept for step in node.steps]
            if not steps:
                continue
            last = next((step for step in reversed(steps) if step.kind in ("user", "system")), None)
            interrupted = last is not None and last is steps[-1] and last.text.startswith(INTERRUPTED)
            yield trajectory(
                steps,
                source=source,
                format_name="claude_code",
                session_id=branch.session_id or None,
                agent="claude-code",
                model=branch.model,
                termination="interrupted" if interrupted else None,
                parent_id=branch.parent_id,
                folder=branch.folder,
            )

    def _once(self) -> None:
        """Leave out queued prompts that a later record repeats, and prompts that are terminal commands."""
        said = [
            (step.line or 0, step.text)
            for identity, node in self._nodes.items()
            if identity not in self._prompts
            for step in node.steps
            if step.kind == "user"
        ]
        waiting = [prompt for identity, prompt in self._prompts.items() if identity in self._nodes]
        again = written_again(waiting, said) | {prompt.identity for prompt in waiting if is_command(prompt)}
        for identity in again:
            del self._nodes[identity]
        self.unread.add("queued prompt", len(again))

    def _rewound(self) -> set[str]:
        """Return the records of rewound turns: of several prompts after one record, only the newest counts."""
        newest: dict[str, str] = {}
        dropped = self._retracted & self._nodes.keys()
        for identity, node in self._nodes.items():
            if node.is_prompt and node.parent is not None:
                if node.parent in newest:
                    dropped.add(newest[node.parent])
                newest[node.parent] = identity
        for identity, node in self._nodes.items():
            if node.parent in dropped and node.parent not in self._retracted:
                dropped.add(identity)
        self.unread.add("rewound record", sum(bool(self._nodes[identity].steps) for identity in dropped))
        return dropped


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _name_of(record: Record) -> str:
    name = first_string(record, "type") or NO_TYPE
    inner = as_object(record.get("data") or record.get("attachment"))
    detail = first_string(record, "subtype") or word(inner.get("type"))
    return f"{name}/{detail}" if detail else name
