"""The gate of level L3: scores of the user's own evaluation command.

The command gets ``{skill}``, ``{task}`` and ``{seed}``; the last line of its stdout is a score from 0 to 1. If its exit
code is not 0, or that line is no number, the score is missing; it never counts as 0.
"""

import math
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from t2s_local.errors import InputError, UsageError
from t2s_local.files import file_digest
from t2s_local.gates._eval_command.cache import ScoreCache
from t2s_local.processes.child_process import command as python_command
from t2s_local.processes.child_process import environment
from t2s_local.processes.measured_command import CommandAnswer, CommandOrder
from t2s_local.values.gates.eval_options import EvalOptions
from t2s_local.values.gates.scores import Trial, TrialScore

_PLACE = re.compile(r"\{(skill|task|seed)\}")


class EvalCommand:
    """Runs the user's command once for each trial."""

    name = "eval_command"

    def __init__(self, options: EvalOptions, *, cache: Path | None) -> None:
        """Prepare to run the command in *options*; scores are cached in the file *cache*, None for no file.

        Raises:
            UsageError: the command lacks ``{skill}`` or ``{task}``, or its quotes are not closed.
        """
        self._words = _split(options.command)
        self._options = options
        self._cache = ScoreCache(cache, options.command)

    def measure(self, trials: Sequence[Trial], folders: Mapping[str, Path]) -> Iterator[TrialScore]:
        """Yield the score of each of *trials*, in their order.

        Args:
            trials: Trials in the order in which the budget of runs and seconds is spent.
            folders: Name of each arm to its skill's folder; the command gets a copy.
        """
        known = [self._cache.get(trial) for trial in trials]
        left = self._options.max_runs if self._options.max_runs is not None else len(trials)
        until = math.inf if self._options.max_seconds is None else time.monotonic() + self._options.max_seconds
        waiting: list[Future[TrialScore] | TrialScore] = []
        pool = ThreadPoolExecutor(max_workers=self._options.jobs)
        try:
            for trial, score in zip(trials, known, strict=True):
                if score is not None:
                    waiting.append(TrialScore(trial=trial, score=score))
                elif left > 0:
                    left -= 1
                    waiting.append(pool.submit(self._run, trial, folders[trial.arm.name], until))
                else:
                    waiting.append(TrialScore(trial=trial, score=None, missing="not run: --max-runs was reached"))
            for item in waiting:
                yield item.result() if isinstance(item, Future) else item
        finally:
            pool.shutdown(cancel_futures=True)

    def _run(self, trial: Trial, folder: Path, until: float) -> TrialScore:
        """Run one trial on a copy of *folder*, and cache its score.

        No score counts if the command changed the copy; no trial begins after the time *until* (monotonic seconds).
        """
        if time.monotonic() >= until:
            return TrialScore(trial=trial, score=None, missing="not run: --max-seconds were over")
        with TemporaryDirectory(prefix="t2s-gate-") as place:
            copy = Path(place) / folder.name
            shutil.copytree(folder, copy, symlinks=True)
            before = _state(copy)
            places = {"skill": str(copy), "task": trial.task, "seed": str(trial.seed)}
            words = tuple(_PLACE.sub(lambda found: places[found[1]], word) for word in self._words)
            answer = _ask(
                CommandOrder(
                    words=tuple(map(os.fsencode, words)),
                    timeout=self._options.timeout,
                    environment=tuple(sorted(os.environb.items())),
                )
            )
            is_changed = _state(copy) != before
        score, missing = read_score(answer)
        if is_changed:
            score, missing = None, "it wrote into the skill"
        if score is not None:
            self._cache.put(trial, score)
        return TrialScore(trial=trial, score=score, missing=missing)


def load(options: EvalOptions, *, cache: Path | None) -> EvalCommand:
    """Load the gate; *cache* is the file in which scores are cached, None for no file."""
    return EvalCommand(options, cache=cache)


def read_score(answer: CommandAnswer) -> tuple[float | None, str | None]:
    """Return the score that a command printed and None, or None and the reason why there is no score."""
    if answer.failure is not None:
        return None, f"it cannot be started: {answer.failure}"
    if answer.exit_code is None:
        return None, "its time was over"
    if answer.exit_code != 0:
        return None, f"exit code {answer.exit_code}"
    lines = [line.strip() for line in answer.out.splitlines() if line.strip()]
    if not lines:
        return None, "it printed nothing"
    try:
        score = float(lines[-1])
    except ValueError:
        return None, "its last line is no number"
    if not 0.0 <= score <= 1.0:
        return None, "its last line is no number from 0 to 1"
    return score, None


def _split(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        message = f"--eval-cmd cannot be read: {error}"
        raise UsageError(message, hint="Close its quotes.") from error
    named = {found[1] for word in words for found in _PLACE.finditer(word)}
    if not words or not {"skill", "task"} <= named:
        message = "--eval-cmd needs {skill} and {task}"
        raise UsageError(
            message, hint="Such as --eval-cmd 'python evaluate.py --skill {skill} --task {task} --seed {seed}'."
        )
    return words


def _ask(order: CommandOrder) -> CommandAnswer:
    """Run *order* in a separate Python process, and return its answer."""
    done = subprocess.run(
        python_command("t2s_local.processes.measured_command"),
        input=msgspec.json.encode(order),
        capture_output=True,
        env=environment(),
        check=False,
    )
    try:
        return msgspec.json.decode(done.stdout, type=CommandAnswer)
    except msgspec.DecodeError:
        failure = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2] or "it was ended"
        return CommandAnswer(exit_code=None, out="", err="", n_left=0, failure=failure)


def _state(folder: Path) -> dict[str, str]:
    """Return the paths in *folder*, each with "link", "folder", "other" (a pipe, say), or the digest of the file."""
    return {str(path.relative_to(folder)): _kind(path) for path in sorted(folder.rglob("*"))}


def _kind(path: Path) -> str:
    if path.is_symlink():
        return "link"
    if path.is_dir():
        return "folder"
    try:
        return file_digest(path) if path.is_file() else "other"
    except InputError:
        return "other"
