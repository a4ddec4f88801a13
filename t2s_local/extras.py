"""The command that adds optional dependencies (an extra) to this installation."""

import json
import shlex
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

_NAME = "t2s-local"


def command_for(extra: str) -> str:
    """Return the command that adds the optional dependencies *extra* to this installation.

    It names the folder from which this was installed, if pip recorded it and it still exists, otherwise the package.
    """
    try:
        folder, option = _source(distribution(_NAME))
    except PackageNotFoundError:
        folder, option = None, ""
    return f"pip install {option}{shlex.quote(f'{folder or _NAME}[{extra}]')}"


def _source(installed: Distribution) -> tuple[Path | None, str]:
    """Return the source folder of *installed*, or None, and ``-e`` with a space for an editable installation."""
    noted = json.loads(installed.read_text("direct_url.json") or "{}")
    address = urlsplit(str(noted.get("url", "")))
    folder = Path(unquote(address.path))
    if address.scheme != "file" or not (folder / "pyproject.toml").is_file():
        return None, ""
    return folder, "-e " if noted.get("dir_info", {}).get("editable") else ""
