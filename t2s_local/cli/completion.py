"""``t2s completion``: print scripts for shell completion of commands, options and names, or the manual page."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from t2s_local import registry
from t2s_local.errors import T2SError
from t2s_local.user_files.folders import workspace_to_read

_VARIABLE = "_T2S_COMPLETE"
_WHERE = {
    "bash": "~/.local/share/bash-completion/completions/t2s",
    "zsh": "a file _t2s in a folder of $fpath",
    "fish": "~/.config/fish/completions/t2s.fish",
}
Complete = Callable[[click.Context, click.Parameter, str], list[str]]


@click.command()
@click.argument("shell", type=click.Choice([*_WHERE, "man"]))
def completion(shell: str) -> int:
    """Print the script that lets SHELL complete t2s, or with `man` its manual page.

    Bash: t2s completion bash > ~/.local/share/bash-completion/completions/t2s
    """
    root = click.get_current_context().find_root().command
    if shell == "man":
        click.echo("\n".join(_manual(root)))
        return 0
    kind = get_completion_class(shell)
    if kind is not None:
        made = kind(root, {}, "t2s", _VARIABLE)
        click.echo(made.source_template % made.source_vars())
    click.echo(f"Save it as {_WHERE[shell]}.", err=True)
    return 0


def _completing(names: Callable[[click.Context], Iterable[str]]) -> Complete:
    """Return a completion function that offers *names*; if they cannot be read, it silently offers no names."""

    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
        try:
            return sorted({name for name in names(context) if name.startswith(incomplete)})
        except (T2SError, OSError):
            return []

    return complete


def _models(_context: click.Context) -> Iterator[str]:
    from t2s_local.weights.catalog import catalog, installed

    yield from ("auto", "none")
    yield from (model.name for model in installed())
    yield from (entry.alias for entry in catalog())


def _formats(_context: click.Context) -> tuple[str, ...]:
    return registry.names("t2s_local.formats")


def _runs(context: click.Context) -> Iterator[str]:
    from t2s_local.workspace import read_workspace

    with read_workspace(_workspace(context)) as store:
        yield from (run.id for run in store.ledger)


def _rules(context: click.Context) -> Iterator[str]:
    from t2s_local.runs.finished.heads import heads_of
    from t2s_local.runs.finished.stored import finished_run
    from t2s_local.workspace import read_workspace

    with read_workspace(_workspace(context)) as store:
        yield from (head.id for head in heads_of(finished_run(store, None)[1]))


def _skills(context: click.Context) -> Iterator[str]:
    from t2s_local.runs.finished.stored import finished_run
    from t2s_local.workspace import read_workspace

    with read_workspace(_workspace(context)) as store:
        yield from (skill.name for skill in finished_run(store, None)[1].skills)


def _skills_and_rules(context: click.Context) -> Iterator[str]:
    yield from _skills(context)
    yield from _rules(context)


def _workspace(context: click.Context) -> Path:
    """Return the workspace that the command would read."""
    return workspace_to_read(Path(context.params.get("workspace") or ".t2s"))


def _catalog(_context: click.Context) -> Iterator[str]:
    from t2s_local.weights.catalog import catalog

    yield from (entry.alias for entry in catalog())


def _installed(_context: click.Context) -> Iterator[str]:
    from t2s_local.weights.catalog import installed

    yield from (model.name for model in installed())


def complete_agent(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of agents that begin with *incomplete*; if there is none, ask the shell for folders."""
    from t2s_local.skills.installing.agent_folders import AGENTS

    names = [CompletionItem(name) for name in AGENTS if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="dir")]


complete_model = _completing(_models)
complete_catalog = _completing(_catalog)
complete_installed = _completing(_installed)
complete_format = _completing(_formats)
complete_run = _completing(_runs)
complete_skill_or_rule = _completing(_skills_and_rules)


def _manual(root: click.Command) -> Iterator[str]:
    """Yield the lines of a manual page, built from the help texts of the commands."""
    yield '.TH T2S 1 "" "t2s-local" "User Commands"'
    yield from (".SH NAME", "t2s \\- turn recorded agent trajectories into Agent Skills, on this machine")
    yield from (".SH SYNOPSIS", ".B t2s", ".I COMMAND", "[ARGUMENTS]", ".SH COMMANDS")
    for words, command in _commands(root, ()):
        usage = " ".join(command.collect_usage_pieces(click.Context(command)))
        heading = _roff(" ".join(("t2s", *words, usage)).strip())
        yield from (f'.SS "{heading}"', _roff(command.help or ""))
        for option in command.params:
            record = option.get_help_record(click.Context(command))
            if record is not None and record[1]:
                yield from (".TP", _roff(record[0]), _roff(record[1]))


def _commands(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _commands(below, (*words, name))
    else:
        yield words, command


def _roff(text: str) -> str:
    """Return *text* escaped so that roff prints it unchanged."""
    lines = (" ".join(line.split()) for line in text.replace("\\", "\\e").replace("-", "\\-").splitlines())
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines if line)
