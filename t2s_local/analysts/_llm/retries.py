"""What is done about an answer that is of no use: ask again, otherwise, about less, and at last park the question."""

from t2s_local.analysts._llm import answer
from t2s_local.analysts._llm.kinds import QuestionKind
from t2s_local.analysts._llm.merge import PARKED, is_bad
from t2s_local.ports.engine import Completion
from t2s_local.values.lesson import Extraction, Parked, Refusal
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

TEMPERATURE = 0.3
"""Low, so that quotes are copied rather than retold; above 0, where small models go round in circles less."""
LOWER = 0.1


class Rung(Value, frozen=True, kw_only=True):
    """One way to ask."""

    temperature: float
    seed_offset: int
    halved: bool = False


LADDER = (
    Rung(temperature=TEMPERATURE, seed_offset=0),
    Rung(temperature=TEMPERATURE, seed_offset=0),
    Rung(temperature=LOWER, seed_offset=1),
    Rung(temperature=LOWER, seed_offset=2, halved=True),
)
"""Ask; the same again, where the model gave no answer at all; with a new seed and less chance; about less."""


def next_rung(rung: int, completion: Completion, found: Extraction) -> int | None:
    """Position of the next way to ask; None where the answer is of use, or every way has been tried.

    The same request gives the same answer, so it is repeated only where there was none at all.
    """
    if not is_bad(found) or rung + 1 == len(LADDER):
        return None
    return rung + 1 if completion.finish == "parked" else max(rung, 1) + 1


def final(found: Extraction, piece: Slice, *, kind: QuestionKind) -> Extraction:
    """*found* as it is kept: a question about *piece* that got no useful answer is counted as parked, and named."""
    if not is_bad(found):
        return found
    last = found.refused[-1]
    reason = last.reason if last.detail is None else f"{last.reason}: {last.detail}"
    parked = Parked(
        trajectory_id=piece.trajectory.id, start=piece.start, stop=piece.stop, question=kind.name, reason=reason
    )
    return Extraction(refused=(*found.refused, Refusal(reason=PARKED)), parked=(parked,))


def read_completion(completion: Completion, source: answer.QuoteSource, *, kind: QuestionKind) -> Extraction:
    """Read a completion, however it ended."""
    match completion.finish:
        case "parked":
            return answer.refused(answer.NO_ANSWER, completion.reason)
        case "repeat":
            return answer.refused(answer.REPEATS)
        case "length":
            found = answer.read_answer(completion.text, source, kind=kind)
            reasons = {refusal.reason for refusal in found.refused}
            return answer.refused(answer.CUT_OFF) if answer.NOT_JSON in reasons else found
        case "stop":
            return answer.read_answer(completion.text, source, kind=kind)
