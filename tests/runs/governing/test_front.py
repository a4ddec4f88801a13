"""``t2s govern --pareto``: held-out recordings are of other tasks, or nothing is concluded."""

import json
from pathlib import Path

from tests.commands import in_process
from tests.uses import GIT, SHOWN, library, sessions


def recording(folder: Path, request: str) -> Path:
    """Write a conversation that loads a skill."""
    folder.mkdir()
    call = sessions().Call("git pull --rebase", "ok")
    made = sessions().Session(
        name=folder.name, request=request, shown=SHOWN, loaded=[("using-git", GIT)], calls=[call], minute=0
    )
    (folder / "a.jsonl").write_text(sessions().claude_code(made))
    return folder


def test_a_task_of_the_log_among_the_held_out_is_named_and_other_tasks_are_counted(tmp_path: Path) -> None:
    skills = library(tmp_path / "skills")
    seen = recording(tmp_path / "seen", "Push the release branch.")
    other = recording(tmp_path / "other", "Push when git push fails.")
    assert in_process("usage", skills, seen).code == 0
    front = ("govern", skills, "--pareto", "--json", "--heldout")
    overlap = in_process(*front, seen, "--heldout", other)
    assert overlap.code == 1
    assert "'Push the release branch.' is in the log and among the held-out recordings" in overlap.err
    assert overlap.out == ""
    found = in_process(*front, other)
    assert found.code == 0, found.err
    told = json.loads(found.out)
    assert told["n_lessons"] == 1
    assert all(bank["coverage"] is not None for bank in told["banks"])
