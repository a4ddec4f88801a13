"""Generated runs of 8 to 30 calls with varied output, in any amount."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

_FILE = 64 << 20
_WORDS = [
    f"{a}{b}" for a in ("re", "un", "pre", "co", "dis", "sub") for b in ("build", "count", "link", "load", "send")
]
_WAYS = (
    ("pip install {0}==9.9", "ERROR: No matching distribution found for {0}==9.9", "pip install {0}"),
    ("git push origin {0}", "error: failed to push some refs", "git pull --rebase origin {0} && git push origin {0}"),
    ("python {0}.py", "ModuleNotFoundError: No module named 'yaml'", "pip install pyyaml && python {0}.py"),
)


def generate(folder: Path, size: int) -> int:
    """Write runs to JSON Lines files of 64 MB each until there are *size* bytes; gives their number."""
    dice = random.Random(1)
    written = n = 0
    while written < size:
        with (folder / f"{n:07}.jsonl").open("w") as stream:
            room = min(_FILE, size - written)
            while room > 0:
                line = (
                    json.dumps({"session_id": f"s{n}", "task_id": f"t{n // 4}", "steps": list(_steps(n, dice))}) + "\n"
                )
                stream.write(line)
                room, written, n = room - len(line), written + len(line), n + 1
    return n


def _steps(n: int, dice: random.Random) -> Iterator[dict[str, object]]:
    """One run: it looks around, fails, and finds what works."""
    failing, error, working = (text.format(_WORDS[n % 30]) for text in _WAYS[n % 3])
    yield {"kind": "user", "text": f"Task {n}: get {_WORDS[n % 30]} to work, please."}
    for number in range(dice.randint(8, 30)):
        lines = (
            f"{line}: {' '.join(dice.choices(_WORDS, k=9))} {dice.random():.6f}" for line in range(dice.randint(9, 60))
        )
        yield from _call(str(number), f"cat src/{dice.choice(_WORDS)}.py", "\n".join(lines), 0)
    yield from _call("failing", failing, error, 1)
    yield from _call("working", working, "done", 0)
    yield {"kind": "assistant", "text": "It works now."}


def _call(call_id: str, command: str, output: str, exit_code: int) -> Iterator[dict[str, object]]:
    """A command and what came of it."""
    yield {"kind": "tool_call", "tool": "bash", "text": command, "call_id": call_id}
    yield {"kind": "tool_result", "tool": "bash", "text": output, "call_id": call_id, "exit_code": exit_code}
