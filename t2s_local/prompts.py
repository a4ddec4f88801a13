"""Prompts from versioned files under ``templates/``: filled strictly, identified by digest, with marked-off data.

A template takes sentences from the guide for authors, ``authoring.vN/SKILL.md``, as ``{{authoring.v1#label}}``.
"""

import re
import string
from collections.abc import Iterable
from functools import cache
from importlib import resources

from t2s_local.values.value import digest

_CODE_LENGTH = 4
"""Number of hex digits: few, because every marker contains them; enough if texts lack one of the 65,536 codes."""


_FROM_GUIDE = re.compile(r"\{\{(authoring\.v\d+)#([^{}]+)\}\}")
_LABELLED = re.compile(r"^- `([^`]+)`: (.+)$", re.MULTILINE)


@cache
def template(name: str) -> str:
    """Return the text of the template *name*, for instance ``error_analyst.v1.md``, with the sentences of the guide.

    Raises:
        FileNotFoundError: no such template ships with the package.
        KeyError: the guide has no sentence with a label that the template names.
    """
    return _FROM_GUIDE.sub(lambda found: guide(found[1])[found[2]], _text(name))


@cache
def guide(name: str) -> dict[str, str]:
    """Return the labelled sentences of the guide for authors *name*, for instance ``authoring.v1``, by label.

    Raises:
        FileNotFoundError: no such guide ships with the package.
    """
    return dict(_LABELLED.findall(_text(name, "SKILL.md")))


def _text(*path: str) -> str:
    return resources.files("t2s_local").joinpath("templates", *path).read_text("utf-8")


def prompt_digest(name: str) -> str:
    """Return the digest of a template's text, which is part of the key of stored answers."""
    return digest(template(name))


def fill(name: str, **values: str) -> str:
    """Return template *name* with its ``$placeholders`` filled; ``$$`` becomes a dollar sign.

    Raises:
        ValueError: a placeholder has no value, or a value has no placeholder.
    """
    text = string.Template(template(name))
    wanted = set(text.get_identifiers())
    if wanted != values.keys():
        message = f"{name} wants {sorted(wanted)}, got {sorted(values)}"
        raise ValueError(message)
    return text.substitute(values)


def fence_code(texts: Iterable[str]) -> str:
    """Return a code for the marker lines around *texts* that occurs in none of them, so that none can forge a marker.

    The code is a digest of the texts, recomputed until it does not occur in them.
    """
    known = tuple(texts)
    code = digest(*known)[:_CODE_LENGTH]
    while any(code in text for text in known):
        code = digest(code, *known)[:_CODE_LENGTH]
    return code
