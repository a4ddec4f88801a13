"""``python -m t2s_local`` and the ``t2s`` command: the same."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from t2s_local.processes.child_process import leave_current_folder_out


def main() -> NoReturn:
    """Run the command line; nothing is imported from the current folder, whatever the path of Python says."""
    leave_current_folder_out()
    from t2s_local.cli import main as run

    try:
        run()
    except SystemExit as ended:
        if "ray" in sys.modules and isinstance(ended.code, int):
            _end_beside_ray(ended.code)
        raise


def _end_beside_ray(code: int) -> NoReturn:
    """End with *code* at once: what Ray leaves behind in a process can end it with another one on its way out."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
