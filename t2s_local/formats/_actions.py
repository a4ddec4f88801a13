"""Text of a tool call: the words against which the quotes in lessons are checked."""

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
"""Arguments that say how a command is run; beside any other argument ``command`` may be a sub-command."""
_SHELL_FLAGS = frozenset({"-c", "-lc", "-ic", "-lic", "/c", "-Command"})


def action_text(arguments: object) -> str:
    """Return the text of a call: the command or code if the arguments contain one, otherwise the arguments as JSON."""
    if isinstance(arguments, dict):
        return action_of(arguments)[0]
    return arguments if isinstance(arguments, str) else compact(arguments)


def action_of(arguments: Mapping[str, object]) -> tuple[str, bool]:
    """Return the text of a call with these *arguments*.

    Returns:
        The text of the call, and whether that text is code from the arguments rather than a command or JSON.
    """
    key, is_alone, is_single, has_code = _names(tuple(arguments))
    if key is None or not (is_alone or (is_single and _is_told_by(key, arguments))):
        return compact(arguments), False
    command = _command(arguments[key])
    if command is None:
        return compact(arguments), False
    return command, has_code and any(arguments.get(name) == command for name in _CODE_KEYS)


@lru_cache(maxsize=4096)
def _names(names: tuple[str, ...]) -> tuple[str | None, bool, bool, bool]:
    """Look for a command among the *names* of arguments.

    Returns:
        The name of the command or code (None if there is none), whether all other names say how it is run, whether it
        is the only command, and whether any name is one of code.
    """
    keys = [name for name in names if name in _CODE or is_command_key(name)]
    told = [name for name in names if name not in _MODIFIERS]
    key = keys[0] if keys and keys[0] in told else None
    return key, len(told) == 1, len(keys) == 1, not _CODE.isdisjoint(names)


def _is_told_by(key: str, arguments: Mapping[str, object]) -> bool:
    """Return whether all arguments beside the command only say how the command is run.

    Such arguments are switches or, if the command has several words, short values.
    """
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
