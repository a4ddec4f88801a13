"""``t2s diagnose``: numbers about runs and experiments, each with what it may claim."""

import click

from t2s_local.cli.diagnosing.drift import drift
from t2s_local.cli.diagnosing.freedom import freedom
from t2s_local.cli.diagnosing.lifelong import lifelong
from t2s_local.cli.diagnosing.transfer import transfer


@click.group()
def diagnose() -> None:
    """Tell numbers about libraries, recorded runs and experiments of yours, each with what it may claim."""


for _command in (drift, freedom, lifelong, transfer):
    diagnose.add_command(_command)
