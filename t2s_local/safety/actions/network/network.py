"""Find actions that run code from the network, or change the address from which code is installed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from t2s_local.safety.actions.addresses import LOCAL, SCP, URL, address_of
from t2s_local.safety.actions.effect import Effect, Kind
from t2s_local.safety.actions.network.images import effects as of_images
from t2s_local.safety.actions.sending import sent
from t2s_local.safety.actions.shell.handed import files_run
from t2s_local.safety.actions.words import parts, table
from t2s_local.text.programs import programs
from t2s_local.text.shell.command import Command
from t2s_local.text.shell.tokens import HOLE

_INSTALLERS = frozenset(
    {
        "pip",
        "pip3",
        "pipx",
        "uv",
        "uvx",
        "npm",
        "npx",
        "pnpm",
        "yarn",
        "bun",
        "bunx",
        "gem",
        "cargo",
        "go",
        "apt",
        "apt-get",
        "brew",
        "dnf",
        "yum",
        "rpm",
        "dpkg",
        "deno",
        "poetry",
        "kubectl",
        "helm",
        "msiexec",
        "mshta",
        "regsvr32",
        "snap",
        "flatpak",
        "conda",
        "code",
        "claude",
        "ansible-pull",
        "choco",
        "winget",
        "luarocks",
        "composer",
        "nix",
        "nix-env",
        "terraform",
        "tofu",
    }
)
_SETTERS = frozenset(
    {
        "add",
        "set",
        "set-url",
        "tap",
        "config",
        "-w",
        "--add",
        "--global",
        "--set",
        "remote",
        "source",
        "sources",
        "edit",
        "update",
        "--replace-all",
        "--local",
        "--system",
    }
)
_APPLIERS = frozenset({"kubectl", "oc", "helm", "make", "gmake", "ansible-playbook", "nomad", "terraform", "tofu"})
"""Programs that run or install what a file says, ``-`` for their input."""
_REMOTE_MODULE = re.compile(r"^[\w-]+(?:\.[\w-]+)+/\S+@\S+$")
"""A Go module at a version: its name is the address from which it is installed."""
_FORGE = re.compile(r"^(?:github|gitlab|bitbucket|gist|git|ppa|file|http):[\w.-]+/\S+$")
"""Short forms of addresses that installers accept, such as ``github:owner/name``."""
_HOST_PATH = re.compile(r"(?i)^(?://(?:[a-z\d-]+\.)+[a-z]{2,}|(?:[a-z\d-]+\.)+[a-z]{2,}/)")
"""An address without a scheme: a host and a path, or a host after two slashes."""
_INTO = re.compile(r"^(?:--output|-outfile|--output-document|-out|--out|-destination|-[a-zA-Z]*[oO])$", re.IGNORECASE)
_INTO_JOINED = re.compile(r"^(?:--output=|--output-document=|-O)(\S+)$")


def effects(commands: Sequence[Command]) -> Iterator[Effect]:
    """Yield the effects of shell commands that use the network: downloads, sources and sent data."""
    statements: dict[int, list[Command]] = {}
    for command in commands:
        statements.setdefault(command.statement, []).append(command)
    for together in statements.values():
        yield from _of_statement(together)
    yield from _run_later(commands)
    for command in commands:
        yield from _of_sources(command)
        yield from _disguised(command)
        yield from of_images(command)


def _of_statement(commands: list[Command]) -> Iterator[Effect]:
    fetched = [command for command in commands if command.program in table("fetchers")]
    decoded = [command for command in commands if _decodes(command)]
    runs = [command for command in commands if _runs_input(command, commands)]
    if runs and fetched:
        yield Effect(kind="download", what=address_of(fetched) or fetched[0].program)
    elif runs and decoded:
        yield Effect(kind="hidden", what=decoded[0].program)
    elif any(command.program.startswith("$") and command.place == 0 for command in commands) and any(
        command.place > 0 for command in runs
    ):
        yield Effect(kind="hidden", what=commands[0].program)
    elif any(command.program == HOLE and command.place > 0 for command in commands) and any(
        command.is_inside and command.program in ("echo", "printf") for command in commands
    ):
        yield Effect(kind="hidden", what="a program whose name is computed")
    yield from sent(commands)


def _decodes(command: Command) -> bool:
    if command.program in ("echo", "printf"):
        return any(re.search(r"\\x[0-9a-f]{2}|\\[0-7]{3}", word) for word in command.arguments)
    words = " ".join(command.arguments).lower()
    return command.program in table("decoders") and (
        command.program in ("tr", "rev", "uudecode")
        or bool(re.search(r"-d\b|--decode|-r\b|-di\b|decrypt|enc\b", words))
    )


def _runs_input(command: Command, commands: list[Command]) -> bool:
    """Return whether *command* runs its input, or the output of another command, as code."""
    if HOLE in command.program:
        return True
    if command.program in _APPLIERS:
        return any(word == HOLE or (word == "-" and command.place > 0) for word in command.arguments)
    if command.program in ("apt-key",) or (command.program == "gpg" and "--import" in command.arguments):
        return command.place > 0
    if command.program not in table("interpreters"):
        return False
    if command.given is not None and HOLE in command.given:
        return True
    takes_code = command.program in ("eval", "source", ".", "iex", "invoke-expression")
    if any(HOLE in word for word in command.arguments):
        first = next((word for word in command.arguments if not word.startswith("-") or word == HOLE), "")
        return (
            takes_code
            or first.strip().startswith(HOLE)
            or any(word in ("-c", "-e", "-command") for word in command.arguments)
        )
    if command.place <= 0:
        return takes_code and any(other.is_inside or other.place > 0 for other in commands)
    own = [word for word in command.arguments if not word.startswith("-") and word != "/dev/stdin"]
    flags = {word for word in command.arguments if word.startswith("-")}
    return (
        takes_code
        or "-s" in flags
        or "-" in flags
        or (command.program in programs("shells") and command.arguments[-1:] == ("-c",))
        or not (own or flags & {"-c", "-m", "-e", "-r", "-n", "-ne", "-pe", "-p", "-i"})
    )


def _run_later(commands: Sequence[Command]) -> Iterator[Effect]:
    """Yield an effect for each file that an action downloads and then runs, alone or out of an archive."""
    saved: dict[str, str] = {}
    unpacked, pipe = "", ("", 0)
    for command in commands:
        if unpacked and _runs_by_path(command):
            yield Effect(kind="download", what=unpacked, is_common=True)
        for name in files_run(command):
            if name in saved:
                yield Effect(kind="download", what=saved[name])
        if command.program in table("fetchers"):
            address = address_of([command])
            saved |= {PurePosixPath(name).name: address for name in _saved(command, commands) if name and address}
            pipe = (address, command.statement)
        elif command.program in table("unpackers"):
            names = [PurePosixPath(word).name for word in (*command.arguments, *command.reads)]
            piped = pipe[0] if command.place > 0 and pipe[1] == command.statement else ""
            unpacked = next((saved[name] for name in names if name in saved), piped) or unpacked


def _runs_by_path(command: Command) -> bool:
    """Return whether *command* runs a program or a script by its path, other than the one that sets up a build."""
    is_script = command.program in programs("shells") and any(word.endswith(".sh") for word in command.arguments)
    is_own = bool(command.folder) and not command.folder.startswith(tuple(table("system_folders")))
    return is_script or (is_own and command.name != "configure")


def _saved(command: Command, commands: Sequence[Command]) -> Iterator[str]:
    """Yield the names of the files that the download *command*, or a later one of its pipeline, writes."""
    yield from command.writes
    for word, following in command.followed:
        if _INTO.match(word):
            yield following
        elif found := _INTO_JOINED.match(word):
            yield found[1]
        elif URL.match(word) or (command.program in ("scp", "rsync", "sftp") and SCP.match(word)):
            yield word.split("?")[0].rstrip("/").rpartition(":")[2]
    for other in commands:
        if other.statement == command.statement and other.place > command.place:
            yield from other.writes
            yield from (word for word in other.arguments if other.program == "tee" and not word.startswith("-"))


def _of_sources(command: Command) -> Iterator[Effect]:
    for name, value in command.variables:
        yield from of_setting(name, value)
    for word, following in command.followed:
        name, sign, value = word.partition("=")
        if sign and name:
            yield from of_setting(name, value)
        elif word == "-i" and (command.program.startswith("pip") or "pip" in command.arguments[:3]):
            yield from of_setting("--index-url", following)
        elif word.startswith("--"):
            yield from of_setting(word, following)
        yield from _named_source(command, word, following)
        address = URL.search(word) or SCP.match(word) or _FORGE.match(word)
        if address and not (URL.match(address[0]) and LOCAL.match(address[0])) and _is_source(command):
            yield Effect(kind="source", what=address[0])


def _named_source(command: Command, word: str, following: str) -> Iterator[Effect]:
    """Yield the effects of a source that *word* names in another way than by a whole address."""
    name, sign, value = word.partition("=")
    value = (value if sign else following).strip("\"'")
    if command.program == "go":
        yield from _of_module(command, word, value.partition("=")[2] if name in ("-replace", "--replace") else "")
    elif command.program == "cargo" and "replace-with" in word:
        yield Effect(kind="source", what=word)
    elif command.program == "cargo" and name == "--registry" and "search" not in command.arguments:
        yield from () if value == "crates-io" else (Effect(kind="source", what=f"--registry {value}", is_common=True),)
    is_source = name in ("-i", "-f", "-s") or (name.startswith("-") and bool({*parts(name)} & table("sources")))
    is_remote = _HOST_PATH.match(value) and not LOCAL.match("x://" + value.lstrip("/"))
    if command.program in _INSTALLERS and is_source and is_remote:
        yield Effect(kind="source", what=value)


def _of_module(command: Command, word: str, replacement: str) -> Iterator[Effect]:
    """Yield the effect of a Go module at a version, which is run or installed, or replaces another."""
    kind: Kind = "download" if "run" in command.arguments[:3] else "source"
    modules = filter(_REMOTE_MODULE.match, (word, replacement))
    yield from (Effect(kind=kind, what=module, is_common=True) for module in modules if "=" not in module)


def _is_source(command: Command) -> bool:
    """Return whether *command* installs from, or is configured to use, an address among its arguments."""
    words = set(command.arguments)
    if command.program in _INSTALLERS and not words & {"clone", "view", "info", "search"}:
        return True
    if command.program in ("docker", "podman", "docker-compose") and words & {"build", "compose", "stack", "up"}:
        return True
    return bool(words & _SETTERS and words_of(command) & table("sources"))


def words_of(command: Command) -> set[str]:
    """Return the words, in lower case, in the program's name and the arguments of *command*, URLs left out."""
    return {part for word in (command.program, *command.arguments) if not URL.match(word) for part in parts(word)}


def of_setting(name: str, value: str) -> Iterator[Effect]:
    """Yield the effect of a setting that changes a source or proxy to an address on another machine."""
    value = value.strip("\"'")
    found = URL.match(value) or (None if " " in value else URL.search(value.rpartition("::")[2]))
    if found and not LOCAL.match(found[0]) and set(parts(name)) & table("sources"):
        yield Effect(kind="source", what=found[0])


def _disguised(command: Command) -> Iterator[Effect]:
    """Yield effects of disguise: program names with look-alike letters, and encoded PowerShell commands."""
    name = command.program
    if (
        not name.isascii()
        and (unicodedata.normalize("NFKC", name).isascii() or any(one.isascii() and one.isalpha() for one in name))
        and name.replace("-", "").isalpha()
    ):
        yield Effect(kind="hidden", what=name)
    if name in ("powershell", "pwsh"):
        yield from (
            Effect(kind="hidden", what=word)
            for word in command.arguments
            if re.fullmatch(r"-e(?:nc?|ncodedcommand)?", word, re.IGNORECASE)
        )
