"""Scores that were measured before, one line each: a command that was stopped goes on where it was."""

from pathlib import Path
from threading import Lock

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import PRIVATE_FILE, open_regular, reason_of
from t2s_local.values.gates.scores import Trial
from t2s_local.values.value import Value, digest


class _Line(Value, frozen=True, kw_only=True):
    key: str
    score: float


class ScoreCache:
    """Scores by the digest of skill, task, seed and command."""

    def __init__(self, path: Path | None, command: str) -> None:
        """Read what was measured with *command*; nothing is kept where *path* is None.

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
        """Return the score of *trial*; None where it was not measured."""
        return self._scores.get(self._key(trial))

    def put(self, trial: Trial, score: float) -> None:
        """Keep the score of *trial*, on the disk when this returns.

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
                with self._path.open("ab") as stream:
                    stream.write(line)
            except OSError as error:
                raise T2SError(reason_of(error), path=self._path) from error

    def _key(self, trial: Trial) -> str:
        return digest(trial.arm.digest, trial.task, str(trial.seed), self._command)


def _read(path: Path) -> dict[str, float]:
    """Read the lines that are whole; one that was cut off, or is none of ours, is measured again."""
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
