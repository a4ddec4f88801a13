"""Messages between the engine and its worker process: MessagePack over a socket pair, one value a message."""

from multiprocessing.connection import Connection

import msgspec

from t2s_local.ports.engine import Completion, Continuation, Request


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of every message."""


class Ask(Message, frozen=True, kw_only=True, tag=True):
    """Answer a request."""

    job: int
    """The engine's own number for it: ids may come twice."""
    request: Request


class CountTokens(Message, frozen=True, kw_only=True, tag=True):
    """Count the tokens of a text."""

    text: str


class Score(Message, frozen=True, kw_only=True, tag=True):
    """Score texts that may follow one situation."""

    situation: str
    continuations: tuple[Continuation, ...]


class Drop(Message, frozen=True, kw_only=True, tag=True):
    """Forget all requests that are not answered yet."""


class Ready(Message, frozen=True, kw_only=True, tag=True):
    """The model is loaded."""

    has_template: bool
    is_recurrent: bool
    """Whether its memory is one state, not one of every token."""


class Beat(Message, frozen=True, kw_only=True, tag=True):
    """The worker is alive and gets on."""


class Started(Message, frozen=True, kw_only=True, tag=True):
    """A job has left the queue and is being evaluated: it may be to blame for what happens next."""

    job: int


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Resources the worker has used since it started."""

    wall_seconds: float
    """Spent in steps, waiting for requests left out."""
    native_seconds: float
    """The part of it inside llama.cpp."""
    guessed_right: int
    """Tokens that were evaluated before they were drawn."""
    peak_bytes: int
    """Most RAM it held at once."""


class WorkerDone(Message, frozen=True, kw_only=True, tag=True):
    """A job is done."""

    job: int
    completion: Completion
    usage: Usage


class Counted(Message, frozen=True, kw_only=True, tag=True):
    """The answer to :class:`CountTokens`."""

    n: int


class Scored(Message, frozen=True, kw_only=True, tag=True):
    """The answer to :class:`Score`."""

    values: tuple[tuple[float, ...], ...]
    reason: str | None = None
    """Why there is none."""


class Failed(Message, frozen=True, kw_only=True, tag=True):
    """The worker cannot go on and ends."""

    reason: str
    is_final: bool
    """Whether a smaller plan would fail as well."""


ToWorker = Ask | CountTokens | Score | Drop
ToEngine = Ready | Beat | Started | WorkerDone | Counted | Scored | Failed
_TO_WORKER: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_TO_ENGINE: msgspec.msgpack.Decoder[ToEngine] = msgspec.msgpack.Decoder(ToEngine)
_ENCODER = msgspec.msgpack.Encoder()


def send(connection: Connection, message: Message) -> None:
    """Send *message*."""
    connection.send_bytes(_ENCODER.encode(message))


def from_engine(connection: Connection) -> ToWorker:
    """Receive a message in the worker."""
    return _TO_WORKER.decode(connection.recv_bytes())


def from_worker(connection: Connection) -> ToEngine:
    """Receive a message in the engine."""
    return _TO_ENGINE.decode(connection.recv_bytes())
