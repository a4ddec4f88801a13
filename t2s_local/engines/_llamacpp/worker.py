"""The process that runs the model: ``python -m t2s_local.engines._llamacpp.worker FD``, started by the engine only.

If llama.cpp crashes this process, the run continues: the engine starts another worker.
"""

import os
import signal
import sys
import time
from collections import deque
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from t2s_local.engines._llamacpp import messages
from t2s_local.engines._llamacpp.chat import Frame, frame
from t2s_local.engines._llamacpp.llama import Context, Model, NoRoomError
from t2s_local.engines._llamacpp.scheduler import Scheduler
from t2s_local.errors import ModelError
from t2s_local.offline import seal
from t2s_local.values.value import Value
from t2s_local.weights.plan import Plan

_BEAT_SECONDS = 0.5


class WorkerOrders(Value, frozen=True, kw_only=True):
    """Orders for a worker, sent as JSON in the first message."""

    path: str
    plan: Plan
    template: str | None
    """Chat template to use in place of the file's; None for the file's own."""


class ModelWorker:
    """One model and its scheduler, at the worker's end of a connection."""

    def __init__(self, connection: Connection, job: WorkerOrders) -> None:
        """Load the model and report that it is ready."""
        self._connection = connection
        self._beaten = time.monotonic()
        self._wall_seconds = 0.0
        self._unscored = deque[messages.Score]()
        self._model = Model(Path(job.path), job.plan, beat=self._beat)
        self._context = Context(self._model, job.plan)
        template = job.template or self._model.template()
        self._scheduler = Scheduler(
            self._context, job.plan, frames=self._frames(template), started=self._started, beat=self._beat
        )
        self._say(messages.Ready(has_template=template is not None, is_recurrent=self._model.is_recurrent))

    def run(self) -> None:
        """Serve until the engine closes the connection."""
        while True:
            while self._connection.poll(0 if self._unscored or self._scheduler.is_busy else None):
                self._take(messages.from_engine(self._connection))
            while self._unscored and self._scheduler.has_room:
                self._score(self._unscored.popleft())
            started = time.perf_counter()
            finished = list(self._scheduler.step())
            self._wall_seconds += time.perf_counter() - started
            for job, completion in finished:
                self._say(messages.WorkerDone(job=job, completion=completion, usage=self._usage()))

    def _take(self, message: messages.ToWorker) -> None:
        match message:
            case messages.Ask(job=job, request=request):
                refused = self._scheduler.submit(job, request)
                if refused is not None:
                    self._say(messages.WorkerDone(job=job, completion=refused, usage=self._usage()))
            case messages.CountTokens(text=text):
                self._say(messages.Counted(n=len(self._model.tokens(text))))
            case messages.Score():  # scored when an answer ends and frees a slot
                self._unscored.append(message)
            case messages.Drop():
                self._scheduler.drop()

    def _score(self, asked: messages.Score) -> None:
        try:
            values, reason = self._scheduler.score(asked.situation, asked.continuations), None
        except ModelError as error:
            values, reason = (), error.message
        self._say(messages.Scored(values=values, reason=reason))

    def _frames(self, template: str | None) -> tuple[Frame, Frame]:
        start, end = self._model.special("bos"), self._model.special("eos")
        return (
            frame(template, has_shared=False, start=start, end=end),
            frame(template, has_shared=True, start=start, end=end),
        )

    def _usage(self) -> messages.Usage:
        return messages.Usage(
            guessed_right=self._scheduler.n_guessed_right,
            wall_seconds=self._wall_seconds,
            native_seconds=self._context.native_seconds,
            peak_bytes=_peak_bytes(),
        )

    def _started(self, job: int) -> None:
        self._say(messages.Started(job=job))

    def _beat(self) -> None:
        if time.monotonic() - self._beaten > _BEAT_SECONDS:
            self._say(messages.Beat())

    def _say(self, message: messages.Message) -> None:
        self._beaten = time.monotonic()
        messages.send(self._connection, message)


def _peak_bytes() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _leave_signals_to_the_engine() -> None:
    """Ignore signals to the process group: otherwise the engine would count this process as lost and start another."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def main() -> None:
    """Serve the connection whose file descriptor the command line names."""
    seal()
    _leave_signals_to_the_engine()
    connection = Connection(int(sys.argv[1]))
    try:
        job = msgspec.json.decode(connection.recv_bytes(), type=WorkerOrders)
        ModelWorker(connection, job).run()
    except ModelError as error:
        is_final = not isinstance(error, NoRoomError)
        messages.send(connection, messages.Failed(reason=str(error), is_final=is_final))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    # Nothing is left to do: skip the shutdown code of llama.cpp's and CUDA's threads.
    os._exit(0)


if __name__ == "__main__":
    seal()
    _leave_signals_to_the_engine()
    main()
