"""Find addresses in shell commands, and recognise those of this machine or its local network."""

import re
from collections.abc import Iterable

from t2s_local.text.shell.command import Command

URL = re.compile(r"(?i)(?:git\+)?\b(?:https?|hxxps?|ftp|oci|git|ssh|wss?|socks\d?h?|s3|gs)://[^\s\"'<>`)\]}|;]+")
LOCAL = re.compile(
    r"(?i)^(?:git\+)?\w+://(?:[^/@]*@)?(?:localhost|127\.|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|[\w-]+(?::\d+)?(?:/|$)|[\w.-]+\.(?:local|internal|svc|test|localhost)\b|<)"
)
SCP = re.compile(r"^(?:[\w.<>-]+@)?[\w.-]+\.[\w-]+:[^=\\]*$|^[\w.<>-]+@[\w.-]+:")


def address_of(commands: Iterable[Command]) -> str:
    """Return the first URL or host name of another machine in *commands*; empty if there is none."""
    for command in commands:
        for word in command.arguments:
            if (found := URL.search(word)) and not LOCAL.match(found[0]):
                return found[0]
    for command in commands:
        for word in command.arguments:
            if re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/:]\S*)?", word):
                return word
    return ""


def bare(address: str) -> str:
    """Return an address up to its query, its fragment, or the first value put in by the shell."""
    return re.split(r"[?#\x00$]", address)[0]
