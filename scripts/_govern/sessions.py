"""Writes recordings of agents that have skills, as Claude Code and Codex write theirs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

_START = datetime(2026, 1, 1, tzinfo=UTC)


class Call(NamedTuple):
    """One command with what it printed."""

    command: str
    output: str = ""
    code: int = 0


class Session(NamedTuple):
    """One conversation, as far as it matters here."""

    name: str
    request: str
    shown: Mapping[str, str] = {}
    """Descriptions of the skills that the harness lists, by name."""
    loaded: Sequence[tuple[str, str]] = ()
    """Skills that the agent loads, each with the text of its SKILL.md."""
    calls: Sequence[Call] = ()
    answer: str = "Done."
    minute: int = 0
    """Minutes from the beginning of 2026 to that of the session."""
    project: str = "/home/user/shop"


class _Tree:
    """Records of a session of Claude Code, each after the one before."""

    def __init__(self, session: Session) -> None:
        self.lines: list[dict[str, object]] = []
        self._session = session
        self._identity = str(uuid5(NAMESPACE_URL, session.name))

    def add(self, kind: str, **fields: object) -> None:
        session, number = self._session, len(self.lines)
        unique = str(uuid5(NAMESPACE_URL, f"{session.name} {number}"))
        base = {"isSidechain": False, "userType": "external", "cwd": session.project, "version": "2.1.220"}
        place = {"parentUuid": self.lines[-1]["uuid"] if self.lines else None, "sessionId": self._identity}
        at = {"uuid": unique, "timestamp": _stamp(session, number)}
        self.lines.append({**place, **base, "type": kind, **at, **fields})

    def user(self, *blocks: dict[str, object]) -> None:
        self.add("user", message={"role": "user", "content": list(blocks)})

    def assistant(self, number: int, block: dict[str, object]) -> None:
        message = {"id": f"msg_{number}", "role": "assistant", "model": "scripted", "content": [block]}
        self.add("assistant", message=message)

    def call(self, number: int, name: str, arguments: Mapping[str, str], output: str, *, is_error: bool) -> None:
        identity = f"toolu_{number}"
        self.assistant(number, {"type": "tool_use", "id": identity, "name": name, "input": arguments})
        self.user({"type": "tool_result", "tool_use_id": identity, "content": output, "is_error": is_error})


def claude_code(session: Session) -> str:
    """Return the file that Claude Code would have written: the list beside the messages, a `Skill` call for each."""
    tree = _Tree(session)
    tree.add("user", message={"role": "user", "content": session.request})
    if session.shown:
        content = "\n".join(f"- {name}: {said}" for name, said in session.shown.items())
        listing = {"type": "skill_listing", "content": content, "skillCount": len(session.shown)}
        tree.add("attachment", attachment=listing)
    for number, (name, text) in enumerate(session.loaded):
        tree.call(number, "Skill", {"skill": name}, f"Launching skill: {name}", is_error=False)
        told = f"Base directory for this skill: /home/user/.claude/skills/{name}\n\n{_body(text)}"
        tree.add("user", isMeta=True, message={"role": "user", "content": [{"type": "text", "text": told}]})
    for number, call in enumerate(session.calls, 1000):
        failed = f"Exit code {call.code}\n" if call.code else ""
        tree.call(number, "Bash", {"command": call.command}, f"{failed}{call.output}", is_error=bool(call.code))
    tree.assistant(9999, {"type": "text", "text": session.answer})
    return _joined(tree.lines)


def codex(session: Session) -> str:
    """Return the rollout that Codex would have written: the list in a message of the harness, reads of `SKILL.md`."""
    identity = str(uuid5(NAMESPACE_URL, session.name))
    items = list(_codex_items(session))
    meta = {"id": identity, "timestamp": _stamp(session, 0), "cwd": session.project, "cli_version": "0.99.0"}
    lines: list[dict[str, object]] = [{"timestamp": _stamp(session, 0), "type": "session_meta", "payload": meta}]
    for number, item in enumerate(items, 1):
        lines.append({"timestamp": _stamp(session, number), "type": "response_item", "payload": item})
    return _joined(lines)


def _codex_items(session: Session) -> Iterator[dict[str, object]]:
    if session.shown:
        entries = "\n".join(
            f"- {name}: {said} (file: /home/user/.agents/skills/{name}/SKILL.md)"
            for name, said in session.shown.items()
        )
        told = f"<skills_instructions>\n## Skills\n### Available skills\n{entries}\n</skills_instructions>"
        yield {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": told}]}
    yield {"type": "message", "role": "user", "content": [{"type": "input_text", "text": session.request}]}
    reads = [Call(f"cat /home/user/.agents/skills/{name}/SKILL.md", text) for name, text in session.loaded]
    for number, call in enumerate((*reads, *session.calls)):
        arguments = json.dumps({"cmd": call.command})
        yield {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": f"call_{number}"}
        output = f"Wall time: 0.1 seconds\nProcess exited with code {call.code}\nOutput:\n{call.output}"
        yield {"type": "function_call_output", "call_id": f"call_{number}", "output": output}
    yield {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": session.answer}]}


def _body(text: str) -> str:
    return text.split("---\n", 2)[2].strip() if text.startswith("---\n") else text


def _stamp(session: Session, number: int) -> str:
    at = _START + timedelta(minutes=session.minute, seconds=number)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _joined(lines: Sequence[Mapping[str, object]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)
