"""Compute the values of the page from the collected facts."""

import shlex

import msgspec

from t2s_local.report.drawing.timeline import timeline_of
from t2s_local.report.drawing.trends import calendar_of
from t2s_local.report.drawing.workflow import workflow_of
from t2s_local.report.facts import Facts
from t2s_local.report.leftovers import candidate_views, opposed_views, stage_views
from t2s_local.report.limits import Limits
from t2s_local.report.mapping import map_view
from t2s_local.report.rules import Known, counts_of, ranked, skill_views
from t2s_local.report.spans import shown
from t2s_local.report.values import FileRow, NextStep, Page, ReadView, SkillView
from t2s_local.safety.characters import safe
from t2s_local.stages.naming.projects import project_names
from t2s_local.text.text import counted
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.value import digest
from t2s_local.version import __version__

_NAMED = 6
"""Number of projects that are named at the top of the page."""


def page_of(facts: Facts, limits: Limits) -> Page:
    """Return the values of the page; control characters that could affect a reader's screen are removed from texts.

    Args:
        facts: The collected facts.
        limits: Amounts of detail to show.
    """
    outcomes = {outline.id: str(outline.outcome or "unknown") for outline in facts.outlines}
    calendar = calendar_of((outline.id, outline.day) for outline in facts.outlines)
    known = Known(outcomes, project_names(facts.outlines), calendar)
    skills = skill_views(facts, known, limits)
    candidates = candidate_views(facts, limits)
    files = _files(facts, known)
    page = Page(
        run=facts.run,
        library=None if facts.library is None else facts.library.folder,
        version=__version__,
        where=_where(facts),
        which="" if facts.is_newest else f" --run {facts.run}",
        notices=_notices(facts),
        read=_read(facts, known),
        projects=tuple(
            sorted(
                {name for skill in skills for rule in skill.rules for name in rule.projects}
                | {name for item in candidates for name in item.projects}
            )
        ),
        n_rules=sum(skill.n_rules for skill in skills),
        n_candidates=len(facts.candidates),
        skills=skills,
        candidates=candidates,
        n_candidates_cut=len(facts.candidates) - len(candidates),
        opposed=opposed_views(facts),
        stages=stage_views(facts, limits, {row.source: row.anchor for row in files[: limits.files]}),
        map=map_view(facts, known, skills, candidates, limits),
        timeline=timeline_of(
            [outline.id for outline in facts.outlines],
            facts.lessons.values(),
            known.projects,
            calendar,
            most=limits.rows,
        ),
        graph=None if facts.graph is None else workflow_of(facts.graph),
        files=files[: limits.files],
        n_files_cut=max(len(files) - limits.files, 0),
        next_steps=_next_steps(facts, skills),
    )
    return msgspec.convert(_inert(msgspec.to_builtins(page)), Page)


def _inert(value: object) -> object:
    """Return *value* with control characters and the names of home folders removed from every text."""
    if isinstance(value, str):
        return shown(safe(value))
    if isinstance(value, list | tuple):
        return [_inert(item) for item in value]
    return {key: _inert(item) for key, item in value.items()} if isinstance(value, dict) else value


def _read(facts: Facts, known: Known) -> ReadView:
    outlines = facts.outlines
    projects = ranked(known.projects[outline.id] for outline in outlines if outline.id in known.projects)
    n_runs = len(outlines) or facts.result.funnel.counts.get("trajectories", 0)
    return ReadView(
        n_files=facts.result.report.n_files,
        n_runs=n_runs,
        n_tasks=len({outline.task_id or outline.id for outline in outlines}),
        first_day=known.calendar.first,
        last_day=known.calendar.last,
        outcomes=counts_of((outline.id for outline in outlines), known.outcomes) or (("unknown", n_runs),),
        projects=projects[:_NAMED],
        n_projects_cut=max(len(projects) - _NAMED, 0),
        agents=ranked(outline.agent for outline in outlines if outline.agent is not None),
        formats=ranked(outline.format for outline in outlines),
    )


def _notices(facts: Facts) -> tuple[str, ...]:
    """Return the notices for the top of the page."""
    found = []
    if not facts.result.has_text:
        found.append("This run kept no text (--no-keep-text): the page has counts and names, no rules and no quotes.")
    gone = sum(item.source is None for ground in facts.grounds.values() for item in ground.recordings)
    if gone:
        found.append(
            f"{counted(gone, 'recording')} behind rules of this page {'is' if gone == 1 else 'are'} no longer stored."
        )
    if facts.result.is_open:
        found.append("Some questions to the model have no answer yet; the same `t2s distill` asks them.")
    return tuple(found)


def _files(facts: Facts, known: Known) -> tuple[FileRow, ...]:
    teaching = supporting_runs(facts.lessons.values())
    groups: dict[str, list[str]] = {}
    for outline in facts.outlines:
        groups.setdefault(outline.source, []).append(outline.id)
    rows = [
        FileRow(
            source=source,
            anchor=f"file-{digest(source)}",
            n_runs=len(runs),
            n_teaching=sum(run in teaching for run in runs),
            outcomes=counts_of(runs, known.outcomes),  # type: ignore[arg-type]  # ids of outlines
        )
        for source, runs in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.n_teaching, -row.n_runs, row.source)))


def _where(facts: Facts) -> str:
    return "" if facts.workspace is None else f" --workspace {shlex.quote(facts.workspace)}"


def _next_steps(facts: Facts, skills: tuple[SkillView, ...]) -> tuple[NextStep, ...]:
    """Return the suggested next steps, each with its command if there is one."""
    folder = None if facts.library is None else facts.library.folder
    where = _where(facts)
    named = "" if folder is None else f" {shlex.quote(folder)}"
    n_open = len([ground for ground in facts.grounds.values() if ground.decision is None])
    n_open += len([item for item in facts.candidates if item.id not in facts.decided])
    steps = []
    waiting = [skill for skill in skills if skill.waiting is not None]
    if waiting:
        steps.append(
            NextStep(
                says=f"{counted(len(waiting), 'new version')} of skills you edited waits for you.",
                command=f"t2s review{named}{where}",
            )
        )
    if n_open and facts.result.has_text:
        steps.append(
            NextStep(
                says=f"Review: nobody has decided about {counted(n_open, 'rule')} yet.",
                command=f"t2s review{named}{where}",
            )
        )
    if skills and facts.library is not None:
        paths = [f"{facts.library.places.get(skill.name, folder)}/{skill.name}" for skill in skills[:1]]
        steps.append(
            NextStep(
                says="Install a skill where your agent reads it.",
                command=f"t2s install {shlex.quote(paths[0])} --to claude",
            )
        )
    if not any(outline.outcome for outline in facts.outlines) and facts.outlines:
        steps.append(
            NextStep(
                says="No run says how it ended: label them, and rules can tell what paid.",
                command="t2s distill … --labels FILE",
            )
        )
    if facts.result.report.quarantined:
        n = len(facts.result.report.quarantined)
        steps.append(NextStep(says=f"{counted(n, 'record')} could not be read; they are named below.", command=None))
    return tuple(steps)
