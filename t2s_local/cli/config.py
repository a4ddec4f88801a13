"""``t2s config``: the settings and where each comes from."""

import click

from t2s_local.cli.options import all_settings, json_option
from t2s_local.cli.output import print_json, print_table


@click.group()
def config() -> None:
    """Show the settings and where each comes from."""


@config.command()
@json_option
def show(*, as_json: bool) -> None:
    """List every setting, its value, and the flag default, file or variable it comes from."""
    settings = all_settings()
    if as_json:
        print_json({name: {"value": value, "from": origin} for name, (value, origin) in settings.items()})
        return
    rows = [(name, str(value), origin) for name, (value, origin) in settings.items()]
    print_table(("setting", "value", "from"), rows)
