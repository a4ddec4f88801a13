"""The ``t2s`` command; only this package imports click."""

import atexit
import gc
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import NoReturn

import click

from t2s_local.errors import InputError, InterruptedRunError, NothingFoundError, T2SError, UsageError
from t2s_local.files import printable
from t2s_local.offline import is_exempt, seal
from t2s_local.processes.attended import note_surroundings
from t2s_local.processes.child_process import leave_current_folder_out
from t2s_local.version import __version__

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Make": {
        "distill": ("t2s_local.cli.distill:distill", "Turn trajectories into skills."),
        "deepen": ("t2s_local.cli.deepen:deepen", "Improve an existing skill by edits that runs speak for."),
        "synth": ("t2s_local.cli.using.synth:synth_command", "Make a throw-away skill for one task from like runs."),
        "demo": ("t2s_local.cli.demo:demo", "Turn the trajectories that ship with t2s into skills."),
        "harvest": (
            "t2s_local.cli.harvest:harvest_command",
            "Find the conversations that agents keep here.",
        ),
    },
    "Look": {
        "read": ("t2s_local.cli.read:read", "Show what trajectories hold, without learning from them."),
        "show": ("t2s_local.cli.show:show", "Show a stored recording, step by step."),
        "why": ("t2s_local.cli.why:why", "Show the recordings a rule comes from."),
        "candidates": (
            "t2s_local.cli.candidates:candidates",
            "List the rules in no skill, and what they lack.",
        ),
        "cluster": ("t2s_local.cli.cluster:cluster", "Show which lessons of a run say the same, and why."),
        "report": ("t2s_local.cli.report:report", "Write what a run learned as one page to look at."),
        "steps": ("t2s_local.cli.recorded.steps:steps", "Judge every step of runs: sound, repaired, or fatal."),
        "diagnose": (
            "t2s_local.cli.diagnosing.diagnose:diagnose",
            "Compute figures about runs, and what they may claim.",
        ),
        "graph": ("t2s_local.cli.graph:graph", "Show what followed what in runs, as a graph or a workflow."),
    },
    "Trust": {
        "review": ("t2s_local.cli.review:review", "Decide which rules enter the skills."),
        "verify": ("t2s_local.cli.verify:verify", "Check every quote of a skill against its trajectories."),
        "lint": ("t2s_local.cli.skills:lint", "Check skills against the rules of the format."),
        "scan": ("t2s_local.cli.scan:scan", "Look through skills for what could do harm."),
        "audit": ("t2s_local.cli.audit:audit", "Say what is wrong with skills, and with workflows."),
        "gate": ("t2s_local.cli.gate:gate", "Measure what skills are worth, on runs held out."),
    },
    "Keep": {
        "install": ("t2s_local.cli.install:install", "Copy skills into the folder an agent reads them from."),
        "uninstall": ("t2s_local.cli.install:uninstall", "Take skills out of the folder of an agent again."),
        "usage": ("t2s_local.cli.governing.usage:usage", "Show how runs used the skills of a library."),
        "govern": ("t2s_local.cli.governing.govern:govern_command", "Retire, archive and join skills by their use."),
        "library": ("t2s_local.cli.library:library", "Show the history of a library, and bring versions back."),
        "adopt": ("t2s_local.cli.adopt:adopt", "Take a workspace or library from elsewhere as your own."),
    },
    "Use": {
        "route": ("t2s_local.cli.using.route:route_command", "Choose the skills of a library for one task, or none."),
        "compile": ("t2s_local.cli.using.compile:compile_command", "Write one compact context for one task."),
        "record": ("t2s_local.cli.recorded.record:record", "Run a program, and note which skills it had."),
        "export": ("t2s_local.cli.recorded.export:export", "Write runs as rows that trainers read as they are."),
    },
    "Set up": {
        "models": ("t2s_local.cli.models:models", "List, fetch and inspect local models."),
        "doctor": ("t2s_local.cli.doctor:doctor", "Check what this machine has, and say what is missing."),
        "config": ("t2s_local.cli.config:config", "Show the settings and where each comes from."),
        "runs": ("t2s_local.cli.runs:runs", "List, compare, follow and remove runs."),
        "completion": ("t2s_local.cli.completion:completion", "Print the script that lets your shell complete t2s."),
    },
}
"""Commands by group of the help page: name of the command to ``module:function`` and its line in the help.

The module is imported when the command is run."""
COMMANDS = {name: entry for group in GROUPS.values() for name, entry in group.items()}
_FIRST = (
    ("t2s demo", "see what it does, on recordings that ship with it"),
    ("t2s harvest", "list the conversations that agents keep on this machine"),
    ("t2s distill PATH -o DIR", "turn recordings into skills"),
)


