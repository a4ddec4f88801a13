"""Engine that plays answers from a script: for tests, demonstrations, and trying a prompt without a model.

A script is a list of texts, a function of the request, or a JSON Lines file. Good, bad, looping, truncated and hostile
answers are played unchanged; only a request that is too long is refused, as by every engine.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.ports.engine import Completion, Continuation, Finish, Request
from t2s_local.values.value import Value, digest

_CONTEXT = 8192
_CHARACTERS_A_TOKEN = 4


class Line(Value, frozen=True, kw_only=True):
    """One answer of a script."""

    text: str
    finish: Finish = "stop"
    reason: str | None = None
    match: str | None = None
    """Words that a request must contain for this answer; None for an answer that is played in turn."""


Script = Callable[[Request], "Line | str"]


def load(spec: Path | Sequence["Line | str"] | Script, *, context: int = _CONTEXT) -> "Scripted":
    """Load a script.

    Args:
        spec: Answers in turn, from the first again after the last; a function that answers each request; or a JSON
            Lines file of :class:`Line` objects. A line with ``match`` answers every request that contains these words.
        context: Tokens one request may use.

    Raises:
        InputError: the file cannot be read, or a line of it is no answer.
    """
    if isinstance(spec, Path):
        return Scripted(_in_turn(_read(spec)), name=f"scripted {spec.name}", context=context)
    if callable(spec):
        return Scripted(spec, name="scripted", context=context)
    lines = [Line(text=line) if isinstance(line, str) else line for line in spec]
    return Scripted(_in_turn(lines), name="scripted", context=context)


class Scripted:
    """An :class:`t2s_local.ports.engine.Engine` without a model."""

    def __init__(self, script: Script, *, name: str, context: int) -> None:
        """Play *script*; call :func:`load` instead."""
        self.name = name
        self.digest = digest("scripted", name)
        self.context = context
        self.asked: list[Request] = []
        """Every request so far, in order."""
        self._script = script

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of *text*, at four characters a token."""
        return -(-len(text) // _CHARACTERS_A_TOKEN)

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield the answers to *requests* in their order."""
        for request in requests:
            self.asked.append(request)
            n_prompt = self.count_tokens(request.prefix + request.prompt)
            if n_prompt + request.max_tokens > self.context:
                reason = f"too long: {n_prompt} tokens and an answer of {request.max_tokens} exceed {self.context}"
                yield _completion(request, Line(text="", finish="parked", reason=reason), n_prompt, 0)
                continue
            answer = self._script(request)
            line = Line(text=answer) if isinstance(answer, str) else answer
            yield _completion(request, line, n_prompt, self.count_tokens(line.text))

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Return -1 for every four characters that occur in the words before, and -9 for all others."""
        return tuple(self._likely(f"{situation}{one.given}", one) for one in continuations)

    def _likely(self, before: str, one: Continuation) -> tuple[float, ...]:
        starts = range(0, len(one.text), _CHARACTERS_A_TOKEN)
        pieces = [(start, one.text[start : start + _CHARACTERS_A_TOKEN]) for start in starts]
        spans = one.spans or ((0, len(one.text)),)
        return tuple(
            -1.0 if piece in before else -9.0
            for start, piece in pieces
            if any(start < stop and begin < start + len(piece) for begin, stop in spans)
        )

    def close(self) -> None:
        """Do nothing: no memory is reserved."""


def _completion(request: Request, line: Line, n_prompt: int, n_generated: int) -> Completion:
    return Completion(
        request_id=request.id,
        text=line.text,
        finish=line.finish,
        prompt_tokens=n_prompt,
        generated_tokens=n_generated,
        reason=line.reason,
    )


def _in_turn(lines: Sequence[Line]) -> Script:
    turns = cycle([line for line in lines if line.match is None] or [Line(text="")])
    matching = [line for line in lines if line.match is not None]

    def answer(request: Request) -> Line:
        words = request.prefix + request.prompt
        return next((line for line in matching if line.match and line.match in words), None) or next(turns)

    return answer


def _read(path: Path) -> list[Line]:
    try:
        rows = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    lines = []
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            lines.append(msgspec.json.decode(row, type=Line))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise InputError(str(error), path=path, line=number) from error
    return lines
