"""Find container images that a command takes from another machine or sends to one."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from t2s_local.safety.actions.addresses import LOCAL, URL
from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.words import table
from t2s_local.text.shell.command import Command

_SCHEME = re.compile(r"^(?:docker|oras|oci|library|shub)://")
_IMAGE = re.compile(
    r"^(?:[a-z]+://)?((?:[\w-]+\.)+[\w-]+(?::\d+)?|[\w-]+:\d+)/[\w./-]+(?::[\w.-]+)?(?:@sha256:[\da-f]+)?$"
)
"""An image of a registry that its name starts with, as ``registry.example/team/tool:1``."""
_ACCOUNT = re.compile(r"^[\w.-]+/[\w./-]+(?::[\w.-]+)?$")
_GROUPS = frozenset({"container", "image", "service", "manifest", "buildx", "artifact"})
"""Words that may stand before the verb of a container program."""
_TAKING = frozenset({"run", "create", "pull", "fetch"})
_COPYING = frozenset({"copy", "cp", "sync", "mirror"})
_VERBS = _TAKING | _COPYING | {"push", "build"}
_ALONE = re.compile(
    r"^(?:-[ditPqa]+|--(?:rm|init|detach|interactive|tty|privileged|read-only|quiet|publish-all|all-tags|no-healthcheck)|--\S+=.*)$"
)
"""Options without a value in the next word."""
_VALUED = frozenset(
    {"--config", "-c", "--context", "-H", "--host", "-l", "--log-level", "-n", "--namespace", "--root", "--connection"}
)
"""Options before the verb with a value, which may be a word that is a verb elsewhere."""
_PUSHING = re.compile(r"^(?:--push(?:=true)?|(?:--output=|-o=?)?\S*(?:push=true|type=registry)\S*)$")


def effects(command: Command) -> Iterator[Effect]:
    """Yield the images that *command* runs or pulls from another machine, and those that it sends to one."""
    if command.program in table("image_programs"):
        yield from _of_program(command)
    for word, following in command.followed:
        value = following if word == "--image" else word.removeprefix("--image=")
        if (value != word and _is_remote(value)) or (_SCHEME.match(word) and _is_taken(command, word)):
            yield Effect(kind="download", what=value, is_common=True)
    if command.program in table("image_setters"):
        values = (word.partition("=")[2] for word in command.arguments if not word.startswith("-"))
        yield from (Effect(kind="download", what=value, is_common=True) for value in values if _is_remote(value))


def _of_program(command: Command) -> Iterator[Effect]:
    verb, operands = _verb_of(command.arguments)
    if verb in _TAKING and operands and _is_remote(operands[0]):
        yield Effect(kind="download", what=operands[0], is_common=True)
    elif verb == "push" or (verb == "build" and any(map(_PUSHING.match, command.arguments))):
        sent = [word for word in command.arguments if _is_remote(word)] or [
            word for word in operands if verb == "push" and _ACCOUNT.match(word) and not _IMAGE.match(word)
        ]
        yield from (Effect(kind="sending", what=word) for word in sent)
    elif verb in _COPYING and operands and _is_remote(operands[-1]):
        yield Effect(kind="sending", what=operands[-1])


def _verb_of(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the verb among *words* and the words after it that are neither options nor the values of options."""
    found, is_value = list[str](), False
    for before, word in pairwise(("", *words)):
        if not found and word in _VERBS and before not in _VALUED:
            is_value = False
        if word.startswith("-"):
            is_value = not _ALONE.match(word)
        elif not is_value and not (word in _GROUPS and not found):
            found.append(word)
        else:
            is_value = False
    return (found[0], found[1:]) if found else ("", [])


def _is_remote(word: str) -> bool:
    """Return whether *word* is an image, or the address of one, on another machine."""
    if found := URL.match(word):
        return found[0].startswith("oci") and not LOCAL.match(found[0])
    image = _IMAGE.match(word)
    return bool(image) and not LOCAL.match(f"x://{image[1]}/") if image else False


def _is_taken(command: Command, word: str) -> bool:
    """Return whether *word*, an image with a scheme, is the source of what *command* does."""
    verb, _ = _verb_of(command.arguments)
    return _is_remote(word) and verb != "push" and (verb not in _COPYING or word != command.arguments[-1])
