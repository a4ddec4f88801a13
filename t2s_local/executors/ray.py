"""Executor that runs analysts in actors of Ray Data, each with its own model, on this machine or a cluster.

Each actor has its own analyst and receives parcels of units. The results of an analyst do not depend on its machine, so
the lessons equal those of a single process. The driver alone reads and writes the store, and analyses the units about
the whole corpus itself.
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
"""Units in a parcel: a balance of the work lost with a killed actor and Ray's cost per parcel (decision 0704)."""
_LARGEST = 8 << 20
"""Number of characters of steps from which on a parcel gets no further unit."""
_AHEAD = 2
"""Parcels sent ahead for each actor: the present one and the next."""


class OnRay:
    """An :class:`t2s_local.ports.analyst.Analyst` that plans in this process and lets actors analyse."""

    def __init__(self, recipe: Callable[[], Analyst], placement: Placement) -> None:
        """Make an analyst for planning; Ray is started only when there is work."""
        self._recipe = recipe
        self._own = recipe()
        self._placement = placement
        self.name = self._own.name
        self.version = self._own.version
        self.asks_model = self._own.asks_model

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Divide the work into units, as in a single process."""
        return self._own.plan(slices)

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Order units in this process, as the analyst itself does."""
        return self._own.weigh(units)

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions, as the analyst itself does."""
        return self._own.forecast(sizes)

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Judge a finished run, as the analyst itself does."""
        return self._own.advice(n_lessons, losses)

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Yield each of *units* with its extraction, in any order; units about the whole corpus come last.

        Raises:
            ModelError: the model or Ray cannot be run.
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
        """Return the data set of the replies to a feeder's parcels."""
        import ray.data

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.target_max_block_size = 1  # pass on each parcel and each reply at once
        # a request for memory, which actors do not make, keeps Ray from running the reading task inside of an actor
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
    """Sends parcels and receives replies; each reply is followed by the next parcel."""

    def __init__(self, pipeline: Callable[[Any], Any]) -> None:
        import ray

        self._feeder = ray.remote(num_cpus=0, max_concurrency=1000)(Feeder).remote()
        self._rows = pipeline(self._feeder).iter_batches(batch_size=None, prefetch_batches=0, batch_format="pyarrow")
        self._out: dict[int, tuple[Unit, ...]] = {}
        self._n_given = 0

    def answers(
        self, first: tuple[Unit, ...], rest: Iterator[tuple[Unit, ...]], *, n_ahead: int
    ) -> Iterator[tuple[Unit, Extraction]]:
        """Yield every unit with its extraction, in the order of the replies."""
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
        """Send a parcel and return True; for an empty parcel close the feeder and return False."""
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
    """Yield units in parcels; units about the whole corpus, which the driver analyses, are appended to *kept*."""
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
    """An :class:`t2s_local.ports.analyst.Executor` that uses actors of Ray."""

    name = "ray"

    def __init__(self, placement: Placement) -> None:
        """Store the settings of the actors."""
        self._placement = placement

    def spread(self, recipe: Callable[[], Analyst]) -> OnRay:
        """Return an analyst that plans in this process and lets actors analyse."""
        return OnRay(recipe, self._placement)
