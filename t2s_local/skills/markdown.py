"""Write Markdown and front matter with any text inserted, escaped so that it cannot change the structure."""

import json
import re
from collections.abc import Iterable, Mapping

from t2s_local.text.text import MASK, squeeze, without_homes

_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_IDENTIFIER = re.compile(r"(?<![\w`])\w*[A-Za-z0-9]_\w*(?:\(\))?(?![\w`])|(?<![\w`])_\w+")
_SPECIAL = re.compile(
    r"(\\(?=[!-/:-@\[-`{-~])|[`<]|\*(?!\s|$)|(?<!\s)\*|(?<!\w)_|_(?!\w)|\](?=[(\[:])|~(?=~)|&(?=#?\w+;))"
)
"""Characters that are Markdown syntax inside a line; a mark between blanks or inside a word is no match."""
_LIST_MARK = re.compile(r"(\d{1,9})([.)])(?=\s|$)|([-+=#>])")
_COUNT = re.compile(r"\((R\d+)\s*:\s*(\d[\d,]* runs?)\)")
"""Text with the form of a rule's count of runs, which only :func:`sections.mark` may write."""
_BACKTICKS = re.compile(r"`+")


def front_matter(name: str, description: str, metadata: Mapping[str, str]) -> str:
    """Return front matter with a one-line, quoted description; parsing it returns every value unchanged.

    A JSON string is a YAML string in double quotes, so nothing in a value can end it.
    """
    lines = ["---", f"name: {name}", f"description: {_quoted(description)}", "metadata:"]
    lines += [f"  {key}: {_quoted(value)}" for key, value in metadata.items()]
    return "\n".join([*lines, "---", ""])


def prose(text: str) -> str:
    """Return *text* as one line of prose: code spans are kept, all other Markdown syntax is escaped.

    Masks such as ``<path>`` and identifiers with underscores become code. Text like a rule's count is changed.
    """
    line = _COUNT.sub(r"(\1; \2)", without_homes(squeeze(text)))
    parts: list[str] = []
    at = 0
    for found in _SPAN.finditer(line):
        parts += [_plain(line[at : found.start()]), found.group()]
        at = found.end()
    joined = "".join((*parts, _plain(line[at:])))
    mark = _LIST_MARK.match(joined)
    return joined if mark is None else f"{mark[1] or ''}\\{mark[2] or mark[3]}{joined[mark.end() :]}"


def code(text: str) -> str:
    """Return *text* as a code span on one line."""
    line = without_homes(squeeze(text))
    mark = "`" * (1 + max((len(found) for found in _BACKTICKS.findall(line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{mark}{pad}{line}{pad}{mark}"


def fence(text: str, *, info: str = "text") -> str:
    """Return *text* as a fenced block, verbatim except for home folders; the fence is longer than any in *text*."""
    body = without_homes(text).strip("\n")
    mark = "`" * max(3, 1 + max((len(found) for found in _BACKTICKS.findall(body)), default=0))
    return f"{mark}{info}\n{body}\n{mark}"


def bullets(items: Iterable[str]) -> str:
    """Return a bulleted list; the caller has indented further lines of an item by three spaces."""
    return "\n".join(f"- {item}".replace("\n   ", "\n  ") for item in items)


def numbered(items: Iterable[str]) -> str:
    """Return a numbered list; the caller has indented further lines of an item by three spaces."""
    return "\n".join(
        f"{number}. {item}".replace("\n   ", f"\n{' ' * (len(str(number)) + 2)}")
        for number, item in enumerate(items, 1)
    )


def sentence(text: str) -> str:
    """Return *text* with a capital letter at its start and a full stop at its end."""
    text = text.strip()
    if not text:
        return text
    head = text[0].upper() + text[1:] if text[0].isalpha() else text
    return head if head.endswith((".", "!", "?", ".”", "!”", "?”", ":")) else f"{head.rstrip(',;')}."


def clause(text: str) -> str:
    """Return *text* for use inside a sentence: without a full stop and the capital letter of a sentence start."""
    text = text.strip().rstrip(".,;: ")
    first = text.split(" ", 1)[0]
    if first[1:].islower() and first[:1].isupper() and first.isalpha():
        return text[0].lower() + text[1:]
    return text


def _plain(text: str) -> str:
    parts: list[str] = []
    at = 0
    spots = sorted((found.start(), found.end()) for pattern in (MASK, _IDENTIFIER) for found in pattern.finditer(text))
    for start, end in spots:
        if start < at:
            continue
        parts += [_SPECIAL.sub(r"\\\1", text[at:start]), f"`{text[start:end]}`"]
        at = end
    return "".join((*parts, _SPECIAL.sub(r"\\\1", text[at:])))


def _quoted(text: str) -> str:
    line = _COUNT.sub(r"(\1; \2)", squeeze(text))
    return json.dumps(line.replace("---", "--"), ensure_ascii=False)
