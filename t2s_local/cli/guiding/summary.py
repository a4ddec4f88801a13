"""Word the result of a run: rules in skills, candidates, and the reasons if there is no skill."""

from collections.abc import Iterator, Sequence

from t2s_local.runs.finished.candidates import LOOSE, Head, heads_of
from t2s_local.runs.result import READING, RunResult
from t2s_local.stages.compose.bar import UNREVIEWED
from t2s_local.text.text import clip, counted, join_words

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
    parts = [_needing(near, "one more run")] if near else []
    parts += [_needing(once, "another run that agrees")] if once else []
    if others := len(wait) - near - once:
        parts.append(f"{others:,} {'lacks' if others == 1 else 'lack'} something{' else' if parts else ''}")
    shown = f" (`{candidates}`)" if parts and candidates else ""
    return f"From {runs}: {join_words([said, *parts])}{shown}."


def loss_lines(result: RunResult) -> list[str]:
    """Return lines for ``-v``: the counts and losses of every stage, and the method of grouping."""
    counts = (f"{count:,} {name.replace('_', ' ')}" for name, count in result.funnel.counts.items())
    losses = [item for item in result.funnel.losses if item.stage != READING]
    return [
        " → ".join(counts),
        *(f"  {loss.stage:>8}: {loss.count:,} × {loss.reason}" for loss in losses),
        f"Grouped by {result.algorithm}.",
    ]


def waiting(result: RunResult) -> list[Head]:
    """Return the rules in no skill, those with the fewest reasons first; lessons without a second like them last."""
    found = [head for head in heads_of(result) if head.lacks]
    return sorted(found, key=lambda head: (head.lacks == (LOOSE,), len(head.lacks), head.lacks, -(head.support or 1)))


def _needing(n: int, what: str) -> str:
    return f"{n:,} more {'needs' if n == 1 else 'need'} {what}"


def _whereabouts(result: RunResult) -> str:
    """Return a sentence with the numbers of lessons in skills, of duplicates, and of lessons in candidates."""
    counts = result.funnel.counts
    n, inside = counts["lessons"], counts.get("in_skills", 0)
    alike = n - counts.get("unique", n)
    parts = [(inside, "in the skills"), (alike, "the same as another"), (n - inside - alike, "in rules that wait")]
    said = join_words([f"{count:,} {where}" for count, where in parts if count])
    return f"{counted(n, 'lesson')}: {said}."


def _why_none(result: RunResult) -> Iterator[str]:
    """Yield sentences on why no skill was written, and on the rules that nearly entered one."""
    if not result.funnel.counts.get("lessons"):
        yield f"No skill was written: no lesson was found. {_what_was_there(result)}".rstrip()
        return
    if any(loss.reason == UNREVIEWED for loss in result.funnel.losses):
        yield "No skill was written: --review writes what was accepted, and nothing was."
    else:
        yield "No skill was written: no rule has enough support yet. More recorded runs bring it, or --min-support 2."
    if result.has_text:
        yield from _near_misses(waiting(result), result)


def _near_misses(heads: Sequence[Head], result: RunResult) -> Iterator[str]:
    for head in heads[:_NEAREST]:
        said = clip(result.lessons.get(head.lesson_ids[0], ""), _LONGEST)
        yield f"Nearest: {said} (lacks {join_words(head.lacks)})"


def _what_was_there(result: RunResult) -> str:
    """Return a phrase with the content of runs that led to no lesson, the most frequent first."""
    losses = sorted((-loss.count, loss.reason) for loss in result.funnel.losses if loss.stage != READING)
    named = [f"{-count:,} × {reason}" for count, reason in losses[:_NEAREST]]
    return (
        f"The runs held {join_words(named)}." if named else "Nothing went wrong in the runs, and nobody corrected them."
    )
