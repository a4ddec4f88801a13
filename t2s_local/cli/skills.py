"""``t2s lint``, ``t2s verify`` and ``t2s install``: what can be done with skills that are written."""

from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.options import json_option, setting
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import NothingFoundError
from t2s_local.safety.characters import one_line
from t2s_local.skills.install import install as install_one
from t2s_local.skills.library.library import edited_files
from t2s_local.skills.lint import at_or_above, book
from t2s_local.skills.lint import lint as lint_one
from t2s_local.skills.rulebook import SEVERITIES, Finding, Severity
from t2s_local.skills.source import MAIN, SkillSource, read_source
from t2s_local.text.text import join_words
from t2s_local.workspace import read_workspace

FINDINGS = 4
"""Exit code: there are findings at or above the level."""
_folders = click.argument("folders", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))


@click.command()
@_folders
@click.option("--level", type=click.Choice(SEVERITIES), default="error", show_default=True, help="What fails.")
@click.option("--list", "as_list", is_flag=True, help="Print the rule book and stop.")
@json_option
def lint(folders: tuple[Path, ...], *, level: Severity, as_list: bool, as_json: bool) -> int:
    """Check skills against the rules of the format.

    SKILL_DIR is a skill's folder, or a folder of skills. Exit code 4 when there are findings at or above the level.
    """
    if as_list:
        print_book(as_json=as_json)
        return 0
    results = [(folder, lint_one(read_source(folder))) for folder in skill_folders(folders)]
    report([(folder, list(found)) for folder, found in results], as_json=as_json)
    if not as_json:
        say(_summary(len(results), [item for _, found in results for item in found]))
    return FINDINGS if any(at_or_above(found, level) for _, found in results) else 0


@click.command()
@_folders
@setting("workspace")
@json_option
def verify(folders: tuple[Path, ...], *, workspace: str, as_json: bool) -> int:
    """Check every quote and count of a skill against the stored trajectories.

    SKILL_DIR is a skill's folder, or a folder of skills. Exit code 4 when something does not hold.
    """
    from t2s_local.stages.check.verify import verify as verify_one

    with read_workspace(Path(workspace)) as store:
        results = [
            (folder, verify_one(source, store.trajectory, edited=edited_files(folder, source)))
            for folder in skill_folders(folders)
            for source in [read_source(folder)]
        ]
    extras = {
        str(folder): {"rules": done.rules, "quotes": done.quotes, "trajectories": done.trajectories}
        for folder, done in results
    }
    report([(folder, list(done.findings)) for folder, done in results], as_json=as_json, extras=extras)
    if not as_json:
        quotes = sum(done.quotes for _, done in results)
        say(f"{quotes} quotes: {_summary(len(results), [item for _, done in results for item in done.findings])}")
    return FINDINGS if any(done.findings for _, done in results) else 0


@click.command()
@_folders
@click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path), help="Folder the agent reads skills from."
)
@click.option("--replace", is_flag=True, help="Put it in the place of a different skill of the same name.")
@json_option
def install(folders: tuple[Path, ...], *, target: Path, replace: bool, as_json: bool) -> int:
    """Copy skills into the folder an agent reads them from, for instance ~/.claude/skills.

    A skill that `t2s lint` finds an error in is not installed.
    """
    sources = [(folder, read_source(folder)) for folder in skill_folders(folders)]
    wrong = [(folder, list(at_or_above(lint_one(source), "error"))) for folder, source in sources]
    if any(found for _, found in wrong):
        report(wrong, as_json=as_json)
        say("Nothing was installed.")
        return FINDINGS
    done = [(source.name, install_one(source, target, replace=replace)) for _, source in sources]
    if as_json:
        print_json([{"name": name, "path": str(target / name), "done": what} for name, what in done])
    for line in (line for _, source in sources for line in _cautions(source)):
        say(line)
    for name, what in () if as_json else done:
        click.echo(one_line(f"{target / name} ({what})"))
    return 0


def _cautions(source: SkillSource) -> list[str]:
    """What a person should know of a skill that an agent is about to use: programs, and what could do harm."""
    from t2s_local.stages.check.scan import at_or_above as risky
    from t2s_local.stages.check.scan import scan

    lines = []
    if source.programs:
        lines.append(f"{source.name}: may be run: {', '.join(source.programs)}.")
    if grave := risky(scan(source), "high"):
        lines.append(f"{source.name}: `t2s scan` finds {len(grave)} of high severity; look at them before it is used.")
    return lines


def skill_folders(folders: Sequence[Path]) -> list[Path]:
    """The skills in *folders*: a folder without a SKILL.md stands for those right below it, a SKILL.md for its folder.

    Raises:
        NothingFoundError: one of them holds no skill.
    """
    found: list[Path] = []
    for named in folders:
        folder = named.parent if named.name == MAIN and named.is_file() else named
        below = [] if (folder / MAIN).exists() or not folder.is_dir() else sorted(folder.glob(f"*/{MAIN}"))
        if folder.is_dir() and not below and not (folder / MAIN).exists() and not any(folder.glob("*.md")):
            message = "no SKILL.md in it or right below it"
            raise NothingFoundError(message, path=folder)
        found += [path.parent for path in below] or [folder]
    if not found:
        message = "no skill was named"
        raise click.UsageError(message)
    return found


def report(
    results: Sequence[tuple[Path, list[Finding]]], *, as_json: bool, extras: dict[str, dict[str, int]] | None = None
) -> None:
    """Print findings, one a line, or everything as JSON."""
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


def print_book(*, as_json: bool) -> None:
    """Print the rule book."""
    if as_json:
        print_json([{"id": rule.id, "severity": rule.severity, "summary": rule.summary} for rule in book()])
    else:
        print_table(("rule", "severity", "asks"), [(rule.id, rule.severity, rule.summary) for rule in book()])


def _summary(n_skills: int, found: Sequence[Finding]) -> str:
    counts = [(sum(item.severity == severity for item in found), severity) for severity in SEVERITIES]
    said = [f"{count} {severity}{'s' if count > 1 else ''}" for count, severity in counts if count]
    skills = f"{n_skills} skill{'s' if n_skills != 1 else ''}"
    return f"{skills} checked, {join_words(said) or 'nothing found'}."
