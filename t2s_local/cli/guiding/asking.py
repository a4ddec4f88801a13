"""Ask for confirmation before an action that cannot be undone."""

import sys

import click

from t2s_local.errors import UsageError

yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask before.")


def ask(question: str, *, yes: bool) -> None:
    """Ask *question* on a terminal, and return only if the answer is yes; with *yes*, return without asking.

    Raises:
        UsageError: the input is no terminal, so the question cannot be asked.
        click.Abort: the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        message = "this cannot be undone, and nobody can be asked here"
        raise UsageError(message, hint="--yes does it without a question.")
    click.confirm(question, abort=True, err=True)
