"""Find addresses in actions, and recognise those of this machine or its local network.

To contact an address is a risk only if a tool result, and nothing else, named the address.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.words import parts, table
from t2s_local.text.shell.command import Command

URL = re.compile(
    r"(?i)(?:git\+)?\b(?:https?|hxxps?|ftp|oci|git|ssh|wss?|socks\d?h?|s3|gs)://(?:(?:[^\s\"'<>`)\]}|;/?#\[]*@)?\[[\da-f:.]+\][^\s\"'<>`)\]}|;]*|[^\s\"'<>`)\]}|;]+)"
)
_NUMBERS = r"(?:127|10)(?:\.\d{1,3}){3}|0\.0\.0\.0|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}"
"""Numeric addresses of this machine and of local networks."""
_NAMES = r"localhost|host\.docker\.internal|[\w.-]+\.(?:local|internal|svc|test|localhost)"
LOCAL = re.compile(
    rf"(?i)^(?:git\+)?\w+://(?>(?:[^/?#]*@)?)"
    rf"(?:(?:{_NUMBERS}|{_NAMES})(?![\w.-])|\[::1?\]|[\w-]+(?::\d+)?(?:/|$)|<)"
)
"""A URL whose whole host is this machine, a local network or a name without a domain: no prefix of another host."""
SCP = re.compile(r"^(?:[\w.<>-]+@)?[\w.-]+\.[\w-]+:[^=\\]*$|^[\w.<>-]+@[\w.-]+:")
_HOST = re.compile(r"(?i)^(?:[^/@\s]*@)?((?:[a-z\d-]+\.)+[a-z]{2,}|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?(?:[/:]\S*)?$")
_IN_URL = re.compile(r"(?i)^(?:git\+)?\w+://(?>(?:[^/?#]*@)?)(?:\[([^\]]+)\]|([^/:?#\x00$]+))")
"""The host of a URL: what follows the last @ before its path, without brackets."""
_MAIL = re.compile(r"^[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}$")
_PRIVATE = re.compile(rf"^(?:{_NUMBERS})(?![\w.-])")
_ACCOUNT = re.compile(r"^(?=\S*\d)[\w+-]{8,}$")
"""An account, a telephone number or the like: one word with digits."""
_RECEIVERS = frozenset({"to", "recipient", "recipients", "iban", "account", "destination", "payee"})
_REMOTE = frozenset({"ssh", "scp", "sftp", "rsync", "mosh", "telnet", "nc", "ncat", "ftp", "ping"})
"""Programs whose arguments may be hosts without any sign that they are."""


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


def contacts(commands: Iterable[Command]) -> Iterator[Effect]:
    """Yield the addresses on other machines that shell commands contact, or set as an address to contact."""
    for command in commands:
        if command.program in table("showing") or command.program == "git":
            continue
        for name, value in command.variables:
            yield from _of_setting(name, value)
        for word, following in command.followed:
            name, sign, value = word.partition("=")
            if sign:
                yield from _of_setting(name, value)
            elif word.startswith("-"):
                yield from _of_setting(word, following)
            yield from _of_word(word, is_host=command.program in _REMOTE)


def contacts_in(leaves: Sequence[tuple[str, str]]) -> Iterator[Effect]:
    """Yield the addresses among the arguments of a tool that is no shell, each after the name of its argument."""
    for key, value in leaves:
        words = set(parts(key))
        if words & table("destinations"):
            yield from _of_word(value.strip(), is_host=False)
        if words & _RECEIVERS and _ACCOUNT.match(value.strip()):
            yield _contact(value.strip())


def _of_setting(name: str, value: str) -> Iterator[Effect]:
    words = set(parts(name))
    if words & (table("destinations") | table("sources")):
        yield from _of_word(value.strip("\"'"), is_host=True)


def _of_word(word: str, *, is_host: bool) -> Iterator[Effect]:
    """Yield the address that *word* is, or that a URL in it leads to; a bare host only if *is_host*."""
    if (found := URL.search(word)) and " " not in word:
        host = _IN_URL.match(found[0])
        if host and not LOCAL.match(found[0]):
            yield _contact(host[1] or host[2])
    elif _MAIL.match(word):
        yield _contact(word)
    elif is_host and (found := _HOST.match(word)) and not _PRIVATE.match(found[1]):
        yield _contact(found[1])


def _contact(address: str) -> Effect:
    return Effect(kind="sending", what=address, is_common=True)
