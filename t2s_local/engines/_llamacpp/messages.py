"""Messages between the engine and its worker process: MessagePack over a socket pair, one value a message."""

from multiprocessing.connection import Connection

import msgspec

from t2s_local.ports.engine import Completion, Continuation, Request


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of every message."""


class Ask(Message, frozen=True, kw_only=True, tag=True):
    """Request to generate an answer."""

    job: int
    """The engine's own number of the job, because request ids may repeat."""
    request: Request


class CountTokens(Message, frozen=True, kw_only=True, tag=True):
    """Request to count the tokens of a text."""

    text: str


class Score(Message, frozen=True, kw_only=True, tag=True):
    """Request to score texts that may follow one situation."""

    situation: str
    continuations: tuple[Continuation, ...]


class Drop(Message, frozen=True, kw_only=True, tag=True):
    """Request to forget all requests that are not answered yet."""


class Ready(Message, frozen=True, kw_only=True, tag=True):
    """Report that the model is loaded."""

    has_template: bool
    is_recurrent: bool
    """Whether the model's memory is a single state, so that single tokens cannot be removed from it."""


class Beat(Message, frozen=True, kw_only=True, tag=True):
    """Report that the worker is alive and makes progress."""


class Started(Message, frozen=True, kw_only=True, tag=True):
    """Report that a job has left the queue and is being evaluated: if the worker dies now, the job may be the cause."""

    job: int


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Resources that the worker has used since it started."""

    wall_seconds: float
    """Seconds spent in steps, without the time in which it waited for requests."""
    native_seconds: float
    """Seconds of *wall_seconds* that were spent inside llama.cpp."""
    guessed_right: int
    """Tokens that were guessed correctly and so evaluated before they were drawn."""
    peak_bytes: int
    """Peak RAM in bytes."""


class WorkerDone(Message, frozen=True, kw_only=True, tag=True):
    """Report that a job is done, with its completion."""

    job: int
    completion: Completion
    usage: Usage


class Counted(Message, frozen=True, kw_only=True, tag=True):
    """Answer to :class:`CountTokens`."""

    n: int


class Scored(Message, frozen=True, kw_only=True, tag=True):
    """Answer to :class:`Score`."""

    values: tuple[tuple[float, ...], ...]
    reason: str | None = None
    """Reason why there are no values; None if there are."""


class Failed(Message, frozen=True, kw_only=True, tag=True):
    """Report that the worker cannot continue and ends."""

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
