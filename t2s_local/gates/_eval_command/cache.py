"""Cache of measured scores, one JSON line each, so that an interrupted measurement can continue."""

import os
from pathlib import Path
from threading import Lock
from typing import IO

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import PRIVATE_FILE, open_regular, reason_of
from t2s_local.values.gates.scores import Trial
from t2s_local.values.value import Value, digest


class _Line(Value, frozen=True, kw_only=True):
    key: str
    score: float


class ScoreCache:
    """Measured scores, by a digest of skill, task, seed and command."""

    def __init__(self, path: Path | None, command: str) -> None:
        """Read the scores in the file *path*, to be looked up for *command*; None for a cache in memory only.

        Raises:
            T2SError: the file cannot be read.
        """
        self._path = path
        self._command = command
        self._lock = Lock()
        self._scores: dict[str, float] = {}
        if path is not None and path.exists():
            self._scores = _read(path)

    def get(self, trial: Trial) -> float | None:
        """Return the score of *trial*; None if it was not measured."""
        return self._scores.get(self._key(trial))

    def put(self, trial: Trial, score: float) -> None:
        """Store the score of *trial*, and append it to the file.

        Raises:
            T2SError: the file cannot be written.
        """
        line = msgspec.json.encode(_Line(key=self._key(trial), score=score)) + b"\n"
        with self._lock:
            self._scores[self._key(trial)] = score
            if self._path is None:
                return
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._path.touch(mode=PRIVATE_FILE)
                with self._path.open("ab+") as stream:
                    stream.write(line if _ends_a_line(stream) else b"\n" + line)
            except OSError as error:
                raise T2SError(reason_of(error), path=self._path) from error

    def _key(self, trial: Trial) -> str:
        return digest(trial.arm.digest, trial.task, str(trial.seed), self._command)


def _ends_a_line(stream: IO[bytes]) -> bool:
    """Return whether a file is empty or ends with a line break; the last line may be cut off."""
    if stream.seek(0, os.SEEK_END) == 0:
        return True
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) == b"\n"


def _read(path: Path) -> dict[str, float]:
    """Return the scores in the file by key; a line that is cut off or has another form is skipped.

    Raises:
        T2SError: the file cannot be read.
    """
    found: dict[str, float] = {}
    try:
        with open_regular(path) as stream:
            for text in stream:
                try:
                    line = msgspec.json.decode(text, type=_Line)
                except msgspec.DecodeError:
                    continue
                found[line.key] = line.score
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
    return found
