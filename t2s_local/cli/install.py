"""``t2s install`` and ``t2s uninstall``: copy skills to the folders agents read, and remove them."""

import os
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import NamedTuple

import click

from t2s_local.cli.agents_md import as_option, file_option, rules_of_skill
from t2s_local.cli.completion import complete_agent
from t2s_local.cli.guiding.next_steps import after_install
from t2s_local.cli.options import json_lines_option
from t2s_local.cli.output import print_json, say
from t2s_local.cli.skills import FINDINGS, report, skill_folders
from t2s_local.errors import T2SError, UsageError
from t2s_local.safety.characters import one_line
from t2s_local.skills.install import install as install_one
from t2s_local.skills.install import uninstall as uninstall_one
from t2s_local.skills.installing.agent_folders import AGENTS, project_folder, user_folder
from t2s_local.skills.installing.ephemeral import refuse_ephemeral
from t2s_local.skills.installing.installed import (
    Installed,
    forget_installed,
    installed_at,
    keep_replaced,
    note_installed,
)
from t2s_local.skills.installing.trimming import without_evidence
from t2s_local.skills.library.library import refuse_deprecated
from t2s_local.skills.library.texts import Tree, digests_in, tree_digest
from t2s_local.skills.lint import at_or_above
from t2s_local.skills.lint import lint as lint_one
from t2s_local.skills.source import SkillSource, read_source

_AGENTS = ", ".join(AGENTS)
_project = click.option(
    "--project", type=click.Path(path_type=Path), help="With an agent's name: its folder in this project."
)
_user = click.option(
    "--user", "for_user", is_flag=True, help="With an agent's name: its folder for all projects; the default."
)


class _Copy(NamedTuple):
    """A skill to install."""

    folder: Path
    whole: SkillSource
    source: SkillSource
    """Files of the skill to copy."""


