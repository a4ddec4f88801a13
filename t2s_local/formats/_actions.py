"""What a tool call does, in the words quotes are checked against."""

import shlex

from t2s_local.records.json import compact

_COMMAND_KEYS = frozenset(
    {"command", "cmd", "code", "script", "keystrokes", "bash_command", "commands", "python_code", "CommandLine"}
)
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
    if _COMMAND_KEYS.isdisjoint(arguments):
        return compact(arguments)
    told = [key for key in arguments if key not in _MODIFIERS]
    command = _command(arguments[told[0]]) if len(told) == 1 else None
    return compact(arguments) if command is None else command


def _command(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        return None
    if len(value) == 3 and value[1] in _SHELL_FLAGS:
        return str(value[2])
    return shlex.join(value)
