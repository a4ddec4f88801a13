"""Test questions whose answers code knows, to measure a model: for step numbers, and for the words of a lesson.

In a short recording the remedy mostly follows the failure directly, so a model that always names the first step is
right too often. None, one or two commands that change nothing are therefore inserted between the two.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from t2s_local.analysts._llm import evidence, wording
from t2s_local.analysts._llm.checks import RunWords, against
from t2s_local.analysts._llm.evidence import EvidenceQuestion
from t2s_local.analysts._llm.situation import Situation, settled
from t2s_local.ports.engine import Completion, Request
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event, events_of
from t2s_local.values.lesson import Unit
from t2s_local.values.trajectory import Slice, Step

_FEWEST_CHOICES = 3
"""Fewest steps offered as the remedy: among fewer, a guess is right too often."""
_MOST_CHARACTERS = 2000
"""Most characters of a question without its instructions: 600 tokens; a small model answers ten of them in seconds."""
_LOOKS = (("ls", "README.md"), ("pwd", "/work"))
"""Commands that change nothing, each with its output."""


class TrialQuestion(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A question as the analyst asks it, and the check of its answer."""

    request: Request
    is_true: Callable[[str], bool]
    """Function that judges the text of an answer."""
    by_chance: float
    """Share of the possible answers that are right, from 0 to 1; 0 if words are asked for."""

    def is_right(self, completion: Completion) -> bool:
        """Return whether an answer is complete and right."""
        return completion.finish == "stop" and self.is_true(completion.text)


def trial_questions(slices: Iterable[Slice], *, n: int) -> tuple[TrialQuestion, ...]:
    """Return up to *n* questions about *slices*, each about another task, alternately for step numbers and for words.

    Args:
        slices: Pieces of runs, with their steps.
        n: Most questions; fewer are returned if there are fewer tasks.
    """
    found: list[TrialQuestion] = []
    tasks: set[str] = set()
    for piece in sorted(slices, key=lambda one: one.id):
        task = piece.trajectory.task_id or piece.trajectory.id
        if task in tasks or len(found) == n:
            continue
        kind = _number_questions(piece, len(found) // 2 % 3) if len(found) % 2 == 0 else _word_questions(piece)
        question = next(kind, None)
        if question is not None:
            tasks.add(task)
            found.append(question)
    return tuple(found)


def expected(questions: Sequence[TrialQuestion]) -> float:
    """Return the number of *questions* expected to be answered right by chance."""
    return sum(question.by_chance for question in questions)


def _word_questions(piece: Slice) -> Iterator[TrialQuestion]:
    """Yield a question for the wording of each failure of *piece* whose remedy code found."""
    for known in settled(piece, events_of(piece)):
        request = wording.requests(known, id=f"words-{piece.id}", seed=0)[0]
        if len(request.prefix) <= 2 * _MOST_CHARACTERS:
            yield TrialQuestion(request=request, is_true=_says(known), by_chance=0.0)


def _says(known: Situation) -> Callable[[str], bool]:
    """Return a function that judges a wording by the checks of code that every answer must pass."""

    def is_true(text: str) -> bool:
        said = wording.read(text)
        if said is None or said.when.casefold() == said.do.casefold():
            return False
        return against(said, known, RunWords(known.piece)) is None

    return is_true


def _number_questions(piece: Slice, n_looks: int) -> Iterator[TrialQuestion]:
    """Yield a question about each failure of *piece* with a known remedy, with *n_looks* commands inserted after it."""
    for known in settled(piece, events_of(piece)):
        if known.got is None or known.before is None:
            continue
        longer = _with_looks(piece, known.before, known.got, n_looks)
        events = events_of(longer)
        right = {one.before: _ways_out(one, events) for one in settled(longer, events) if one.before is not None}
        failed = next((event for event in events if event.call == known.before), None)
        if failed is None or known.before not in right:
            continue
        unit = Unit(id=f"trial-{piece.id}-{known.before}", kind="slice", slices=(longer,))
        for about in evidence.about_failures(unit, longer, events, [failed]):
            yield from _usable(about, right)


def _with_looks(piece: Slice, call: int, result: int, n: int) -> Slice:
    """Return *piece* with *n* commands inserted after a failed shell call and its result; otherwise unchanged."""
    steps = piece.trajectory.steps
    if steps[call].tool is not None and not is_shell(steps[call].tool or ""):
        return piece
    added: list[Step] = []
    for number, (asked, answer) in enumerate(_LOOKS[:n]):
        link = f"look-{number}" if steps[call].call_id else None
        new = {"call_id": link, "arguments": None}
        added.append(msgspec.structs.replace(steps[call], text=asked, **new))
        added.append(msgspec.structs.replace(steps[result], text=answer, is_error=False, exit_code=None, **new))
    longer = (*steps[: result + 1], *added, *steps[result + 1 :])
    run = msgspec.structs.replace(piece.trajectory, steps=longer)
    return msgspec.structs.replace(piece, trajectory=run, stop=piece.stop + len(added))


def _ways_out(known: Situation, events: Sequence[Event]) -> frozenset[int]:
    """Return the calls that are right as the remedy: those of *known*, and the next success of the failed program."""
    head = next((event.head for event in events if event.call == known.before), None)
    after = [one.call for one in events if one.call > max(known.remedy) and not one.failed and one.head == head]
    return frozenset([*known.remedy, *after[:1]])


def _usable(about: EvidenceQuestion, right: dict[int, frozenset[int]]) -> Iterator[TrialQuestion]:
    """Yield the question *about* with its right answers, unless it is too long or too easy."""
    offered = {name: [about.steps[number - 1] for number in numbers] for name, numbers in about.choices.items()}
    n_right = sum(len(right.get(failed, frozenset()) & {*offered["fixed"]}) for failed in offered["failed"])
    request = about.request(seed=0)
    if not n_right or len(request.prompt) > _MOST_CHARACTERS or len(offered["fixed"]) < _FEWEST_CHOICES:
        return

    def is_true(text: str) -> bool:
        found = evidence.read(about, text)
        if not isinstance(found, Situation) or found.before is None:
            return False
        return bool(right.get(found.before, frozenset()) & {*found.remedy[-1:]})

    chance = n_right / (len(offered["failed"]) * len(offered["fixed"]))
    yield TrialQuestion(request=request, is_true=is_true, by_chance=chance)
