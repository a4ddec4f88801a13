"""``t2s models``: list, download, remove and try models."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from t2s_local.cli.completion import complete_catalog, complete_installed, complete_model
from t2s_local.cli.guiding.asking import ask, yes_option
from t2s_local.cli.options import json_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.engines.runnable import NOT_INSTALLED, how_to_install, refuse_unfit, why_not
from t2s_local.errors import ModelError
from t2s_local.weights.catalog import InstalledModel, catalog, find, installed, known
from t2s_local.weights.pins import pins, remove
from t2s_local.weights.probe import is_installed

if TYPE_CHECKING:
    from t2s_local.runs.models.trial import Trial
    from t2s_local.weights.hardware import Machine

_SHORT_DIGEST = 12
_CONTEXT = 8192
_RUNTIME_BYTES = 5 * 10**8
_USABLE = 0.9
"""Share of the free memory that a model may use in estimates, as for an installed model."""


class Nouns(click.Group):
    """A click group that accepts ``list`` as another name of ``ls``."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command with that name; None if there is none."""
        return super().get_command(ctx, "ls" if cmd_name == "list" else cmd_name)


@click.group(cls=Nouns)
def models() -> None:
    """List, fetch and inspect local models."""


@models.command()
@json_option
def ls(*, as_json: bool) -> None:
    """List the models on this machine, and those that can be pulled.

    Files that LM Studio, Ollama and the Hugging Face cache keep are found and used where they are. Those that cannot be
    run here say why; `--model auto` takes the largest that runs and fits.
    """
    here = [(one, why_not(one.path)) for one in installed()]
    names = {one.name for one, _ in here}
    absent = [one for one in catalog() if one.alias not in names]
    if as_json:
        found = [
            {"name": one.name, "bytes": one.bytes, "source": one.source, "path": str(one.path), "why_not": reason}
            for one, reason in here
        ]
        print_json({"installed": found, "catalog": catalog()})
        return
    rows: list[tuple[str, ...]] = [
        (one.name, _gigabytes(one.bytes), one.source, str(one.path) if reason is None else f"cannot be run: {reason}")
        for one, reason in here
    ]
    rows += [(one.alias, f"about {_gigabytes(one.bytes)}", "can be pulled", one.purpose) for one in absent]
    print_table(("model", "size", "from", "where, or what for"), rows, right=frozenset({1}))
    _say_what_is_missing()