_PIPE_CLOSED = 128 + signal.SIGPIPE
"""Exit code if the reader of the output is gone, as in ``| head -1``: the code of a program ended by SIGPIPE."""
_WITHOUT_SETTINGS = {None, "config", "completion"}
"""Commands that run despite a broken settings file, because they help to repair it."""
_WITHOUT_FAULT: dict[type[T2SError], tuple[str, str]] = {
    InterruptedRunError: ("Stopped", "yellow"),
    NothingFoundError: ("Nothing to do", "yellow"),
}
"""Errors that are nobody's fault, each with the word before the message and its colour."""
_COLLECTION = (1_000_000, 10, 10)
"""Thresholds of Python's garbage collector: its first search begins after a million new objects that it looks after.

Values never refer to each other in a circle, so they are not counted. A run over 62 MB of recordings makes 800,000
counted objects and leaves 7,000 in circles; by default the searches needed 1.4 s of 22 s, and saved no memory.
"""


class LazyGroup(click.Group):
    """A click group that imports the module of a command only to run that command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command with that name; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command named in *args*; the error for an unknown name suggests the most similar name."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands by group, without importing any command."""
        width = max(map(len, COMMANDS))
        for group, commands in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl([(name.ljust(width), summary) for name, (_, summary) in commands.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Everything runs on this machine. `t2s COMMAND --help` says more.",
)
@click.version_option(__version__, "-V", "--version", prog_name="t2s")
@click.pass_context
def t2s(ctx: click.Context) -> None:
    """Turn recorded agent trajectories into Agent Skills, on this machine."""
    from t2s_local.cli.options import file_settings

    faults: list[UsageError] | None = [] if ctx.invoked_subcommand in _WITHOUT_SETTINGS else None
    values = {name: value for name, (value, _) in file_settings(faults=faults).items()}
    ctx.default_map = dict.fromkeys(COMMANDS, values)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        formatter = ctx.make_formatter()
        with formatter.section("Start with"):
            formatter.write_dl(_FIRST)
        click.echo(f"\n{formatter.getvalue()}", nl=False)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and exit; an error is printed in one line on stderr and sets the exit code.

    Args:
        arguments: Words after the program's name; None for the words of this process.
    """
    if arguments is None:
        leave_current_folder_out()
        note_surroundings()
        os.umask(0o077)
        _prepare()
        gc.set_threshold(*_COLLECTION)
        atexit.register(gc.freeze)  # the searches at the end of the process took 30 of 330 ms of `t2s route`
        if not is_exempt(sys.argv[1:]):
            seal()
    words = ("t2s", *map(printable, sys.argv[1:] if arguments is None else arguments))
    try:
        code = _answered(arguments, words)
    except T2SError as error:
        fail(error, words)
    except click.exceptions.Abort:
        click.echo("Stopped. The same command goes on where it stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as error:
        fail(T2SError((error.strerror or str(error)).lower(), path=error.filename))
    sys.exit(code if isinstance(code, int) else 0)


def _answered(arguments: Sequence[str] | None, words: Sequence[str]) -> object:
    """Run the command and return its result; exit with 141 if the reader of its output is gone."""
    stdout = sys.stdout
    try:
        return t2s.main(arguments, prog_name="t2s", standalone_mode=False, obj=words)
    except SystemExit:
        if sys.stdout is not stdout:  # click puts a wrapper in the place of a stream whose reader is gone
            sys.exit(_PIPE_CLOSED)
        raise


def _prepare() -> None:
    """Open closed streams, set the home folder, make signals exit normally, and remove files of killed processes."""
    from t2s_local.cli.printing.streams import fill_closed_streams, write_any_text
    from t2s_local.user_files.folders import settle_home
    from t2s_local.user_files.scratch import sweep

    fill_closed_streams()
    write_any_text()
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


def fail(error: T2SError, words: Sequence[str] = ()) -> NoReturn:
    """Print *error* in one line and its hint in another, and exit with its exit code.

    Args:
        error: Error that ended the command.
        words: Words of the command line; an error about a missing path among them is a usage error (exit code 2).
    """
    from t2s_local.cli.printing.streams import coloured
    from t2s_local.safety.characters import one_line

    known = (named for kind, named in _WITHOUT_FAULT.items() if isinstance(error, kind))
    said, colour = next(known, ("Error", "red"))
    click.echo(f"{coloured(said, colour)}: {one_line(printable(str(error)))}", err=True)
    if error.hint:
        click.echo(f"{coloured('Hint', 'cyan')}: {one_line(error.hint)}", err=True)
    is_named = isinstance(error, InputError) and str(error.path) in words
    is_missing = is_named and not os.path.lexists(error.path or "")
    sys.exit(UsageError.exit_code if is_missing else error.exit_code)
