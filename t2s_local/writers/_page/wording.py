"""Common wording for the lessons of one rule: the situation they share, and the remedies they recommend."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from t2s_local.text.lesson_words import code_spans, runs_in
from t2s_local.text.text import jaccard, join_words, mask, normalise, words
from t2s_local.values.lesson import Lesson, supporting_runs
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value
from t2s_local.writers._page.placeholders import Form, form_of, told

_FAILS = re.compile(r"(?P<what>.+?) (?P<verb>fails|keeps failing) with (?P<message>“.+”)\.?")
_MOST_COMPARED = 500
"""Most remedies that each remedy is compared with to find the typical one, so that time stays linear."""
_MOST_SUBJECTS = 3
_NAME = re.compile(r"[A-Za-z][\w.+-]*")
_SCRIPT = re.compile(r"[\w.-]*\w\.[a-z]{1,4}")
"""A program with a file name: a script of one project; other projects have other scripts."""
_SILENT = frozenset({"cd", "echo", "cat", "ls", "export", "set", "true", "head", "tail", "printf", "exit"})


class Option(Value, frozen=True, kw_only=True):
    """One remedy for a situation, and the runs that used it."""

    do: str
    trajectory_ids: tuple[TrajectoryId, ...]
    successes: int
    """Number of the runs in *trajectory_ids* whose outcome was success."""
    n_alike: int = 0
    """Number of the runs in *trajectory_ids* that did the same as *do* with other names, paths or numbers."""
    wordings: tuple[str, ...] = ()
    """Advice of the lessons it merges, the source of *do* first; empty if a writer worded it."""


def situation(lessons: Sequence[Lesson]) -> str:
    """Return the medoid's situation; if commands fail, their common part and the most frequent message."""
    own = _FAILS.fullmatch(lessons[0].when)
    if own is None:
        return _most_said(lessons)
    parted = [found for lesson in lessons if (found := _FAILS.fullmatch(lesson.when))]
    messages = Counter[str]()
    for lesson in lessons:
        if found := _FAILS.fullmatch(lesson.when):
            messages[found["message"]] += len(lesson.trajectory_ids)
    verb = "fails" if any(found["verb"] == "fails" for found in parted) else "keeps failing"
    message = min(messages, key=lambda text: (-messages[text], text != own["message"], text))
    return f"{_subject(Counter(found['what'] for found in parted))} {verb} with {message}"


def _most_said(lessons: Sequence[Lesson]) -> str:
    """Return the medoid's situation; for contrasts the longest situation."""
    if lessons[0].pattern != "contrast":
        return lessons[0].when
    return min((lesson.when for lesson in lessons if lesson.pattern == "contrast"), key=lambda text: (-len(text), text))


def _subject(counted: Counter[str]) -> str:
    ranked = [what for what, _ in sorted(counted.items(), key=lambda item: (-item[1], len(item[0]), item[0]))]
    if len(ranked) == 1:
        return ranked[0]
    shared = set.intersection(*(set(programs(what)) for what in ranked))
    if shared:
        return f"`{min(shared, key=lambda head: (-len(head), head))}`"
    heads = list(dict.fromkeys(head for what in ranked for head in programs(what)[-1:]))
    if not heads:
        return ranked[0]
    named = join_words((f"`{head}`" for head in heads[:_MOST_SUBJECTS]), last="or")
    return f"a script such as {named}" if len(heads) > 1 and all(_SCRIPT.fullmatch(head) for head in heads) else named


def programs(text: str) -> list[str]:
    """Return the programs in the code of *text*: ``git push``, ``sed``, ``python -c``; in order, without arguments."""
    runs = [run for code in code_spans(text) for run in runs_in(code) if _NAME.fullmatch(run.program)]
    found = [f"{run.program} {run.subcommand}" if run.subcommand else run.program for run in runs]
    return [program for program in found if program not in _SILENT]


def options(lessons: Sequence[Lesson], outcomes: Mapping[TrajectoryId, str | None]) -> tuple[Option, ...]:
    """Return the remedies of *lessons*: those of successful runs first, then the most frequent, then the most typical.

    Advice that differs only in words that each run had before is merged, with placeholders; of wordings that differ in
    other details, the shortest is shown. Lessons on loops count only if all lessons are on loops.
    """
    remedies = [lesson for lesson in lessons if lesson.pattern != "loop"] or list(lessons)
    groups: dict[str, list[tuple[Lesson, Form]]] = {}
    for lesson in remedies:
        form = form_of(lesson)
        groups.setdefault(normalise(mask(form.text)), []).append((lesson, form))
    spoken = {key: frozenset(words(key)) for key in groups}
    compared = list(spoken.values())[:_MOST_COMPARED]
    found = []
    for key, members in groups.items():
        group = [lesson for lesson, _ in members]
        runs = tuple(sorted(supporting_runs(group)))
        shown = min((form.text for _, form in members), key=lambda text: (len(text), text))
        of_form = [(lesson, form) for lesson, form in members if form.text == shown]
        do, are_own = told([form for _, form in of_form])
        of_form = [pair for pair, is_own in zip(of_form, are_own, strict=True) if is_own]
        successes = sum(outcomes.get(run) == "success" for run in runs)
        explained = sum(lesson.pattern == "root_cause" for lesson in group)
        shared = sum(jaccard(spoken[key], other, empty=1.0) for other in compared)
        rank = (not successes, -len(runs), -successes, -explained, -round(shared, 6), len(do), do)
        same = supporting_runs(lesson for lesson, _ in of_form)
        wordings = tuple(dict.fromkeys((*sorted(lesson.do for lesson, _ in of_form), *(one.do for one in group))))
        option = Option(
            do=do, trajectory_ids=runs, successes=successes, n_alike=len(runs) - len(same), wordings=wordings
        )
        found.append((rank, option))
    return tuple(option for _, option in sorted(found, key=lambda item: item[0]))


def alike(one: str, other: str) -> float:
    """Return the share of common words of two texts, from 0 to 1."""
    return jaccard(frozenset(words(one)), frozenset(words(other)), empty=1.0)
