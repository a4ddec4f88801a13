"""``t2s why``: show the recordings behind a rule."""

from pathlib import Path

import click

from t2s_local.cli.completion import complete_skill_or_rule
from t2s_local.cli.options import json_lines_option, stored_workspace
from t2s_local.cli.output import capitalised, ended, paragraph, print_json, say
from t2s_local.cli.recording_words import print_recording
from t2s_local.runs.finished.page_names import page_name
from t2s_local.runs.finished.why import RuleOrigin
from t2s_local.runs.finished.why import why as origins_of
from t2s_local.text.text import clip, counted, squeeze
from t2s_local.workspace import read_workspace

_SHOWN = 5
_TEXT = 200


@click.command()
@click.argument("name", metavar="RULE|SKILL|PATH", shell_complete=complete_skill_or_rule)
@click.option("--run", help="Beginning of the run's id; the newest finished run where it is left out.")
@click.option("--all", "with_all", is_flag=True, help=f"Show all recordings of a rule, not the first {_SHOWN}.")
@stored_workspace
@json_lines_option
def why(name: str, *, run: str | None, with_all: bool, workspace: str, as_json: bool) -> int:
    """Show where a rule comes from: its recordings, file and line, outcome, the steps around each quote.

    RULE is an id that `t2s candidates`, `review` or `cluster` shows, which stays from run to run, or SKILL#R1 as its
    page numbers it now. A skill may also be a path: its folder, its SKILL.md, or a line as SKILL.md:12. --json prints
    JSON Lines, a rule a line.
    """
    place = page_name(name)
    libraries = None if place is None else (place.library,)
    with read_workspace(Path(workspace)) as store:
        found = origins_of(
            store,
            name if place is None else place.name,
            run=run,
            most=None if with_all or as_json else _SHOWN,
            libraries=libraries,
        )
    for item in found:
        if as_json:
            print_json(item)
        else:
            _show(item, most=None if with_all else _SHOWN)
    return 0


def _show(item: RuleOrigin, *, most: int | None) -> None:
    number = "" if item.rule is None else f"#{item.rule}"
    named = f"candidate {item.id}" if item.skill is None else f"{item.skill}{number} ({item.id})"
    first, *rest = item.lines
    click.echo(paragraph(f"{named}: {capitalised(first)}", indent=2, first=0))
    for line in rest:
        click.echo(paragraph(ended(line)))
    click.echo(paragraph(f"Seen in {counted(item.support, 'run')} of {counted(item.task_support, 'task')}."))
    if item.lacks:
        click.echo(paragraph(f"Lacks {'; '.join(item.lacks)}."))
    if len(item.merged) > 1:
        alike = "" if item.cohesion is None else f" (mean cosine {item.cohesion:.2f})"
        click.echo(paragraph(f"Joined from {len(item.merged)} lessons{alike}:"))
        for lesson in item.merged[:most]:
            says = clip(squeeze(lesson.says), _TEXT)
            click.echo(paragraph(f"- {lesson.id} ({counted(lesson.n_trajectories, 'run')}): {says}", indent=6, first=4))
        _say_rest(len(item.merged), most, "lessons")
    for recording in item.recordings[:most]:
        print_recording(recording)
    _say_rest(item.support, most, "recordings")
    click.echo()


def _say_rest(n: int, most: int | None, what: str) -> None:
    if most is not None and n > most:
        say(f"    … and {n - most} more {what}; --all shows them")
