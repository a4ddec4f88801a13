"""A clean skill and the runs it was learned from, for tests of the audit."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.audit import audit
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.values.trajectory import Outcome, Trajectory
from tests.build import step, trajectory

NAME = "summing-regions"
DESCRIPTION = (
    "Summing regions: how totals of a workbook are built and why they come out empty. Use when asked for totals, or"
    " when a sum comes out as None."
)
PROBE = "Look at the headers first: run `python inspect_book.py --headers` and choose the column of amounts."
STEPS = (PROBE, "Add the rows up with `python add_rows.py --by region`.", "Write the total below the last row.")
NEVER = "Never overwrite the workbook that was handed in: write a copy."


def skill(
    *,
    description: str = DESCRIPTION,
    before: str = "",
    steps: tuple[str, ...] = STEPS,
    after: str = "",
    files: Mapping[str, str] | None = None,
) -> SkillSource:
    """The clean skill, or one with something else in a place."""
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(steps, 1))
    text = (
        f'---\nname: {NAME}\ndescription: "{description}"\n---\n\n# Summing regions\n\n{before}\n\n## When to use\n\n'
        f"- You are asked for totals of a workbook.\n\n## Steps\n\n{numbered}\n\n## Gotchas\n\n- A sum is empty because"
        " the workbook was saved without values: recalculate it with `python recalc.py --all`.\n\n## Never\n\n"
        f"- {NEVER}\n\n{after}\n"
    )
    return source_of_files({"SKILL.md": text, **(files or {})})


def source_of_files(files: Mapping[str, str | bytes], *, name: str = NAME) -> SkillSource:
    """The source of a skill with these files."""
    raw = {path: text if isinstance(text, bytes) else text.encode() for path, text in sorted(files.items())}
    return SkillSource(name=name, raw=raw, sizes={path: len(data) for path, data in raw.items()})


def write_source(source: SkillSource, library: Path) -> Path:
    """Write the skill to *library*."""
    for path, data in source.raw.items():
        file = library / source.name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return library / source.name


TASKS = (
    "Please sum it for our customer Marburg Dental, the data is in q3_marburg.xlsx.",
    "The same for the branch in Kirchhain.",
    "Do it once more for the spring season.",
    "Again, and never overwrite the workbook that was handed in, write a copy.",
)


def runs(*, said: str | None = None, ran: str | None = None) -> tuple[Trajectory, ...]:
    """Four runs of four tasks, three of which failed.

    Args:
        said: What a user says in one of them besides.
        ran: What is called in all of them besides.
    """
    return tuple(_run(number, task, said if number == 2 else None, ran) for number, task in enumerate(TASKS))


def _run(number: int, task: str, said: str | None, ran: str | None) -> Trajectory:
    calls = ["python inspect_book.py --headers", "python add_rows.py --by region", "python recalc.py --all"]
    table = "id,net_turnover,town\n1,200,Kirchhain\n2,300,Bonn"
    steps = [step("user", task)]
    for place, call in enumerate([*calls, *([ran] if ran else [])]):
        steps.append(step("tool_call", call, tool="bash", call_id=str(place)))
        steps.append(step("tool_result", table if number == 0 else "done", tool="bash", call_id=str(place)))
    steps += [step("user", said)] if said else []
    outcome: Outcome = "success" if number == 2 else "failure"
    return trajectory(*steps, task=task, task_id=f"task-{number}", source=f"runs/{number}.jsonl", outcome=outcome)


def case(source: SkillSource, recorded: tuple[Trajectory, ...] | None = None) -> AuditCase:
    """The skill under audit, held against *recorded*, the four runs where none are named."""
    return AuditCase(source=source, facts=RecordedFacts(runs=runs() if recorded is None else recorded))


def rules(source: SkillSource, recorded: tuple[Trajectory, ...] | None = None) -> set[str]:
    """Rules that the skill breaks."""
    return {finding.rule for finding in audit(case(source, recorded))}


def renamed(source: SkillSource, name: str) -> SkillSource:
    """The same skill under another name."""
    raw = {path: data.replace(NAME.encode(), name.encode()) for path, data in source.raw.items()}
    return msgspec.structs.replace(source, name=name, raw=raw)