@click.command()
@click.argument("folders", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--to", "target", shell_complete=complete_agent, help=f"Agent ({_AGENTS}), or the folder it reads skills from."
)
@_project
@_user
@as_option
@file_option
@click.option("--replace", is_flag=True, help="Put it in the place of a different skill of the same name.")
@click.option("--adopt", is_flag=True, help="Install throw-away skills of `t2s synth` too.")
@click.option("--no-evidence", is_flag=True, help="Leave the quotes out; `t2s verify` takes them from the library.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@json_lines_option
def install(
    folders: tuple[Path, ...],
    *,
    target: str | None,
    project: Path | None,
    for_user: bool,
    form: str | None,
    file: Path | None,
    replace: bool,
    adopt: bool,
    no_evidence: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Copy skills into the folder an agent reads them from.

    A different skill of the same name stays unless --replace is given; the difference is shown. A skill that `t2s
    lint` finds an error in is not installed, nor is one that is deprecated, nor, without --adopt, one for a single
    task. With --as agents-md, the rules of each skill become a marked block of lines in --file; no line outside the
    block is touched.
    """
    _check_form(target, form, file)
    copies = _copies(folders, no_evidence=no_evidence, adopt=adopt)
    wrong = [(copy.folder, list(at_or_above(lint_one(copy.source), "error"))) for copy in copies]
    if any(found for _, found in wrong):
        report(wrong, as_json=as_json)
        say("Nothing was installed.")
        return FINDINGS
    if target is None:
        return _as_lines(copies, file or Path(), replace=replace, as_json=as_json)
    place = _place(target, project, for_user=for_user)
    for copy in copies:
        _say_difference(copy.source, place)
    if dry_run:
        done = [(copy.source.name, _foreseen(copy.source, place)) for copy in copies]
    else:
        done = [(copy.source.name, _install(copy, place, replace=replace)) for copy in copies]
    if as_json:
        print_json([{"name": name, "path": str(place / name), "done": what} for name, what in done])
    _say_cautions(copies)
    for name, what in () if as_json else done:
        click.echo(one_line(f"{place / name} ({what})"))
    if not (as_json or dry_run):
        after_install([name for name, _ in done], target, options=_where(project))
    return 0


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option(
    "--from",
    "target",
    required=True,
    shell_complete=complete_agent,
    help=f"Agent ({_AGENTS}), or the folder it reads skills from.",
)
@_project
@_user
@json_lines_option
def uninstall(names: tuple[str, ...], *, target: str, project: Path | None, for_user: bool, as_json: bool) -> None:
    """Take skills that `t2s install` copied out of the folder of an agent again.

    What t2s did not copy there, and what was edited since, is left alone. The library keeps the skill.
    """
    place = _place(target, project, for_user=for_user)
    paths = [place / Path(name).name for name in names]
    for path in paths:
        _refuse_others(path)
    for path in paths:
        uninstall_one(path.name, place)
        forget_installed(path)
    if as_json:
        print_json([{"name": path.name, "path": str(path), "done": "removed"} for path in paths])
    for path in () if as_json else paths:
        click.echo(one_line(f"{path} (removed)"))


def _say_cautions(copies: Sequence[_Copy]) -> None:
    for line in (line for copy in copies for line in _cautions(copy.source)):
        say(line)


def _where(project: Path | None) -> str:
    """Return the option that names the folder of *project* for `t2s uninstall`."""
    return "" if project is None else f" --project {shlex.quote(str(project))}"


def _check_form(target: str | None, form: str | None, file: Path | None) -> None:
    """Check that the options can be combined.

    Raises:
        UsageError: neither a folder nor a file is named, or both are.
    """
    if form is None and file is not None:
        message = "--file goes with --as agents-md"
        raise UsageError(message, hint="Add --as agents-md, or name an agent with --to.")
    if (target is None) == (form is None):
        message = "name where to: --to AGENT, or --as agents-md --file FILE"
        raise UsageError(message, hint=f"Agents are {_AGENTS}.")
    if form is not None and file is None:
        message = "--as agents-md needs --file"
        raise UsageError(message, hint="Name AGENTS.md or CLAUDE.md of the project.")


def _as_lines(copies: Sequence[_Copy], file: Path, *, replace: bool, as_json: bool) -> int:
    done = [rules_of_skill(copy.whole, file, replace=replace) for copy in copies]
    if as_json:
        print_json(done)
    else:
        click.echo(one_line(str(file)))
    return 0


def _place(target: str, project: Path | None, *, for_user: bool) -> Path:
    """Return the folder to install to.

    Raises:
        UsageError: the options cannot be combined, or *target* is nearly the name of an agent.
        T2SError: a link leads out of the project, or the project does not exist.
    """
    if target not in AGENTS:
        if project is not None or for_user:
            message = f"--project and --user go with the name of an agent, and {target!r} is none"
            raise UsageError(message, hint=f"Agents are {_AGENTS}.")
        names = [] if os.sep in target or Path(target).exists() else [name for name in AGENTS if name != "agents"]
        if near := get_close_matches(target.lower(), names, cutoff=0.75):
            message = f"no agent is called {target!r}"
            raise UsageError(message, hint=f"Did you mean {near[0]}? A folder of that name is ./{target}.")
        return Path(target)
    if project is not None and for_user:
        message = "--project and --user exclude each other"
        raise UsageError(message, hint="Name one of them.")
    if project is not None:
        return project_folder(target, project)
    return user_folder(target, home=Path.home(), environment=os.environ)


def _copies(folders: Sequence[Path], *, no_evidence: bool, adopt: bool) -> list[_Copy]:
    """Read the named skills.

    Raises:
        UsageError: two of the skills have the same name.
        T2SError: a skill is set aside by its library, or is for one task only and not adopted.
    """
    for folder in folders:
        refuse_deprecated(folder)
    found: dict[str, _Copy] = {}
    for folder in skill_folders(folders):
        whole = read_source(folder)
        if not adopt:
            refuse_ephemeral(folder, whole)
        if whole.name in found and found[whole.name].folder.absolute() != folder.absolute():
            message = f"{found[whole.name].folder} and {folder} have one name"
            raise UsageError(message, hint="Install one of them.")
        found[whole.name] = _Copy(folder, whole, without_evidence(whole) if no_evidence else whole)
    return list(found.values())


def _install(copy: _Copy, place: Path, *, replace: bool) -> str:
    if replace and (kept := keep_replaced(place / copy.source.name, copy.source)) is not None:
        say(f"The skill that was there, which t2s did not install as it was, is kept in {kept}.")
    done = install_one(copy.source, place, replace=replace)
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    version = tree_digest(Tree(files=digests_in(copy.whole), programs=copy.whole.programs))
    folder = str(copy.folder.absolute())
    note_installed(
        place / copy.source.name,
        Installed(source=folder, version=version, files=digests_in(copy.source), at=now),
    )
    return done


def _foreseen(source: SkillSource, place: Path) -> str:
    """Return a phrase on the effect of installing a skill."""
    there = place / source.name
    if not there.exists():
        return "would be added"
    return "would be unchanged" if read_source(there).raw == source.raw else "would be replaced"


def _say_difference(source: SkillSource, place: Path) -> None:
    """Print on stderr the differences between a skill and the installed skill of the same name."""
    there = place / source.name
    if there.is_symlink() or not there.is_dir():
        return
    present = read_source(there).texts
    for path in sorted(present.keys() | source.texts.keys()):
        before, after = (texts.get(path, "").splitlines() for texts in (present, source.texts))
        for line in unified_diff(before, after, str(there / path), f"{source.name}/{path}", lineterm=""):
            say(line)


def _refuse_others(path: Path) -> None:
    """Check that a skill to remove is an unchanged copy by t2s.

    Raises:
        T2SError: t2s did not copy the skill, or it was edited since.
    """
    known = installed_at(path)
    if known is None or not path.is_dir():
        message = "t2s did not install it" if path.exists() else "no such skill"
        raise T2SError(message, path=path, hint="Nothing was removed.")
    if digests_in(read_source(path)) != known.files:
        message = "edited since it was installed"
        raise T2SError(message, path=path, hint="Nothing was removed; move away what you want to keep.")


def _cautions(source: SkillSource) -> list[str]:
    """Return warnings about a skill before an agent uses it: executable files, and findings that could do harm."""
    from t2s_local.stages.check.scan import at_or_above as risky
    from t2s_local.stages.check.scan import scan

    lines = []
    if source.programs:
        lines.append(f"{source.name}: may be run: {', '.join(source.programs)}.")
    if grave := risky(scan(source), "high"):
        lines.append(f"{source.name}: `t2s scan` finds {len(grave)} of high severity; look at them before it is used.")
    return lines
