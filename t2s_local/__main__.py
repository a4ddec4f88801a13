"""``python -m t2s_local`` and the ``t2s`` command: the same."""

from typing import NoReturn

from t2s_local.processes.child_process import leave_current_folder_out


def main() -> NoReturn:
    """Run the command line; nothing is imported from the current folder, whatever the path of Python says."""
    leave_current_folder_out()
    from t2s_local.cli import main as run

    run()


if __name__ == "__main__":
    main()
