"""Reasons why no map is suggested for a file that is read by how its values relate."""

import json
from pathlib import Path

import pytest

from t2s_local.errors import NothingFoundError
from t2s_local.stages.reading.suggest import suggested_map
from tests.formats.test_induced import rows, runs
from tests.formats.test_induced_calls import written


def test_the_reason_names_calls_in_texts(tmp_path: Path) -> None:
    for number in range(2):
        run = written(number, "probe_room | room=r1", "act_in | pot=4 | litres=2")
        (tmp_path / f"r-{number}.json").write_text(json.dumps(run))
    assert len(runs(tmp_path)) == 2
    with pytest.raises(NothingFoundError, match="no map can say how: its calls are written in texts"):
        suggested_map(tmp_path / "r-0.json")


def test_the_reason_names_runs_of_several_files(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"x{number}7").mkdir()
        for place, (kind, value) in enumerate(rows(number)):
            (tmp_path / f"x{number}7" / f"{place:03}.json").write_text(json.dumps({"k": kind, "v": value}))
    with pytest.raises(NothingFoundError, match="its runs are spread over several files"):
        suggested_map(tmp_path / "x07" / "000.json")
