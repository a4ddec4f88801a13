"""Lists of programs by their properties, read from ``programs.toml``."""

import tomllib
from functools import cache
from importlib import resources


@cache
def programs(name: str) -> frozenset[str]:
    """Return the list called *name*."""
    text = resources.files("t2s_local.text").joinpath("programs.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)[name])
