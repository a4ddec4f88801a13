"""Recordings whose every text tries to act on whoever looks at them."""

import json
from pathlib import Path

TRIES = (
    "<script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "'><svg onload=window.hacked=1>",
    "</script><script>window.hacked=1</script>",
    "</style></title></textarea><iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    '<a href="javascript:window.hacked=1" autofocus onfocus=window.hacked=1>here</a>',
    "<base href=http://evil.example/><link rel=stylesheet href=http://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "{{ 7 * 7 }}{% for x in y %}{{ self.__init__ }}{# no #}",
    "--><!-- ]]> &lt;b&gt; &#x3c;script&#x3e;",
    "`<img src=x onerror=window.hacked=1>` [here](javascript:window.hacked=1)",
    "\u202eevil\u202c \u200bhid\u2060den \U000e0041\U000e0042 \u2066right\u2069 \u2028line\u2029",
    "\x1b]52;c;aGFja2Vk\x07 \x1b[31mred\x1b[0m \x9b31m \r\x08\x00 \ufeff",
)
"""Ways out of an attribute, an element, a style, a script, a template, a comment; characters nobody sees."""


def hostile_runs(folder: Path) -> Path:
    """Write four runs of each try, which fail and recover alike; gives the folder."""
    folder.mkdir()
    for number, text in enumerate(TRIES):
        lines = [json.dumps(_run(number, copy, text)) for copy in range(4)]
        (folder / f"<img src=x onerror=window.hacked={number}>.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def _run(number: int, copy: int, text: str) -> dict[str, object]:
    failing, working = f"build{number} --part '{text}'", f"build{number} --part '{text}' --again"
    error = f"Error: part {text} cannot be built"
    steps: list[dict[str, object]] = [
        {"kind": "user", "text": f"Build part {number}, copy {copy}, please. {text}"},
        {"kind": "tool_call", "tool": "bash", "text": failing, "call_id": "1"},
        {"kind": "tool_result", "tool": "bash", "text": error, "call_id": "1", "exit_code": 1},
        {"kind": "assistant", "text": f"I try it again. {text}"},
        {"kind": "tool_call", "tool": "bash", "text": working, "call_id": "2"},
        {"kind": "tool_result", "tool": "bash", "text": f"done {text}", "call_id": "2", "exit_code": 0},
        {"kind": "user", "text": f"No, always call build{number} with --again, never without {text}"},
        {"kind": "tool_call", "tool": f"tool {text}", "text": f'{{"x": "{number}"}}', "call_id": "3"},
        {"kind": "tool_result", "tool": f"tool {text}", "text": f"all done {text}", "call_id": "3"},
    ]
    for at, step in enumerate(steps):
        step["at"] = f"2025-0{1 + number % 9}-1{copy}T10:{at:02}:00Z"
    return {
        "session_id": f"{number}-{copy}",
        "task_id": f"{number} {text}",
        "project": f"/srv/{number}-<b onclick=window.hacked=1>",
        "agent": f"agent {text}",
        "started_at": f"2025-0{1 + number % 9}-1{copy}T10:00:00Z",
        "label": {"outcome": "success", "source": "file"},
        "steps": steps,
    }
