"""Views of rules in no skill, of contradicting rules, and of the losses at every stage from files to skills."""

from collections.abc import Iterable, Mapping, Sequence

from t2s_local.report.facts import Facts
from t2s_local.report.limits import Limits
from t2s_local.report.rules import anchor_of
from t2s_local.report.spans import cut, ticked
from t2s_local.report.values import CandidateView, Item, LossView, OpposedView, QuoteView, StageView
from t2s_local.runs.finished.candidates import CandidateRule
from t2s_local.runs.finished.heads import Head
from t2s_local.runs.finished.left_out import IDLE, idle_runs
from t2s_local.runs.result import READING
from t2s_local.stages.group.directives import contradictions
from t2s_local.text.text import clip
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Quote, line_of
from t2s_local.values.trajectory import TrajectoryId

_STAGES = {
    "files": ("files", "were found", (READING,)),
    "trajectories": ("runs", "are in them, each counted once", ("screen",)),
    "slices": ("pieces", "with one intent each were looked at", ("extract", "judge")),
    "lessons": ("lessons", "were learned, each with quotes", ("dedupe",)),
    "unique": ("different lessons", "remain once repetitions are joined", ("cluster",)),
    "clustered": ("lessons in a rule", "say the same as others or stand for themselves", ()),
    "clusters": ("rules", "are what they come to", ("compose", "write")),
    "in_skills": ("lessons in skills", "stand behind the rules of skills", ()),
    "skills": ("skills", "were written", ()),
}
"""For each count of the funnel: its name on the page, the rest of its sentence, and the stages that lose items next."""
_OF_CANDIDATES = frozenset({"cluster", "compose", "judge"})
"""Stages whose losses are candidates."""
_SHOWN = 160


def candidate_views(facts: Facts, limits: Limits) -> tuple[CandidateView, ...]:
    """Return the candidates that the page shows in full, candidates with the fewest missing conditions first."""
    shown = facts.candidates[: limits.candidates]
    here = {item.id for item in shown} | set(facts.grounds)
    heads = {head.id: head for head in facts.heads}
    return tuple(_candidate(item, heads[item.id], facts, here, limits) for item in shown)


def _candidate(item: CandidateRule, head: Head, facts: Facts, here: set[str], limits: Limits) -> CandidateView:
    lesson = facts.lessons.get(head.lesson_ids[0])
    near = item.nearest
    home = "" if near is None else "another candidate" if near.skill is None else f"in {near.skill}"
    decision = facts.decided.get(item.id)
    return CandidateView(
        id=item.id,
        anchor=anchor_of(item.id),
        head=ticked(item.lines[0]),
        details=tuple(map(ticked, item.lines[1:])),
        support=item.support,
        task_support=item.task_support,
        polarity=None if lesson is None else lesson.polarity,
        projects=item.projects,
        lacks=item.lacks,
        decision=None if decision is None else decision.verdict,
        quotes=tuple(_quote(quote, limits) for quote in item.quotes),
        nearest=() if near is None else ticked(f"{clip(near.says, _SHOWN)} ({home}, cosine {near.cosine:.2f})"),
        nearest_anchor=None if near is None or near.id not in here else anchor_of(near.id),
    )


def _quote(quote: Quote, limits: Limits) -> QuoteView:
    text, n_cut = cut(quote.text, limits.quote)
    return QuoteView(trajectory=quote.trajectory_id, step=quote.step, role=quote.role, text=text, n_cut=n_cut)


def opposed_views(facts: Facts) -> tuple[OpposedView, ...]:
    """Return the pairs of rules that demand opposite actions in the same situation."""
    if facts.vectors is None:
        return ()
    firsts = [facts.lessons[head.lesson_ids[0]] for head in facts.heads]
    supports = [head.task_support or len(one.task_ids) for head, one in zip(facts.heads, firsts, strict=True)]
    anchors = {head.lesson_ids[0]: anchor_of(head.id) for head in facts.heads}
    return tuple(
        OpposedView(
            says=ticked(line_of(facts.lessons[pair.affirmed])),
            anchor=anchors[pair.affirmed],
            other=ticked(line_of(facts.lessons[pair.forbidden])),
            other_anchor=anchors[pair.forbidden],
            cosine=round(pair.similarity, 2),
        )
        for pair in contradictions(firsts, facts.vectors, supports=supports)
    )


