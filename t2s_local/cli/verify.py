"""``t2s verify``: check the evidence of a skill against the recordings, wherever the skill's folder is."""

from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from t2s_local.cli.options import json_lines_option, setting
from t2s_local.cli.output import say
from t2s_local.cli.skills import FINDINGS, report, skill_folders, summary
from t2s_local.runs.auditing.stored import stored_trajectories, workspaces_of
from t2s_local.runs.gating.rechecking import recheck
from t2s_local.skills.installing.origin import edited_since, whole_source
from t2s_local.skills.rulebook import Finding
from t2s_local.skills.source import read_source
from t2s_local.text.text import counted


@click.command()
@click.argument("folders", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))
@setting("workspace")
@json_lines_option
def verify(folders: tuple[Path, ...], *, workspace: str, as_json: bool) -> int:
    """Check every quote and count of a skill against the stored trajectories, and what gates found against its runs.

    SKILL_DIR is a skill's folder, or a folder of skills. Where --workspace is not given, the recordings are looked up
    in the workspace of this folder, and in the one the skill was written from, installed skills included. Exit code 4
    when something does not hold.
    """
    from t2s_local.stages.check.verify import verify as verify_one

    skills = skill_folders(folders)
    sources = {folder: read_source(folder) for folder in skills}
    named = click.get_current_context().get_parameter_source("workspace") not in _UNNAMED
    here = Path(workspace)
    places = [here] if named else workspaces_of(skills, here) or [here]
    with stored_trajectories(places) as stored:
        results = [
            (folder, verify_one(whole_source(folder, source), stored.get, edited=edited_since(folder, source)))
            for folder, source in sources.items()
        ]
    checked = [recheck(folder) for folder in skills]
    extras = {
        str(folder): {"rules": done.rules, "quotes": done.quotes, "trajectories": done.trajectories}
        for folder, done in results
    }
    found = [
        (folder, [*done.findings, *again.findings]) for (folder, done), again in zip(results, checked, strict=True)
    ]
    report(found, as_json=as_json, extras=extras)
    if not as_json:
        quotes = sum(done.quotes for _, done in results)
        for text in dict.fromkeys(text for again in checked for text in again.notes):
            say(text)
        say(_came_to(quotes, len(results), [item for _, items in found for item in items]))
    return FINDINGS if any(items for _, items in found) else 0


def _came_to(n_quotes: int, n_skills: int, found: Sequence[Finding]) -> str:
    """Return a sentence with the number of verified quotes, or with the number of findings."""
    if found or not n_quotes:
        return f"{counted(n_quotes, 'quote')}: {summary(n_skills, found)}"
    every = f"all {n_quotes:,} quotes hold" if n_quotes > 1 else "its one quote holds"
    return f"{counted(n_skills, 'skill')} checked: {every}, word for word in the stored recordings."


_UNNAMED = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
