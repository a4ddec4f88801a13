"""Try a job: run the whole main job on a part of its input, in a temporary workspace."""

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from t2s_local.ports.services import Silent
from t2s_local.ports.tools import Tools
from t2s_local.runs.job import Job, guarded
from t2s_local.runs.prediction.predict import Amounts, Rates, fixed_parts
from t2s_local.runs.progress import peak_memory
from t2s_local.safety.redaction.guard import Guard
from t2s_local.stages.distill import distill
from t2s_local.stages.intake.intake import Intake, take_in
from t2s_local.stages.intake.read_all import gather
from t2s_local.stages.intake.reader import Input
from t2s_local.user_files.scratch import scratch
from t2s_local.values.lesson import Unit
from t2s_local.values.trajectory import Trajectory
from t2s_local.workspace import Attempt, open_workspace

PROBED = 10.0
"""Seconds after which no further unit with questions to a model is begun; units under way may need as long again."""
_SHARE = 0.03
"""Largest share of the units with questions that a model is asked about."""
_FIRST = 0.1
"""Share of the sample in the first try, which loads libraries and models."""


class Clock(Silent):
    """Progress listener of a try that measures the seconds of every stage."""

    def __init__(self) -> None:
        """Begin outside any stage."""
        self.seconds: dict[str, float] = {}
        self._stage: str | None = None
        self._since = time.monotonic()

    def stage(self, name: str | None, total: int | None = None) -> None:
        """End the current stage, and begin the stage *name*; if it is None, begin no stage."""
        del total
        now = time.monotonic()
        if self._stage is not None:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = name, now


def rehearse(job: Job, tools: Tools, sample: Sequence[Trajectory]) -> Rates:
    """Try *job* on a sample of its trajectories, and return the rates; a model is asked for a few seconds.

    Args:
        job: Job to try; nothing is written to its folders.
        tools: Plug-ins of the run.
        sample: The trajectories, in any order.
    """
    n_first = max(1, round(len(sample) * _FIRST))
    with scratch("try-") as folder:
        small = _tried(job, tools, sample[:n_first], folder / "small")
        large = _tried(job, tools, sample, folder / "large")
    fixed = fixed_parts(small, large, asks_model=tools.analyst.asks_model)
    seconds = {stage: took + fixed.get(stage, 0.0) for stage, took in large.seconds.items()}
    return msgspec.structs.replace(large, seconds=seconds, fixed=fixed)


def _tried(job: Job, tools: Tools, runs: Sequence[Trajectory], folder: Path) -> Rates:
    folder.mkdir()
    source = folder / "runs.jsonl"
    source.write_bytes(b"\n".join(map(msgspec.json.encode, runs)) + b"\n")
    began = time.monotonic()
    gather((source,), keep=lambda _: None)
    reading = time.monotonic() - began
    clock = Clock()
    sanitiser = job.sanitiser()
    asks_model = tools.analyst.asks_model
    with open_workspace(folder / "workspace", command="t2s distill --dry-run") as workspace:
        shelf = workspace.attempt("try")
        intake = take_in(
            Input(files=(source,), format_name="native", n_found=1),
            sanitiser=sanitiser,
            shelf=shelf,
            key="try",
            progress=clock,
        )
        clock.stage(None)
        clock.seconds["read"] = max(0.0, clock.seconds["read"] - reading)
        both = guarded(tools, Guard(sanitiser.redactor))
        if asks_model:
            n_tried, n_lessons = _asked(intake, both, shelf, clock)
        else:
            n_tried, n_lessons = _worked(job, intake, both, shelf, clock)
        stored = workspace.size()
    outlines = intake.outlines
    return Rates(
        amounts=Amounts(
            n_bytes=source.stat().st_size,
            n_trajectories=len(outlines),
            n_slices=n_tried if asks_model else sum(max(0, len(outline.cuts) - 1) for outline in outlines),
            n_units=n_tried,
            n_characters=sum(outline.n_characters for outline in outlines),
        ),
        seconds=clock.seconds,
        n_lessons=n_lessons,
        stored=stored,
        peak=peak_memory(),
    )


def _worked(job: Job, intake: Intake, tools: Tools, shelf: Attempt, clock: Clock) -> tuple[int, int]:
    """Run the whole main job; return the number of units (slices analysed together) and the number of lessons."""
    distilled = distill(
        intake,
        tools,
        shelf=shelf,
        known_clusters=lambda _: {},
        known_names={},
        min_support=job.min_support,
        progress=clock,
    )
    clock.stage(None)
    return len(tools.analyst.plan(intake.corpus(shelf).slices())), len(distilled.lessons)


def _asked(intake: Intake, tools: Tools, shelf: Attempt, clock: Clock) -> tuple[int, int]:
    """Ask the model about some units; return the number of slices these represent, and the number of lessons."""
    corpus = intake.corpus(shelf)
    planned = [unit for unit in tools.analyst.plan(corpus.slices()) if unit.kind != "corpus"]
    whole = [msgspec.structs.replace(unit, slices=corpus.whole(unit.slices)) for unit in planned]
    asked = [unit for unit in tools.analyst.weigh(whole) if unit.questions != ()]
    some = asked[:: max(1, len(asked) // math.ceil(_SHARE * len(asked)))] if asked else []
    clock.stage("extract")
    answered = list(tools.analyst.analyse(_until(some[: math.ceil(_SHARE * len(asked))])))
    clock.stage(None)
    n_slices = sum(unit.kind == "slice" for unit in planned)
    n_tried = round(len(answered) * n_slices / len(asked)) if asked else n_slices
    return max(1, n_tried), sum(len(found.lessons) for _, found in answered)


def _until(units: Iterable[Unit]) -> Iterator[Unit]:
    """Yield the first of *units*, and further units until *PROBED* seconds have passed."""
    began = time.monotonic()
    for number, unit in enumerate(units):
        if number and time.monotonic() - began > PROBED:
            return
        yield unit
