"""``t2s distill --focus`` as a person uses it."""

import json
from pathlib import Path

from tests.commands import in_process


def recorded(folder: Path) -> Path:
    """Write runs of five tasks: one of mixed ends, one that always fails, three that always succeed."""
    folder.mkdir()
    for task, rewards in enumerate(([1, 0], [0, 0], [1, 1], [1, 1], [1, 1])):
        for number, reward in enumerate(rewards):
            messages = [{"role": "user", "content": f"Do {task}."}, {"role": "assistant", "content": f"Done {number}."}]
            run = {"task_id": f"t{task}", "messages": messages, "reward": reward}
            (folder / f"{task}-{number}.json").write_text(json.dumps(run))
    return folder


def test_what_is_not_in_focus_is_listed_with_its_priority(tmp_path: Path) -> None:
    runs = recorded(tmp_path / "runs")
    words = ("distill", runs, "-o", tmp_path / "out", "--workspace", tmp_path / "ws", "--model", "none", "--focus")
    done = in_process(*words)
    assert "Not in focus, with their priority: t2 (0.00), t3 (0.00), t4 (0.00)." in done.err
    assert "There was no model to ask: code reads every run." in done.err
    found = json.loads(in_process(*words, "--json").out)["focus"]
    assert [(task["task"], task["priority"], task["is_asked"]) for task in found["tasks"]][:2] == [
        ("t0", 1.5, True),
        ("t1", 1.0, True),
    ]
    assert (found["n_runs"], found["n_asked"]) == (10, 4)
