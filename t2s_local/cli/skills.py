"""``t2s lint``, and functions that commands about written skills share: find skills, print findings."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.options import json_lines_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import NothingFoundError
from t2s_local.safety.characters import one_line
from t2s_local.skills.lint import at_or_above, book
from t2s_local.skills.lint import lint as lint_one
from t2s_local.skills.rulebook import SEVERITIES, Finding, Rule, Severity, Subject
from t2s_local.skills.source import MAIN, read_source
from t2s_local.text.text import join_words

FINDINGS = 4
"""Exit code if there are findings at or above the level."""
_DEEPEST = 6
"""Levels below a named folder that are searched for skills."""
_folders = click.argument("folders", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))


@click.command()
@_folders
@click.option("--level", type=click.Choice(SEVERITIES), default="error", show_default=True, help="What fails.")
@click.option("--list", "as_list", is_flag=True, help="Print the rule book and stop.")
@json_lines_option
def lint(folders: tuple[Path, ...], *, level: Severity, as_list: bool, as_json: bool) -> int:
    """Check skills against the rules of the format.

    SKILL_DIR is a skill's folder, or a folder of skills. Exit code 4 when there are findings at or above the level.
    """
    if as_list:
        print_book(book(), as_json=as_json)
        return 0
    results = [(folder, lint_one(read_source(folder))) for folder in skill_folders(folders)]
    report([(folder, list(found)) for folder, found in results], as_json=as_json)
    if not as_json:
        say(summary(len(results), [item for _, found in results for item in found]))
    return FINDINGS if any(at_or_above(found, level) for _, found in results) else 0


def skill_folders(folders: Sequence[Path]) -> list[Path]:
    """Return the skill folders that *folders* mean: a SKILL.md means its folder, a library all skills below it.

    A folder may contain several libraries, as a folder with a library for each project does.

    Raises:
        NothingFoundError: one of *folders* contains no skill.
    """
    found: list[Path] = []
    for named in folders:
        folder = named.parent if named.name == MAIN and named.is_file() else named
        below = [] if (folder / MAIN).exists() or not folder.is_dir() else _below(folder)
        if folder.is_dir() and not below and not (folder / MAIN).exists() and not any(folder.glob("*.md")):
            message = "no SKILL.md in it or below it"
            raise NothingFoundError(message, path=folder)
        found += below or [folder]
    if not found:
        message = "no skill was named"
        raise click.UsageError(message)
    return found


def _below(folder: Path) -> list[Path]:
    """Return the skills below *folder*, by path: nothing inside a skill or a hidden folder is one.

    A link to the folder of a skill counts; other links are not followed.
    """
    found = []
    for place, folders, files in os.walk(folder):
        here = Path(place)
        is_skill = MAIN in files
        if is_skill:
            found.append(here)
        is_deep = len(here.relative_to(folder).parts) >= _DEEPEST
        found += [here / name for name in (() if is_skill else folders) if _is_linked_skill(here / name)]
        folders[:] = () if is_skill or is_deep else [name for name in folders if not name.startswith(".")]
    return sorted(found)


def _is_linked_skill(place: Path) -> bool:
    return not place.name.startswith(".") and place.is_symlink() and (place / MAIN).is_file()


def report(
    results: Sequence[tuple[Path, list[Finding]]], *, as_json: bool, extras: dict[str, dict[str, int]] | None = None
) -> None:
    """Print findings, one in each line, or everything as JSON."""
    if as_json:
        print_json(
            [
                {"path": str(folder), **(extras or {}).get(str(folder), {}), "findings": found}
                for folder, found in results
            ]
        )
        return
    for folder, found in results:
        for item in found:
            place = f"{folder / item.path}" if item.line is None else f"{folder / item.path}:{item.line}"
            click.echo(one_line(f"{place}: {item.severity}: {item.message} [{item.rule}]"))


def print_book(rules: Sequence[Rule[Subject]], *, as_json: bool) -> None:
    """Print a book of rules."""
    if as_json:
        print_json([{"id": rule.id, "severity": rule.severity, "summary": rule.summary} for rule in rules])
    else:
        print_table(("rule", "severity", "asks"), [(rule.id, rule.severity, rule.summary) for rule in rules])


def summary(n_skills: int, found: Sequence[Finding]) -> str:
    """Return a sentence with the numbers of checked skills and of findings."""
    counts = [(sum(item.severity == severity for item in found), severity) for severity in SEVERITIES]
    said = [f"{count} {severity}{'s' if count > 1 else ''}" for count, severity in counts if count]
    skills = f"{n_skills} skill{'s' if n_skills != 1 else ''}"
    return f"{skills} checked, {join_words(said) or 'no fault found'}."
