"""Read from a call its programs, subcommands and edited files, and whether it changes anything."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby, zip_longest

from t2s_local.text.programs import programs
from t2s_local.text.shell.command import Command
from t2s_local.text.shell.given import given_in, without_given
from t2s_local.text.shell.shell import parse
from t2s_local.text.text import squeeze

_PROGRAM = re.compile(r"^[\w.+\[-]+$")
_PYTHON = re.compile(r"^python[\d.]*$")
_SUBCOMMAND = re.compile(r"^[a-z][\w:-]*$")
_MOST_BEFORE = 6
"""Number of words after a program among which its subcommand is searched."""
_HANDED_ON = frozenset({"ssh", "su", "watch", "parallel", "find", "docker", "podman", "kubectl"})
"""Programs that run a shell line elsewhere; the program itself counts, not the programs in the line."""
_LOUD = frozenset({"--exit-code", "--quiet", "--check"})
"""Options with which a program reports its result, such as a difference, by its exit code."""
_OUTPUT_FILTER = re.compile(r"(?:\s*2>&1)?(?:\s*\|\s*(?:tail|head)(?:\s+-n?\s*\d+)?)?\s*$")


@cache
def _words(name: str) -> frozenset[str]:
    text = resources.files("t2s_local.text").joinpath("actions.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)[name])


@lru_cache(maxsize=4096)
def is_shell(tool: str) -> bool:
    """Return whether *tool* is the name of a tool that runs shell lines."""
    return tool.lower() in _words("shells")


SHELL = "shell"
"""Name used for every tool that runs shell lines under a name of its own."""
_COMMAND_KEY = re.compile(
    r"(?:[a-z]+_)*(?:bash|cli|shell|terminal)?(?:commands?|cmds?)(?:_?(?:line|string|text))?|keystrokes", re.IGNORECASE
)
"""Usual names of arguments that contain a command."""
_WORD_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SHELL_SYNTAX = re.compile(
    r"(?:^|\s)--?[A-Za-z]|&&|\|\|?|;|\$[({A-Z]|>|(?:^|\s)(?:\./|\.\./|~?/)\S|^\S+\.(?:sh|py|exe|ps1)\b"
)
"""Signs of a shell line that a sentence does not have: options, operators, paths."""


def holds_line(action: str, arguments: Mapping[str, object] | None) -> bool:
    """Return whether the *action* of a call is a command that is the value of one of its *arguments*."""
    if not arguments or action.lstrip().startswith(("{", "[")):
        return False
    return any(map(is_command_key, arguments))


@cache
def is_command_key(key: str) -> bool:
    """Return whether *key* is a usual name of an argument that contains a command."""
    return _COMMAND_KEY.fullmatch(key) is not None


def is_shell_call(tool: str, action: str, arguments: Mapping[str, object] | None, *, has_exit_code: bool) -> bool:
    """Return whether a call runs a shell line, judged by its content, because a tool can have any name.

    Args:
        tool: Name of the tool.
        action: The call's text.
        arguments: The arguments; None if they are not an object.
        has_exit_code: Whether the result has an exit code, as only results of programs have.
    """
    if not holds_line(action, arguments):
        return False
    words_of_name = {word.lower() for word in _WORD_OF_NAME.findall(tool)}
    return has_exit_code or bool(words_of_name & _words("shell_words")) or bool(_SHELL_SYNTAX.search(action))


def head_of(tool: str, action: str) -> str:
    """Return the head of a call, without arguments: the tool's name, or for a shell the program and its subcommand.

    For a chain of commands, the last that does more than prepare or read: ``cd x && pip install y && cat z`` installs.
    """
    if not is_shell(tool):
        return tool
    if action.lstrip().startswith("{"):
        return tool
    first_word = action.split(None, 1)[0] if action.strip() else ""
    if first_word in _words("editor"):
        return first_word
    heads = heads_of(action)
    working = [head for head in heads if not is_idle(head)]
    settling = [head for head in working if not only_looks(tool, head)]
    return [tool, *heads[:1], *working[-1:], *settling[-1:]][-1]


def is_idle(program: str) -> bool:
    """Return whether a program, such as ``cd``, only prepares the command beside it."""
    return program.split()[0] in _words("idle")


def heads_of(action: str) -> list[str]:
    """Return program and subcommand of every pipeline of a shell line, in order.

    For a pipeline it is the last program that does more than display or search, else the first; for a shell with a line
    as its argument, the programs in that line.
    """
    return [head for head, _ in main_commands(action)]


def main_commands(action: str) -> list[tuple[str, Command]]:
    """Return the main command of every pipeline, as :func:`heads_of` chooses it, after its program and subcommand."""
    found = list[tuple[str, Command]]()
    for _, pipeline in groupby(working(parse(action, has_masks=True).commands), key=lambda command: command.segment):
        piped = [
            (head, command)
            for command in pipeline
            if (head := head_of_command(command)) is not None and not (head == "tee" and command.place)
        ]
        found += [pair for pair in piped if pair[0] not in _words("looking")][-1:] or piped[:1]
    return found


def working(commands: Sequence[Command]) -> list[Command]:
    """Return *commands* without those whose output is an argument, and without shells whose own line follows."""
    found, is_kept = list[Command](), False
    for command, follower in zip_longest(commands, commands[1:]):
        if not command.is_inside:
            is_kept = not command.program
        hands_on = command.program in programs("shells") and follower and follower.host == command.program
        if not hands_on and command.host not in _HANDED_ON and (is_kept or not command.is_inside):
            found.append(command)
    return found


def segments(line: str) -> tuple[str, ...]:
    """Return the source of each pipeline of a shell line, without here-documents."""
    return parse(line, has_masks=True).segments


def head_of_command(command: Command) -> str | None:
    """Return program and subcommand of *command*, without arguments; None if the first word is no program's name."""
    name = command.name
    if not _PROGRAM.match(name):
        return None
    if _PYTHON.match(name):
        return _python(command.arguments)
    runner = next((starter for starter in command.starters if " " in starter), None)
    if runner is not None:
        return f"{runner} {name}"
    if name in programs("with_subcommands"):
        return " ".join([name, *subcommands(command)])
    if name == "sed" and "-i" in " ".join(command.arguments[:2]):
        return "sed -i"
    return "cat > <file>" if name == "cat" and command.writes else name


