"""Find checks that an action switches off: TLS, signatures, hooks, tests, linters, the guards of agents."""

import re
from collections.abc import Iterable, Iterator, Sequence

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.words import parts, pattern, table
from t2s_local.text.shell.command import Command

_FALSE = re.compile(
    r"(?i)^(?:0|false|no|off|none|never|null|\$false|disabled?|/dev/null|nul|ignore|bypass|unsafe|warn|allow|permissive|disable|true_?skip|n)$"
)
_SETTING = re.compile(r"^([\w.:\[\]\"'-]+?)\s*[=:]\s*(.*)$", re.DOTALL)
_PROSE = frozenset(
    {"-m", "--message", "--title", "--body", "--notes", "--description", "-am", "--subject", "--comment"}
)
_QUIET_RULES = re.compile(
    r"(?i)^--?(?:extend-)?(?:ignore|exclude|disable|skip|no|allow|suppress|per-file-ignores|deselect)[\w-]*(?:=.*)?$"
)
_LEFT_OUT = frozenset({"ignore", "ignores", "exclude", "excluded", "skip", "deselect", "suppress"})
_OWN_SETTINGS = frozenset({"--no-eslintrc", "--no-config-lookup", "--isolated", "--no-config", "--max-warnings"})
"""Options by which a checker forgets the project's rules, or passes with warnings."""
_RULE_OFF = re.compile(r"[:=]\s*[\"']?(?:off|0)\b")
_GIT = frozenset(
    {"clone", "config", "push", "commit", "pr", "-c", "merge", "rebase", "am", "fetch", "pull", "submodule", "tag"}
)
"""Subcommands and options of git with which a check can be switched off."""
_RUN_TOGETHER = re.compile(r"^[A-Z_]*(?:SSL|TLS|HTTPS)(?:MODE|VERIFY)?$")
"""Names of variables in capitals that are written without separators between their words."""
_WITHOUT_SUMS = re.compile(r"GO(?:INSECURE|NOSUMDB|NOSUMCHECK|FLAGS_INSECURE)")
_FLAGS = re.compile(r"(?:FLAGS|OPTS|OPTIONS|ARGS)$")
_PAIR = re.compile(r"([A-Za-z]+) (\w+)")
_TLS_FLAG = re.compile(r"^-[a-zA-Z]*k[a-zA-Z]*$")
_SUCCEEDING = frozenset({"true", ":", "/bin/true"})
_SAYING = frozenset({"echo", "printf"})
"""Programs that agents run after a check to report its result, and that always succeed."""
_LEAVING = frozenset({"exit", "return"})


def effects(commands: Sequence[Command]) -> Iterator[Effect]:
    """Yield the checks that shell commands switch off, or whose failure they hide."""
    for command in commands:
        yield from _of_command(command)
    yield from _hidden_failures(commands)


def _of_command(command: Command) -> Iterator[Effect]:
    for name, value in command.variables:
        yield from of_setting(name, value)
        if _FLAGS.search(name):
            yield from _of_arguments(value.strip("\"'").split())
        if name == "SKIP" and value and command.program in ("git", "pre-commit"):
            yield Effect(kind="check", what=f"SKIP={value}")
    arguments = _settings_joined(_without_prose(command.arguments))
    if command.program in table("showing") or (command.program == "git" and not _GIT & {*arguments}):
        return
    whole = " ".join([command.program, *arguments])
    if pattern("off_commands").match(whole):
        yield Effect(kind="check", what=whole[:80])
    yield from _of_arguments(arguments)
    if {command.program, *(arguments[:4] if command.program in table("runners") else ())} & table("checkers"):
        yield from _silenced(arguments)
    if command.program == "curl":
        yield from (Effect(kind="check", what=word) for word in arguments if _TLS_FLAG.match(word))


def _without_prose(arguments: Iterable[str]) -> list[str]:
    kept, before = list[str](), ""
    for word in arguments:
        if before not in _PROSE:
            kept.append(word)
        before = word
    return kept


def _settings_joined(arguments: list[str]) -> list[str]:
    """Return *arguments*, with ``name value`` after ``-o`` or ``-c`` rewritten as ``name=value``."""
    before = ["", *arguments]
    return [
        _PAIR.sub(r"\1=\2", word) if before[place] in ("-o", "-c") and _PAIR.fullmatch(word) else word
        for place, word in enumerate(arguments)
    ]


