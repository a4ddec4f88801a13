"""Words of the last statement of a run that right statements have and similar wrong statements of the task lack.

Two runs of one task may both end without an error and differ in one word of a query or a command. For every task the
two statements that are most alike are compared, or for a run that succeeded its last statement and the similar one
before it; a word counts if in task after task the statement with it is right.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._exact import believed
from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.analysts._noted.counts import noted
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, is_reflection
from t2s_local.text.events import Event
from t2s_local.text.text import jaccard, join_words, words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

KIND = "last_words"
BEFORE = "last_words_before"
ALIKE = 1 / 3
"""Least share of common words for two statements to be compared."""
MOST_DIFFERENT = 3
"""Most words in which two statements may differ: among more, any word may be the cause."""
LEAST_TASKS = 6
MOST_CHANCE = 0.02
"""Largest expected share of chance among the words reported."""
_CLEARLY = 8
"""Least ratio of right to wrong statements with a word for the word to be recommended without a check."""
LEAST_SHARE = 0.7
"""Share that must agree on the right side, of the tasks whose two statements differ in a word."""
_FEWEST = 3
_LONGEST = 1_500
_FEW_BEFORE = 2
_MOSTLY = 0.8
"""Share of a word's occurrences that must follow a few other words for the lesson to show these words before it."""
_SHOWN = 2
_LOOKED_BACK = 20
"""Number of last calls of a run whose answers are searched for a name."""
_CONTEXT_SHARE = 0.6
_CONTEXT_LIFT = 1.5
_WORD = re.compile(r"[A-Za-z_]{2,}|,")
_ROW = re.compile(r"\([^()]+\)|\[[^\[\]]+\](?=,|\]|$)")
_MOST_READ = 8_000
_REPEATS = "repeats"
"""Mark of a statement whose answer has a row more than once."""
_QUERY = "select"
"""First word of a statement in which a list is a list of columns."""
_LIST = ","
"""Sign for the number of items that a statement lists."""


class Pair(Value, frozen=True, kw_only=True):
    """A right and a wrong statement for one task that are similar, each with its run."""

    right: tuple[Run, Note]
    wrong: tuple[Run, Note]
    gained: frozenset[str]
    """Words only in the right statement that neither the task nor an answer contains."""
    lost: frozenset[str]
    shared: frozenset[str]
    different: frozenset[str]
    """All words of only one of the two statements."""

    def quotes(self) -> tuple[Quote, ...]:
        """Return the quotes of both statements."""
        return (*self.right[1].quotes, *self.wrong[1].quotes)


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the last passing statement of a labelled run, and of a successful run also the statement before it."""
    if piece.trajectory.outcome is None:
        return
    done = [event for event in events if _is_statement(event)]
    if not done:
        return
    asked = words(piece.request or "")
    seen = "\n".join((*asked, *(event.output[:_LONGEST] for event in events[-_LOOKED_BACK:]))).lower()
    yield _note(KIND, piece, done[-1], seen)
    if len(done) > 1 and piece.trajectory.outcome == "success":
        yield _note(BEFORE, piece, done[-2], seen)


def _note(kind: str, piece: Slice, event: Event, seen: str) -> Note:
    """Return a note with all words of a statement, and with its words that neither the task nor an answer contains."""
    found = [word.lower() for word in _WORD.findall(event.action)]
    own = sorted({word for word in found if word.removesuffix("s") not in seen} - {_LIST})
    shown = (quote(piece, event.call, event.action, role="action"),)
    detail = f"{' '.join(found)}\n{' '.join(own)}\n{_REPEATS if _repeats_a_row(event.output) else ''}"
    return Note(kind=kind, key=f"{event.tool}\n{found[0]}", detail=detail, quotes=shown)


def _repeats_a_row(output: str) -> bool:
    """Return whether an answer of several rows, in brackets or lines, has a row more than once."""
    text = output.strip()[:_MOST_READ].removeprefix("[")
    rows = _ROW.findall(text) or [line for line in text.splitlines() if line.strip()]
    return len(set(rows)) < len(rows)


def _is_statement(event: Event) -> bool:
    if event.failed or event.result is None or len(event.action) > _LONGEST or is_reflection(event.head):
        return False
    is_call = event.action.lstrip().startswith("{")
    return not is_call and not changes_files(event.tool, event.head) and len(_WORD.findall(event.action)) >= _FEWEST


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every word that distinguishes right from similar wrong statements, tool by tool."""
    before = noted(runs, BEFORE)
    for key, found in noted(runs, KIND).items():
        tool, _, first = key.partition("\n")
        pairs = _pairs(found, before.get(key, ()))
        names = Counter(word for pair in pairs for word in pair.gained | pair.lost)
        tried = sorted(word for word, count in names.items() if count >= LEAST_TASKS)
        sides = {word: _sides(pairs, word) for word in tried}
        trusted = believed([_chance(*sides[word]) for word in tried], rate=MOST_CHANCE)
        for word, is_trusted in zip(tried, trusted, strict=True):
            good, bad = sides[word]
            if is_trusted and max(good, bad) >= LEAST_SHARE * (good + bad):
                yield _lesson(tool, first, word, pairs, is_good=good > bad)


