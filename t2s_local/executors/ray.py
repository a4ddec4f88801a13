"""In actors of Ray Data, one loaded model each, on this machine or on a cluster; the driver alone touches the store.

An actor has an analyst of its own and is handed parcels of units. What an analyst says of a unit does not depend on
where it runs, so the lessons are those of one process. Units about the whole corpus stay with the driver, which has it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from t2s_local.errors import ModelError
from t2s_local.executors._ray.actor import RayActor
from t2s_local.executors._ray.cluster import check, cluster
from t2s_local.executors._ray.feed import READING, Feeder, source
from t2s_local.executors._ray.messages import ParcelReply, pack, read_answer
from t2s_local.ports.analyst import Analyst, Forecast, Placement
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Unit
from t2s_local.values.trajectory import Slice

_A_PARCEL = 16
"""Units in a parcel: what a killed actor does again, against what Ray takes for each (decision 0704)."""
_LARGEST = 8 << 20
"""Characters of steps after which a parcel is closed."""
_AHEAD = 2
"""Parcels there are for every actor: the one it works on and the next."""


class OnRay:
    """An :class:`t2s_local.ports.analyst.Analyst` whose work is done by actors."""

    def __init__(self, recipe: Callable[[], Analyst], placement: Placement) -> None:
        """Plan with an analyst of our own; nothing is started before there is work."""
        self._recipe = recipe
        self._own = recipe()
        self._placement = placement
        self.name = self._own.name
        self.version = self._own.version
        self.asks_model = self._own.asks_model

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Cut the work into units, as in one process."""
        return self._own.plan(slices)

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Order units here, as one process would."""
        return self._own.weigh(units)

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions, as the analyst itself does."""
        return self._own.forecast(sizes)

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Judge a finished run, as the analyst itself does."""
        return self._own.advice(n_lessons, losses)

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Work through *units*, those of a parcel together.

        Raises:
            ModelError: the model cannot be run, or Ray cannot.
        """
        kept: list[Unit] = []
        parcels = _parcels(units, kept)
        first = next(parcels, None)
        if first is not None:
            with cluster(self._placement) as n_actors:
                exchange = _Exchange(lambda feeder: self._pipeline(feeder, n_actors))
                yield from exchange.answers(first, parcels, n_ahead=_AHEAD * n_actors)
        yield from self._own.analyse(kept)

    def _pipeline(self, feeder: Any, n_actors: int) -> Any:  # noqa: ANN401 - the types of Ray are its own
        """The data set of the answers to a feeder's parcels."""
        import ray.data

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.target_max_block_size = 1  # a parcel goes on as soon as it was read, an answer as soon as it is there
        # what an actor does not ask for either, memory, keeps Ray from doing the reading inside of one
        parcels = ray.data.read_datasource(source(feeder), override_num_blocks=1, num_cpus=READING, memory=_LARGEST)
        return parcels.map_batches(
            RayActor,
            fn_constructor_args=(self._recipe, self.version),
            compute=ray.data.ActorPoolStrategy(size=n_actors, max_tasks_in_flight_per_actor=_AHEAD),
            batch_size=None,
            num_cpus=1,
            num_gpus=self._placement.gpus_per_actor or None,
        )


class _Exchange:
    """Parcels out, answers in: one more goes out for every one that comes back."""

    def __init__(self, pipeline: Callable[[Any], Any]) -> None:
        import ray

        self._feeder = ray.remote(num_cpus=0, max_concurrency=1000)(Feeder).remote()
        self._rows = pipeline(self._feeder).iter_batches(batch_size=None, prefetch_batches=0, batch_format="pyarrow")
        self._out: dict[int, tuple[Unit, ...]] = {}
        self._n_given = 0

    def answers(
        self, first: tuple[Unit, ...], rest: Iterator[tuple[Unit, ...]], *, n_ahead: int
    ) -> Iterator[tuple[Unit, Extraction]]:
        """Every unit with what was made of it."""
        from ray.exceptions import RayError

        try:
            self._give(first)
            while self._n_given < n_ahead and self._give(next(rest, ())):
                pass
            for table in self._rows:
                for row in table.to_pylist():
                    yield from self._read(row["number"], read_answer(row["reply"]))
                    self._give(next(rest, ()))
        except RayError as error:
            message = f"Ray gave up: {str(error).splitlines()[0]}"
            raise ModelError(message, hint="What was answered is stored; the same command goes on.") from error
        if self._out:
            message = f"Ray lost {len(self._out)} parcels"
            raise ModelError(message, hint="What was answered is stored; the same command goes on.")

    def _give(self, units: tuple[Unit, ...]) -> bool:
        """Send a parcel; where there is none, none will follow. Says whether there was one."""
        import ray

        if not units:
            ray.get(self._feeder.close.remote())
            return False
        ray.get(self._feeder.give.remote(self._n_given, pack(units)))
        self._out[self._n_given] = units
        self._n_given += 1
        return True

    def _read(self, number: int, reply: ParcelReply) -> Iterator[tuple[Unit, Extraction]]:
        if reply.failure is not None:
            message, hint = reply.failure
            raise ModelError(message, hint=hint)
        self._feeder.forget.remote(number)
        asked = {unit.id: unit for unit in self._out.pop(number)}
        for unit_id, found in reply.found:
            yield asked[unit_id], found


def _parcels(units: Iterable[Unit], kept: list[Unit]) -> Iterator[tuple[Unit, ...]]:
    """Units in parcels; those that stay with the driver go to *kept*."""
    parcel: list[Unit] = []
    size = 0
    for unit in units:
        if unit.kind == "corpus":
            kept.append(unit)
            continue
        parcel.append(unit)
        size += sum(len(step.text) for piece in unit.slices for step in piece.steps)
        if len(parcel) == _A_PARCEL or size >= _LARGEST:
            yield tuple(parcel)
            parcel, size = [], 0
    if parcel:
        yield tuple(parcel)


def load(placement: Placement) -> "Ray":
    """Load the executor.

    Raises:
        ModelError: Ray is not installed.
    """
    check()
    return Ray(placement)


class Ray:
    """An :class:`t2s_local.ports.analyst.Executor` on actors."""

    name = "ray"

    def __init__(self, placement: Placement) -> None:
        """Place actors as *placement* says."""
        self._placement = placement

    def spread(self, recipe: Callable[[], Analyst]) -> OnRay:
        """An analyst that plans here and works there."""
        return OnRay(recipe, self._placement)
