"""Summary cards: each chosen run in at most 300 tokens, with its outcome and up to three lessons with quotes."""

from collections.abc import Callable, Sequence

import msgspec

from t2s_local.skills.markdown import code, prose, sentence
from t2s_local.text.text import clip, quoted, squeeze
from t2s_local.values.lesson import Lesson, Quote, line_of
from t2s_local.values.trajectory import Outcome
from t2s_local.values.value import Value

CountTokens = Callable[[str], int]
MOST_LESSONS = 3
MOST_TOKENS = 300
"""Most tokens of a card, so that the cards of three runs fit into a small context."""
_LENGTHS = (400, 240, 160, 100, 60)
"""Lengths in characters to which long lines of a card are cut; shorter lengths are tried until the card fits."""


class Card(Value, frozen=True, kw_only=True):
    """Short summary of a run."""

    run: str
    """Id of the run."""
    similarity: float
    """Cosine of the run's task and the given task."""
    outcome: Outcome | None
    task: str
    lessons: tuple[Lesson, ...]
    """Up to three lessons, the most useful for the given task first."""
    n_left: int
    """Number of further lessons of the run, which the card leaves out."""
    text: str
    """The card as Markdown, at most 300 tokens."""


def card_of(
    run: str,
    *,
    task: str,
    outcome: Outcome | None,
    similarity: float,
    lessons: Sequence[Lesson],
    count: CountTokens,
) -> Card:
    """Write the card of a run.

    Args:
        run: Id of the run.
        task: Text of its task.
        outcome: Outcome; None if unknown.
        similarity: Cosine of its task and the given task.
        lessons: Lessons of the run, the most useful first; at most three are used.
        count: Returns the number of tokens of a text.
    """
    chosen = tuple(lessons[:MOST_LESSONS])
    while True:
        for length in _LENGTHS:
            text = _text(run, task, outcome, similarity, chosen, length)
            if count(text) <= MOST_TOKENS:
                return Card(
                    run=run,
                    similarity=similarity,
                    outcome=outcome,
                    task=task,
                    lessons=chosen,
                    n_left=len(lessons) - len(chosen),
                    text=text,
                )
        chosen = chosen[:-1]


def withheld(card: Card) -> Card:
    """Return *card* without the task and the lessons of the run, because `t2s scan` finds them grave."""
    lines = _text(card.run, "", card.outcome, card.similarity, (), _LENGTHS[0]).split("\n")
    text = "\n".join((*lines[:2], "- Task and lessons: left out, because `t2s scan` finds them grave.", lines[3]))
    n_left = card.n_left + len(card.lessons)
    return msgspec.structs.replace(card, task="", lessons=(), n_left=n_left, text=text)


def _text(
    run: str, task: str, outcome: Outcome | None, similarity: float, lessons: Sequence[Lesson], length: int
) -> str:
    lines = [
        f"## Run {code(run)}",
        "",
        f"- Task: {quoted(prose(clip(squeeze(task), length)))}" if task else "- Task: not recorded",
        f"- Outcome: {outcome or 'unknown'}; similarity of the tasks {similarity:.2f}",
    ]
    for lesson in lessons:
        lines.append(f"- {prose(sentence(clip(squeeze(line_of(lesson)), length)))}")
        lines += [
            f"  - Step {quote.step}, {quote.role}: {code(clip(squeeze(quote.text), length))}" for quote in _best(lesson)
        ]
    if not lessons:
        lines.append("- No lesson was found in it.")
    return "\n".join(lines)


def _best(lesson: Lesson) -> list[Quote]:
    return [quote for quote in lesson.evidence if quote.text.strip()][:1]
