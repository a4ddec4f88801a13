"""``t2s audit``: an intermediate file against recordings."""

from pathlib import Path

import click

from t2s_local.cli.graph import load_form
from t2s_local.cli.options import json_option
from t2s_local.cli.output import print_json, say
from t2s_local.cli.skills import FINDINGS
from t2s_local.errors import UsageError
from t2s_local.safety.characters import one_line
from t2s_local.skills.source import MAIN
from t2s_local.stages.graph.comparison import compare, worded
from t2s_local.stages.graph.recorded import recorded_walks
from t2s_local.stages.graph.rendering import FORM


@click.command()
@click.argument("form_file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--runs", multiple=True, required=True, type=click.Path(path_type=Path), help="Recordings; may be given again."
)
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@json_option
def audit(form_file: Path, *, runs: tuple[Path, ...], labels: Path | None, as_json: bool) -> int:
    """Compare the intermediate FILE of `t2s graph --ir`, or of a skill rendered from one, with recordings.

    Coverage is the share of recorded transitions that FILE has. ΔW names a transition that it lacks, ΔS parts of it
    that do not agree, ΔA a tool or path that no recording names. Exit code 4 where there is any.
    """
    if form_file.is_dir():
        if not (form_file / FORM).is_file():
            message = (
                f"a skill without {FORM}" if (form_file / MAIN).is_file() else "a folder, and no intermediate file"
            )
            raise UsageError(message, path=form_file, hint="`t2s lint`, `verify` and `scan` check skills of any kind.")
        form_file = form_file / FORM
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
