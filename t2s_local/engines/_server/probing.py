"""Short test questions before the first real one: answer shapes, reasoning, and context size of the server."""

import re

from t2s_local.engines._server.facts import told_context
from t2s_local.engines._server.questions import SHAPES, Manner, Reply, body_of, read_reply
from t2s_local.engines._server.wire import CallError, Wire
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Request

LEAST_CONTEXT = 3072
"""Fewest tokens of context, as for local models: about 1,000 of instructions, an answer, and a short recording."""
WANTED_CONTEXT = 8192
"""Preferred tokens of context, as for local models: a slice of about 6,000 tokens with instructions and answer."""
_PROOF = 71
_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"n": {"enum": [_PROOF]}},
    "required": ["n"],
    "additionalProperties": False,
}
_GRAMMAR = f'start: "{{\\"n\\": {_PROOF}}}"\n'
_QUESTION = Request(
    id="probe",
    prefix="Answer with JSON on one line.",
    prompt='Which number is larger, 3 or 5? Answer as {"n": 3} or {"n": 5}.',
    schema=_SCHEMA,
    grammar=_GRAMMAR,
    max_tokens=24,
)
_WORD = " one"
_SLACK = 0.98
_REST = 64
"""Tokens of a probe that are reserved for the chat template and the answer."""
_UNFIT = frozenset({400, 404, 415, 422, 500, 501})
"""HTTP statuses of a request that a server does not understand."""


def manner_of(wire: Wire, model: str, *, knows_grammars: bool) -> Manner:
    """Find the best way to ask the server: the strictest shape it enforces, and whether the model reasons first.

    Raises:
        CallError: no question is answered at all.
    """
    is_quieted = True
    try:
        reply = ask(wire, model, _QUESTION, Manner(shape="text", thinks=False, is_quieted=True))
    except CallError as fault:
        if fault.status not in _UNFIT:
            raise
        is_quieted = False
        reply = ask(wire, model, _QUESTION, Manner(shape="text", thinks=False, is_quieted=False))
    shapes = [shape for shape in SHAPES if shape != "text" and (shape != "grammar" or knows_grammars)]
    for shape in shapes:
        manner = Manner(shape=shape, thinks=reply.thought, is_quieted=is_quieted)
        found = _held(wire, model, manner)
        if found is not None:
            return Manner(shape=shape, thinks=found.thought, is_quieted=is_quieted)
    return Manner(shape="text", thinks=reply.thought, is_quieted=is_quieted)


def context_of(wire: Wire, model: str, manner: Manner, *, wanted: int | None) -> int:
    """Return the most tokens of a question with its answer: stated by the server, or found with long questions.

    A prompt that the server cuts short is noticed by the number of tokens that it reports to have read.

    Args:
        wire: The server.
        model: The model's name on the server.
        manner: How the server is asked.
        wanted: Tokens the user asks for; None for a default.

    Raises:
        ModelError: the context is too small, or the server does not report how many tokens it read.
        CallError: the server does not answer.
    """
    told = told_context(wire, model)
    found = told if told is not None else _probed(wire, model, manner, max(wanted or WANTED_CONTEXT, LEAST_CONTEXT))
    if wanted is not None and found < wanted:
        message = f"the server holds {found} tokens a question, and {wanted} are asked for"
        raise ModelError(message, hint="Start it with a longer context (llama-server -c, OLLAMA_CONTEXT_LENGTH).")
    if found < LEAST_CONTEXT:
        message = f"the server holds {found} tokens a question, and {LEAST_CONTEXT} are needed"
        raise ModelError(message, hint="Start it with a longer context (llama-server -c, OLLAMA_CONTEXT_LENGTH).")
    return wanted or min(found, WANTED_CONTEXT)


def ask(wire: Wire, model: str, request: Request, manner: Manner) -> Reply:
    """Ask *request* once and return the reply.

    Raises:
        CallError: there is no answer.
    """
    reply = read_reply(wire.post(f"{wire.address.path}/chat/completions", body_of(request, model=model, manner=manner)))
    if reply is None:
        message = "the server's answer holds no answer"
        raise CallError(message, is_passing=True)
    return reply


def _held(wire: Wire, model: str, manner: Manner) -> Reply | None:
    """Return the reply if the server enforces the shape (no model would give this answer freely); otherwise None."""
    try:
        reply = ask(wire, model, _QUESTION, manner)
    except CallError as fault:
        if fault.status not in _UNFIT:
            raise
        return None
    compact = re.sub(r"\s", "", reply.text)
    is_object = compact.startswith("{") and compact.endswith("}")
    return reply if compact == f'{{"n":{_PROOF}}}' or (manner.shape == "object" and is_object) else None


def _probed(wire: Wire, model: str, manner: Manner, wanted: int) -> int:
    """Return the size of a question that is read as a whole: *wanted*, a smaller size, or the tokens that were read.

    Raises:
        ModelError: the server does not report how many tokens it read.
    """
    plain = Manner(shape="text", thinks=False, is_quieted=manner.is_quieted)
    for size in dict.fromkeys([wanted, wanted // 2, max(wanted // 4, LEAST_CONTEXT), LEAST_CONTEXT]):
        n = size - _REST
        try:
            reply = ask(wire, model, Request(id="probe", prefix="", prompt=_WORD * n, max_tokens=1), plain)
        except CallError as fault:
            if fault.status not in _UNFIT:
                raise
            continue
        if reply.prompt_tokens is None:
            message = "the server does not say how many tokens of a question it read, so that a cut one would not show"
            raise ModelError(message, hint="Take a server that fills usage.prompt_tokens, or a model of this machine.")
        return size if reply.prompt_tokens >= n * _SLACK else reply.prompt_tokens
    return 0
