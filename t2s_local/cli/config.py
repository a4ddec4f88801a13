"""``t2s config``: show the settings, with the source and the purpose of each."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise

import click

from t2s_local import config as settings_module
from t2s_local.cli.options import HELP, all_settings, json_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import UsageError
from t2s_local.safety.characters import one_line

_HEAD = """# Settings

Every setting, as `t2s config reference` prints it. A flag wins over the environment, that over `t2s.toml` in the
current folder, that over the user's file (`t2s config show` says where it is), and that over the default.
"""


@click.group()
def config() -> None:
    """Show the settings and where each comes from."""


@config.command()
@json_option
def show(*, as_json: bool) -> None:
    """List every setting, its value, and the default, file or variable it comes from.

    A file that is wrong is named with the line and the setting, and left out.
    """
    faults: list[UsageError] = []
    settings = all_settings(faults=faults)
    if as_json:
        print_json({name: {"value": value, "from": origin} for name, (value, origin) in settings.items()})
    else:
        rows = [(name, str(value), origin) for name, (value, origin) in settings.items()]
        print_table(("setting", "value", "from"), rows)
    for fault in faults:
        say(f"Not used: {one_line(str(fault))}")
    for whose, path in (("Your", settings_module.user_file()), ("This folder's", settings_module.PROJECT_FILE)):
        say(f"{whose} file: {path}{'' if path.exists() else ' (not there)'}")
    say("`t2s config reference` says what each setting is for.")


@config.command()
def reference() -> None:
    """Print what each setting is for, as a page of Markdown."""
    click.echo(_HEAD)
    click.echo("\n".join(_entries()))


def _entries() -> Iterator[str]:
    reasons = _reasons()
    for name, value in settings_module.defaults().items():
        flag = "" if name == "server_hosts" else f"`--{name.replace('_', '-')}`, "
        default = f"`{value}`" if value != "" else "empty"
        yield f"## {name}\n"
        yield f"{HELP[name]}\n"
        yield f"- Set by {flag}`T2S_{name.upper()}` or `{name} = …` in a file."
        yield f"- Default: {default}. {reasons[name]}\n"


def _reasons() -> dict[str, str]:
    """Return the reason for the default of each setting: the docstring under the setting's field."""
    tree = ast.parse(inspect.getsource(settings_module))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    found = {}
    for field, reason in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(reason, ast.Expr):
            found[field.target.id] = ast.literal_eval(reason.value)
    return found
