"""Calls of a shell or of a tool as steps, and the words that vary in them."""

import json
import random

from _planted import catalogue
from t2s_local.values.trajectory import Step

_HOSTS = ("db1", "web-2", "cache.internal", "10.0.0.12", "edge7")


def fills(rng: random.Random) -> dict[str, str]:
    """One choice for every slot of a way out."""
    digits = "".join(rng.choices("0123456789abcdef", k=32))
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return catalogue.fills(rng) | {"uuid": "-".join(parts), "hash": digits[3:15], "host": rng.choice(_HOSTS)}


def fill(text: str, chosen: dict[str, str]) -> str:
    """Put the chosen words into the slots of *text*; other braces stay."""
    for name, word in chosen.items():
        text = text.replace("{" + name + "}", word)
    return text


def call(text: str, output: str, *, key: str, calls: str = "shell", code: int = 0) -> list[Step]:
    """A call and its result: *text* is a shell line, or a tool's name before its arguments."""
    tool, action, arguments = "Bash", text, {"command": text}
    if calls == "tools":
        tool, _, action = text.partition(" ")
        arguments = json.loads(action)
    shown = f"Exit code {code}\n{output}" if code and calls == "shell" else output
    answer = Step(kind="tool_result", text=shown, tool=tool, call_id=key, is_error=code != 0, exit_code=code)
    return [Step(kind="tool_call", text=action, tool=tool, arguments=arguments, call_id=key), answer]
