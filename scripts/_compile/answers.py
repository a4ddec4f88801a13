"""Keep the scores of each run in a file, so that a measurement goes on where it stopped."""

import json
import time
from pathlib import Path

Gains = dict[str, float]
"""Gain of each context over none, in nats a token."""


class Answers:
    """Scores of runs by key, kept in a file of JSON lines."""

    def __init__(self, path: Path | None, *, seconds: float | None) -> None:
        """Read the answers in *path*; new ones are appended to it.

        Args:
            path: File of the answers; None to keep them nowhere.
            seconds: Time after which no further run is scored; None for no limit.
        """
        self._path = path
        self._until = None if seconds is None else time.monotonic() + seconds
        self._known: dict[str, Gains | None] = {}
        self._is_cut = False
        if path is not None and path.exists():
            text = path.read_text("utf-8")
            self._is_cut = text[-1:] not in ("", "\n")
            for line in text.splitlines():
                try:
                    found = json.loads(line)
                except ValueError:
                    continue  # the last line of a process that was killed
                self._known[found["key"]] = found["gains"]

    def __contains__(self, key: str) -> bool:
        """Return whether there is an answer, so that no model is needed."""
        return key in self._known

    def __getitem__(self, key: str) -> Gains | None:
        """Return the known answer; None for a run that cannot be scored."""
        return self._known[key]

    def is_over(self) -> bool:
        """Return whether the time is over."""
        return self._until is not None and time.monotonic() >= self._until

    def add(self, key: str, gains: Gains | None) -> None:
        """Keep an answer; None for a run that cannot be scored."""
        self._known[key] = gains
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(("\n" if self._is_cut else "") + json.dumps({"key": key, "gains": gains}) + "\n")
            self._is_cut = False
