"""Prompts are versioned files under ``templates/``, filled strictly, identified by digest; data in them is fenced."""

import string
from collections.abc import Iterable
from functools import cache
from importlib import resources

from t2s_local.values.value import digest

_CODE_LENGTH = 4
"""Hex digits: few, since every marker costs them, and enough for texts that hold fewer than 65,536 different ones."""


@cache
def template(name: str) -> str:
    """Text of the template *name*, for instance ``error_analyst.v1.md``.

    Raises:
        FileNotFoundError: no such template ships with the package.
    """
    return resources.files("t2s_local").joinpath("templates", name).read_text("utf-8")


def prompt_digest(name: str) -> str:
    """Digest of a template's text: part of the key its answers are stored under."""
    return digest(template(name))


def fill(name: str, **values: str) -> str:
    """Fill the ``$placeholders`` of template *name*; ``$$`` stands for a dollar sign.

    Raises:
        ValueError: a placeholder has no value, or a value no placeholder.
    """
    text = string.Template(template(name))
    wanted = set(text.get_identifiers())
    if wanted != values.keys():
        message = f"{name} wants {sorted(wanted)}, got {sorted(values)}"
        raise ValueError(message)
    return text.substitute(values)


def fence_code(texts: Iterable[str]) -> str:
    """A code for the marker lines around *texts* that none of them can forge: it occurs in none.

    It is a digest of the texts, taken again until it does not occur.
    """
    known = tuple(texts)
    code = digest(*known)[:_CODE_LENGTH]
    while any(code in text for text in known):
        code = digest(code, *known)[:_CODE_LENGTH]
    return code
