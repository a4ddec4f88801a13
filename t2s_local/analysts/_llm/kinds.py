"""The kinds of question an LLM analyst asks, and which of them a slice deserves."""

from collections.abc import Sequence

import msgspec

from t2s_local.analysts._events import Event
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.sequence import is_verified
from t2s_local.prompts import prompt_digest, template
from t2s_local.values.lesson import Lesson, Polarity, QuoteRole
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value, digest

MIN_ACTIONS = 2
"""A run that did less than this and did not fail is trivial."""
SLICE_PROMPT = "slice.v1.md"


class QuestionKind(Value, frozen=True, kw_only=True):
    """One kind of analyst: a prompt, a schema, and what its lessons must quote."""

    name: str
    polarity: Polarity
    pattern: str
    needs: tuple[frozenset[QuoteRole], ...]
    """Of each of these sets of roles, every lesson quotes at least one."""

    @property
    def prompt(self) -> str:
        """Name of the template that all its questions share."""
        return f"{self.name}_analyst.v1.md"

    @property
    def schema(self) -> dict[str, object]:
        """JSON schema of its answers."""
        return msgspec.json.decode(template(f"{self.name}_analyst.v1.json"), type=dict[str, object])

    @property
    def digest(self) -> str:
        """Changes whenever its question or its schema does."""
        return digest(self.name, prompt_digest(self.prompt), prompt_digest(f"{self.name}_analyst.v1.json"))


_DONE: frozenset[QuoteRole] = frozenset({"action", "fix"})
_SEEN: frozenset[QuoteRole] = frozenset({"observation", "result"})
ERROR = QuestionKind(
    name="error", polarity="failure", pattern="diagnosis", needs=(frozenset({"action"}), frozenset({"observation"}))
)
SUCCESS = QuestionKind(name="success", polarity="success", pattern="lean_path", needs=(_DONE, _SEEN))
CORRECTION = QuestionKind(
    name="correction",
    polarity="correction",
    pattern="correction",
    needs=(frozenset({"action"}), frozenset({"correction"})),
)
CONTRAST = QuestionKind(name="contrast", polarity="success", pattern="contrast", needs=(_DONE,))
KINDS = (ERROR, SUCCESS, CORRECTION, CONTRAST)


def kinds_for(piece: Slice, events: Sequence[Event], hints: Sequence[Lesson]) -> tuple[QuestionKind, ...]:
    """Which questions *piece* deserves; none where there is nothing to learn from it.

    A run labelled as a success is asked for its lean path and any other labelled run for its failure. Without a label,
    a failure that was no fault of the machine decides, and otherwise a check that passed last.
    """
    kinds = [CORRECTION] if any(hint.pattern == "correction" for hint in hints) else []
    failed = [event for event in events if event.failed and not event.is_infrastructure]
    outcome = piece.trajectory.outcome
    if outcome == "success":
        return (*kinds, *([SUCCESS] if len(events) >= MIN_ACTIONS else []))
    if failed or (outcome is not None and events):
        return (*kinds, ERROR)
    succeeded = len(events) >= MIN_ACTIONS and is_verified(Run(piece=piece, events=tuple(events)))
    return (*kinds, *([SUCCESS] if succeeded else []))
