"""Compare a workflow file with recordings, for ``t2s audit FILE --runs RUNS``."""

from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.graph import load_form
from t2s_local.cli.output import print_json, say
from t2s_local.cli.skills import FINDINGS
from t2s_local.safety.characters import one_line
from t2s_local.stages.graph.comparison import compare, worded
from t2s_local.stages.graph.recorded import recorded_walks


def compare_workflow(form_file: Path, runs: Sequence[Path], *, labels: Path | None, as_json: bool) -> int:
    """Print the differences between the workflow in *form_file* and recordings, and return the exit code.

    Raises:
        InputError: one of the paths cannot be read, or *form_file* is no workflow.
        NothingFoundError: the recordings contain no action.
    """
    compared = compare(load_form(form_file), recorded_walks(runs, labels=labels).walks)
    if as_json:
        print_json(
            {
                "coverage": compared.coverage,
                "covered": compared.n_covered,
                "transitions": compared.n_transitions,
                "differences": compared.differences,
            }
        )
    else:
        for difference in compared.differences:
            click.echo(one_line(worded(difference)))
        share = "nothing was recorded" if compared.coverage is None else f"{compared.coverage:.2f}"
        say(f"Coverage {share}: {compared.n_covered} of {compared.n_transitions} recorded transitions.")
    return FINDINGS if compared.differences else 0
