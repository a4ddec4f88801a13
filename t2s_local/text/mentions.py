"""Find the commands, paths and names that a text mentions, and check whether they occur in recorded texts."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Literal

from t2s_local.text.text import squeeze, words
from t2s_local.values.value import Value

_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_URL = re.compile(r"\bhttps?://[^\s\"'<>)\]`]+")
_PATH = re.compile(
    r"(?<![\w/.~-])(?:~|\.{1,2})?(?:/[\w.@+-]+)+/?|(?<![\w/.~@+-])[\w.@+-]+(?:/[\w.@+-]+)*/[\w@+-]+\.\w{1,5}\b"
)
_FILE = re.compile(
    r"(?<![\w/.~-])[\w-]+\.(?:c|cfg|conf|cpp|css|csv|db|env|gguf|go|h|html|ini|ipynb|java|js|json|jsonl|lock|log|md|"
    r"php|py|rb|rs|sh|sql|sqlite|tar|toml|ts|tsx|txt|xml|yaml|yml|zip)\b"
)
_FLAG = re.compile(r"(?<![\w-])--[A-Za-z][\w-]*")
HOLE = re.compile(r"<[^<>]{0,40}>|…|\.\.\.")
"""A part of a text that is left open: a tag or an ellipsis."""
_VERB = re.compile(r"^[a-z]+(?:s|ed|ing)$")
_FIELD = re.compile(r"[A-Za-z_]\w*(?:\[\d*\])+(?:\.[A-Za-z_]\w*(?:\[\d*\])*)*")
_NAME = re.compile(r"[A-Za-z_]\w*")
_OPERATOR = re.compile(r"\s(?:&&|\|\|?|>>?|<)\s|^\./")


class Mention(Value, frozen=True, kw_only=True):
    """A command, path or name in a text, which can be checked against recordings."""

    kind: Literal["command", "path", "name"]
    text: str


def mentions(text: str) -> tuple[Mention, ...]:
    """Return the mentions in *text*, each once: its code spans, and commands, paths, files and flags in its prose."""
    found: dict[Mention, None] = {}
    for span in _SPAN.finditer(text):
        found[_spanned(squeeze(span[2]))] = None
    prose = _SPAN.sub(" \0 ", text)
    found |= dict.fromkeys(_bare(prose))
    return tuple(found)


def _spanned(text: str) -> Mention:
    first = text.split(" ", 1)[0]
    if first in _list("programs") or _OPERATOR.search(text):
        return Mention(kind="command", text=text)
    is_path = _PATH.fullmatch(text) or _FILE.fullmatch(text) or _URL.fullmatch(text)
    return Mention(kind="path" if is_path else "name", text=text)


def _bare(prose: str) -> Iterator[Mention]:
    for found in _command().finditer(prose):
        command = squeeze(found[0]).rstrip(".,:")
        if not _is_sentence(command.split()[-1].lower()):
            yield Mention(kind="command", text=command)
    for pattern in (_URL, _PATH, _FILE, _FLAG):
        for found in pattern.finditer(prose):
            yield Mention(kind="name" if pattern is _FLAG else "path", text=found[0].rstrip(".,:"))
        prose = pattern.sub(" ", prose)


def _is_sentence(after: str) -> bool:
    """Return whether a word after a program's name shows that the name is part of a sentence, not of a command."""
    return after in _list("prose") or (_VERB.search(after) is not None and after not in _list("like_verbs"))


@cache
def _list(name: str) -> frozenset[str]:
    text = resources.files("t2s_local.text").joinpath("mentions.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)[name].split())


@cache
def _command() -> re.Pattern[str]:
    with_word, others = _list("with_subcommands"), _list("programs") - _list("with_subcommands")
    before_any = rf"(?:{_either(with_word)}) +-?[\w./:@-]+"
    before_no_word = rf"(?:{_either(others)}) +(?=\S*[\d./:@~-]\S)[\w./:@~-]+"
    return re.compile(rf"(?<![\w./`-])(?:{before_any}|{before_no_word})")


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


class Haystack:
    """Texts in which mentions are searched."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Prepare *texts* with white space folded, and also with JSON escapes undone."""
        folded: dict[str, None] = {}
        for text in texts:
            folded[squeeze(text)] = None
            if "\\" in text:
                folded[squeeze(text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"'))] = None
        self._texts = tuple(folded)

    def holds(self, text: str) -> bool:
        """Return whether *text* occurs in the texts, white space ignored; ``<holes>`` and ellipses match anything.

        For a field of nested arguments such as ``flights[0].date`` it is enough that each of its names occurs.
        """
        parts = [part for hole in HOLE.split(text) if (part := squeeze(hole))]
        if not parts or any(_in_order(parts, straw) for straw in self._texts):
            return True
        return _FIELD.fullmatch(text) is not None and all(
            any(name in straw for straw in self._texts) for name in _NAME.findall(text)
        )


def _in_order(parts: list[str], text: str) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


_FILLER = re.compile(
    r"\b(?:be (?:more )?careful|pay (?:close )?attention|double[- ]check|think (?:carefully|twice|before)|"
    r"take care|stay focused|be (?:thorough|patient|precise|aware|systematic)|best practices?|"
    r"as (?:needed|appropriate|necessary)|"
    r"(?:errors?|exceptions?|edge cases?) (?:appropriately|properly|carefully|correctly|gracefully)|"
    r"(?:appropriately|properly|carefully|thoroughly))\b",
    re.IGNORECASE,
)


def is_empty(order: str, *, known: Iterable[str]) -> bool:
    """Return whether an order contains no concrete action, but only filler or words that fit any work.

    Args:
        order: The action that a lesson or a rule orders.
        known: Recorded texts; words that occur in them make an order specific.
    """
    if mentions(order):
        return False
    specific = {word for word in words(_FILLER.sub(" ", order)) if word not in _list("general")}
    if len(specific) < 2:
        return True
    return not specific & {word for text in known for word in words(text)}
