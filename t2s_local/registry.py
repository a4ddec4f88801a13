"""Find plug-ins by name: a plug-in is a module in the folder of its kind, with the name of its file."""

import pkgutil
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from t2s_local.errors import UsageError


@cache
def names(package: str) -> tuple[str, ...]:
    """Return the names of the plug-ins in *package*, sorted; modules that begin with ``_`` are helpers, no plug-ins."""
    folder = import_module(package).__path__
    return tuple(sorted(module.name for module in pkgutil.iter_modules(folder) if not module.name.startswith("_")))


@cache
def load(package: str, name: str) -> ModuleType:
    """Import the plug-in *name* of *package*.

    Raises:
        UsageError: there is no such plug-in; the hint lists the existing plug-ins.
    """
    known = names(package)
    if name not in known:
        kind = package.rpartition(".")[2].removesuffix("s")
        message = f"no {kind} is called {name!r}"
        raise UsageError(message, hint=f"{meant(name, known)}Choose one of: {', '.join(known)}.")
    return import_module(f"{package}.{name}")


def meant(name: str, known: Iterable[str]) -> str:
    """Return a question with the known name that begins with *name* or is most like it; empty if there is none."""
    by_case = {one.casefold(): one for one in sorted(known)}
    longer = [one for one in by_case if name and one.startswith(name.casefold())]
    near = longer or get_close_matches(name.casefold(), by_case, n=1, cutoff=0.7)
    return f"Did you mean {by_case[near[0]]}? " if near else ""


def shipped(*parts: str) -> Path:
    """Return the path of a file in ``models/``, inside the installed package or beside it in a checkout.

    Raises:
        UsageError: the installation lacks the file.
    """
    package = Path(__file__).parent
    for root in (package / "models", package.parent / "models"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    message = f"the installation lacks models/{'/'.join(parts)}"
    raise UsageError(message, hint="Install t2s-local again.")
