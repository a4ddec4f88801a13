"""``t2s why``: show the recordings behind a rule."""

from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.completion import complete_skill_or_rule
from t2s_local.cli.options import json_lines_option, stored_workspace, workspace_behind
from t2s_local.cli.output import capitalised, ended, paragraph, print_json, say
from t2s_local.cli.recording_words import print_recording
from t2s_local.runs.finished.page_names import page_name
from t2s_local.runs.finished.why import MergedLesson, RuleOrigin
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
    page numbers it now. A skill may also be a path: its folder, its SKILL.md, or a line as SKILL.md:12; its recordings
    are looked up in the workspace that its library was written from, unless --workspace names another. --json prints
    JSON Lines, a rule a line.
    """
    place = page_name(name)
    libraries = None if place is None else (place.library,)
    where = Path(workspace) if place is None else workspace_behind(place.library, workspace)
    with read_workspace(where) as store:
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
        wordings = _by_words(item.merged)
        for says, lessons in list(wordings.items())[:most]:
            n_runs = counted(sum(lesson.n_trajectories for lesson in lessons), "run")
            others = f" and {len(lessons) - 1} more in the same words" if len(lessons) > 1 else ""
            text = f"- {lessons[0].id}{others} ({n_runs}): {clip(says, _TEXT)}"
            click.echo(paragraph(text, indent=6, first=4))
        _say_rest(len(wordings), most, "wording")
    for recording in item.recordings[:most]:
        print_recording(recording)
    _say_rest(item.support, most, "recording")
    click.echo()


def _by_words(merged: Sequence[MergedLesson]) -> dict[str, list[MergedLesson]]:
    """Return the lessons of a rule by what they say, in the order of their first lessons."""
    found: dict[str, list[MergedLesson]] = {}
    for lesson in merged:
        found.setdefault(squeeze(lesson.says), []).append(lesson)
    return found


def _say_rest(n: int, most: int | None, what: str) -> None:
    if most is not None and n > most:
        say(f"    … and {counted(n - most, f'more {what}')}; --all shows {'it' if n == most + 1 else 'them'}")
