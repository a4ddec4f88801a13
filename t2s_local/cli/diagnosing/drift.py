"""``t2s diagnose drift``: check whether a library gets worse."""

from pathlib import Path

import click
import msgspec

from t2s_local.cli.options import json_option, setting
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.skills import FINDINGS
from t2s_local.runs.governing.drift import drift_of
from t2s_local.stages.govern.drift import Drift
from t2s_local.text.text import counted


@click.command()
@click.argument("library", type=click.Path(path_type=Path))
@setting("embedder")
@json_option
def drift(library: Path, *, embedder: str, as_json: bool) -> int:
    """Say whether LIBRARY gets worse, from its evidence log.

    A series shows active skills, engagement (runs that loaded a skill, of those that had one in sight) and help rate
    (uses that helped, of those that helped or hurt). Flags name what is wrong: unbounded_growth, no_retirement,
    falling_help_rate, premature_retirement, duplication, never_used. Exit code 4 where there is one.
    """
    found = drift_of(library, embedder=embedder)
    if as_json:
        print_json({**msgspec.to_builtins(found), "level": "L1"})
    else:
        _print(found)
    return FINDINGS if found.flags else 0


def _print(found: Drift) -> None:
    rows = [
        (one.at, str(one.n_active), f"{one.engagement:.2f}", "-" if one.help_rate is None else f"{one.help_rate:.2f}")
        for one in found.series
    ]
    if rows:
        print_table(("UNTIL", "ACTIVE", "ENGAGEMENT", "HELP RATE"), rows, right=frozenset({1, 2, 3}))
    for flag in found.flags:
        click.echo(f"{flag.name}: {flag.message}.")
    for flag in found.undecided:
        say(f"Not decided: {flag.name} ({flag.message}).")
    idle = "" if found.idle_days is None else f", half of those in use not loaded for {found.idle_days:.0f} days"
    same = "" if found.duplicates is None else f", {found.duplicates:.0%} with a near-duplicate"
    seen = f"{counted(found.n_active, 'active skill')}{same}{idle}; {counted(found.n_runs, 'run')} in the log"
    say(f"{seen}. {'No flag' if not found.flags else counted(len(found.flags), 'flag')}. Level L1 (recorded).")
