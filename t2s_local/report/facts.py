"""Collect the facts for the page from a workspace and libraries; no figure is computed here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.report.limits import Limits
from t2s_local.runs.finished.candidates import CandidateRule, candidates
from t2s_local.runs.finished.heads import Head, heads_of
from t2s_local.runs.finished.stored import finished_run, stored_all_lessons, stored_outlines
from t2s_local.runs.finished.why import Recording, recording_of
from t2s_local.runs.result import RunResult
from t2s_local.runs.reviewing.reviewing import Place
from t2s_local.skills.decisions import read_decisions
from t2s_local.skills.library.gates.notes import read_notes
from t2s_local.skills.library.library import is_library
from t2s_local.skills.library.one_skill.waiting import WaitingVersion, waiting_versions
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.proof import read_events
from t2s_local.skills.library.versions import SkillHistory, histories
from t2s_local.stages.graph.graph import build, join_labels, with_feedback
from t2s_local.stages.graph.walks import outline_of, walks_of
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.review.review import KnownDecisions
from t2s_local.values.decision import Decision
from t2s_local.values.event import Event
from t2s_local.values.gates.note import GateNote
from t2s_local.values.lesson import Lesson, LessonId, Quote
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.work_graph import WorkGraph
from t2s_local.workspace import Workspace

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

_ROLES = ("observation", "fix", "correction", "action", "result", "request", "cause")


class RuleGround(msgspec.Struct, frozen=True, kw_only=True):
    """Rule of a skill with its lessons, and the recordings that the page shows for it."""

    head: Head
    lessons: tuple[Lesson, ...]
    """Lessons of the rule, the medoid (the most central lesson) first."""
    recordings: tuple[Recording, ...]
    decision: Decision | None


class LibraryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about skills that the libraries of a run have recorded."""

    folder: str
    histories: dict[str, SkillHistory]
    events: tuple[Event, ...]
    waiting: tuple[WaitingVersion, ...]
    gates: tuple[GateNote, ...]
    """Last gate result of every skill and mode."""
    places: dict[str, str]
    """Folder of the library, by name of the skill."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All facts that a page shows."""

    run: str
    is_newest: bool
    """Whether this run is the run that commands mean if they name no run."""
    result: RunResult
    outlines: tuple[Outline, ...]
    heads: tuple[Head, ...]
    """Rules, and lessons in no cluster, on the page; if the run kept texts, only those whose first lesson is stored."""
    lessons: dict[LessonId, Lesson]
    grounds: dict[str, RuleGround]
    """Rules of skills with their lessons and recordings, by id of the rule."""
    candidates: tuple[CandidateRule, ...]
    decided: dict[str, Decision]
    """Decisions about candidates, by id of the candidate."""
    vectors: "FloatMatrix | None"
    """Unit vectors, one row for each element of *heads*; None if no text was kept."""
    library: LibraryFacts | None
    graph: WorkGraph | None
    """Workflow graph; None if no graph was requested."""
    workspace: str | None
    """Folder of the workspace for use in commands; None for the default."""


def gather(
    workspace: Workspace,
    place: Place,
    *,
    embedder: str,
    load: Callable[[str], Embedder],
    limits: Limits,
    named: str | None,
    with_graph: bool = False,
) -> Facts:
    """Collect the facts for the page about a run.

    Args:
        workspace: Where the run was made.
        place: The run, its libraries, and the rules to show.
        embedder: Name of the embedder that lays out the map and finds contradictions.
        load: Loads an embedder by name.
        limits: Amounts of detail that are loaded for each rule.
        named: Folder of the workspace for use in commands; None for the default.
        with_graph: Whether every recording is loaded to draw the workflow graph.

    Raises:
        NothingFoundError: the run is not finished.
        T2SError: the run, its recordings or a library cannot be read.
    """
    stored, result = finished_run(workspace, place.run)
    every = tuple(head for head in heads_of(result) if place.rules is None or head.id in place.rules)
    lessons = stored_all_lessons(workspace, stored.id) if result.has_text else {}
    heads = tuple(head for head in every if head.lesson_ids[0] in lessons) if result.has_text else every
    known = KnownDecisions(read_decisions(place.home) if place.home.is_dir() else ())
    kept = {head.id for head in heads}
    found = candidates(workspace, stored.id, embedder=result.embedder, load=load) if result.has_text else ()
    firsts = [lessons[head.lesson_ids[0]] for head in heads] if result.has_text else []
    outlines = stored_outlines(workspace, stored.id)
    return Facts(
        run=stored.id,
        is_newest=finished_run(workspace, None)[0].id == stored.id,
        result=result,
        outlines=outlines,
        heads=heads,
        lessons=lessons,
        grounds={
            head.id: _ground(workspace, head, lessons, known, limits)
            for head in heads
            if head.skill is not None and result.has_text
        },
        candidates=tuple(item for item in found if item.id in kept),
        decided=_decided(heads, lessons, known),
        vectors=embed_lessons(firsts, load(embedder)) if firsts else None,
        library=_library(place.libraries, place.home),
        graph=_graph(workspace, outlines, load(embedder)) if with_graph else None,
        workspace=named,
    )


def _graph(workspace: Workspace, outlines: Sequence[Outline], embedder: Embedder) -> WorkGraph:
    """Return the workflow graph of the recordings that are still stored."""
    stored = (workspace.trajectory(outline.id) for outline in outlines)
    joined = join_labels(walks_of([outline_of(run) for run in stored if run is not None]), embedder)
    return with_feedback(build(joined), joined.walks)


def _ground(
    workspace: Workspace, head: Head, lessons: Mapping[LessonId, Lesson], known: KnownDecisions, limits: Limits
) -> RuleGround:
    members = tuple(lessons[one] for one in head.lesson_ids if one in lessons)
    quotes: dict[TrajectoryId, list[Quote]] = {}
    for quote in (quote for lesson in members for quote in lesson.evidence):
        quotes.setdefault(quote.trajectory_id, []).append(quote)
    ordered = sorted(quotes, key=lambda run: (-_worth(quotes[run]), run))
    return RuleGround(
        head=head,
        lessons=members,
        recordings=tuple(recording_of(workspace, run, quotes[run]) for run in ordered[: limits.recordings]),
        decision=known.about(members),
    )


def _worth(quotes: Iterable[Quote]) -> int:
    """Return the value of *quotes* for a reader: quotes of an error and its fix count most."""
    roles = {quote.role for quote in quotes}
    return sum(2 ** (len(_ROLES) - at) for at, role in enumerate(_ROLES) if role in roles)


def _decided(heads: Sequence[Head], lessons: Mapping[LessonId, Lesson], known: KnownDecisions) -> dict[str, Decision]:
    found = {}
    for head in heads:
        members = [lessons[one] for one in head.lesson_ids if one in lessons]
        if head.skill is None and members and (decision := known.about(members)) is not None:
            found[head.id] = decision
    return found


def _library(folders: Sequence[Path], home: Path) -> LibraryFacts | None:
    """Return the facts that the libraries in *folders* have recorded; None if no folder is a library."""
    libraries = [folder for folder in folders if is_library(folder)]
    if not libraries:
        return None
    known = {folder: histories(OwnFolder(folder)) for folder in libraries}
    return LibraryFacts(
        folder=str(home),
        histories={name: history for found in known.values() for name, history in found.items()},
        events=tuple(event for folder in libraries for event in read_events(folder)),
        waiting=tuple(item for folder in libraries for item in waiting_versions(folder)),
        gates=tuple(item for folder in libraries for item in read_notes(OwnFolder(folder))),
        places={name: str(folder) for folder, found in known.items() for name in found},
    )