def stage_views(facts: Facts, limits: Limits, rows: Mapping[str, str]) -> tuple[StageView, ...]:
    """Return the stages from files to skills, each with its losses and their reasons.

    Args:
        facts: The collected facts.
        limits: Amounts of detail to show.
        rows: Anchors of the files that the page lists.
    """
    counts, losses = facts.result.funnel.counts, facts.result.funnel.losses
    after = {stage for _, _, stages in _STAGES.values() for stage in stages}
    other = tuple(loss for loss in losses if loss.stage not in after)
    found = [
        StageView(
            name=_STAGES[name][0] if name in _STAGES else name.replace("_", " "),
            says=_STAGES[name][1] if name in _STAGES else "",
            count=count,
            losses=_losses(
                [loss for loss in losses if name in _STAGES and loss.stage in _STAGES[name][2]], facts, limits, rows
            )
            + (_idle(facts, limits, rows) if name == "trajectories" else ()),
        )
        for name, count in sorted(counts.items(), key=lambda pair: _place(pair[0]))
    ]
    if other:
        found.append(
            StageView(
                name="other losses",
                says="",
                count=sum(loss.count for loss in other),
                losses=_losses(other, facts, limits, rows),
            )
        )
    return tuple(found)


def _place(name: str) -> int:
    names = list(_STAGES)
    return names.index(name) if name in names else len(names)


def _losses(losses: Sequence[Loss], facts: Facts, limits: Limits, rows: Mapping[str, str]) -> tuple[LossView, ...]:
    ordered = sorted(losses, key=lambda loss: (-loss.count, loss.reason))
    return tuple(_loss(loss, facts, limits, rows) for loss in ordered)


def _loss(loss: Loss, facts: Facts, limits: Limits, rows: Mapping[str, str]) -> LossView:
    """Return a loss with the names of the lost items, if known."""
    report, items, n_unnamed = facts.result.report, _runs(loss.trajectory_ids, facts, rows), loss.n_unnamed
    if loss.stage == READING and loss.reason == "file without a trajectory":
        items = [Item(name=item.path, note=item.seen) for item in report.unrecognised]
    elif loss.stage == READING and loss.reason == "record that could not be read":
        items = [
            Item(name=item.path if item.line is None else f"{item.path}:{item.line}", note=item.reason)
            for item in report.quarantined
        ]
    return LossView(
        count=loss.count,
        words=ticked(loss.reason),
        items=tuple(items[: limits.items]),
        n_items_cut=max(len(items) - limits.items, 0) + n_unnamed,
        n_runs=len(loss.trajectory_ids) + n_unnamed,
        is_candidate=loss.stage in _OF_CANDIDATES,
    )


def _idle(facts: Facts, limits: Limits, rows: Mapping[str, str]) -> tuple[LossView, ...]:
    """Return one loss: the runs that support no lesson; empty if there is no such run or no text was kept."""
    idle = idle_runs(facts.lessons.values(), facts.outlines)
    if not idle or not facts.result.has_text:
        return ()
    items = tuple(_runs([outline.id for outline in idle[: limits.items]], facts, rows))
    return (
        LossView(
            count=len(idle),
            words=ticked(IDLE),
            items=items,
            n_items_cut=max(len(idle) - limits.items, 0),
            n_runs=len(idle),
        ),
    )


def _runs(runs: Iterable[TrajectoryId], facts: Facts, rows: Mapping[str, str]) -> list[Item]:
    """Return recorded runs as items, each with its file and the file's row on the page."""
    sources = {outline.id: outline.source for outline in facts.outlines}
    files = ((one, sources.get(one, "")) for one in runs)
    return [Item(name=one, note=file, anchor=rows.get(file)) for one, file in files]
