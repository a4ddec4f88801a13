"""Requests that users make after the work was done, in conversation after conversation."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import edited_file
from t2s_local.text.events import Event
from t2s_local.text.text import clip, join_words, squeeze, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice, TrajectoryId

KIND = "asked_again"
FOLLOWED = "followed_up"
WRITTEN = "written_for_it"
LEAST_WRITTEN = 2
"""Fewest conversations in which the agent then wrote files with one name pattern for the lesson to name the pattern."""
LEAST_RUNS = 3
LEAST_SHARE = 0.15
"""Share of the conversations with a second request that must contain a certain request for a lesson on it."""
_MOST_WORDS = 60
_REQUEST = re.compile(
    r"\b(?:can|could|would) (?:we|you)\b|\blet'?s\b|\bplease\b|\bmake sure\b|"
    r"^(?:and |ok(?:ay)?,? |yes,? |then |also |now |so )*(?:then )?"
    r"(?:add|use|write|remove|rename|update|move|keep|put|make|create|include|drop|link|document)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SHOWN = 2
_LONGEST_NAME = 120
_ASKING = frozenset(
    words(
        "can could would let please make sure add use write remove rename update move keep put create include drop"
        " link document also just then again way thing"
    )
)
"""Words of asking: they express a wish, but not its content."""


_WISH = re.compile(
    r"(?:(?:oh|ok|okay|and|so|then)[, ]+)*(?:can|could|should|shall) (?:we|you)(?: also| please| just)* "
    r"(?P<what>[a-z]+(?: [a-z-]+){0,5}?)(?: for (?:this|that|it)| here| too| as well| please)*[?.!]*",
    re.IGNORECASE,
)
"""A request in the form of a question, with what is to be done."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the requests of the user of *piece* after the agent had made a call in this conversation."""
    run = piece.trajectory
    if run.task_id is not None or run.outcome is not None:
        return
    has_acted = any(step.kind == "tool_call" for step in run.steps[: piece.start])
    for at in range(piece.start, piece.stop):
        step = run.steps[at]
        has_acted = has_acted or step.kind == "tool_call"
        if step.kind != "user" or not has_acted or len(words(step.text)) > _MOST_WORDS:
            continue
        yield Note(kind=FOLLOWED, key="")
        for sentence in _SENTENCE.split(step.text):
            said = sentence.strip()
            if not _REQUEST.search(said) or not 3 <= len(words(said)) <= 40:
                continue
            for word in sorted({_stem(word) for word in words(said)} - _common()):
                yield Note(kind=KIND, key=word, detail=said, quotes=(quote(piece, at, said, role="correction"),))
                for shape in sorted(_written(events, at, word)):
                    yield Note(kind=WRITTEN, key=word, detail=shape)


def _written(events: Sequence[Event], at: int, word: str) -> set[str]:
    """Return patterns for the names of files with *word* in the name that the agent wrote after step *at*.

    Only the part with *word* and the ending are kept: ``*_test.go`` for ``hooks_test.go``, ``test_*.py`` for
    ``test_pay.py``.
    """
    shapes: set[str] = set()
    for event in events:
        path = edited_file(event.tool, event.action) if event.call > at and not event.failed else None
        name = (path or "").replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
        if found := re.fullmatch(
            rf"(?P<before>.*?)(?P<own>[._-]?{re.escape(word)}[._-]?)(?P<after>.*?)(?P<end>\.\w+)", name
        ):
            before, after = ("*" if found[part] else "" for part in ("before", "after"))
            shapes.add(f"{before}{found['own']}{after}{found['end']}")
    return shapes


def _stem(word: str) -> str:
    """Return *word* without the endings -s, -ed and -ing, so that *tests*, *tested* and *testing* are equal."""
    return re.sub(r"(?<=[a-z]{4})(?:s|ed|ing)$", "", word)


@cache
def _common() -> frozenset[str]:
    listed = resources.files("t2s_local.analysts._mined").joinpath("stopwords.txt").read_text("utf-8").split()
    return frozenset({_stem(word) for word in (*listed, *_ASKING)})


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every request that users of several conversations made after the agent had acted."""
    followed = runs_of([pair for found in noted(runs, FOLLOWED).values() for pair in found])
    told: list[set[TrajectoryId]] = []
    found, written = noted(runs, KIND), noted(runs, WRITTEN)
    for word in sorted(found, key=lambda word: (-len(runs_of(found[word])), word)):
        met = runs_of(found[word])
        ids = {run.piece.trajectory.id for run in met}
        if len(word) < 3 or len(met) < max(LEAST_RUNS, LEAST_SHARE * len(followed)):
            continue
        if any(len(ids & other) * 2 > len(ids) for other in told):
            continue
        told.append(ids)
        said = _shown(found[word])
        files = written.get(word, ())
        shapes = most_common(
            (one for _, one in sorted({(run.piece.trajectory.id, note.detail) for run, note in files})),
            most=1,
            least=LEAST_WRITTEN,
        )
        yield lesson(
            when="before a change is called done",
            do=_unasked(said, f", in files like `{shapes[0]}`" if shapes else ""),
            because=f"Users of {len(met)} of {len(followed)} conversations with a second request had to ask for"
            f" {word}s",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(found[word]),
            trajectories=(run.piece.trajectory for run in met),
        )


def _shown(pairs: Sequence[tuple[Run, Note]]) -> list[str]:
    """Return the shortest sentences of up to two conversations."""
    first: dict[str, str] = {}
    for run, note in pairs:
        text = clip(squeeze(note.detail), 120)
        known = first.get(run.piece.trajectory.id)
        if known is None or len(text) < len(known):
            first[run.piece.trajectory.id] = text
    counted = Counter(first.values())
    return sorted(counted, key=lambda text: (len(text), text))[:_SHOWN]


def _unasked(said: Sequence[str], where: str) -> str:
    """Return the advice to do unasked, in the files of *where*, the action that the user requests *said* ask for."""
    asked = join_words((f"“{text}”" for text in said), last="or")
    wishes = (_WISH.fullmatch(text) for text in said)
    wish = next((found["what"] for found in wishes if found is not None), None)
    if wish is None:
        return f"Do unasked what users asked for again{where}: {asked}."
    return f"{wish[0].upper()}{wish[1:]} without being asked{where}: users had to ask for it ({asked})."