@models.command()
@click.argument("name", shell_complete=complete_installed)
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Show what a model is: an alias of the catalog, a file on this machine, or a path."""
    facts: dict[str, object] = {}
    try:
        entry = known(name)
        facts |= {
            "name": entry.name,
            "repo": entry.repo,
            "quantisation": entry.quant,
            "licence": entry.licence,
            "made for": entry.purpose,
        }
    except ModelError:
        entry = None
    try:
        model = find(name)
    except ModelError:
        if entry is None:
            raise
        facts |= {
            "size": f"about {_gigabytes(entry.bytes)}",
            "trained for": f"{entry.context} tokens",
            "sha256": entry.sha256 or "unknown: pinned at the first pull",
            "path": None,
        }
    else:
        facts |= _file_facts(model)
    if as_json:
        print_json(facts)
        return
    for key, value in facts.items():
        click.echo(f"{key:<14} {'not on this machine' if value is None else value}")


def _file_facts(model: InstalledModel) -> dict[str, object]:
    from t2s_local.weights.gguf import read_header

    header = read_header(model.path)
    pin = pins().get(str(model.path))
    return {
        "size": _gigabytes(model.bytes),
        "path": str(model.path),
        "from": model.source,
        "architecture": header.architecture,
        "layers": header.number("block_count"),
        "trained for": f"{header.number('context_length')} tokens",
        "sha256": pin.sha256 if pin else "not pinned",
    }


@models.command()
@click.argument("name", shell_complete=complete_installed)
def path(name: str) -> None:
    """Print the path of a model on this machine."""
    click.echo(find(name).path)


@models.command()
@click.argument("name", shell_complete=complete_model)
@click.option("--context", type=click.IntRange(min=256), help="Tokens one sequence may hold.")
@click.option("--sequences", type=click.IntRange(1, 64), help="Sequences side by side.")
@click.option("--gpu-layers", type=click.IntRange(min=0), help="Layers on the GPU; 0 is the CPU alone.")
@json_option
def fit(name: str, context: int | None, sequences: int | None, gpu_layers: int | None, *, as_json: bool) -> None:
    """Show how a model would be run on this machine, without loading it.

    For a model that is not here yet, an estimate from the catalog. Ends with exit code 5 where it cannot be run here.
    """
    from t2s_local.weights.fit import Wishes, say_plan, unused_gpu
    from t2s_local.weights.fit import fit as compute
    from t2s_local.weights.gguf import read_header
    from t2s_local.weights.hardware import machine

    here = machine()
    wishes = Wishes(context=context, sequences=sequences, gpu_layers=gpu_layers)
    try:
        model = find(name)
    except ModelError:
        _estimate(name, here, context or _CONTEXT, as_json=as_json)
        return
    refuse_unfit(model.path)
    plan = compute(read_header(model.path), here, wishes)
    if as_json:
        print_json(plan)
        return
    click.echo(say_plan(plan))
    if (warning := unused_gpu(here, plan, wishes)) is not None:
        say(warning)


@models.command("try")
@click.argument("name", shell_complete=complete_installed)
@json_option
def try_(name: str, *, as_json: bool) -> None:
    """Ask a model ten of our questions about shipped recordings, of which the answers are known: under a minute.

    NAME is as for --model: auto, an alias, a path, or a server. Says how many answers are true, how fast it is, and
    what a run would take. `t2s doctor` names the best that was tried.
    """
    from t2s_local.runs.models.trial import try_model

    found = try_model(name, say=say)
    if as_json:
        print_json({**msgspec.structs.asdict(found), "verdict": found.verdict})
        return
    chance = f"a guess gets {found.by_chance:g}"
    click.echo(f"{found.model}: {found.right} of {found.asked} answers are true ({chance}); {found.verdict}")
    rate = f"{found.tokens_per_second:g} tokens a second read and written"
    click.echo(f"{found.seconds:g} s, {rate}; a hundred pieces of work like these: about {_duration(found)}")
    say(f"What a run of yours takes: `t2s distill RUNS -o DIR --model {shlex.quote(name)} --dry-run`.")


def _duration(found: "Trial") -> str:
    """Return the estimated time for a hundred units of work as a rounded phrase."""
    minutes = found.seconds_of_hundred / 60
    return f"{minutes:.0f} min" if minutes >= 1 else "a minute"


def _estimate(name: str, here: "Machine", context: int, *, as_json: bool) -> None:
    """Print the catalog's estimate of a model's memory; for an unknown model, that it is not on this machine."""
    if not any(name.casefold() in {one.alias.casefold(), one.name.casefold()} for one in catalog()):
        find(name)
    entry = known(name)
    needed = entry.bytes + (entry.cache_bytes or 0) * context + _RUNTIME_BYTES
    free = max(here.ram_free_bytes, *(gpu.free_bytes for gpu in here.gpus), 0)
    if as_json:
        print_json({"alias": entry.alias, "needed_bytes": needed, "free_bytes": free, "fits": needed <= _USABLE * free})
        return
    what = f"one sequence of {context} tokens" if entry.cache_bytes else "the weights alone"
    verdict = "it fits" if needed <= _USABLE * free else "it does not fit"
    click.echo(f"about {_gigabytes(needed)} for {what} · {_gigabytes(free)} free: {verdict}")
    say(f"An estimate: {entry.alias} is not on this machine. Fetch it with `t2s models pull {entry.alias}`.")


@models.command()
@click.argument("alias", shell_complete=complete_catalog)
@click.option("--dry-run", is_flag=True, help="Ask for the size and fetch nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before fetching.")
def pull(alias: str, *, dry_run: bool, yes: bool) -> None:
    """Fetch a model of the catalog into the Hugging Face cache: the only command that goes on the network."""
    from t2s_local.weights.pull import fetch, look_up

    download = look_up(known(alias))
    say(f"{download.repo}/{download.file} at {download.revision[:_SHORT_DIGEST]}: {_gigabytes(download.bytes)}")
    say(f"sha256 {download.sha256 or 'unknown: pinned when it is here'}")
    if download.is_here:
        say("It is in the cache already.")
    if dry_run:
        return
    if not (download.is_here or yes):
        click.confirm("Fetch it?", abort=True, err=True)
    click.echo(fetch(download))
    _say_what_is_missing()


@models.command()
@click.argument("name", shell_complete=complete_installed)
@yes_option
def rm(name: str, *, yes: bool) -> None:
    """Delete a pulled model; what LM Studio, Ollama or you put there is left alone."""
    model = find(name)
    ask(f"Delete {Path(model.path)} ({_gigabytes(model.bytes)})?", yes=yes)
    say(f"{_gigabytes(remove(model))} are free again.")


def _say_what_is_missing() -> None:
    if not is_installed():
        say(f"{NOT_INSTALLED}: {how_to_install()}")


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e8 else f"{n_bytes / 1e6:.1f} MB"
