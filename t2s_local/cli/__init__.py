"""The ``t2s`` command. Click lives here and nowhere else."""

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import NoReturn

import click

from t2s_local.errors import InterruptedRunError, T2SError
from t2s_local.files import printable
from t2s_local.offline import is_exempt, seal
from t2s_local.processes.child_process import leave_current_folder_out
from t2s_local.version import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "distill": ("t2s_local.cli.distill:distill", "Turn trajectories into skills."),
    "read": ("t2s_local.cli.read:read", "Show what trajectories hold, without learning from them."),
    "harvest": ("t2s_local.cli.harvest:harvest_command", "Find the conversations that agents keep on this machine."),
    "lint": ("t2s_local.cli.skills:lint", "Check skills against the rules of the format."),
    "show": ("t2s_local.cli.show:show", "Show a stored recording, step by step."),
    "why": ("t2s_local.cli.why:why", "Show the recordings a rule comes from."),
    "review": ("t2s_local.cli.review:review", "Decide which rules enter the skills."),
    "candidates": ("t2s_local.cli.candidates:candidates", "List the rules that are in no skill, and what they lack."),
    "verify": ("t2s_local.cli.verify:verify", "Check every quote of a skill against its trajectories."),
    "scan": ("t2s_local.cli.scan:scan", "Look through skills for what could do harm."),
    "install": ("t2s_local.cli.install:install", "Copy skills into the folder an agent reads them from."),
    "uninstall": ("t2s_local.cli.install:uninstall", "Take skills out of the folder of an agent again."),
    "demo": ("t2s_local.cli.demo:demo", "Turn the trajectories that ship with t2s into skills."),
    "cluster": ("t2s_local.cli.cluster:cluster", "Show which lessons of a run say the same, and why."),
    "graph": ("t2s_local.cli.graph:graph", "Show what followed what in runs, as a graph or a workflow."),
    "audit": ("t2s_local.cli.audit:audit", "Compare a workflow with the recordings it is to describe."),
    "models": ("t2s_local.cli.models:models", "List, fetch and inspect local models."),
    "doctor": ("t2s_local.cli.doctor:doctor", "Check what this machine has, and say what is missing."),
    "runs": ("t2s_local.cli.runs:runs", "List, compare, follow and remove runs."),
    "library": ("t2s_local.cli.library:library", "Show the history of a library, and bring versions back."),
    "adopt": ("t2s_local.cli.adopt:adopt", "Take a workspace or library from elsewhere as your own."),
    "config": ("t2s_local.cli.config:config", "Show the settings and where each comes from."),
}
"""Command name to ``module:function`` and its line in the help. The module is imported when the command is run."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Everything runs on this machine. `t2s COMMAND --help` says more.",
)
@click.version_option(__version__, "-V", "--version", prog_name="t2s")
@click.pass_context
def t2s(ctx: click.Context) -> None:
    """Turn recorded agent trajectories into Agent Skills, on this machine."""
    from t2s_local.cli.options import file_settings

    values = {name: value for name, (value, _) in file_settings().items()}
    ctx.default_map = dict.fromkeys(COMMANDS, values)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; errors become one line on stderr and their exit code.

    Args:
        arguments: What stands after the command's name; that of this process where it is None.
    """
    if arguments is None:
        leave_current_folder_out()
        os.umask(0o077)
        _prepare()
        if not is_exempt(sys.argv[1:]):
            seal()
    try:
        words = ("t2s", *map(printable, sys.argv[1:] if arguments is None else arguments))
        code = t2s.main(arguments, prog_name="t2s", standalone_mode=False, obj=words)
    except T2SError as error:
        fail(error)
    except click.exceptions.Abort:
        click.echo("Stopped. The same command goes on where it stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        fail(T2SError((error.strerror or str(error)).lower(), path=error.filename))
    sys.exit(code if isinstance(code, int) else 0)


def _prepare() -> None:
    """Find a home, end by signals as by an exit, and remove what an earlier process left that was killed."""
    from t2s_local.user_files.folders import settle_home
    from t2s_local.user_files.scratch import sweep

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        settle_home()
    except T2SError as error:
        fail(error)
    sweep()


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def fail(error: T2SError) -> NoReturn:
    """Print *error* in one line, its hint in another, and end with its exit code."""
    from t2s_local.safety.characters import one_line

    said = "Stopped" if isinstance(error, InterruptedRunError) else "Error"
    click.echo(f"{said}: {one_line(printable(str(error)))}", err=True)
    if error.hint:
        click.echo(f"Hint: {one_line(error.hint)}", err=True)
    sys.exit(error.exit_code)
