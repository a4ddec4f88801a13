"""Candidates (rules in no skill): text, support, quotes, missing conditions, and nearest rule of each."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.ports.grouping import Embedder
from t2s_local.ports.tools import Tools
from t2s_local.runs.finished.candidate_words import candidate_words
from t2s_local.runs.finished.heads import Head, heads_of
from t2s_local.runs.finished.stored import finished_run, stored_lessons
from t2s_local.runs.finished.worded import page_lines, spoken
from t2s_local.runs.result import RunResult
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.values.lesson import Lesson, Quote, QuoteRole, line_of
from t2s_local.values.value import Value
from t2s_local.vectors.neighbours import neighbours
from t2s_local.workspace import Workspace

_OCCASION: tuple[QuoteRole, ...] = ("correction", "observation", "request", "action")
_REMEDY: tuple[QuoteRole, ...] = ("fix", "cause", "result", "action")
_MOST_NAMED = 20
"""Number of projects that an error message lists at most."""
CANDIDATES = "candidates"
"""Item kind in the store. Key: run id. Value: the candidates of the run, as JSON."""


class NearestRule(Value, frozen=True, kw_only=True):
    """The rule that is most like a candidate."""

    id: str
    says: str
    cosine: float
    """In [-1, 1]."""
    skill: str | None
    """Name of the skill that contains the rule; None if the rule is a candidate too."""


class CandidateRule(Value, frozen=True, kw_only=True):
    """A candidate (a rule in no skill) with everything a person needs to judge it."""

    id: str
    """Id of the candidate's cluster; if its lesson is in no cluster, id of the lesson."""
    when: str
    do: str
    because: str | None
    support: int
    """Number of distinct trajectories behind the candidate."""
    task_support: int
    """Number of distinct tasks behind the candidate."""
    projects: tuple[str, ...]
    """Names of the projects whose runs show the rule; empty if the recordings name none."""
    lacks: tuple[str, ...]
    quotes: tuple[Quote, ...]
    """At most two quotes: the occasion of the lesson, and the remedy."""
    nearest: NearestRule | None
    """The most similar other rule; None if the run has no other rule."""
    page: tuple[str, ...] = ()
    """Paragraphs that the page of a skill would have for the rule; empty if an earlier version of t2s did the run."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Words of the rule for a person."""
        return spoken(self.page, self.when, self.do, self.because)


def candidates(
    workspace: Workspace,
    run: str | None,
    *,
    embedder: str,
    load: Callable[[str], Embedder],
    project: str | None = None,
) -> tuple[CandidateRule, ...]:
    """Return the rules of a finished run that are in no skill, by number of reasons, then by support, largest first.

    Args:
        workspace: Where the run was made.
        run: Beginning of the run's id; None for the newest finished run.
        embedder: Name of the embedder that finds the nearest rules.
        load: Loads an embedder by name; called only if the run stored no candidates for this embedder.
        project: Name or folder of a project, for rules that a run of that project shows; None for all rules.

    Raises:
        NothingFoundError: no run is finished, or its texts were not kept.
        UsageError: there is no such run, or no rule of the run is of that project.
    """
    stored, result = finished_run(workspace, run)
    if not result.has_text:
        message = f"run {stored.id} kept no text"
        raise NothingFoundError(message, hint="Make it again without --no-keep-text.")
    kept = _kept(workspace, stored.id)
    if kept is not None and embedder == result.embedder:
        found = kept
    else:
        found = _found(workspace, stored.id, result, load(embedder), {item.id: item.page for item in kept or ()})
    if project is None:
        return found
    name = _known_project(project, result)
    return tuple(item for item in found if name in item.projects)


def remember_candidates(workspace: Workspace, run: str, result: RunResult, tools: Tools) -> None:
    """Find the candidates of a finished run and the writer's words for them, and store both."""
    pages = candidate_words(workspace, run, heads_of(result), tools.writer)
    found = _found(workspace, run, result, tools.embedder, pages)
    workspace.attempt(run).put_item(CANDIDATES, run, msgspec.json.encode(found))


