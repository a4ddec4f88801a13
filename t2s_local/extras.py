"""Optional parts of this program, and the command that adds one to this installation of it."""

import json
import shlex
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

_NAME = "t2s-local"


def command_for(extra: str) -> str:
    """Return the command that adds the optional dependencies *extra* to this installation.

    It names the folder this was installed from, where pip noted one that is still there; else the package.
    """
    try:
        folder, option = _source(distribution(_NAME))
    except PackageNotFoundError:
        folder, option = None, ""
    return f"pip install {option}{shlex.quote(f'{folder or _NAME}[{extra}]')}"


def _source(installed: Distribution) -> tuple[Path | None, str]:
    """Return the folder that *installed* came from and the option that installs it alike; None where there is none."""
    noted = json.loads(installed.read_text("direct_url.json") or "{}")
    address = urlsplit(str(noted.get("url", "")))
    folder = Path(unquote(address.path))
    if address.scheme != "file" or not (folder / "pyproject.toml").is_file():
        return None, ""
    return folder, "-e " if noted.get("dir_info", {}).get("editable") else ""
