"""Print an audit: one line for each finding, the features of a skill, and one line for each skill at the end."""

from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.output import print_table, say
from t2s_local.runs.auditing.result import SkillAudit
from t2s_local.safety.characters import one_line
from t2s_local.skills.rulebook import Finding
from t2s_local.stages.check.audit.follow.series import PdiStep
from t2s_local.stages.check.scan import Risk
from t2s_local.text.text import clip, counted, join_words

_SAYS = {"cause": "how it fails and why", "command": "steps by command", "never": "what never to do"}
_WIDEST = 100


def print_audits(found: Sequence[SkillAudit], *, verbose: bool) -> None:
    """Print every finding, then one line for each skill; for a single skill also its features.

    Args:
        found: The audits, in the order of the skills.
        verbose: Whether features and names without grounding are printed for every skill.
    """
    for item in found:
        found_in: list[Finding | Risk] = [*item.findings, *item.lint, *item.scan, *(item.verify or ())]
        for finding in sorted(found_in, key=_place):
            click.echo(_line(item, finding))
    for item in found if verbose or len(found) == 1 else ():
        _print_features(item)
    for series in next((item.pdi.series for item in found if item.pdi is not None), ()):
        click.echo(one_line(f"PDI of task {series.task}: {', '.join(map(_step, series.steps))}"))
    rows = [_row(item) for item in found]
    print_table(_HEAD, rows, right=frozenset(range(1, 7)))
    _say_notes(found)
    if any(item.harness for item in found):
        say("What a skill may do at run time is enforced by your agent, not by t2s.")
    n_failed = sum(item.n_grave > 0 for item in found)
    say(f"{counted(len(found), 'skill')} audited, {n_failed or 'none'} with errors. Level L0: read, not measured.")


def _say_notes(found: Sequence[SkillAudit]) -> None:
    """Print each note on an impossible check only once, with its skill or the number of skills."""
    notes: dict[str, list[str]] = {}
    for item in found:
        for note in item.notes:
            notes.setdefault(note, []).append(Path(item.path).name)
    for note, names in notes.items():
        whose = names[0] if len(names) == 1 else counted(len(names), "skill")
        say(f"{whose}: {note}.")


_HEAD = ("SKILL", "ERRORS", "AUDIT", "LINT", "SCAN", "VERIFY", "GROUNDED", "FEATURES")


def _place(finding: Finding | Risk) -> tuple[str, int, str, str]:
    return (finding.path, finding.line or 0, finding.rule, finding.message)


def _line(item: SkillAudit, finding: Finding | Risk) -> str:
    path = Path(item.path) / finding.path
    place = f"{path}" if finding.line is None else f"{path}:{finding.line}"
    return one_line(f"{place}: {finding.severity}: {finding.message} [{finding.rule}]")


def _row(item: SkillAudit) -> tuple[str, ...]:
    """Return the table cells of a skill: number of failures, findings by each of the four books, and figures."""
    named = item.grounding
    return (
        Path(item.path).name,
        str(item.n_grave),
        str(len(item.findings)),
        str(len(item.lint)),
        str(len(item.scan)),
        "-" if item.verify is None else str(len(item.verify)),
        "-" if named is None else f"{named.n_grounded}/{named.n_named}",
        join_words(feature.name for feature in item.features if feature.span is not None) or "none",
    )


def _step(step: PdiStep) -> str:
    return f"{step.weighted:+.2f}" if step.flag is None else f"{step.weighted:+.2f} ({step.flag})"


def _print_features(item: SkillAudit) -> None:
    for feature in item.features:
        said = "0" if feature.span is None else f"line {feature.line}: “{clip(feature.span, _WIDEST)}”"
        click.echo(one_line(f"{Path(item.path).name}: {_SAYS[feature.name]}: {said}"))
    for layer in item.harness or ():
        said = "pass" if layer.is_covered else f"not covered: {join_words(layer.missing)}"
        click.echo(one_line(f"{Path(item.path).name}: {layer.name}: {said}"))
    if item.pdi is not None and item.pdi.exec is not None:
        said = f"{item.pdi.exec:.2f} of the words of what it names stand in recorded commands"
        click.echo(one_line(f"{Path(item.path).name}: {said}"))
    if item.grounding is not None and item.grounding.missing:
        missing = join_words(f"`{clip(name, 60)}`" for name in item.grounding.missing[:10])
        where = "in no quote of its evidence; --train names the runs" if item.grounding.is_of_quotes else "in no run"
        click.echo(one_line(f"{Path(item.path).name}: {where}: {missing}"))
