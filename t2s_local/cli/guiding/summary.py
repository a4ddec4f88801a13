"""Word the result of a run: rules in skills, candidates, and the reasons if there is no skill."""

from collections.abc import Iterator, Sequence

from t2s_local.runs.finished.heads import LOOSE, Head, heads_of
from t2s_local.runs.result import READING, RunResult
from t2s_local.stages.compose.bar import UNREVIEWED
from t2s_local.text.text import clip, counted, join_words
from t2s_local.values.funnel import NOTHING_TO_LEARN

_ONE_MORE = "1 more run"
"""Beginning of the phrase for a rule that needs one more run to enter a skill."""
_NEAREST = 3
_LONGEST = 200
"""Largest number of characters of a rule that is shown as a near miss."""


def summary_lines(result: RunResult, *, candidates: str) -> list[str]:
    """Return sentences on the result of a run: rules in skills, candidates, and the places of the lessons.

    Args:
        result: Result of the run.
        candidates: Command that lists the candidates.
    """
    lines = [came_to(result, candidates if result.has_text else None)]
    if result.funnel.counts.get("lessons"):
        lines.append(_whereabouts(result))
    return lines if result.skills else [*lines, *_why_none(result)]


def came_to(result: RunResult, candidates: str | None = None) -> str:
    """Return the result of a run in one sentence; *candidates* is the command that lists the candidates."""
    runs = counted(result.funnel.counts.get("trajectories", 0), "recorded run")
    n_rules = sum(len(skill.cluster_ids) for skill in result.skills)
    said = f"{counted(n_rules, 'rule')} in {counted(len(result.skills), 'skill')}" if result.skills else "no rule yet"
    wait = waiting(result)
    near = sum(head.lacks[0].startswith(_ONE_MORE) and len(head.lacks) == 1 for head in wait)
    once = sum(head.lacks == (LOOSE,) for head in wait)
    more = "more " if result.skills else ""
    parts = [_needing(near, more, "one more run")] if near else []
    parts += [_needing(once, more, "another run that agrees")] if once else []
    if others := len(wait) - near - once:
        parts.append(f"{others:,} {'lacks' if others == 1 else 'lack'} something{' else' if parts else ''}")
    shown = f" (`{candidates}`)" if parts and candidates else ""
    joined = join_words([said, *parts]) if result.skills or not parts else f"{said}; {join_words(parts)}"
    return f"From {runs}: {joined}{shown}."


def loss_lines(result: RunResult) -> list[str]:
    """Return lines for ``-v``: the counts and losses of every stage, and the method of grouping."""
    counts = (f"{count:,} {name.replace('_', ' ')}" for name, count in result.funnel.counts.items())
    losses = [item for item in result.funnel.losses if item.stage != READING]
    return [
        " → ".join(counts),
        *(f"  {loss.stage:>8}: {loss.words}" for loss in losses),
        f"Grouped by {result.algorithm}.",
    ]


def waiting(result: RunResult) -> list[Head]:
    """Return the rules in no skill: the rules that lack least first, lessons without a similar second lesson last."""
    found = [head for head in heads_of(result) if head.lacks]
    return sorted(found, key=lambda head: (head.lacks == (LOOSE,), len(head.lacks), head.lacks, -(head.support or 1)))


def _needing(n: int, more: str, what: str) -> str:
    return f"{n:,} {more}{'needs' if n == 1 else 'need'} {what}"


def _whereabouts(result: RunResult) -> str:
    """Return a sentence with the numbers of lessons in skills, of duplicates, and of lessons in candidates."""
    counts = result.funnel.counts
    n, inside = counts["lessons"], counts.get("in_skills", 0)
    alike = n - counts.get("unique", n)
    parts = [(inside, "in the skills"), (alike, "the same as another"), (n - inside - alike, "in rules that wait")]
    said = join_words([f"{count:,} {where}" for count, where in parts if count])
    return f"{counted(n, 'lesson')}: {said}."


def _why_none(result: RunResult) -> Iterator[str]:
    """Yield sentences on why no skill was written, and on the rules that nearly entered a skill."""
    if not result.funnel.counts.get("lessons"):
        yield f"No skill was written: no lesson was found. {_what_was_there(result)}".rstrip()
        return
    if any(loss.reason == UNREVIEWED for loss in result.funnel.losses):
        yield "No skill was written: --review writes what was accepted, and nothing was."
    else:
        or_fewer = ", or --min-support 2" if any((head.support or 1) > 1 for head in waiting(result)) else ""
        yield f"No skill was written: no rule has enough support yet. More recorded runs bring it{or_fewer}."
    if result.has_text:
        yield from _near_misses(waiting(result), result)


def _near_misses(heads: Sequence[Head], result: RunResult) -> Iterator[str]:
    for head in heads[:_NEAREST]:
        said = clip(result.lessons.get(head.lesson_ids[0], ""), _LONGEST)
        yield f"Nearest: {said} (lacks {join_words(head.lacks)})"


def _what_was_there(result: RunResult) -> str:
    """Return a phrase with the content of runs that led to no lesson, the most frequent first."""
    losses = [loss for loss in result.funnel.losses if loss.stage != READING]
    ranked = sorted(losses, key=lambda loss: (-loss.count, loss.reason))
    empty = [f"{loss.words[0].upper()}{loss.words[1:]}." for loss in ranked if loss.reason == NOTHING_TO_LEARN]
    named = [loss.words for loss in ranked if loss.reason != NOTHING_TO_LEARN][:_NEAREST]
    held = [f"The runs held {join_words(named)}."] if named else []
    return " ".join([*empty, *held]) or "Nothing went wrong in the runs, and nobody corrected them."