def candidate_pages(workspace: Workspace, run: str) -> dict[str, tuple[str, ...]]:
    """Return the lines that a page would have for each stored candidate of a run, by the id of the candidate."""
    return {item.id: item.page for item in _kept(workspace, run) or ()}


def _kept(workspace: Workspace, run: str) -> tuple[CandidateRule, ...] | None:
    stored = workspace.item(CANDIDATES, run)
    return None if stored is None else msgspec.json.decode(stored, type=tuple[CandidateRule, ...])


def _found(
    workspace: Workspace, run: str, result: RunResult, embedder: Embedder, pages: Mapping[str, tuple[str, ...]]
) -> tuple[CandidateRule, ...]:
    heads = heads_of(result)
    lessons = stored_lessons(workspace, run, [head.lesson_ids[0] for head in heads])
    known = [head for head in heads if head.lesson_ids[0] in lessons]
    vectors = embed_lessons([lessons[head.lesson_ids[0]] for head in known], embedder)
    rows, cosines = neighbours(vectors, 1)
    words = {**page_lines(result.skills), **pages}
    found = []
    for at, head in enumerate(known):
        if head.lacks:
            near = None
            if rows.shape[1]:
                other = known[rows[at, 0]]
                near = _nearest(other, lessons[other.lesson_ids[0]], float(cosines[at, 0]), words.get(other.id, ()))
            made = _candidate(head, lessons[head.lesson_ids[0]], near, _projects_of(head, result))
            found.append(msgspec.structs.replace(made, page=pages.get(head.id, ())))
    return tuple(sorted(found, key=lambda item: (len(item.lacks), -item.support, -item.task_support, item.id)))


def _nearest(head: Head, lesson: Lesson, cosine: float, page: tuple[str, ...]) -> NearestRule:
    return NearestRule(
        id=head.id,
        says=". ".join(line.removesuffix(".") for line in page) or line_of(lesson),
        cosine=round(cosine, 4),
        skill=head.skill,
    )


def _known_project(project: str, result: RunResult) -> str:
    """Return the name of the project for *project*, which is a project's name or its folder.

    Raises:
        UsageError: no rule is of such a project.
    """
    names = sorted({name for found in result.projects.values() for name in found})
    wanted = {project.lower(), Path(project).resolve().name.lower() if Path(project).is_dir() else project.lower()}
    for name in names:
        if name.lower() in wanted:
            return name
    message = f"no rule is of a project {project!r}"
    shown = f"{', '.join(names[:_MOST_NAMED])}{' …' if len(names) > _MOST_NAMED else ''}"
    raise UsageError(message, hint=f"There are {shown}." if names else "The recordings tell no project.")


def _projects_of(head: Head, result: RunResult) -> tuple[str, ...]:
    return tuple(sorted({name for one in head.lesson_ids for name in result.projects.get(one, ())}))


def _candidate(head: Head, lesson: Lesson, nearest: NearestRule | None, projects: tuple[str, ...]) -> CandidateRule:
    return CandidateRule(
        id=head.id,
        when=lesson.when,
        do=lesson.do,
        because=lesson.because,
        support=len(lesson.trajectory_ids) if head.support is None else head.support,
        task_support=len(lesson.task_ids) if head.task_support is None else head.task_support,
        projects=projects,
        lacks=head.lacks,
        quotes=best_quotes(lesson.evidence),
        nearest=nearest,
    )


def best_quotes(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Return at most two of *quotes*: the best for the occasion of the lesson, and the best for the remedy."""
    every = list(quotes)
    found: dict[Quote, None] = {}
    for roles in (_OCCASION, _REMEDY):
        ranked = sorted((roles.index(quote.role), quote) for quote in every if quote.role in roles)
        found |= dict.fromkeys([quote for _, quote in ranked if quote not in found][:1])
    return tuple(found)
