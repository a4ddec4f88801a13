"""Files read in tests, and what was read of them in few words."""

import json
import shutil
from pathlib import Path

from t2s_local.ports.format import Quarantined
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory

DATA = Path(__file__).parent / "data"
Lines = list[dict[str, object]]


def sample(name: str) -> Path:
    """The file that tells the short story of all samples in the format *name*."""
    found = [*sorted(DATA.glob(f"{name}.*")), *sorted(DATA.glob(f"{name}/*.json"))]
    assert found, f"no sample for {name} in {DATA}"
    return found[0]


def copied(name: str, folder: Path, *, data: bytes | None = None, suffix: str = "") -> Path:
    """A copy of a sample, with everything that belongs to it, its own bytes replaced by *data*."""
    path = sample(name)
    if path.parent != DATA:
        shutil.copytree(path.parent, folder, dirs_exist_ok=True)
    copy = folder / f"{path.name}{suffix}"
    copy.write_bytes(path.read_bytes() if data is None else data)
    return copy


def runs(path: Path, *, format_name: str | None = None) -> list[Trajectory]:
    """The trajectories of a file of which nothing is left unread."""
    items = list(read_file(path, source="x", format_name=format_name))
    assert not [item for item in items if isinstance(item, Quarantined | Unrecognised)], items
    return [item for item in items if isinstance(item, Trajectory)]


def read_as(folder: Path, content: object, *, name: str = "a.json") -> Trajectory:
    """The one trajectory, sub-agents aside, of a file that holds *content*: text, JSON, or a line of JSON an item."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content)
    elif name.endswith(".jsonl") and isinstance(content, list):
        path.write_text("".join(json.dumps(line) + "\n" for line in content))
    else:
        path.write_text(json.dumps(content))
    (run,) = (run for run in runs(path) if run.parent_id is None)
    return run


def calls(run: Trajectory) -> list[str]:
    """The text of each tool call."""
    return [step.text for step in run.steps if step.kind == "tool_call"]


def told(run: Trajectory) -> list[str]:
    """Each step as its kind and its text; a result with what it says of failing."""
    return [
        f"{step.kind}: {step.text}"
        + (f" [{step.exit_code}]" if step.exit_code is not None else "")
        + (" [failed]" if step.is_error else "")
        for step in run.steps
    ]