def subcommands(command: Command) -> list[str]:
    """Return the subcommand of *command* and, after ``run``, the name of the task; options are skipped."""
    found, arguments = list[str](), iter(command.arguments[:_MOST_BEFORE])
    for word in arguments:
        if word in programs("options_before_subcommand"):
            next(arguments, None)
        elif _SUBCOMMAND.match(word):
            found.append(word)
            if len(found) == 2 or word != "run" or command.program not in programs("runners_of_tasks"):
                break
        elif not word.startswith("-"):
            break
    return found


def _python(arguments: Sequence[str]) -> str:
    if "-m" in arguments[:3]:
        at = arguments.index("-m")
        return " ".join(["python -m", *arguments[at + 1 : at + 2]])
    if "-c" in arguments[:3]:
        return "python -c"
    return "python <script>" if arguments and not arguments[0].startswith("<") else "python"


_SCRIPT = re.compile(r"\bpython[\d.]*\s+(?:-\w\s+)*([\w./-]+\.py)\b|\b(?:bash|sh|node|ruby)\s+([\w./-]+\.\w+)\b")
_EDIT_TOOL = re.compile(
    r"edit|write|create|str_replace|apply_patch|insert|update|replace|add|set|delete|remove|install", re.IGNORECASE
)
_FILE_TOOL = re.compile(
    r"(?:multi|notebook|file|text)?_?(?:edit|write|create|insert|append|str_replace|replace|apply_patch|patch)"
    r"(?:_?(?:file|editor|based_edit_tool|patch|in_file|to_file|text|diff))?",
    re.IGNORECASE,
)
_READ_TOOL = re.compile(r"read|view|open|list|search|get|find|grep|glob|fetch|todo|plan|think", re.IGNORECASE)


