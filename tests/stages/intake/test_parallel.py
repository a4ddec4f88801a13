"""Intake with several processes, one of whose files ends them."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.ports.services import Silent
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.intake import parallel
from t2s_local.stages.intake.batch import ScreenedBatch
from t2s_local.stages.intake.catalogue import Glimpse
from t2s_local.stages.intake.parallel import ParallelReader
from t2s_local.stages.intake.reader import Input
from tests import fatal_reader


class Counted(Silent):
    """Counts the files that are done."""

    n = 0

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Count *n* files."""
        self.n += n


def test_a_file_that_ends_all_processes_costs_one_line_and_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "MODULE", fatal_reader.MODULE)
    files = tuple(tmp_path / name for name in ("a.jsonl", fatal_reader.FATAL, "z.jsonl"))
    for file in files:
        turns = [{"role": "user", "content": f"open {file.name}"}, {"role": "assistant", "content": "done"}]
        file.write_text(json.dumps({"messages": turns}))
    progress, source = Counted(), Input(files=files, n_found=len(files))
    with closing(ParallelReader(source, sanitiser=Sanitiser(), progress=progress, size=2)) as reader:
        first, lost, last = reader.look()
        assert isinstance(first, Glimpse)
        assert isinstance(last, Glimpse)
        assert getattr(lost, "reason", "").startswith("each of 3 processes that read it ended")
        wanted = {(item.print.id, item.print.source) for item in (first, last)}
        batches = list(reader.cleaned(dict.fromkeys(wanted), frozenset()))
    assert {key for batch in batches if isinstance(batch, ScreenedBatch) for key in batch.keys} == wanted
    assert progress.n == 2 * len(files)
