"""Roles of unlisted words, guessed from parts of the words: ``ToolCallRequestEvent``, ``user-prompt``."""

import re
from functools import lru_cache

from t2s_local.values.layout import Role

_LONGEST = 40
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HIDDEN = frozenset({"redacted", "encrypted", "hidden"})
_TOOLS = frozenset({"tool", "function", "call", "command", "action", "cmd"})
_CALLS = frozenset({"call", "use", "request", "invocation", "invoke", "input", "start"})
_RESULTS = frozenset({"result", "return", "output", "response", "execution", "reply", "returned"})
_ROLES: tuple[tuple[Role, frozenset[str]], ...] = (
    ("result", frozenset({"observation", "observed", "environment"})),
    ("thought", frozenset({"thought", "thinking", "think", "reasoning", "reflection"})),
    ("user", frozenset({"user", "human", "customer", "client"})),
    ("system", frozenset({"system", "developer"})),
    ("agent", frozenset({"assistant", "agent", "ai", "bot"})),
)


@lru_cache(maxsize=4096)
def role_by_pieces(word: str) -> Role | None:
    """Return the role that the parts of a word suggest; None if they suggest none."""
    if len(word) > _LONGEST or word.count(" ") > 2:
        return None
    pieces = {piece.lower() for piece in _PIECE.findall(word)}
    if pieces & _HIDDEN:
        return None
    if pieces & _TOOLS:
        if pieces & _RESULTS:
            return "result"
        if pieces & _CALLS and len(pieces) > 1:
            return "call"
    return next((role for role, words in _ROLES if pieces & words), None)
