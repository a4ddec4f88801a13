"""What a tool call does, in the words quotes are checked against."""

import shlex
from collections.abc import Mapping
from functools import lru_cache

from t2s_local.records.json import compact
from t2s_local.text.commands import is_command_key

_CODE_KEYS = ("code", "script", "python_code")
_CODE = frozenset(_CODE_KEYS)
_LONGEST_VALUE = 200
_MODIFIERS = frozenset(
    {
        "Blocking",
        "Cwd",
        "SafeToAutoRun",
        "WaitMsBeforeAsync",
        "append_newline",
        "blocking",
        "cwd",
        "dangerouslyDisableSandbox",
        "description",
        "dir_path",
        "directory",
        "duration",
        "env",
        "explanation",
        "is_background",
        "is_blocking",
        "is_input",
        "justification",
        "login",
        "max_output_tokens",
        "prefix_rule",
        "requires_approval",
        "restart",
        "riskLevel",
        "riskLevelReason",
        "run_in_background",
        "sandbox_permissions",
        "security_risk",
        "session_id",
        "shell",
        "thought",
        "timeout",
        "timeout_ms",
        "toolAction",
        "toolSummary",
        "tty",
        "with_escalated_permissions",
        "workdir",
        "working_dir",
        "working_directory",
        "yield_time_ms",
    }
)
"""Arguments that say how a command is run; any other beside it makes ``command`` a sub-command, not the action."""
_SHELL_FLAGS = frozenset({"-c", "-lc", "-ic", "-lic", "/c", "-Command"})


def action_text(arguments: object) -> str:
    """What a tool call does: the command itself where the arguments hold one, otherwise the arguments as JSON."""
    if not isinstance(arguments, dict):
        return arguments if isinstance(arguments, str) else compact(arguments)
    keys = _action_keys(tuple(arguments))
    if not keys:
        return compact(arguments)
    told = [key for key in arguments if key not in _MODIFIERS]
    is_whole = len(told) == 1 or (len(keys) == 1 and _is_told_by(keys[0], arguments))
    command = _command(arguments[keys[0]]) if is_whole and keys[0] in told else None
    return compact(arguments) if command is None else command


def holds_code(arguments: Mapping[str, object], action: str) -> bool:
    """Whether the *action* of a call is code that its arguments hold, and nothing else of weight beside it."""
    return not _CODE.isdisjoint(arguments) and any(arguments.get(key) == action for key in _CODE_KEYS)


@lru_cache(maxsize=4096)
def _action_keys(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the *names* of arguments under which a command or code stands."""
    return tuple(name for name in names if name in _CODE or is_command_key(name))


def _is_told_by(key: str, arguments: Mapping[str, object]) -> bool:
    """Whether everything beside a command only says how it is run: switches, and beside several words short values."""
    command = arguments[key]
    beside = [arguments[name] for name in arguments if name != key and name not in _MODIFIERS]
    if all(value is None or isinstance(value, bool) for value in beside):
        return True
    is_line = isinstance(command, str) and " " in command.strip() and key not in _CODE_KEYS
    return is_line and all(_is_short(value) for value in beside)


def _is_short(value: object) -> bool:
    return isinstance(value, int | float) or value is None or (isinstance(value, str) and _fits(value))


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST_VALUE and "\n" not in text


def _command(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        return None
    if len(value) == 3 and value[1] in _SHELL_FLAGS:
        return str(value[2])
    return shlex.join(value)
