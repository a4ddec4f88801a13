"""Kinds of objects on which a command never works, although agents try, and kinds on which it works."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._forms import usual_form
from t2s_local.analysts._lessons import code, lesson
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.tools.call_form import KIND as FAILED
from t2s_local.analysts._noted.tools.call_form import PASSED
from t2s_local.analysts._notes import Note
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson

PATTERN = "works_on"
LEAST_BAD = 5
"""Fewest failed calls on a kind of object for the lesson to name the kind."""
LEAST_RUNS_EACH = 3
MOST_CHANCE = 0.005
"""Largest probability of no success on a kind of object if the command worked on all kinds equally often."""
LEAST_OF_ALL = 15
LEAST_RUNS = 5
LEAST_SHARE = 0.1
"""Least share of the runs with the command that tried it on a wrong kind of object: a rarer mistake needs no rule."""
LEAST_GOOD = 3
"""Fewest successes on a kind of object for the lesson to say that the command works on this kind."""
MOST_GOOD_KINDS = 6
"""Most kinds of objects on which a command may work for a lesson to list these kinds."""
_MOST_TOLD = 8
_KIND_OF = re.compile(r"\b([a-z]\w*) \d+\b")
Pairs = Sequence[tuple[Run, Note]]


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every command that works on a few kinds of objects only."""
    passed = noted(runs, PASSED)
    for tool, failed in noted(runs, FAILED).items():
        good, bad = _by_kind(passed.get(tool, ())), _by_kind(failed)
        works = {kind for kind, pairs in good.items() if len(pairs) >= LEAST_GOOD}
        n_good, n_bad = sum(len(good[kind]) for kind in works), sum(len(bad.get(kind, ())) for kind in works)
        never = [kind for kind, pairs in bad.items() if kind not in good and _is_sure(pairs, n_bad, n_good)]
        tried = [pair for kind in never for pair in bad[kind]]
        met = runs_of(tried)
        if not 0 < len(works) <= MOST_GOOD_KINDS or len(tried) < LEAST_OF_ALL or len(never) < LEAST_GOOD:
            continue
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS:
            continue
        if len(met) < LEAST_SHARE * len(runs_of((*passed[tool], *failed))):
            continue
        by_use = sorted(works, key=lambda kind: (-len(good[kind]), kind))
        by_tries = sorted(never, key=lambda kind: (-len(bad[kind]), kind))[:_MOST_TOLD]
        form = usual_form([note.detail for _, note in passed[tool]])[0]
        yield lesson(
            when=f"with {code(form)}",
            do=f"Name a {join_words((f'`{kind}`' for kind in by_use), last='or')}: it never works on a"
            f" {join_words((f'`{kind}`' for kind in by_tries), last='or')}.",
            because=f"{len(tried)} of {len(tried)} such calls on these failed, of {n_good + n_bad} on the former"
            f" {n_bad}",
            polarity="success",
            pattern=PATTERN,
            evidence=quotes_of(tried),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )


def _by_kind(pairs: Pairs) -> dict[str, list[tuple[Run, Note]]]:
    """Return calls by the kind of their first object; equal calls of one run count once."""
    seen: set[tuple[str, str]] = set()
    found: dict[str, list[tuple[Run, Note]]] = {}
    for run, note in pairs:
        kind = _KIND_OF.search(note.detail)
        if kind is not None and (run.piece.trajectory.id, note.detail) not in seen:
            seen.add((run.piece.trajectory.id, note.detail))
            found.setdefault(kind[1], []).append((run, note))
    return found


def _is_sure(pairs: Pairs, n_bad: int, n_good: int) -> bool:
    is_often = len(pairs) >= LEAST_BAD and len(runs_of(pairs)) >= LEAST_RUNS_EACH
    return is_often and bool(n_good) and (n_bad / (n_bad + n_good)) ** len(pairs) <= MOST_CHANCE
