"""``t2s route``: choose the skills of a library for one task, or say that none fits."""

from pathlib import Path

import click
import msgspec

from t2s_local.cli.options import json_option, setting
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import UsageError
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.using.routing import RouteJob, route
from t2s_local.runs.using.task_text import task_text
from t2s_local.safety.characters import one_line
from t2s_local.text.text import counted
from t2s_local.values.routing.ranking import RankedNode, RankedSkill, Ranking


@click.command("route")
@click.argument("task")
@click.argument("library", type=click.Path(path_type=Path))
@click.option(
    "--value", "by_value", is_flag=True, help="Count usefulness and recent adoption, too; at most six skills."
)
@click.option("--category", help="With --value: category of the task, whose skills come first.")
@click.option("--tool", "tools", multiple=True, help="With --value: a tool that the agent has; may be given again.")
@click.option("--nodes", "n_nodes", type=click.IntRange(min=1), metavar="K", help="Choose K parts of the skills, too.")
@click.option(
    "--min-score",
    type=click.FloatRange(min=0, max=1),
    help="Score below which no skill fits; by default calibrated for the library.",
)
@click.option("--explain", is_flag=True, help="Print what each score is made of.")
@setting("embedder")
@json_option
def route_command(
    task: str,
    library: Path,
    *,
    by_value: bool,
    category: str | None,
    tools: tuple[str, ...],
    n_nodes: int | None,
    min_score: float | None,
    explain: bool,
    embedder: str,
    as_json: bool,
) -> None:
    """Rank the skills of LIBRARY for TASK, or print NONE where no skill fits.

    TASK is the task in words, a file with it, or - for a pipe. LIBRARY is a folder of skills, whoever wrote them. Up to
    20 skills all are offered; of more, the best by words and by vectors. Each skill has a least score, calibrated so
    that one in ten of the tasks that skills were learned from lies below it. Skills with a grave finding of
    `t2s scan` are left out. An index is kept in LIBRARY/.t2s-library; nothing else is written.
    """
    if (category or tools) and not by_value:
        message = "--category and --tool go with --value"
        raise UsageError(message, hint="Add --value.")
    job = RouteJob(min_score=min_score, n_nodes=n_nodes, by_value=by_value, category=category, tools=tools or None)
    found = route(library, task_text(task).text, job, load_embedder(embedder))
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        _print(found, explain=explain)


def _print(found: Ranking, *, explain: bool) -> None:
    if found.is_none:
        click.echo("NONE")
    else:
        print_table(
            ("SCORE", "SKILL", "REASON"),
            [(f"{one.score:.4f}", one.skill, _parts(one) if explain else one.reason) for one in found.ranked],
            right=frozenset({0}),
        )
    if found.nodes:
        click.echo("")
        print_table(("PART", "TITLE", "WHY"), [(node.place, node.title, _why(node)) for node in found.nodes])
    for one in found.left_out:
        say(f"Left out: {one.skill}: {one.reason}")
    say(_summary(found))


def _summary(found: Ranking) -> str:
    aside = f", {counted(found.n_aside, 'skill')} set aside" if found.n_aside else ""
    whole = f"{counted(found.n_skills, 'skill')}{aside}; {found.n_shortlisted} ranked"
    if found.nearest is None or not found.is_none:
        return f"{whole}. Level {found.level} (static)."
    one = found.nearest
    needed = f" and fits from {one.least:.4f} on" if one.least else ""
    near = f"The nearest is {one.skill}: it has {one.score:.4f}{needed} ({one.reason})"
    return one_line(f"No skill fits. {near}. {whole}. Level {found.level} (static).")


def _parts(one: RankedSkill) -> str:
    said = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in one.parts.items())
    return f"{said}; least score {one.least:.2f}; {one.reason}"


def _why(node: RankedNode) -> str:
    return f"required by {node.required_by}" if node.score is None else f"{node.score:.4f}"
