"""Predict the work, time, disk space and memory of a run by running the main job on a part of its input."""

import heapq
import time
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from t2s_local.ports.tools import Tools
from t2s_local.runs.inputs import Inputs, list_inputs
from t2s_local.runs.job import Job
from t2s_local.runs.manifest import manifest
from t2s_local.runs.prediction import rates
from t2s_local.runs.prediction.expectation import amounts_of, main_format
from t2s_local.runs.prediction.predict import Prediction, predict, warnings
from t2s_local.runs.prediction.rehearsal import rehearse
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.corpus import HELD, Outline, outline_of, slices_of
from t2s_local.stages.intake.intake import process_count
from t2s_local.stages.intake.read_all import gather
from t2s_local.stages.intake.slices import cuts_of
from t2s_local.values.trajectory import Label, Trajectory
from t2s_local.values.value import digest

_SUCCESS = Label(outcome="success", source="assumed")
_SAMPLE = 4 << 20
"""Number of characters of trajectories in the sample at most: about 2 s of the main job without a model."""


class _Sample:
    """Sample of the trajectories, spread over the whole input: the trajectories with the smallest digests."""

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
        self.if_labelled[run.id] = cuts_of(msgspec.structs.replace(run, label=_SUCCESS))
        return outline


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a dry run: the report on the input, the prediction and warnings."""

    report: Report
    prediction: Prediction | None
    """None if the input contains no trajectory."""
    warnings: tuple[str, ...] = ()
    """Warnings about disk space and memory that will not suffice, one sentence each."""


def dry_run(job: Job, tools: Tools) -> DryRun:
    """Read a job's input, run the main job on a part of it, and store the prediction for the run.

    Raises:
        T2SError: as for :func:`t2s_local.runs.session.run`.
    """
    began = time.monotonic()
    inputs = list_inputs(job.paths, labels=job.labels)
    plan = manifest(job, tools, inputs)
    planning = time.monotonic() - began
    sample = _Sample()
    entries, report = gather(
        job.paths, keep=sample.keep, format_name=job.format_name, layout=job.layout, labels=job.labels
    )
    opening = time.monotonic() - began - planning
    if not entries:
        return DryRun(report=report, prediction=None)
    outlines = [
        msgspec.structs.replace(
            entry.value,
            label=entry.label,
            cuts=entry.value.cuts
            if entry.label is None or entry.label.outcome is None
            else sample.if_labelled[entry.value.id],
        )
        for entry in entries
    ]
    n_units = len(tools.analyst.plan(slices_of(outlines)))
    prediction = _predicted(job, tools, inputs, outlines, sample, n_units=n_units, fixed=(planning, opening))
    rates.remember_prediction(plan.id, prediction)
    disk, memory = rates.free_disk(job.workspace), rates.free_memory()
    return DryRun(
        report=report,
        prediction=prediction,
        warnings=warnings(prediction, free_disk=disk, free_memory=memory),
    )


def _predicted(
    job: Job,
    tools: Tools,
    inputs: Inputs,
    outlines: Sequence[Outline],
    sample: _Sample,
    *,
    n_units: int,
    fixed: tuple[float, float],
) -> Prediction:
    asks = tools.analyst.asks_model
    amounts = amounts_of(inputs, outlines, n_units=n_units)
    began = time.monotonic()
    tried = rehearse(job, tools, sample.runs)
    took = time.monotonic() - began
    planning, opening = fixed
    questions = tools.analyst.forecast(_sizes(outlines))
    times_read = 1 if amounts.n_characters <= HELD else 2
    n_readers = process_count([file.path for file in inputs.files])
    seconds = {"start": planning, "open": times_read * opening / n_readers, **tried.seconds}
    seconds["read"] /= n_readers
    tried = msgspec.structs.replace(tried, fixed={**tried.fixed, "read": tried.fixed.get("read", 0.0) / n_readers})
    correction, n_runs = rates.correction(tools)
    basis = f"a try of {took:.1f} s over {tried.amounts.n_trajectories} of the trajectories"
    if n_runs:
        basis += f", times {correction:.2f} by what the last {n_runs} predicted here took"
    last = rates.measured(tools, main_format(outlines)) if asks else None
    if last is not None:
        by_slices = amounts.n_slices / max(1, last.amounts.n_slices)
        seconds["words"] = last.seconds.get("write", 0.0) * by_slices
        basis += "; the words of the skills as in the last whole run here"
    elif asks:
        basis += "; the words of the skills are not in it before a whole run was made here"
    return predict(
        amounts,
        msgspec.structs.replace(tried, seconds=seconds),
        asks_model=asks,
        model_calls=questions.calls,
        tokens_sent=questions.prompt_tokens,
        basis=basis,
        correction=correction,
    )


def _sizes(outlines: Sequence[Outline]) -> list[int]:
    """Return the estimated number of characters of every slice, as if all steps of a run were equally long."""
    return [
        outline.n_characters * (stop - start) // outline.cuts[-1]
        for outline in outlines
        for start, stop in pairwise(outline.cuts)
    ]
