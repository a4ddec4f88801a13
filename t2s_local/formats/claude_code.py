"""Claude Code sessions: one record a line, a tree by ``parentUuid``, sub-agents beside or inside the file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from t2s_local.formats._build import moment, passed, trajectory
from t2s_local.formats._dialects.gemini import is_enveloped
from t2s_local.formats._dialects.harness import INTERRUPTED
from t2s_local.formats._dialects.messages import assistant_blocks, content_text, user_blocks
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, values, word
from t2s_local.values.trajectory import Step, Trajectory
from t2s_local.values.value import digest

_SPOKEN = frozenset({"user", "assistant"})


class _Node(NamedTuple):
    """One record of the tree, reduced to what is kept of it."""

    parent: str | None
    branch: str
    """Which conversation of the file it belongs to."""
    is_prompt: bool
    steps: tuple[Step, ...]


class _Branch(NamedTuple):
    """Facts of one conversation of the file."""

    session_id: str
    parent_id: str | None
    model: str | None


def claims(head: Head) -> bool:
    """Records that have a place in a session's tree, or that only Claude Code writes."""
    records = seen(head)
    return any(map(_is_ours, records)) and not any(map(is_enveloped, records))


def _is_ours(record: Record) -> bool:
    if record.get("type") == "summary":
        return "leafUuid" in record
    return (
        "sessionId" in record
        and (("uuid" in record and "parentUuid" in record) or record.get("type") == "queue-operation")
    ) or (record.get("type") == "file-history-snapshot" and "snapshot" in record)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read the session and the sub-agents inside the file; progress, hooks and snapshots are counted."""
    tree = _Tree()
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
        else:
            tree.add(as_object(item[1]), line=item[0])
    yield from tree.trajectories(source)
    yield from passed(tree.unread, source=source)


class _Tree:
    """The records of one file, in file order."""

    def __init__(self) -> None:
        """Start empty."""
        self.unread: Counter[str] = Counter()
        self._nodes: dict[str, _Node] = {}
        self._branches: dict[str, _Branch] = {}
        self._blocks: set[str] = set()

    def add(self, record: Record, *, line: int) -> None:
        """Take in one record; one that was there before is counted and left out."""
        identity = first_string(record, "uuid") or f"line {line}"
        if identity in self._nodes:
            self.unread["repeated record"] += 1
            return
        kind = word(record.get("type"))
        steps = tuple(self._steps(record, line)) if kind in _SPOKEN else ()
        if not steps:
            self.unread[_name_of(record)] += 1
        if "uuid" not in record and not steps:
            return
        parent = first_string(record, "parentUuid") or first_string(record, "logicalParentUuid")
        branch = self._branch(record, parent, identity)
        is_prompt = kind == "user" and any(step.kind == "user" for step in steps)
        self._nodes[identity] = _Node(parent, branch, is_prompt, steps)

    def _steps(self, record: Record, line: int) -> Iterator[Step]:
        message = as_object(record.get("message"))
        at = moment(record.get("timestamp"))
        content = message.get("content")
        if record["type"] == "assistant":
            identity = first_string(message, "id") or f"line {line}"
            yield from self._new(assistant_blocks(content, at=at, line=line), identity)
        elif record.get("isCompactSummary") is True:
            yield Step(kind="summary", text=content_text(content), at=at, line=line)
        elif record.get("isMeta") is True:
            yield Step(kind="system", text=content_text(content), at=at, line=line)
        else:
            yield from user_blocks(content, at=at, line=line)

    def _new(self, steps: Iterable[Step], message_id: str) -> Iterator[Step]:
        """Leave out blocks of a message that an earlier line held already."""
        for step in steps:
            key = digest(message_id, step.kind, step.call_id or "", step.text)
            if key in self._blocks:
                self.unread["repeated block"] += 1
            else:
                self._blocks.add(key)
                yield step

    def _branch(self, record: Record, parent: str | None, identity: str) -> str:
        """The conversation a record belongs to: its parent's, or one that starts here."""
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
            self._branches[name] = known._replace(model=model)
        return name

    def trajectories(self, source: str) -> Iterator[Trajectory | Passed]:
        """One trajectory a conversation, without what the user rewound."""
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
            )

    def _rewound(self) -> set[str]:
        """Records of turns that the user took back: of several prompts after one record, only the newest counts."""
        newest: dict[str, str] = {}
        dropped: set[str] = set()
        for identity, node in self._nodes.items():
            if node.is_prompt and node.parent is not None:
                if node.parent in newest:
                    dropped.add(newest[node.parent])
                newest[node.parent] = identity
        for identity, node in self._nodes.items():
            if node.parent in dropped:
                dropped.add(identity)
        self.unread["rewound record"] += sum(bool(self._nodes[identity].steps) for identity in dropped)
        return dropped


def _name_of(record: Record) -> str:
    name = first_string(record, "type") or "record without a type"
    detail = first_string(record, "subtype") or first_string(as_object(record.get("data")), "type")
    return f"{name}/{detail}" if detail else name
