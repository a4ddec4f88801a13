"""Parts that SWE-agent and mini-swe-agent share: the issue inside the prompt, and actions in fenced blocks."""

import re

from t2s_local.records.json import objects

_MARKED = (
    ("<pr_description>", "</pr_description>"),
    ("\nISSUE:\n", "\n\nINSTRUCTIONS:"),
    ("<issue>", "</issue>"),
)
_PREAMBLE = re.compile(r"\s*Consider the following PR description:\s*")
RESULT = "<returncode>"
"""Text with which mini-swe-agent starts the result of a command."""
FENCE = re.compile(r"```(?:bash|sh|shell|mswea_bash_command)?[ \t]*\n(.*?)\n?```", re.DOTALL)


def problem(prompt: str) -> str:
    """Return the problem statement in an instance's prompt; the whole prompt if no marks are around it."""
    for opening, closing in _MARKED:
        start = prompt.find(opening)
        stop = prompt.find(closing, start + len(opening)) if start >= 0 else -1
        if stop > 0:
            return _PREAMBLE.sub("", prompt[start + len(opening) : stop]).strip()
    return prompt


def is_fenced_chat(value: object) -> bool:
    """Return whether *value* is a list of messages in which the user answers fenced commands with return codes."""
    texts = [(item.get("role"), text) for item in objects(value) if isinstance(text := item.get("content"), str)]
    answers = any(role == "user" and text.startswith(RESULT) for role, text in texts)
    return answers and any(role == "assistant" and FENCE.search(text) for role, text in texts)