def _of_arguments(arguments: list[str]) -> Iterator[Effect]:
    for place, word in enumerate(arguments):
        if pattern("off_switches").fullmatch(word):
            yield Effect(kind="check", what=word)
        if " " in word and "-" in word and len(word) < 300:
            yield from _of_arguments(word.split())
            continue
        value = arguments[place + 1] if place + 1 < len(arguments) else ""
        joined = f"{word}={value}"
        if word.startswith("-") and pattern("off_switches").fullmatch(joined):
            yield Effect(kind="check", what=f"{word} {value}")
        if found := _SETTING.match(word):
            yield from of_setting(found[1], found[2])
        elif word.startswith("-"):
            yield from of_setting(word, value if _FALSE.match(value) and not value.startswith("-") else "")
        elif re.fullmatch(r"[\w.:/-]+", word) and not value.startswith("-") and _FALSE.match(value):
            yield from of_setting(word, value)


def of_setting(name: str, value: str) -> Iterator[Effect]:
    """Yield the check that a flag, variable or setting switches off; *value* is empty for a flag without a value."""
    if name.strip("-'\"").lower() in table("harmless") or len(name) > 120:
        return
    words = set(parts(name))
    plain = value.strip("\"' ").lower()
    is_false = bool(_FALSE.match(plain))
    says_no = bool(words & table("negations"))
    is_guard = bool(words & table("guards"))
    is_flag_like = bool(words & {"ignore", "skip", "enable"})
    is_flag = name.startswith("-") or name.isupper() or "." in name or "::" in name
    holds = (
        (
            bool(words & table("dangers"))
            and not is_false
            and "=" not in name
            and (is_flag or plain in ("true", "1", "yes"))
        )
        or (says_no and is_guard and not is_false and (is_flag or plain in ("true", "1", "yes")))
        or (is_false and bool(words & table("switches")) and not says_no)
        or (is_false and (name.lower() in table("run_together") or _RUN_TOGETHER.search(name)))
        or (bool(value) and bool(_WITHOUT_SUMS.fullmatch(name)))
        or (
            "scripts" in words and (is_false if words & {"ignore", "skip"} else plain in ("true", "1")) and is_flag_like
        )
        or (is_false and says_no and {"reject", "unauthorized"} <= words)
    )
    if holds:
        yield Effect(kind="check", what=name if not value else f"{name}={value}"[:80])


def _silenced(arguments: Iterable[str]) -> Iterator[Effect]:
    """Yield the arguments that make a checker skip rules or tests."""
    arguments = list(arguments)
    for place, word in enumerate(arguments):
        forgets = word in _OWN_SETTINGS and arguments[place + 1 : place + 2] != ["0"]
        if forgets or (_leaves_out(word) and "=" in word):
            yield Effect(kind="check", what=word)
        elif _leaves_out(word) and place + 1 < len(arguments) and not arguments[place + 1].startswith("-"):
            yield Effect(kind="check", what=f"{word} {arguments[place + 1]}"[:80])
        elif word == "--rule" and place + 1 < len(arguments) and _RULE_OFF.search(arguments[place + 1]):
            yield Effect(kind="check", what=f"--rule {arguments[place + 1]}"[:80])
        elif word == "-k" and place + 1 < len(arguments) and arguments[place + 1].startswith("not "):
            yield Effect(kind="check", what=f"-k {arguments[place + 1]}"[:80])


def _leaves_out(word: str) -> bool:
    """Return whether an option names what a checker is to leave out."""
    return bool(_QUIET_RULES.match(word)) or (word.startswith("--") and bool(_LEFT_OUT & {*parts(word)}))


def _hidden_failures(commands: Sequence[Command]) -> Iterator[Effect]:
    """Yield the commands that hide the failure of a check before them, because they always succeed."""
    checked = False
    for command in commands:
        if command.place == 0 and not command.is_inside:
            if checked and _succeeds(command):
                said = f"{command.after} {command.program}".strip()
                yield Effect(kind="check", what=said, is_common=command.program in _SAYING)
            checked = False
        checked = checked or _is_check(command)


def _is_check(command: Command) -> bool:
    """Return whether *command* runs a test, a linter or another check."""
    if command.program in table("checkers"):
        return True
    if command.program not in table("runners"):
        return False
    words = [word for word in command.arguments if not word.startswith("-")][:3]
    return any(word in table("checkers") or table("tasks") & {*parts(word)} for word in words)


def _succeeds(command: Command) -> bool:
    """Return whether *command* succeeds even if the command before it failed."""
    if command.program in _LEAVING:
        return command.arguments in ((), ("0",)) and (command.after == "||" or command.arguments == ("0",))
    if command.program in _SAYING:
        return command.after == "||"
    return command.program in _SUCCEEDING and command.after in ("||", ";", "\n")
