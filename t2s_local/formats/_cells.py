"""Cells of code that only run commands: the commands are extracted, the code around them is left out."""

import ast
import re
from collections.abc import Iterator

from t2s_local.text.commands import is_command_key

MARKS = frozenset("!%")
"""First characters of notebook cells that contain commands."""
_LONGEST = 20_000
"""Longest cell in characters that is examined."""
_PATCH = re.compile(r"^(?:[-+@]|\*\*\*|diff )", re.MULTILINE)
"""Pattern of the lines of a patch, which may contain any text."""
_WRAPPED = 3
"""Number of words in a command passed to a shell: the shell's name, a flag, the command."""


def command_of_cell(code: str) -> str | None:
    """Return the commands that a cell runs, one a line; None if it does anything else or runs none."""
    if len(code) > _LONGEST:
        return None
    commands = _magic(code) if code.lstrip()[:1] in MARKS else _commands(code)
    return "\n".join(commands) if commands and all(command.strip() for command in commands) else None


def _commands(code: str) -> list[str]:
    """Return the commands of a script; names that can run one are looked for first, because most code has none."""
    is_script = "tools." in code or "await " in code or "require(" in code or "Sync(" in code or "spawn(" in code
    is_python = "subprocess" in code or "os.system" in code or "os.popen" in code
    is_script = is_script and _may_run(code)
    if not (is_script or is_python) or _PATCH.search(code):
        return []
    return (list(_script(code)) if is_script else []) or (list(_python(code)) if is_python else [])


_CELL_MAGIC = re.compile(r"\s*%%(?:bash|sh|script\s+\w+|system)\b[^\n]*\n(.*)", re.DOTALL)
_LINE_MAGIC = re.compile(r"\s*(?:!|%(?:sx|system|pip|conda)\b)\s*(.*)")


