"""``--as agents-md``: write rules as a block of lines in an agent's file of instructions, such as AGENTS.md."""

from collections.abc import Iterable
from pathlib import Path

import click

from t2s_local.cli.output import say
from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.safety.characters import one_line
from t2s_local.skills.installing.agent_folders import AGENTS
from t2s_local.skills.source import SkillSource, source_of
from t2s_local.stages.export.marked_file import update_file
from t2s_local.stages.export.short_rules import ShortRule, short_rules
from t2s_local.values.funnel import Loss
from t2s_local.values.skill import Skill

FORMS = ("agents-md",)
LEARNED = "learned"
"""Name of the block that contains the rules of a whole run."""
as_option = click.option(
    "--as", "form", type=click.Choice(FORMS), help="Write rules as lines of a file of instructions (AGENTS.md)."
)
file_option = click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="With --as agents-md: the file, AGENTS.md or CLAUDE.md of a project.",
)


def check_file(form: str | None, file: Path | None, *, is_of_many: bool) -> None:
    """Check that a file of instructions is named only together with ``--as agents-md``, and for one project only.

    Raises:
        UsageError: nothing would be written to the file, or several projects would share it.
    """
    if file is not None and form is None:
        message = "--file goes with --as agents-md"
        raise UsageError(message, hint="Add --as agents-md.")
    if file is not None and is_of_many:
        message = "one --file cannot hold the rules of many projects"
        raise UsageError(message, hint="Name one with --project, or leave --file out: each project gets a file.")


def rules_of_project(skills: Iterable[Skill], file: Path, *, as_json: bool) -> None:
    """Write the facts of the project and the wishes of its users in *skills* to a file of instructions."""
    rules = [rule for skill in skills for rule in short_rules(source_of(skill)) if rule.is_of_project]
    _write(file, rules, label=LEARNED, replace=False, as_json=as_json)


def rules_of_skill(source: SkillSource, file: Path, *, replace: bool) -> dict[str, object]:
    """Write the rules of a skill to a file of instructions.

    Raises:
        NothingFoundError: the skill has no rule that fits in a line.
    """
    rules = short_rules(source)
    if not rules:
        message = f"{source.name} has no numbered rule"
        raise NothingFoundError(message, path=file, hint="Only skills that t2s wrote can become lines.")
    return _write(file, rules, label=source.name, replace=replace, as_json=True)


def file_of(library: Path) -> Path:
    """Return the file of instructions beside a library, or the project's file if the library is an agent's folder."""
    inside = {folder.project for folder in AGENTS.values()}
    is_inside = "/".join(library.parts[-2:]) in inside
    return (library.parents[1] if is_inside else library) / "AGENTS.md"


def _write(file: Path, rules: Iterable[ShortRule], *, label: str, replace: bool, as_json: bool) -> dict[str, object]:
    updated = update_file(file, rules, label=label, replace=replace)
    for loss in updated.losses:
        say(_lost(loss))
    n_lines = len(updated.lines)
    say(f"{n_lines} {'rule' if n_lines == 1 else 'rules'} in the block {label} of {file}.")
    if not as_json and n_lines:
        click.echo(one_line(str(file)))
    return {"name": label, "path": str(file), "lines": updated.lines, "losses": updated.losses}


def _lost(loss: Loss) -> str:
    return f"  {loss.stage}: {loss.words}"
