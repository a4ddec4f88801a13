"""Label files with numbers no float can hold."""

from pathlib import Path

from t2s_local.stages.reading.label_files import load_labels


def test_a_label_too_large_for_a_number_costs_its_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"task_id": "a", "score": ' + "9" * 400 + '}\n{"task_id": "b", "score": 1}\n')
    found = load_labels(path)
    assert [(entry.key, entry.label.score) for entry in found.entries] == [("b", 1.0)]
    assert [(item.line, item.reason) for item in found.quarantined] == [(1, "a label too large for a number")]
