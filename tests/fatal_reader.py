"""The worker of the intake, which ends its process where a file is named after that."""

import os
from collections.abc import Iterator
from pathlib import Path

from t2s_local.stages.intake import worker
from t2s_local.stages.intake.worker import Clean, Look

MODULE = "tests.fatal_reader"
FATAL = "fatal.jsonl"


class Worker(worker.Worker):
    """Reads files; the file that is called ``FATAL`` ends the process."""

    def do(self, task: object) -> Iterator[object]:
        """Yield the answers to *task*."""
        if isinstance(task, Look | Clean) and Path(task.path).name == FATAL:
            os._exit(1)
        return super().do(task)
