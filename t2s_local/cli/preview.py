"""``t2s distill --dry-run``: what a run would work on, and what it would take."""

import time
from collections.abc import Iterable, Iterator, Sequence

import click
import msgspec

from t2s_local.cli import machine
from t2s_local.cli.job import Job
from t2s_local.cli.output import print_json, say
from t2s_local.cli.progress import peak_memory
from t2s_local.cli.read import account
from t2s_local.stages.corpus import Corpus, Outline, outline_of
from t2s_local.stages.distill import Tools
from t2s_local.stages.predict import Amounts, Prediction, Rates, predict, warnings
from t2s_local.stages.read import Report, find, gather
from t2s_local.stages.slice import cuts_of
from t2s_local.types import Trajectory, TrajectoryId, Unit

PROBED = 5.0
"""Seconds the analyst is tried for where no run was measured on this machine."""
_SAMPLE = 4 << 20
"""Characters of trajectories it is tried on at most."""
_PASSES = 3.0
"""A run reads, redacts and stores: about three times what reading alone takes."""
_STORED_SHARE = 0.3


class _Sample:
    """A shelf of the first trajectories that were read."""

    def __init__(self) -> None:
        self.trajectories: dict[TrajectoryId, Trajectory] = {}
        self.if_labelled: dict[TrajectoryId, tuple[int, ...]] = {}
        self._room = _SAMPLE

    def keep(self, run: Trajectory) -> Outline:
        outline = outline_of(run)
        self._room -= outline.n_characters
        if self._room > 0:
            self.trajectories[run.id] = run
        self.if_labelled[run.id] = cuts_of(msgspec.structs.replace(run, outcome="success"))
        return outline

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        return self.trajectories.get(trajectory_id)

    def put_trajectories(self, trajectories: Iterable[Trajectory]) -> None:
        self.trajectories |= {run.id: run for run in trajectories}

    def item(self, kind: str, key: str) -> bytes | None:
        del kind, key
        return None

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Forget: a dry run stores nothing."""


def preview(job: Job, tools: Tools, *, as_json: bool) -> int:
    """Read a job's input, say what a run would work on and what that would take; write nothing."""
    began = time.monotonic()
    sample = _Sample()
    outlines, report = gather(job.paths, keep=sample.keep, format_name=job.format_name, labels=job.labels)
    outlines = [
        outline if outline.outcome is None else msgspec.structs.replace(outline, cuts=sample.if_labelled[outline.id])
        for outline in outlines
    ]
    corpus = Corpus(outlines, sample)
    units = tools.analyst.plan(corpus.slices())
    amounts = amounts_of(job, outlines, n_units=len(units))
    rates, basis = machine.measured(tools), "the last whole run on this machine"
    if rates is None:
        rates, basis = _probe(amounts, units, corpus, sample, tools, reading=time.monotonic() - began)
    prediction = predict(amounts, rates, asks_model=asks_model(tools), basis=basis)
    for line in account(report, n_trajectories=len(outlines)):
        say(line)
    if not job.quiet:
        disk = machine.free_disk(job.workspace)
        for line in warnings(prediction, free_disk=disk, free_memory=machine.free_memory()):
            say(line)
    _print(prediction, report, as_json=as_json)
    return 3 if report.quarantined else 0


def asks_model(tools: Tools) -> bool:
    """Whether the analyst asks a model."""
    return tools.analyst.name != "mined"


def amounts_of(job: Job, outlines: Sequence[Outline], *, n_units: int) -> Amounts:
    """What the run of a job works through."""
    return Amounts(
        n_bytes=sum(file.stat().st_size for file in find(job.paths).files),
        n_trajectories=len(outlines),
        n_slices=sum(max(0, len(outline.cuts) - 1) for outline in outlines),
        n_units=n_units,
        n_characters=sum(outline.n_characters for outline in outlines),
    )


def _probe(
    amounts: Amounts, units: Sequence[Unit], corpus: Corpus, sample: _Sample, tools: Tools, *, reading: float
) -> tuple[Rates, str]:
    """Try the analyst for a few seconds on what was read first."""
    began = time.monotonic()
    tried: list[Unit] = []

    def ready() -> Iterator[Unit]:
        for unit in units:
            if time.monotonic() - began > PROBED:
                return
            if all(piece.trajectory.id in sample.trajectories for piece in unit.slices):
                tried.append(unit)
                yield msgspec.structs.replace(unit, slices=corpus.whole(unit.slices))

    n_found = sum(len(found.lessons) for _, found in tools.analyst.analyse(ready()))
    took = time.monotonic() - began
    n_characters = sum(
        corpus.outlines[run].n_characters for run in {piece.trajectory.id for unit in tried for piece in unit.slices}
    )
    share = n_characters / max(1, amounts.n_characters)
    rates = Rates(
        amounts=Amounts(
            n_bytes=round(amounts.n_bytes * share),
            n_trajectories=amounts.n_trajectories,
            n_slices=max(1, round(amounts.n_slices * share)),
            n_units=len(tried),
            n_characters=n_characters,
        ),
        seconds={"read": reading * _PASSES * share, "extract": took},
        n_lessons=n_found,
        stored=round(n_characters * _STORED_SHARE),
        peak=peak_memory(),
    )
    return rates, f"a try of {took:.1f} s over {len(tried)} units: rough, until a run was measured on this machine"


def _print(prediction: Prediction, report: Report, *, as_json: bool) -> None:
    amounts = prediction.amounts
    counts = {
        "files": report.n_files,
        "trajectories": amounts.n_trajectories,
        "slices": amounts.n_slices,
        "units": amounts.n_units,
        "tokens": prediction.tokens,
        "model_calls": prediction.model_calls,
    }
    if as_json:
        print_json(
            {
                **counts,
                "seconds": prediction.seconds,
                "disk": prediction.disk,
                "memory": prediction.memory,
                "basis": prediction.basis,
            }
        )
        return
    click.echo(" · ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))
    disk, memory = prediction.disk / 1e6, prediction.memory / 1e6
    click.echo(f"About {prediction.seconds:.1f} s, {disk:.0f} MB of disk and {memory:.0f} MB of memory,")
    click.echo(f"going by {prediction.basis}.")
