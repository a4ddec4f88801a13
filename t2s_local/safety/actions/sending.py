"""Find actions that send data to other machines."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.safety.actions.addresses import LOCAL, SCP, URL, address_of, bare
from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.words import parts, pattern, table
from t2s_local.text.shell.command import Command
from t2s_local.text.shell.tokens import HOLE

_BODY = re.compile(
    r"^(?:-d.*|--data(?:-\w+)?(?:=.*)?|-F.*|--form(?:-string)?(?:=.*)?|-T.*|--upload-file(?:=.*)?|--json(?:=.*)?|--post-(?:data|file)(?:=.*)?|--body-(?:data|file)(?:=.*)?|-body|-infile|-form|[\w-]+:?=@\S+|[\w-]+@[./~]\S*)$",
    re.IGNORECASE,
)
_SECRET = re.compile(r"\$\{?(?:env:)?\w*(?:key|token|secret|passw|credential|auth)\w*", re.IGNORECASE)
_FILE_BODY = re.compile(r"^(?:-[FdT])?[\"']?(?:[\w-]+:?=)?@|^[\w-]+@[./~]|^--upload-file|^-T")
_RAW = frozenset(
    {"nc", "ncat", "netcat", "socat", "telnet", "mail", "mailx", "mutt", "sendmail", "ssh", "sftp", "ftp", "lftp"}
)
"""Programs that send their whole input."""
_DEVICE = re.compile(r"^/dev/(?:tcp|udp)/")
_JOINED = re.compile(r"(?i)^(?:-[a-z]*[ec]$|--?(?:exec|sh-exec)|(?:exec|system):)")
_ENDPOINT = re.compile(r"(?i)^(?:tcp|udp|ssl|tls|openssl)\w*:([\w.-]+\.[a-z]{2,}|[\d.]+)(?::\d+)?")
"""An address as ``socat`` writes it."""
_RECIPIENT = re.compile(r"^[\w.+-]+@[\w.-]+$")
_SENDING_NAME = re.compile(
    r"(?<![a-z])(?:send|upload|transfer)|(?:send|upload|transfer)(?![a-z])|(?<![a-z])paste[\w.-]"
)
"""A name of a program that begins or ends a word with what it does, or that of a service for pasted texts."""
_SENDING_VERBS = frozenset({"send", "upload", "share", "publish", "put", "push", "transmit", "beam"})
_STORE = re.compile(r"^(?:s3|gs|abfss?|wasbs?|b2|r2|oss|cos|hdfs|swift|ftp|sftp|davs?|rsync)://")
"""An address of a store of files on the network."""
_COPY_VERBS = frozenset({"cp", "copy", "sync", "mv", "move", "rsync", "put", "upload"})
_HOST_LOOKUPS = frozenset({"dig", "nslookup", "host", "ping", "drill", "getent"})


def of_sending(leaves: Sequence[tuple[str, str]]) -> Iterator[Effect]:
    """Yield the addresses to which a sending tool sends private data, found by the names of its arguments."""
    body = " ".join(value for _, value in leaves)
    for key, value in leaves:
        if not set(parts(key)) & table("destinations"):
            continue
        address = URL.search(value)
        if address and LOCAL.match(address[0]):
            continue
        if address and pattern("private_sources").search(body):
            yield Effect(kind="sending", what=address[0])


def sent(commands: list[Command]) -> Iterator[Effect]:
    """Yield the effects of the commands of one statement that send data to other machines."""
    whole = " ".join(
        word for each in commands for word in (each.program, *each.arguments, *each.reads, each.given or "")
    )
    is_private = bool(pattern("private_sources").search(whole))
    is_fed = is_private or any(command.is_inside for command in commands) or bool(_SECRET.search(whole))
    for command in commands:
        yield from _pushed(command)
        yield from _over_devices(command)
        if command.program in _HOST_LOOKUPS and any(_is_filled(word) for word in command.arguments):
            yield Effect(kind="sending", what=bare(address_of([command])) or command.program)
        yield from _to_store(command)
        if command.program in table("senders"):
            yield from _copied(command)
            yield from _posted(command, is_fed=is_fed, is_private=is_private)
        if command.program != "git" and (verb := _sending_verb(command)):
            takes = command.place > 0 or bool(command.reads) or command.given is not None
            own = bool(pattern("private_sources").search(" ".join([*command.arguments, *command.reads])))
            if own or (takes and is_private):
                yield Effect(kind="sending", what=verb)


def _posted(command: Command, *, is_fed: bool, is_private: bool) -> Iterator[Effect]:
    """Yield the effect of data that *command* sends to an address.

    Args:
        command: A command of a program that can send data.
        is_fed: Whether the statement around it contains private data or the output of another command.
        is_private: Whether the statement around it names private data.
    """
    address = bare(address_of([command])) or next(filter(_is_address, command.arguments), "")
    has_body = any(_BODY.match(word) for word in command.arguments)
    takes = command.place > 0 or bool(command.reads) or command.given is not None
    in_address = any(URL.search(word) and _is_filled(word) for word in command.arguments)
    in_header = any(HOLE in word and ":" in word for word in command.arguments)
    has_file = any(_FILE_BODY.match(word) for word in command.arguments)
    if not address:
        return
    if (
        (is_fed and (in_address or has_body))
        or (in_header and is_private)
        or (has_body and (has_file or takes))
        or (takes and (is_private or command.program in _RAW))
    ):
        yield Effect(kind="sending", what=address)
    elif has_body:
        yield Effect(kind="sending", what=address, is_common=True)


def _is_address(word: str) -> bool:
    return bool(_RECIPIENT.match(word) or _ENDPOINT.match(word))


def _over_devices(command: Command) -> Iterator[Effect]:
    """Yield the effects of connections through ``/dev/tcp`` and of programs bound to a network connection."""
    places = (*command.writes, *command.reads, *command.arguments)
    yield from (Effect(kind="sending", what=place) for place in places if _DEVICE.match(place))
    if command.program in ("nc", "ncat", "netcat", "socat") and any(_JOINED.match(word) for word in command.arguments):
        yield Effect(kind="right", what=" ".join([command.program, *command.arguments])[:80])


def _is_filled(word: str) -> bool:
    """Return whether *word* contains a secret variable or the output of another command."""
    return HOLE in word or bool(_SECRET.search(word))


def _pushed(command: Command) -> Iterator[Effect]:
    arguments = [word for word in command.arguments if not word.startswith("-")]
    if command.program == "git" and arguments[:1] == ["push"] and len(arguments) > 1 and arguments[1] != "origin":
        yield Effect(kind="sending", what=arguments[1])
    if command.program == "gh" and arguments[:2] == ["gist", "create"]:
        yield Effect(kind="sending", what="gist create")
    published = f"{command.program} {' '.join(arguments[:2])}".strip()
    if pattern("publishing").match(published):
        whole = " ".join(command.arguments)
        is_private = HOLE in whole or bool(pattern("private_sources").search(whole))
        yield Effect(kind="sending", what=published, is_common=not is_private)


def _sending_verb(command: Command) -> str:
    """Return the name of a program, with its verb, that says that it sends something away; empty if none does."""
    if command.program in table("file_programs") | table("showing"):
        return ""
    if _SENDING_NAME.search(command.program):
        return command.program
    verbs = [word for word in command.arguments if not word.startswith("-")][:3]
    found = next((word for word in verbs if word.lower() in _SENDING_VERBS), "")
    return f"{command.program} {found}" if found else ""


def _to_store(command: Command) -> Iterator[Effect]:
    """Yield the effect of a command, of any program, that copies something to a store on the network."""
    last = command.arguments[-1] if command.arguments else ""
    if _COPY_VERBS & {*command.arguments} and (_STORE.match(last) or _copies_private(command)):
        yield Effect(kind="sending", what=last)


def _copies_private(command: Command) -> bool:
    """Return whether the subcommand of a program copies a private file to a place that is none of this machine's."""
    verb, *places = [word for word in command.arguments if not word.startswith("-")] or [""]
    if verb not in _COPY_VERBS or len(places) < 2 or places[-1].startswith(("/", ".", "~")):
        return False
    is_local = command.program in table("file_programs") | table("local_stores") | {"git", "hg", "svn", "busybox"}
    return not is_local and bool(pattern("private_sources").search(" ".join(places[:-1])))


def _copied(command: Command) -> Iterator[Effect]:
    """Yield the effects of commands that copy files to another machine."""
    last = command.arguments[-1] if command.arguments else ""
    if command.program in ("scp", "rsync", "sftp", "rclone") and (
        SCP.match(last) or (re.match(r"^\w[\w-]*:[^\s\\]*$", last) and command.program == "rclone")
    ):
        yield Effect(kind="sending", what=last)
