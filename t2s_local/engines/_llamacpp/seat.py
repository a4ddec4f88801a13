"""Replacement of workers that die: the next worker starts with a smaller plan and gets the unfinished tasks."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from t2s_local.engines._llamacpp import messages
from t2s_local.engines._llamacpp.process import Process, WorkerLostError
from t2s_local.engines._llamacpp.worker import WorkerOrders
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Completion, Request
from t2s_local.processes import child_process
from t2s_local.weights.fit import say_plan
from t2s_local.weights.plan import Plan

ATTEMPTS = 3
"""Deaths of workers while a request is being evaluated after which the request is parked."""
_IDLE_DEATHS = 3
"""Deaths of workers in a row, with no request under way, after which the model is given up."""


class Task(msgspec.Struct, kw_only=True):
    """A request and its history so far."""

    job: int
    request: Request
    deaths: int = 0
    """Number of workers that died while they evaluated the request."""
    is_started: bool = False
    is_second: bool = False
    """Whether the request is asked again because its first answer repeated itself."""


class Seat:
    """A sequence of workers, one at a time, that work off tasks."""

    def __init__(
        self,
        path: Path,
        plans: Sequence[Plan],
        *,
        template: str | None,
        hang_after: float,
        say: Callable[[str], None],
    ) -> None:
        """Start a worker with the first of *plans* that works.

        Raises:
            ModelError: no plan works.
        """
        self._path = path
        self._plans = deque(plans)
        self._template = template
        self._hang_after = hang_after
        self._say = say
        self._idle_deaths = 0
        self.tasks: dict[int, Task] = {}
        self.usage = messages.Usage(wall_seconds=0.0, native_seconds=0.0, guessed_right=0, peak_bytes=0)
        self.process = self._start()

    @property
    def plan(self) -> Plan:
        """Plan of the current worker."""
        return self._plans[0]

    @property
    def is_alone(self) -> bool:
        """Return whether the worker has a task that is suspected of killing workers."""
        return any(task.deaths for task in self.tasks.values())

    def give(self, task: Task) -> None:
        """Send *task* to the worker; if the worker is gone, the next :meth:`listen` notices it."""
        if not self.tasks:
            self.process.silent = 0.0
        task.is_started = False
        self.tasks[task.job] = task
        self.process.send(messages.Ask(job=task.job, request=task.request))

    def listen(self) -> messages.ToEngine:
        """Return the next message of the worker.

        Raises:
            WorkerLostError: the worker is gone.
        """
        message = self.process.receive_within(self._hang_after)
        match message:
            case messages.Started(job=job) if job in self.tasks:
                self.tasks[job].is_started = True
            case messages.WorkerDone(job=job, usage=usage):
                self.usage = usage
                self._idle_deaths = 0
        return message

    def restart(self, loss: WorkerLostError) -> tuple[list[Task], list[Completion]]:
        """Start another worker with the next smaller plan.

        Returns:
            The tasks to send again, and completions of the tasks that are parked because too many workers died of them.

        Raises:
            ModelError: no worker can be started any more.
        """
        tasks, self.tasks = list(self.tasks.values()), {}
        for task in tasks:
            task.deaths += task.is_started
        self._idle_deaths = 0 if any(task.is_started for task in tasks) else self._idle_deaths + 1
        if self._idle_deaths >= _IDLE_DEATHS:
            message = f"the model's process was lost {_IDLE_DEATHS} times: {loss.message}"
            raise ModelError(message, path=self._path)
        self._smaller(loss)
        self.process = self._start()
        parked = [_parked(task, loss) for task in tasks if task.deaths >= ATTEMPTS]
        return [task for task in tasks if task.deaths < ATTEMPTS], parked

    def _smaller(self, loss: WorkerLostError) -> None:
        if len(self._plans) > 1:
            self._plans.popleft()
        self._say(f"the model's process was lost ({loss.message}); starting it again: {say_plan(self.plan)}")

    def _start(self) -> Process:
        while True:
            plan = self.plan
            job = WorkerOrders(path=str(self._path.absolute()), plan=plan, template=self._template)
            process = Process(job, environment=_environment(plan), hang_after=self._hang_after)
            try:
                while not isinstance(message := process.receive_within(self._hang_after), messages.Ready):
                    pass
            except WorkerLostError as loss:
                process.stop()
                if loss.is_final or len(self._plans) == 1:
                    raise ModelError(
                        loss.message, path=self._path, hint=None if loss.is_final else _hint(plan)
                    ) from loss
                self._smaller(loss)
                continue
            if not message.has_template:
                self._say("the model has no chat template: it is given plain text")
            if message.is_recurrent:
                self._say(
                    "the model's memory is one state: prompts go before running answers, nothing is guessed ahead"
                )
            return process

    def stop(self) -> None:
        """End the worker; safe to call twice."""
        self.process.stop()


def _environment(plan: Plan) -> dict[str, str]:
    """Return the environment of a worker: that of this process, threads that sleep while they wait, and its one GPU.

    If llama.cpp aborts, it would start a debugger on itself, which takes seconds and does not help the engine.
    Threads that spin at each of a thousand barriers a step lose their turn to other programs: 18 s against 5 s for the
    quick workload of scripts/bench-engine on two busy cores (decision 0404).
    """
    environment = {"OMP_WAIT_POLICY": "passive", "GGML_NO_BACKTRACE": "1"} | child_process.environment()
    return environment if plan.gpu is None else environment | {"CUDA_VISIBLE_DEVICES": str(plan.gpu)}


def _hint(plan: Plan) -> str:
    return f"It was tried down to {plan.context} tokens in {plan.sequences} sequence; a smaller model may fit."


def _parked(task: Task, loss: WorkerLostError) -> Completion:
    return Completion(
        request_id=task.request.id,
        text="",
        finish="parked",
        prompt_tokens=0,
        generated_tokens=0,
        reason=f"the model's process was lost {task.deaths} times on it: {loss.message}",
    )