def _pairs(found: Sequence[tuple[Run, Note]], before: Sequence[tuple[Run, Note]]) -> list[Pair]:
    """Return for each task the most similar right and wrong statement, of two runs or otherwise of one run."""
    last = {run.piece.id: (run, note) for run, note in found}
    compared: dict[str, list[tuple[float, Pair]]] = {}
    for task, group in mixed([run for run, _ in found]).items():
        right, wrong = ([last[run.piece.id] for run in group if run.succeeded is good] for good in (True, False))
        compared[task] = [pair for one in right for other in wrong if (pair := _compared(one, other)) is not None]
    for run, note in before:
        own = _compared(last[run.piece.id], (run, note)) if run.piece.id in last else None
        task = run.piece.trajectory.task_id or run.piece.trajectory.id
        if own is not None and not compared.get(task):
            compared[task] = [own]
    return [max(found, key=lambda item: item[0])[1] for _, found in sorted(compared.items()) if found]


def _compared(right: tuple[Run, Note], wrong: tuple[Run, Note]) -> tuple[float, Pair] | None:
    """Return the similarity of two statements and their differences; None if they are too different or equal."""
    first, own, _ = (part.split() for part in right[1].detail.split("\n"))
    second, foreign, _ = (part.split() for part in wrong[1].detail.split("\n"))
    here, there = frozenset(first), frozenset(second)
    alike = jaccard(here, there, empty=0.0)
    if alike < ALIKE or first == second or len((here ^ there) - {_LIST}) > MOST_DIFFERENT:
        return None
    gained, lost = frozenset(own) - there, frozenset(foreign) - here
    n_more = first.count(_LIST) - second.count(_LIST)
    if n_more:
        gained, lost = (gained | {_LIST}, lost) if n_more > 0 else (gained, lost | {_LIST})
    return alike, Pair(
        right=right, wrong=wrong, gained=gained, lost=lost, shared=(here & there) - {_LIST}, different=here ^ there
    )


def _sides(pairs: Sequence[Pair], word: str) -> tuple[int, int]:
    """Return the number of tasks in which only the right statement has *word*, and in which only the wrong one has."""
    return sum(word in pair.gained for pair in pairs), sum(word in pair.lost for pair in pairs)


def _chance(good: int, bad: int) -> float:
    """Return the p value of the two-sided sign test for *good* against *bad*."""
    n = good + bad
    return min(1.0, 2.0 * sum(math.comb(n, k) for k in range(max(good, bad), n + 1)) / float(2**n))


