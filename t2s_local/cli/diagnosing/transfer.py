"""``t2s diagnose transfer``: check whether skills from one model help another model."""

from pathlib import Path

import click

from t2s_local.cli.options import json_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.stages.diagnose.transfer import read_transfer
from t2s_local.text.text import counted

_CLAIM = "The figures are yours: t2s measured none of them, and how often each was run they do not say."


@click.command(short_help="Which skills hurt which model.")
@click.argument("table", metavar="FILE.csv", type=click.Path(path_type=Path))
@json_option
def transfer(table: Path, *, as_json: bool) -> int:
    """Tell of a table with the columns extractor,target,with,without which skills hurt whom, the worst first."""
    found = read_transfer(table)
    if as_json:
        print_json(found)
    else:
        rows = [
            (one.extractor, one.target, f"{one.without_skill:g}", f"{one.with_skill:g}", f"{one.delta:+g}")
            for one in found.cells
        ]
        head = ("EXTRACTOR", "TARGET", "WITHOUT", "WITH", "DIFFERENCE")
        print_table(head, rows, right=frozenset({2, 3, 4}))
    p_value = "-" if found.p_value is None else f"{found.p_value:.4f}"
    say(
        f"{found.n_worse} of {counted(len(found.cells), 'cell')} lose ({100 * found.share_negative:.0f} %),"
        f" {found.n_better} gain; mean {found.mean_delta:+.4g}, sign test p {p_value}."
    )
    say(_CLAIM)
    return 0
