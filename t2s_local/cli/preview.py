"""``t2s distill --dry-run``: what a run would work on, and what it would take."""

import heapq
import time
from collections.abc import Sequence
from itertools import pairwise

import click
import msgspec

from t2s_local.analysts._llm.forecast import forecast
from t2s_local.cli import machine
from t2s_local.cli.account import account
from t2s_local.cli.job import Job, plan_of
from t2s_local.cli.output import print_json, say
from t2s_local.cli.rehearsal import rehearse
from t2s_local.errors import NothingFoundError
from t2s_local.runs.prediction.predict import Amounts, Prediction, predict, warnings
from t2s_local.stages.distill import Tools
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.corpus import HELD, Outline, outline_of, slices_of
from t2s_local.stages.intake.gather import gather
from t2s_local.stages.intake.intake import crew_size
from t2s_local.stages.intake.slices import cuts_of
from t2s_local.stages.reading.find import find
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import digest

_SAMPLE = 4 << 20
"""Characters of trajectories that are tried at most: about 2 s of the main job without a model."""


class _Sample:
    """Some of the trajectories, spread over the whole input: those with the smallest digests."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, int, Trajectory, int]] = []
        self._n_seen = 0
        self.if_labelled: dict[str, tuple[int, ...]] = {}
        self._room = _SAMPLE

    @property
    def runs(self) -> list[Trajectory]:
        return [run for _, _, run, _ in sorted(self._kept, reverse=True)]

    def keep(self, run: Trajectory) -> Outline:
        outline = outline_of(run)
        self._n_seen += 1
        heapq.heappush(self._kept, (-int(digest(run.id), 16), self._n_seen, run, outline.n_characters))
        self._room -= outline.n_characters
        while self._room < 0 and len(self._kept) > 1:
            self._room += heapq.heappop(self._kept)[-1]
        self.if_labelled[run.id] = cuts_of(msgspec.structs.replace(run, outcome="success"))
        return outline


def preview(job: Job, tools: Tools, *, as_json: bool) -> int:
    """Read a job's input and try a part of it; say what the run will take, and keep that until the run is done."""
    began = time.monotonic()
    plan = plan_of(job, tools)
    planning = time.monotonic() - began
    sample = _Sample()
    outlines, report = gather(job.paths, keep=sample.keep, format_name=job.format_name, labels=job.labels)
    opening = time.monotonic() - began - planning
    for line in account(report, n_trajectories=len(outlines), verbose=job.verbose):
        say(line)
    if not outlines:
        message = "there is no trajectory to try"
        raise NothingFoundError(message, hint="See the README for the formats.")
    outlines = [
        outline if outline.outcome is None else msgspec.structs.replace(outline, cuts=sample.if_labelled[outline.id])
        for outline in outlines
    ]
    n_units = len(tools.analyst.plan(slices_of(outlines)))
    prediction = _predicted(job, tools, outlines, sample, n_units=n_units, fixed=(planning, opening))
    machine.remember_prediction(plan.id, prediction)
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


def format_of(outlines: Sequence[Outline]) -> str | None:
    """The format of most of the input; None where there is none."""
    sizes: dict[str, int] = {}
    for outline in outlines:
        sizes[outline.format] = sizes.get(outline.format, 0) + outline.n_characters
    return max(sorted(sizes), key=lambda name: sizes[name], default=None)


def _predicted(
    job: Job, tools: Tools, outlines: Sequence[Outline], sample: _Sample, *, n_units: int, fixed: tuple[float, float]
) -> Prediction:
    asks = asks_model(tools)
    amounts = amounts_of(job, outlines, n_units=n_units)
    began = time.monotonic()
    rates = rehearse(job, tools, sample.runs, asks_model=asks)
    took = time.monotonic() - began
    planning, opening = fixed
    questions = forecast(_sizes(outlines) if asks else [])
    times_read = 1 if amounts.n_characters <= HELD else 2
    n_readers = crew_size(find(job.paths).files)
    seconds = {"start": planning, "open": times_read * opening / n_readers, **rates.seconds}
    seconds["read"] /= n_readers
    rates = msgspec.structs.replace(rates, fixed={**rates.fixed, "read": rates.fixed.get("read", 0.0) / n_readers})
    correction, n_runs = machine.correction(tools)
    basis = f"a try of {took:.1f} s over {rates.amounts.n_trajectories} of the trajectories"
    if n_runs:
        basis += f", times {correction:.2f} by what the last {n_runs} predicted here took"
    last = machine.measured(tools, format_of(outlines)) if asks else None
    if last is not None:
        by_slices = amounts.n_slices / max(1, last.amounts.n_slices)
        seconds["words"] = last.seconds.get("write", 0.0) * by_slices
        basis += "; the words of the skills as in the last whole run here"
    elif asks:
        basis += "; the words of the skills are not in it before a whole run was made here"
    return predict(
        amounts,
        msgspec.structs.replace(rates, seconds=seconds),
        asks_model=asks,
        model_calls=questions.calls,
        tokens_sent=questions.prompt_tokens,
        basis=basis,
        correction=correction,
    )


def _sizes(outlines: Sequence[Outline]) -> list[int]:
    """Characters of every slice, as if all steps were equally long."""
    return [
        outline.n_characters * (stop - start) // outline.cuts[-1]
        for outline in outlines
        for start, stop in pairwise(outline.cuts)
    ]


def _print(prediction: Prediction, report: Report, *, as_json: bool) -> None:
    amounts = prediction.amounts
    counts = {
        "files": report.n_files,
        "trajectories": amounts.n_trajectories,
        "slices": amounts.n_slices,
        "units": amounts.n_units,
        "tokens": prediction.tokens,
        "tokens_sent": prediction.tokens_sent,
        "model_calls": prediction.model_calls,
    }
    if as_json:
        print_json(
            {
                **counts,
                "seconds": prediction.seconds,
                "stages": prediction.stages,
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
