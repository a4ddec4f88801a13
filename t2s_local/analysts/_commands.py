"""What a call runs and whether it changes anything: programs, subcommands, edited files."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

_QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
"""Quoted words of a shell line, which may run over several lines."""
_SEGMENT = re.compile(r"\s*(?:&&|\|\||;|\n)\s*")
_ASSIGNMENT = re.compile(r"^(?:[A-Z_][A-Z0-9_]*=\S*\s+)+")
_HEREDOC = re.compile(r"^\s*(?:cat|tee)\b[^\n]*<<-?\s*['\"]?(\w+)['\"]?[^\n]*\n.*?^\1\s*$", re.DOTALL | re.MULTILINE)


@cache
def _words(name: str) -> frozenset[str]:
    text = resources.files("t2s_local.analysts").joinpath("actions.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)[name])


def is_shell(tool: str) -> bool:
    """Whether *tool* takes a shell line."""
    return tool.lower() in _words("shells")


def head_of(tool: str, action: str) -> str:
    """What a call runs, without its arguments: the tool's name, or for a shell the program and its subcommand."""
    if not is_shell(tool):
        return tool
    if action.lstrip().startswith("{"):
        return tool
    first_word = action.split(None, 1)[0] if action.strip() else ""
    if first_word in _words("editor"):
        return first_word
    writes_file = bool(_HEREDOC.search(action))
    for segment in reversed(segments(_QUOTED.sub("Q", _HEREDOC.sub("", action)))):
        head = _program(segment)
        if head is not None and head.split()[0] not in _words("idle"):
            return head
    if writes_file:
        return "cat > <file>"
    first = next((_program(segment) for segment in segments(_QUOTED.sub("Q", action))), None)
    return first or tool


def segments(command: str) -> list[str]:
    """The commands of a shell line, split at ``&&``, ``||``, ``;`` and line ends; a pipeline stays whole."""
    return [part for part in _SEGMENT.split(command) if part.strip() and not part.lstrip().startswith("#")]


def _program(segment: str) -> str | None:
    parts = _ASSIGNMENT.sub("", segment.strip()).split()
    while parts and (parts[0] in _words("prefixes") or parts[0].isdigit()):
        parts = parts[1:]
    if not parts:
        return None
    program = parts[0].rsplit("/", 1)[-1].strip("()'\"`")
    if not re.match(r"^[\w.+\[-]+$", program):
        return None
    if re.match(r"^python[\d.]*$", program):
        return _python(parts)
    if program in _words("subcommands"):
        rest = [part for part in parts[1:3] if re.match(r"^[a-z][\w:-]*$", part)]
        take = 2 if program in {"npm", "yarn", "pnpm", "mise", "uv", "poetry"} and rest[:1] == ["run"] else 1
        return " ".join([program, *rest[:take]])
    if program == "sed" and "-i" in " ".join(parts[1:3]):
        return "sed -i"
    return program


def _python(parts: Sequence[str]) -> str:
    if "-m" in parts[1:4]:
        at = parts.index("-m")
        return " ".join(["python -m", *parts[at + 1 : at + 2]])
    if "-c" in parts[1:4]:
        return "python -c"
    return "python <script>" if len(parts) > 1 and not parts[1].startswith("<") else "python"


_EDIT_TOOL = re.compile(
    r"edit|write|create|str_replace|apply_patch|insert|update|replace|add|set|delete|remove|install", re.IGNORECASE
)
_FILE_TOOL = re.compile(
    r"(?:multi|notebook|file|text)?_?(?:edit|write|create|insert|append|str_replace|replace|apply_patch|patch)"
    r"(?:_?(?:file|editor|based_edit_tool|patch|in_file|to_file|text|diff))?",
    re.IGNORECASE,
)
_READ_TOOL = re.compile(r"read|view|open|list|search|get|find|grep|glob|fetch|todo|plan|think", re.IGNORECASE)


def changes_state(tool: str, head: str) -> bool:
    """Whether an action leaves something changed: files, packages, configuration, a record."""
    if is_shell(tool):
        return (
            head in _words("changing_heads")
            or head in _words("editor_changes")
            or head.split()[0] in _words("changing_programs")
        )
    return bool(_EDIT_TOOL.search(tool)) and not _READ_TOOL.search(tool)


def changes_files(tool: str, head: str) -> bool:
    """Whether an action edits files, as far as its name tells."""
    return head in _words("editor_changes") or bool(_FILE_TOOL.fullmatch(tool))


def edited_file(tool: str, action: str) -> str | None:
    """The file an edit is about; None for other actions."""
    if not _FILE_TOOL.fullmatch(tool):
        return None
    found = re.search(r'"(?:file_path|path|filename|file)":\s*"([^"]+)"', action)
    return found[1] if found else None


def without_cd(command: str) -> str:
    """*command* without the change of folder it starts with."""
    return re.sub(r"^\s*cd\s+\S+\s*(?:&&|;)\s*", "", command).strip()


def script_of(command: str) -> str | None:
    """The script file a command runs; None where it runs none."""
    found = re.search(
        r"\bpython[\d.]*\s+(?:-\w\s+)*([\w./-]+\.py)\b|\b(?:bash|sh|node|ruby)\s+([\w./-]+\.\w+)\b", command
    )
    return None if found is None else found[1] or found[2]


def is_reflection(head: str) -> bool:
    """Whether an action is the agent talking to itself: thinking, planning, doing sums."""
    return bool(re.fullmatch(r"think|plan|calculate|todo_?write|update_plan|note|reflect", head, re.IGNORECASE))


def only_looks(tool: str, head: str) -> bool:
    """Whether an action leaves everything as it was and only finds something out, as far as its name tells."""
    if is_shell(tool):
        return head in _words("looking")
    return (
        head in _words("looking")
        or is_reflection(head)
        or (bool(_READ_TOOL.search(head)) and not changes_state(tool, head))
    )
