"""Recorded runs in any number: a call that fails, what then works, and what the user thinks of it."""

import json
from collections.abc import Iterator
from pathlib import Path

_WAYS = (
    ("tar xf {0}.zip", "tar: This does not look like a tar archive", "unzip {0}.zip"),
    ("pip install {0}==9.9", "ERROR: No matching distribution found for {0}==9.9", "pip install {0}"),
    ("git push origin {0}", "error: failed to push some refs", "git pull --rebase origin {0} && git push origin {0}"),
    ("python {0}.py", "ModuleNotFoundError: No module named 'yaml'", "pip install pyyaml && python {0}.py"),
)
_NAMES = ("alpha", "bravo", "delta", "gamma", "kappa", "omega", "sigma", "theta")


def records(n: int, *, filler: int = 0) -> Iterator[dict[str, object]]:
    """*n* conversations as JSON objects; each holds *filler* more characters of output."""
    for number in range(n):
        failing, error, working = (text.format(_NAMES[number % 8]) for text in _WAYS[number % 4])
        noise = "".join(f"line {line} of run {number}: nothing to see\n" for line in range(filler // 36))
        steps: list[dict[str, object]] = [
            {"kind": "user", "text": f"Task {number}: get {_NAMES[number % 8]} to work, please."},
            {"kind": "tool_call", "tool": "bash", "text": failing, "call_id": "1"},
            {"kind": "tool_result", "tool": "bash", "text": f"{noise}{error}", "call_id": "1", "exit_code": 1},
            {"kind": "tool_call", "tool": "bash", "text": working, "call_id": "2"},
            {"kind": "tool_result", "tool": "bash", "text": "done", "call_id": "2", "exit_code": 0},
            {"kind": "assistant", "text": "It works now."},
        ]
        yield {"session_id": f"session-{number}", "steps": steps}


def write_runs(folder: Path, n: int, *, a_file: int = 50) -> Path:
    """Write *n* runs to files of *a_file* each; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record) for record in records(n)]
    for start in range(0, n, a_file):
        (folder / f"{start:06}.jsonl").write_text("\n".join(lines[start : start + a_file]) + "\n")
    return folder
