"""Label events of runs: the observed text or the command, with everything masked that differs from run to run.

The masks are those of GraphMind (arXiv 2605.17617): times, ids, addresses and long quotations. The operands of commands
are masked too, since two runs hardly ever work on the same file.
"""

import re

from t2s_local.safety.characters import one_line
from t2s_local.text.commands import head_of, is_handling, is_idle, is_shell, main_commands, only_looks
from t2s_local.text.shell.command import Command
from t2s_local.text.text import clip, first_line, squeeze

LONGEST = 160
"""Largest number of characters of a label."""
_MASKS = tuple(
    (re.compile(pattern, re.IGNORECASE), mask)
    for pattern, mask in (
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\bago\([^)\n]{0,40}\)", "<time>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<id>"),
        (r"\b\d{4}-\d\d-\d\d\b", "<date>"),
        (r"\b0x[0-9a-f]{8,}\b", "<address>"),
        (r"\bhttps?://[^\s\"'<>)\]`]+", "<url>"),
        (r"(?<![\w.+-])([.+-]*)\w[\w.+-]*@[\w-]+\.[\w.-]+\b", r"\1<email>"),
        (r"\b(?:\d{1,3}\.){3}\d{1,3}\b", "<ip>"),
        (r"\"[^\"\n]{80,}\"|'[^'\n]{80,}'|“[^”\n]{80,}”", "<text>"),
        (r"(?<![\w.])\d{7,}(?![\w.])", "<number>"),
        (r"\b[a-z]+(?:_[a-z]+)*_\d{3,}\b", "<id>"),
        (r"(?-i:\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z\d]{6,}\b)", "<id>"),
    )
)
_REDACTED = re.compile(r"<([A-Z]+)(?:_[A-Z]+)*_\d+>")
"""Mark of a redacted value; since the numbers of two runs differ, ``<EMAIL_2>`` becomes ``<email>``."""
_PATH = re.compile(r"(?:~|\.{0,2})/\S*|[\w.@+-]+(?:/[\w.@+*-]+)+/?|[\w-]+\.[A-Za-z]\w{0,4}|\.{1,2}")
_WORD = re.compile(r"[A-Za-z][\w:=@+-]{0,30}")
_FLAG = re.compile(r"-{1,2}[A-Za-z][\w-]*(?:=(.*))?")
_TAG = re.compile(r"(?m)^\s*</?[\w:-]+>\s*$")
_MOST_WORDS = 8
_MASK = re.compile(r"<[a-z]+>")
_SHORT_VALUE = 3
"""Largest length of an option's value that is kept as a kind, such as ``f`` in ``-type f``."""
_MOST_COMMANDS = 3


def masked(text: str) -> str:
    """Return *text* on one line, with the parts masked that differ from run to run."""
    line = one_line(squeeze(text))
    for pattern, mask in _MASKS:
        line = pattern.sub(mask, line)
    return clip(_REDACTED.sub(lambda found: f"<{found[1].lower()}>", line), LONGEST)


def words_label(text: str) -> str:
    """Return the label of a user's message: its first line that is not only a tag, masked."""
    return masked(first_line(_TAG.sub("", text), limit=400))


def action_label(tool: str, action: str) -> str:
    """Return the label of a call: the tool, or for a shell the commands that do more than look, with masked operands.

    The label contains at most the last three commands of a chain; if all commands only look, the last command.
    """
    if not is_shell(tool):
        return masked(tool)
    commands = [(head, command) for head, command in main_commands(action) if not is_idle(head)]
    acting = [pair for pair in commands if not only_looks(tool, pair[0])] or commands[-1:]
    named = dict.fromkeys(_skeleton(head, command) for head, command in acting[-_MOST_COMMANDS:])
    return masked(" && ".join(named)) or masked(head_of(tool, action))


def _skeleton(head: str, command: Command) -> str:
    """Return *command* with its options and subcommands, and with masked operands."""
    is_free = is_handling(head) or only_looks("bash", head)
    kept = set(head.split())
    starters = [starter for starter in command.starters if " " in starter]
    found = [*starters, command.name]
    for word, before in zip(command.arguments, ("", *command.arguments), strict=False):
        is_value = before.startswith("-") and len(word) <= _SHORT_VALUE
        part = _argument(word, is_free=is_free and not is_value and word not in kept, is_code=before in ("-c", "-e"))
        if part != found[-1] or not part.startswith("<"):
            found.append(part)
    if command.writes and head == "cat > <file>":
        found.append("> <path>")
    return " ".join(found[:_MOST_WORDS])


def _argument(word: str, *, is_free: bool, is_code: bool) -> str:
    if _MASK.fullmatch(known := masked(word)):
        return known
    if is_code or re.search(r"\s|[\"'`$\\(){}\[\]|;\0]", word):
        return "<text>"
    if flag := _FLAG.fullmatch(word):
        value = flag[1]
        return word if not value or _short(value) else f"{word[: -len(value)]}<value>"
    if word.startswith("-"):
        return word if _short(word) else "<text>"
    if word.isdigit():
        return "<number>" if is_free or len(word) > 6 else word
    if _PATH.fullmatch(word):
        return "<path>"
    return word if not is_free and _WORD.fullmatch(word) else "<text>"


def _short(value: str) -> bool:
    return len(value) <= 12 and re.fullmatch(r"[\w.:,+-]+", value) is not None
