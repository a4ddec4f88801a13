"""Entry point of ``python -m t2s_local`` and of the ``t2s`` command."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from t2s_local.processes.child_process import leave_current_folder_out


def main() -> NoReturn:
    """Run the command line, after the current folder is removed from Python's import path."""
    leave_current_folder_out()
    from t2s_local.cli import main as run

    try:
        run()
    except SystemExit as ended:
        if "ray" in sys.modules and isinstance(ended.code, int):
            _end_beside_ray(ended.code)
        raise


def _end_beside_ray(code: int) -> NoReturn:
    """End the process at once with the exit code *code*, which threads left by Ray could change at a normal exit."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
