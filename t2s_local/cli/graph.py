"""``t2s graph``: show the order of actions in recorded runs as a table, a drawing, an answer, or a workflow."""

from pathlib import Path
from typing import Any

import click

from t2s_local.cli.options import json_option, setting, verbose_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError, UsageError
from t2s_local.files import regular_bytes, write_atomic
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.models.models import open_engine
from t2s_local.skills.install import install
from t2s_local.skills.source import source_of
from t2s_local.stages.graph.drawing import dot, heaviest, mermaid
from t2s_local.stages.graph.gaps import with_gaps
from t2s_local.stages.graph.graph import build, join_labels, with_feedback
from t2s_local.stages.graph.intermediate import intermediate
from t2s_local.stages.graph.query import Finder
from t2s_local.stages.graph.recorded import RecordedWalks, recorded_walks
from t2s_local.stages.graph.rendering import form_text, read_form, render, slug
from t2s_local.text.text import clip, counted
from t2s_local.values.work_graph import WorkGraph
from t2s_local.values.workflow import Workflow

LARGEST_FORM = 64_000_000
"""Largest size of a workflow file in bytes."""
_DRAWN = 40
_LISTED = 20
_WIDTH = 52


class _WithRender(click.Command):
    """Command class that runs `render` if it is the first word; a folder of that name is written ``./render``."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - as click declares it
    ) -> click.Context:
        """Return the context of `render` if that is the first word, otherwise the context of the command itself."""
        if args[:1] == ["render"]:
            return render_command.make_context(f"{info_name} render", args[1:], parent=parent, **extra)
        return super().make_context(info_name, args, parent=parent, **extra)


@click.command(cls=_WithRender)
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--ir", "form_file", type=click.Path(path_type=Path), help="Write the workflow as an intermediate file.")
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print the graph for Mermaid.")
@click.option("--dot", "as_dot", is_flag=True, help="Print the graph for Graphviz.")
@click.option(
    "--top", type=click.IntRange(min=0), help="Edges that are drawn or listed, the heaviest first; 0 for all."
)
@click.option("--query", metavar="TEXT", help="Show which actions a task or an error leads to, in two steps.")
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@click.option("--project", metavar="NAME", help="Take the runs of this project alone.")
@click.option("--model", metavar="MODEL", help="With --ir: a local model that names steps which no recording shows.")
@setting("embedder")
@json_option
@verbose_option
def graph(
    runs: tuple[Path, ...],
    *,
    form_file: Path | None,
    as_mermaid: bool,
    as_dot: bool,
    top: int | None,
    query: str | None,
    labels: Path | None,
    project: str | None,
    model: str | None,
    embedder: str,
    as_json: bool,
    verbose: bool,
) -> int:
    """Show what followed what in RUNS: observations, actions, and the action that resolved a run.

    A weight is how often one followed the other; runs that succeeded make their way heavier. `t2s graph render FILE -o
    DIR` writes an intermediate file as a skill, and `t2s audit FILE --runs RUNS` compares one with recordings.
    """
    if model is not None and form_file is None:
        message = "--model is asked about the workflow that --ir writes"
        raise UsageError(message, hint="Name a file with --ir FILE.")
    _refuse_two(as_mermaid, as_dot, as_json and query is None, query is not None)
    found = recorded_walks(runs, labels=labels, project=project)
    using = load_embedder(embedder)
    joined = join_labels(found.walks, using)
    made = with_feedback(build(joined), joined.walks)
    if form_file is not None:
        form = intermediate(found.walks, using)
        write_atomic(form_file, form_text(form if model is None else _with_gaps(form, model)).encode())
        say(f"{form_file}: the workflow. `t2s graph render {form_file} -o DIR` writes it as a skill.")
    if query is not None:
        _answer(made, query, using, as_json=as_json)
    elif as_json:
        print_json(made)
    elif as_mermaid or as_dot:
        part = heaviest(made, _DRAWN if top is None else top)
        click.echo(mermaid(part) if as_mermaid else dot(part), nl=False)
        _say_part(made, len(part.edges))
    elif form_file is None:
        _list(made, _LISTED if top is None else top)
    return _say_rest(found, verbose=verbose)


def _with_gaps(form: Workflow, model: str) -> Workflow:
    """Return the workflow with gaps that a model names added."""
    with open_engine(model, say=say) as engine:
        found = with_gaps(form, engine)
    added = len(found.form.unverified) - len(form.unverified)
    say(f"The model names {counted(added, 'step')} that no recording shows; {found.n_refused} refused.")
    return found.form


def _say_rest(found: RecordedWalks, *, verbose: bool) -> int:
    """Print what was not read and the number of runs without actions, and return the exit code."""
    for line in account(found.report, n_trajectories=len(found.walks) + found.n_idle, verbose=verbose):
        say(line)
    if found.n_idle:
        say(f"Runs in which nothing was done: {found.n_idle}.")
    return InputError.exit_code if found.report.quarantined else 0


def _refuse_two(*answers: bool) -> None:
    if sum(answers) > 1:
        message = "--mermaid, --dot, --json and --query are different answers"
        raise UsageError(message, hint="Ask for one of them; --query TEXT --json goes together.")


def _answer(made: WorkGraph, query: str, using: Embedder, *, as_json: bool) -> None:
    found = Finder(made, using).ways(query)[:_LISTED]
    if as_json:
        for way in found:
            print_json(way)
        return
    if not found:
        say("No observation of these runs is like that.")
        return
    says = {node.id: node.label for node in made.nodes}
    rows = [
        (f"{way.score:.2f}", str(way.n_runs), way.kind, _cell(way.says), _cell(says[way.nodes[0]])) for way in found
    ]
    print_table(("SCORE", "RUNS", "KIND", "ACTION", "FROM"), rows, right=frozenset({0, 1}))


def _list(made: WorkGraph, most: int) -> None:
    says = {node.id: node.label for node in made.nodes}
    part = heaviest(made, most)
    rows = [
        (f"{edge.weight:.4g}", str(edge.n_runs), _cell(says[edge.source]), edge.relation, _cell(says[edge.target]))
        for edge in part.edges
    ]
    print_table(("WEIGHT", "RUNS", "FROM", "", "TO"), rows, right=frozenset({0, 1}))
    kinds = [node.kind for node in made.nodes]
    parts = ", ".join(counted(kinds.count(kind), kind) for kind in ("observation", "action", "resolution"))
    say(f"From {counted(made.n_runs, 'run')}: {parts}, {counted(len(made.edges), 'edge')}.")
    _say_part(made, len(part.edges))


def _cell(label: str) -> str:
    return clip(label, _WIDTH)


def _say_part(made: WorkGraph, n_shown: int) -> None:
    if n_shown < len(made.edges):
        say(f"The heaviest {n_shown} of {len(made.edges)} edges; --top 0 for all.")


@click.command()
@click.argument("form_file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "output", metavar="DIR", required=True, type=click.Path(path_type=Path), help="Folder of skills.")
@click.option("--name", help="Name of the skill; that of FILE by default.")
@click.option("--replace", is_flag=True, help="Put it in the place of a different skill of the same name.")
def render_command(form_file: Path, *, output: Path, name: str | None, replace: bool) -> int:
    """Write the intermediate FILE as the skill DIR/NAME."""
    skill = render(load_form(form_file), slug(name or form_file.stem))
    done = install(source_of(skill), output, replace=replace)
    say(f"{skill.name}: {done}, {counted(skill.support, 'run')} behind it.")
    click.echo(str(output / skill.name))
    return 0


def load_form(path: Path) -> Workflow:
    """Read the workflow file at *path*.

    Raises:
        InputError: the file is no workflow file, or is too large.
    """
    data = regular_bytes(path, LARGEST_FORM)
    if data is None:
        message = f"more than {LARGEST_FORM:,} bytes"
        raise InputError(message, path=path)
    return read_form(data, path=str(path))
