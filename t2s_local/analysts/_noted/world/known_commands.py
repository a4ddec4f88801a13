"""Commands that an environment knows, in their usual forms, if agents also try commands that never work.

A command that passes now and then but mostly fails is not listed: what it needs is not known.
"""

from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._forms import form_of, usual_form
from t2s_local.analysts._lessons import code, lesson, said
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.tools.call_form import KIND as FAILED
from t2s_local.analysts._noted.tools.call_form import PASSED
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_reflection
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson

PATTERN = "known_command"
LEAST_UNKNOWN = 3
"""Fewest different commands that never pass."""
LEAST_BAD = 15
LEAST_RUNS = 5
LEAST_KNOWN = 3
MOST_KNOWN = 12
"""Most commands that are listed: an environment with more is no small set of commands."""
LEAST_PASSED = 200
"""Fewest calls that pass: with fewer, a command may be without a success because nobody needed it."""
LEAST_TRIES = 2
"""Fewest runs that tried an unknown command for the lesson to name it: rarer commands are slips."""
LEAST_SHARE = 0.25
"""Share of a command's calls that pass from which it is listed."""
_MOST_SHOWN = 3
Pairs = Sequence[tuple[Run, Note]]


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every format of recordings whose plain-text calls fail for all but a few commands."""
    failed, passed = _by_format(noted(runs, FAILED)), _by_format(noted(runs, PASSED))
    for name in sorted(failed.keys() & passed.keys()):
        known = passed[name]
        unknown = {tool: pairs for tool, pairs in failed[name].items() if tool not in known and not is_reflection(tool)}
        bad = [pair for pairs in unknown.values() for pair in pairs]
        met = runs_of(bad)
        if len(unknown) < LEAST_UNKNOWN or len(bad) < LEAST_BAD or not LEAST_KNOWN <= len(known) <= MOST_KNOWN:
            continue
        n_passed = sum(len(pairs) for pairs in known.values())
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS or n_passed < LEAST_PASSED:
            continue
        usable = [tool for tool in known if _passes(len(known[tool]), len(failed[name].get(tool, ())))]
        by_use = sorted(usable, key=lambda tool: (-len(known[tool]), tool))
        forms = [_form(tool, [note.detail for _, note in known[tool]]) for tool in by_use]
        tries = {tool: len(runs_of(pairs)) for tool, pairs in unknown.items()}
        by_tries = sorted((tool for tool in tries if tries[tool] >= LEAST_TRIES), key=lambda tool: (-tries[tool], tool))
        such = join_words((f"`{tool}`" for tool in by_tries[:_MOST_SHOWN]), last="or")
        errors = most_common((note.quotes[-1].text for _, note in bad), most=1)
        yield lesson(
            when="you act in this environment",
            do=f"Use these commands, in these forms: {join_words(forms)}. Others that runs tried"
            f"{f', such as {such},' if such else ''} were answered {said(errors[0])}.",
            because=f"{len(bad)} of {len(bad)} calls of {len(unknown)} other commands failed, in {len(met)} runs",
            polarity="success",
            pattern=PATTERN,
            evidence=quotes_of(bad),
            trajectories=(run.piece.trajectory for run in met),
            tools=by_use,
        )


def _passes(n_passed: int, n_failed: int) -> bool:
    """Return whether so many calls of a command pass that it is advice to use it."""
    return n_passed >= LEAST_SHARE * (n_passed + n_failed)


def _form(tool: str, texts: Sequence[str]) -> str:
    """Return the usual form of passing calls; for few calls, which may share words by chance, only *tool* is kept."""
    return code(usual_form(texts)[0] if len(texts) >= LEAST_RUNS else form_of(texts[0], frozenset({tool})))


def _by_format(found: Mapping[str, Pairs]) -> Mapping[str, Mapping[str, Pairs]]:
    """Return notes by the format of their recordings, and within it by tool."""
    sorted_out: dict[str, dict[str, list[tuple[Run, Note]]]] = {}
    for tool, pairs in found.items():
        for pair in pairs:
            by_tool = sorted_out.setdefault(pair[0].piece.trajectory.format, {})
            by_tool.setdefault(tool, []).append(pair)
    return sorted_out
