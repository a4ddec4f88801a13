"""What an action takes from the network and runs, where it takes things from, and what it sends where."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.shell import Command
from t2s_local.safety.actions.words import parts, pattern, table

_HOLE = "\x00"
_URL = re.compile(r"(?i)(?:git\+)?\b(?:https?|hxxps?|ftp|git|ssh|wss?|socks\d?h?|s3|gs)://[^\s\"'<>`)\]}|;]+")
_LOCAL = re.compile(
    r"(?i)^(?:git\+)?\w+://(?:[^/@]*@)?(?:localhost|127\.|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|[\w-]+(?::\d+)?(?:/|$)|[\w.-]+\.(?:local|internal|svc|test|localhost)\b|<)"
)
_SCP = re.compile(r"^(?:[\w.<>-]+@)?[\w.-]+\.[\w-]+:[^=\\]*$|^[\w.<>-]+@[\w.-]+:")
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
    }
)
_OPENERS = frozenset(
    {
        "chmod",
        "dpkg",
        "rpm",
        "installer",
        "msiexec",
        "start",
        "open",
        "start-process",
        "insmod",
        "pip",
        "pip3",
        "npm",
        "apt",
        "apt-get",
        "apt-key",
        "gpg",
        "java",
        "unshare",
        "ld.so",
        "docker",
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
_BODY = re.compile(
    r"^(?:-d.*|--data(?:-\w+)?(?:=.*)?|-F.*|--form(?:-string)?(?:=.*)?|-T.*|--upload-file(?:=.*)?|--json(?:=.*)?|--post-(?:data|file)(?:=.*)?|--body-(?:data|file)(?:=.*)?|-body|-infile|-form)$",
    re.IGNORECASE,
)
_INTO = re.compile(r"^(?:--output|-outfile|--output-document|-out|--out|-destination|-[a-zA-Z]*[oO])$", re.IGNORECASE)
_INTO_JOINED = re.compile(r"^(?:--output=|--output-document=|-O)(\S+)$")
_SECRET = re.compile(r"\$\{?(?:env:)?\w*(?:key|token|secret|passw|credential|auth)\w*", re.IGNORECASE)
_FILE_BODY = re.compile(r"^(?:-[FdT])?[\"']?(?:[\w-]+=)?@|^--upload-file|^-T")
_RAW = frozenset({"nc", "ncat", "netcat", "socat", "telnet", "mail", "mailx", "mutt", "sendmail"})
"""Programs that send whatever they are fed with."""
_HOST_LOOKUPS = frozenset({"dig", "nslookup", "host", "ping", "drill", "getent"})


def effects(commands: Sequence[Command]) -> Iterator[Effect]:
    """Effects on and through the network of shell commands."""
    statements: dict[int, list[Command]] = {}
    for command in commands:
        statements.setdefault(command.statement, []).append(command)
    for together in statements.values():
        yield from _of_statement(together)
    yield from _run_later(commands)
    for command in commands:
        yield from _of_sources(command)
        yield from _disguised(command)


def _of_statement(commands: list[Command]) -> Iterator[Effect]:
    fetched = [command for command in commands if command.program in table("fetchers")]
    decoded = [command for command in commands if _decodes(command)]
    runs = [command for command in commands if _runs_input(command, commands)]
    if runs and fetched:
        yield Effect(kind="download", what=_address(fetched) or fetched[0].program)
    elif runs and decoded:
        yield Effect(kind="hidden", what=decoded[0].program)
    elif any(command.program.startswith("$") and command.place == 0 for command in commands) and any(
        command.place > 0 for command in runs
    ):
        yield Effect(kind="hidden", what=commands[0].program)
    yield from _sent(commands)


def _decodes(command: Command) -> bool:
    if command.program in ("echo", "printf"):
        return any(re.search(r"\\x[0-9a-f]{2}|\\[0-7]{3}", word) for word in command.arguments)
    words = " ".join(command.arguments).lower()
    return command.program in table("decoders") and (
        command.program in ("tr", "rev", "uudecode")
        or bool(re.search(r"-d\b|--decode|-r\b|-di\b|decrypt|enc\b", words))
    )


def _runs_input(command: Command, commands: list[Command]) -> bool:
    """Whether *command* runs what it is fed with, or what another command prints."""
    if _HOLE in command.program:
        return True
    if command.program in ("apt-key",) or (command.program == "gpg" and "--import" in command.arguments):
        return command.place > 0
    if command.program not in table("interpreters"):
        return False
    if command.given is not None and _HOLE in command.given:
        return True
    takes_code = command.program in ("eval", "source", ".", "iex", "invoke-expression")
    if any(_HOLE in word for word in command.arguments):
        first = next((word for word in command.arguments if not word.startswith("-") or word == _HOLE), "")
        return (
            takes_code
            or first.strip().startswith(_HOLE)
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
        or not (own or flags & {"-c", "-m", "-e", "-r", "-n", "-ne", "-pe", "-p", "-i"})
    )


def _run_later(commands: Sequence[Command]) -> Iterator[Effect]:
    """Files that are downloaded and then run by the same action."""
    saved: dict[str, str] = {}
    for command in commands:
        for name in _run(command):
            if name in saved:
                yield Effect(kind="download", what=saved[name])
        if command.program in table("fetchers"):
            address = _address([command])
            saved |= {PurePosixPath(name).name: address for name in _saved(command, commands) if name and address}


def _saved(command: Command, commands: Sequence[Command]) -> Iterator[str]:
    """Files that *command*, which downloads, writes."""
    yield from command.writes
    for word, following in command.followed:
        if _INTO.match(word):
            yield following
        elif found := _INTO_JOINED.match(word):
            yield found[1]
        elif _URL.match(word):
            yield word.split("?")[0].rstrip("/")
    for other in commands:
        if other.statement == command.statement and other.place > command.place:
            yield from other.writes
            yield from (word for word in other.arguments if other.program == "tee" and not word.startswith("-"))


def _run(command: Command) -> Iterator[str]:
    """Names of the files that *command* runs or makes fit to be run."""
    yield PurePosixPath(command.program).name
    if command.program in table("interpreters") or command.program in _OPENERS:
        yield from (
            PurePosixPath(word.replace("\\", "/")).name
            for word in (*command.arguments, *command.reads)
            if word and not word.startswith("-")
        )


def _address(commands: Iterable[Command]) -> str:
    """The first address on another machine that *commands* name."""
    for command in commands:
        for word in command.arguments:
            if (found := _URL.search(word)) and not _LOCAL.match(found[0]):
                return found[0]
    for command in commands:
        for word in command.arguments:
            if re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/:]\S*)?", word):
                return word
    return ""


def _bare(address: str) -> str:
    """An address without what is filled into it."""
    return re.split(r"[?#\x00$]", address)[0]


def _of_sources(command: Command) -> Iterator[Effect]:
    for name, value in command.variables:
        yield from of_setting(name, value)
    for word, following in command.followed:
        name, sign, value = word.partition("=")
        if sign and name:
            yield from of_setting(name, value)
        elif word == "-i" and command.program.startswith("pip"):
            yield from of_setting("--index-url", following)
        elif word.startswith("--"):
            yield from of_setting(word, following)
        address = _URL.search(word) or _SCP.match(word)
        if address and not (_URL.match(address[0]) and _LOCAL.match(address[0])) and _is_source(command):
            yield Effect(kind="source", what=address[0])


def _is_source(command: Command) -> bool:
    """Whether an address among the arguments of *command* is one it installs from, or is told to go to."""
    words = set(command.arguments)
    if command.program in _INSTALLERS and not words & {"clone", "view", "info", "search"}:
        return True
    return bool(words & _SETTERS and words_of(command) & table("sources"))


def words_of(command: Command) -> set[str]:
    """The words of a command and of its arguments."""
    return {part for word in (command.program, *command.arguments) if not _URL.match(word) for part in parts(word)}


def of_setting(name: str, value: str) -> Iterator[Effect]:
    """A setting that takes things from another address, or sends them through one."""
    found = _URL.match(value.strip("\"'"))
    if found and not _LOCAL.match(found[0]) and set(parts(name)) & table("sources"):
        yield Effect(kind="source", what=found[0])


def of_sending(leaves: Sequence[tuple[str, str]]) -> Iterator[Effect]:
    """Where a tool that sends something sends it, by the names of its arguments."""
    body = " ".join(value for _, value in leaves)
    for key, value in leaves:
        if not set(parts(key)) & table("destinations"):
            continue
        address = _URL.search(value)
        if address and _LOCAL.match(address[0]):
            continue
        if address and pattern("private_sources").search(body):
            yield Effect(kind="sending", what=address[0])


def _sent(commands: list[Command]) -> Iterator[Effect]:
    whole = " ".join(
        word for each in commands for word in (each.program, *each.arguments, *each.reads, each.given or "")
    )
    is_fed = any(command.is_inside for command in commands) or bool(
        pattern("private_sources").search(whole) or _SECRET.search(whole)
    )
    for command in commands:
        yield from _pushed(command)
        if command.program in _HOST_LOOKUPS and any(_is_filled(word) for word in command.arguments):
            yield Effect(kind="sending", what=_bare(_address([command])) or command.program)
        if command.program in table("senders"):
            yield from _copied(command)
            yield from _posted(command, is_fed=is_fed)


def _posted(command: Command, *, is_fed: bool) -> Iterator[Effect]:
    """Data that *command* sends to an address.

    Args:
        command: One of those that send.
        is_fed: Whether its statement has private data or what another command prints.
    """
    address = _bare(_address([command]))
    has_body = any(_BODY.match(word) for word in command.arguments)
    takes = command.place > 0 or bool(command.reads) or command.given is not None
    in_address = any(_URL.search(word) and _is_filled(word) for word in command.arguments)
    has_file = any(_FILE_BODY.match(word) for word in command.arguments)
    if not address:
        return
    if (
        (is_fed and (in_address or has_body))
        or (has_body and (has_file or takes))
        or (command.program in _RAW and takes)
    ):
        yield Effect(kind="sending", what=address)
    elif has_body:
        yield Effect(kind="sending", what=address, is_common=True)


def _is_filled(word: str) -> bool:
    """Whether something private or what another command prints is put into *word*."""
    return _HOLE in word or bool(_SECRET.search(word))


def _pushed(command: Command) -> Iterator[Effect]:
    arguments = [word for word in command.arguments if not word.startswith("-")]
    if command.program == "git" and arguments[:1] == ["push"] and len(arguments) > 1 and arguments[1] != "origin":
        yield Effect(kind="sending", what=arguments[1])
    if command.program == "gh" and arguments[:2] == ["gist", "create"]:
        yield Effect(kind="sending", what="gist create")
    published = f"{command.program} {' '.join(arguments[:2])}".strip()
    if pattern("publishing").match(published):
        yield Effect(kind="sending", what=published, is_common=True)


def _copied(command: Command) -> Iterator[Effect]:
    """Files that go to another machine."""
    last = command.arguments[-1] if command.arguments else ""
    if command.program in ("scp", "rsync", "sftp", "rclone") and (
        _SCP.match(last) or (re.match(r"^\w[\w-]+:\S*$", last) and command.program == "rclone")
    ):
        yield Effect(kind="sending", what=last)
    if (
        command.program in ("aws", "gsutil", "az")
        and re.match(r"^(?:s3|gs)://", last)
        and {"cp", "sync", "mv", "rsync"} & set(command.arguments)
    ):
        yield Effect(kind="sending", what=last)


def _disguised(command: Command) -> Iterator[Effect]:
    """A program whose name only looks like another one, and a command that is given in code."""
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
