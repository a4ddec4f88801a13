"""``t2s diagnose``: compute figures about runs and experiments, each with the claim it supports."""

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