@lru_cache(maxsize=4096)
def changes_state(tool: str, head: str) -> bool:
    """Return whether an action changes files, packages, configuration or a record, judged by *tool* and *head*."""
    if is_shell(tool):
        return (
            head in _words("changing_heads")
            or head in _words("editor_changes")
            or head.split()[0] in _words("changing_programs")
        )
    return bool(_EDIT_TOOL.search(tool)) and not _READ_TOOL.search(tool)


@lru_cache(maxsize=4096)
def changes_files(tool: str, head: str) -> bool:
    """Return whether an action edits files, judged by the names in *tool* and *head*."""
    return head in _words("editor_changes") or bool(_FILE_TOOL.fullmatch(tool))


def edited_file(tool: str, action: str) -> str | None:
    """Return the file that an edit changes; None for other actions and if the action names no file."""
    if not _FILE_TOOL.fullmatch(tool):
        return None
    found = re.search(r'"(?:file_path|path|filename|file)":\s*"([^"]+)"', action)
    return found[1] if found else None


def without_cd(command: str) -> str:
    """Return *command* without a ``cd`` at its start."""
    return re.sub(r"^\s*cd\s+\S+\s*(?:&&|;)\s*", "", command).strip()


def bare(command: str) -> str:
    """Return *command* without ``cd``, here-documents and filters of its output, for comparison with other commands."""
    return _OUTPUT_FILTER.sub("", squeeze(without_cd(without_given(command))))


def is_same_call(tool: str, one: str, other: str) -> bool:
    """Return whether the call *other* repeats the call *one*, even if its output is filtered differently."""
    if squeeze(one) == squeeze(other):
        return True
    if not is_shell(tool) or bare(one) != bare(other):
        return False
    given = given_in(other)
    return not given or given == given_in(one)


def scripts_of(command: str) -> list[str]:
    """Return the script files that a command runs, in order."""
    return [found[1] or found[2] for found in _SCRIPT.finditer(command)]


def script_of(command: str) -> str | None:
    """Return the script file that a command runs last; None if it runs no script."""
    return next(reversed(scripts_of(command)), None)


def is_quiet(action: str) -> bool:
    """Return whether a nonzero exit code of a shell line only means an empty search result or a difference of files."""
    commands = working(parse(action, has_masks=True).commands)
    if not commands or _LOUD & {*commands[-1].arguments}:
        return False
    return head_of_command(commands[-1]) in _words("quiet")


@lru_cache(maxsize=4096)
def runs_tasks(head: str) -> bool:
    """Return whether *head* runs a task that a project defines: with a task runner, or as a script of the project."""
    return head.split()[0] in _words("task_runners") or head.endswith((".sh", ".py"))


@lru_cache(maxsize=4096)
def is_reflection(head: str) -> bool:
    """Return whether an action is only the agent's own thinking, planning or calculating."""
    return bool(re.fullmatch(r"think|plan|calculate|todo_?write|update_plan|note|reflect", head, re.IGNORECASE))


def is_scratch(head: str) -> bool:
    """Return whether an action is only a trial that any run may make, such as a throw-away script or a copied file."""
    return head in _words("scratch")


@lru_cache(maxsize=4096)
def only_looks(tool: str, head: str) -> bool:
    """Return whether an action only reads and changes nothing, judged by the names in *tool* and *head*."""
    if is_shell(tool):
        return head in _words("looking")
    return (
        head in _words("looking")
        or is_reflection(head)
        or (bool(_READ_TOOL.search(head)) and not changes_state(tool, head))
    )


def only_reports(words: Sequence[str]) -> bool:
    """Return whether the first argument or an option in *words* makes a command only report and change nothing."""
    return any(word in _words("reporting") for word in words[1:2]) or any(
        word in _words("reporting") for word in words[2:] if word.startswith("-")
    )


def is_handling(head: str) -> bool:
    """Return whether a program handles any files or processes, so that its name alone does not describe the action."""
    return head in _words("handling")