def _lesson(tool: str, first: str, word: str, pairs: Sequence[Pair], *, is_good: bool) -> Lesson:
    having = _clearest(word, pairs, is_good=is_good)
    shown = [pair for pair in having if word in (pair.gained if is_good else pair.lost)]
    good, bad = _sides(having, word)
    more, fewer = (good, bad) if is_good else (bad, good)
    spelt = _spelt(word, shown)
    around = [one for other in _context(having, pairs, {first, word}) for one in _phrases(other, shown)]
    beside = f" with {join_words((f'`{one}`' for one in around), last='or')}" if around else ""
    repeated = sum(pair.wrong[1].detail.endswith(_REPEATS) > pair.right[1].detail.endswith(_REPEATS) for pair in shown)
    is_of_rows = is_good and word != _LIST and repeated >= LEAST_SHARE * len(shown)
    unless = ", unless the task wants every one of them" if fewer else ""
    order = {
        (True, False): f"Write it with `{spelt}`{unless}."
        if is_of_rows
        else f"Write it with `{spelt}`, unless the task speaks against it."
        if more >= _CLEARLY * max(fewer, 1)
        else f"Check whether `{spelt}` belongs in it.",
        (False, False): f"Check whether it does without `{spelt}`.",
        (True, True): "Check whether it lists all that the task asks for.",
        (False, True): "Select exactly the columns that the task asks for: no extra column that explains or sorts them."
        if first == _QUERY
        else "List only what the task asks for, and nothing to explain or to sort it.",
    }[is_good, word == _LIST]
    alone = "in nothing else" if all(_is_clean(pair, word) for pair in having) else "in it"
    what = "lists more" if word == _LIST else f"has `{spelt}`"
    return lesson(
        when=f"you answer with a `{_spelt(first, shown)}`{beside} in `{tool}`"
        + (", and its result shows a row more than once" if is_of_rows else ""),
        do=order,
        because=f"Of two statements that differ {alone}, the one that {what} was {'right' if is_good else 'wrong'} in"
        f" {more} tasks, and {'wrong' if is_good else 'right'} in {fewer}",
        polarity="success",
        pattern=KIND,
        evidence=[item for pair in _different(shown)[:_SHOWN] for item in pair.quotes()],
        trajectories=[run.piece.trajectory for pair in shown for run, _ in (pair.right, pair.wrong)],
        tools=(tool,),
    )


def _clearest(word: str, pairs: Sequence[Pair], *, is_good: bool) -> list[Pair]:
    """Return the pairs that differ in nothing but *word* if these are enough, otherwise all that differ in *word*.

    Pairs that differ in the length of a list mostly also differ in the words of the additional item.
    """
    having = [pair for pair in pairs if word in pair.gained | pair.lost]
    clean = [pair for pair in having if _is_clean(pair, word)]
    good, bad = _sides(clean, word)
    agreeing = good if is_good else bad
    return clean if agreeing >= LEAST_TASKS and agreeing >= LEAST_SHARE * (good + bad) else having


def _is_clean(pair: Pair, word: str) -> bool:
    return pair.different <= {word}


def _different(pairs: Sequence[Pair]) -> list[Pair]:
    """Return *pairs* with the least alike statements first: the same question is often asked in several tasks."""
    chosen: list[Pair] = []
    left = list(pairs)
    while left:
        best = max(left, key=lambda pair: min((_apart(pair, other) for other in chosen), default=0.0))
        chosen.append(best)
        left.remove(best)
    return chosen


def _apart(one: Pair, other: Pair) -> float:
    return 1 - jaccard(one.shared, other.shared, empty=0.0)


def _context(having: Sequence[Pair], pairs: Sequence[Pair], known: set[str]) -> list[str]:
    """Return at most one word, not in *known*, that both statements share more often in *having* than in *pairs*."""
    here, anywhere = (Counter(word for pair in group for word in pair.shared) for group in (having, pairs))
    return [
        word
        for word in sorted(here)
        if word not in known
        and here[word] >= _CONTEXT_SHARE * len(having)
        and here[word] * len(pairs) >= _CONTEXT_LIFT * anywhere[word] * len(having)
    ][:1]


def _phrases(word: str, pairs: Sequence[Pair]) -> list[str]:
    """Return *word* after each of the few words that it usually follows (*GROUP BY*, *ORDER BY*), otherwise alone."""
    spelt = _spelt(word, pairs)
    texts = [item.text for pair in pairs for item in pair.quotes()]
    before = Counter(found[1] for text in texts for found in re.finditer(rf"(\w+)\s+{re.escape(spelt)}\b", text))
    usual = [one for one, count in before.most_common(_FEW_BEFORE) if count > 1]
    is_phrase = sum(before[one] for one in usual) >= _MOSTLY * before.total() > 0
    return [f"{one} {spelt}" for one in sorted(usual)] if is_phrase else [spelt]


def _spelt(word: str, pairs: Sequence[Pair]) -> str:
    """Return *word* in the letter case that most statements use."""
    texts = [item.text for pair in pairs for item in pair.quotes()]
    counted = Counter(found for text in texts for found in _WORD.findall(text) if found.lower() == word)
    return min(counted, key=lambda found: (-counted[found], found)) if counted else word
