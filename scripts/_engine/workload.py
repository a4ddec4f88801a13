"""Requests that share their instructions and have words of their own."""

import os
import random
from pathlib import Path

FIELD = {"type": "string", "maxLength": 600}
SCHEMA = {
    "type": "object",
    "properties": {"when": FIELD, "do": FIELD, "because": FIELD},
    "required": ["when", "do", "because"],
    "additionalProperties": False,
}


def workload(asked: dict[str, int]) -> tuple[str, list[str]]:
    """The shared words and the own words of every request: identifiers of the standard library, in random order.

    Such a word is about 1.06 tokens of a tokenizer that was trained on the same sources.
    """
    source = Path(os.__file__).parent
    words = sorted({word for name in ("os.py", "ast.py", "shutil.py") for word in (source / name).read_text().split()})
    words = [word for word in words if word.isalpha()]
    draw = random.Random(0)

    def text(tokens: int) -> str:
        return " ".join(draw.choices(words, k=int(tokens / 1.06)))

    shared, own = text(asked["shared"]), [text(asked["own"]) for _ in range(asked["skip"] + asked["requests"])]
    return shared, own[asked["skip"] :]


def messages(shared: str, own: str) -> list[dict[str, str]]:
    """A request as a chat."""
    return [{"role": "system", "content": shared}, {"role": "user", "content": own}]
