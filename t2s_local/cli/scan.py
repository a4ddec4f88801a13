"""``t2s scan``: find parts of a skill that could do harm."""

from collections import Counter
from pathlib import Path

import click

from t2s_local.cli.options import json_lines_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.skills import FINDINGS, skill_folders
from t2s_local.safety.characters import one_line
from t2s_local.safety.signs import GRAVITIES, Gravity
from t2s_local.skills.source import read_source
from t2s_local.stages.check.scan import Risk, at_or_above, rules
from t2s_local.stages.check.scan import scan as scan_one
from t2s_local.text.text import join_words


@click.command()
@click.argument("folders", metavar="SKILL_DIR...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--level", type=click.Choice(GRAVITIES), default="high", show_default=True, help="What fails.")
@click.option("--list", "as_list", is_flag=True, help="Print the rules and stop.")
@json_lines_option
def scan(folders: tuple[Path, ...], *, level: Gravity, as_list: bool, as_json: bool) -> int:
    """Look through skills for what could do harm, whoever wrote them.

    SKILL_DIR is a skill's folder, or a folder of skills. Exit code 4 when there are findings at or above the level.
    """
    if as_list:
        _print_rules(as_json=as_json)
        return 0
    results = [(folder, scan_one(read_source(folder))) for folder in skill_folders(folders)]
    if as_json:
        print_json([{"path": str(folder), "findings": risks} for folder, risks in results])
    else:
        for folder, risks in results:
            for risk in risks:
                click.echo(_line(folder, risk))
        say(_summary(len(results), [risk for _, risks in results for risk in risks]))
    return FINDINGS if any(at_or_above(risks, level) for _, risks in results) else 0


def _line(folder: Path, risk: Risk) -> str:
    place = f"{folder / risk.path}" if risk.line is None else f"{folder / risk.path}:{risk.line}"
    return one_line(f"{place}: {risk.severity}: {risk.message} [{risk.rule}]")


def _print_rules(*, as_json: bool) -> None:
    if as_json:
        print_json([rule._asdict() for rule in rules()])
    else:
        print_table(
            ("rule", "severity", "a skill with it"), [(rule.id, rule.severity, rule.summary) for rule in rules()]
        )


def _summary(n_skills: int, risks: list[Risk]) -> str:
    counts = Counter(risk.severity for risk in risks)
    said = join_words(f"{counts[gravity]} {gravity}" for gravity in GRAVITIES if counts[gravity])
    return f"{n_skills} skill{'s' if n_skills != 1 else ''} scanned, {said or 'nothing found that could do harm'}."