def _magic(code: str) -> list[str]:
    """Return the commands in notebook syntax: a whole cell of commands, or lines that begin with a mark."""
    if whole := _CELL_MAGIC.match(code):
        return [whole[1].strip()]
    lines = [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    marked = [_LINE_MAGIC.match(line) for line in lines]
    return [found[1] for found in marked if found] if all(marked) else []


_RUNNERS = frozenset(
    {"os.system", "os.popen", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output"}
    | {
        "subprocess.Popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "run",
        "system",
        "check_output",
        "Popen",
    }
)
_HARMLESS = frozenset(
    {"print", "str", "len", "strip", "rstrip", "splitlines", "split", "decode", "join", "format", "communicate", "read"}
    | {"wait", "poll", "check_returncode", "splitext", "repr", "display"}
)
"""Functions that only print or format the output of a command."""
_STATEMENTS = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr, ast.For, ast.With, ast.If)


def _python(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [ast.unparse(call.func) for call in calls]
    is_plain = all(isinstance(node, _STATEMENTS) for node in tree.body)
    if not is_plain or not all(name in _RUNNERS or name.rpartition(".")[2] in _HARMLESS for name in names):
        return
    for call, name in zip(calls, names, strict=True):
        if name in _RUNNERS:
            yield _argument(call) or ""


def _argument(call: ast.Call) -> str | None:
    given = call.args[0] if call.args else next((word.value for word in call.keywords if word.arg == "args"), None)
    if isinstance(given, ast.List | ast.Tuple):
        words = [_text(item) for item in given.elts]
        return " ".join(word for word in words if word) if all(words) else None
    return _text(given)


def _text(node: ast.expr | None) -> str | None:
    """Return a string literal as it is written, with the fields of an f-string in braces; None for other nodes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return ast.unparse(node)[2:-1]
    return None


_TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_HOLE = re.compile(r"\x00(\d+)\x00")
"""Placeholder of a string literal of the code."""
_NAMED = re.compile(r"\b(?:const|let|var)\s+(\w+)\s*=\s*(\x00\d+\x00)")
_ASKED = re.compile(r"\(\s*\{([^{}]*)\}")
"""Pattern of an object of named arguments in a call."""
_CALLED = re.compile(r"((?:\w+\s*\.\s*)*\w+)\s*\Z")
_RUNS = re.compile(r"exec|shell|command|bash|run|terminal|spawn", re.IGNORECASE)
"""Words in the names of functions that run commands."""
_GIVEN = re.compile(r"\((?:\s|//[^\n]*\n|/\*.*?\*/)*[{\"'`]", re.DOTALL)
"""Opening bracket before named arguments or a string, with only comments between them."""
_NAME = 80
"""Characters before the arguments that are searched for the name of the call."""
_FIELD = re.compile(r"(?:^|,)\s*(\x00\d+\x00|[\w$]+)\s*(?::\s*(\x00\d+\x00|[\w$]+|\[[^\[\]]*\]))?\s*(?=,|$)")
_SPAWNED = re.compile(
    r"\b(?:exec|execSync|execFile|execFileSync|spawn|spawnSync)\s*\(\s*(\x00\d+\x00)(?:\s*,\s*\[([^\[\]]*)\])?"
)
_TOOL = re.compile(r"\btools\s*\.\s*\w+\s*\(")


def _may_run(code: str) -> bool:
    """Return whether a name that may run commands precedes arguments: a cheap test of a script."""
    return any(
        _RUNS.search(code, max(found.start() - _NAME, 0), found.start()) is not None for found in _GIVEN.finditer(code)
    )


def _script(code: str) -> Iterator[str]:
    """Yield the commands of a JavaScript cell, in order; nothing if it calls a tool without a command."""
    texts: list[str] = []

    def hole(token: re.Match[str]) -> str:
        if token[1] is None:
            return " "
        texts.append(_unescaped(token[1][1:-1]))
        return f"\0{len(texts) - 1}\0"

    bare = _TOKEN.sub(hole, code.replace("\0", ""))
    names = dict(_NAMED.findall(bare))
    found: list[tuple[int, str]] = []
    for asked in _ASKED.finditer(bare):
        name = _CALLED.search(bare[max(asked.start() - _NAME, 0) : asked.start()])
        command = _command(asked[1], texts, names) if name and _RUNS.search(name[1]) else None
        if name is not None and command is not None:
            found.append((asked.start() - len(name[0]), command))
    n_tools = sum(bare.startswith("tools", at) for at, _ in found)
    if n_tools < len(_TOOL.findall(bare)):
        return
    for spawned in _SPAWNED.finditer(bare):
        words = [spawned[1], *_holes(spawned[2] or "")]
        found.append((spawned.start(), _filled(" ".join(words), texts)))
    yield from (command.strip() for _, command in sorted(found))


def _holes(text: str) -> list[str]:
    return [found[0] for found in _HOLE.finditer(text)]


def _command(fields: str, texts: list[str], names: dict[str, str]) -> str | None:
    """Return the command in the named arguments of a call; None if there is none or its value is computed."""
    for key, value in _FIELD.findall(fields):
        given = value or key
        if not is_command_key(_filled(key, texts)):
            continue
        if given.startswith("["):
            words = _holes(given)
            return _filled(" ".join(words[2:] if len(words) == _WRAPPED else words), texts) if words else None
        given = names.get(given, given)
        return _filled(given, texts) if _HOLE.fullmatch(given) else None
    return None


def _filled(text: str, texts: list[str]) -> str:
    return _HOLE.sub(lambda hole: texts[int(hole[1])], text)


def _unescaped(text: str) -> str:
    def plain(escape: re.Match[str]) -> str:
        mark = escape[1]
        if len(mark) > 1 and mark[0] in "ux":
            return chr(int(mark[1:], 16))
        return "" if mark.endswith("\n") else _PLAIN.get(mark, mark)

    return _ESCAPE.sub(plain, text)
