"""Exceptions of a gitleaks rule: matches that stand all the same, as examples, names, words."""

from functools import cache

import re2

from t2s_local.values.value import Value

_BEFORE = 50
"""Characters before a match that count as part of it: names such as ``public_`` in front of ``key``."""
_NAME = re2.compile(r"[\w.-]*$")


class Allowed(Value, frozen=True, kw_only=True):
    """Expressions and words; one that applies is enough."""

    values: tuple[str, ...] = ()
    """Looked for in what would be redacted."""
    matches: tuple[str, ...] = ()
    """Looked for in the whole match and the name before it."""
    lines: tuple[str, ...] = ()
    """Looked for in the lines the match stands on."""
    words: tuple[str, ...] = ()
    """Lower case. Looked for in what would be redacted, whatever its case."""

    def applies(self, text: str, match: tuple[int, int], value: str) -> bool:
        """Return whether *value*, found in *text* by a match at the given place, may stand."""
        lower = value.lower()
        if _any(self.values, value) or any(word in lower for word in self.words):
            return True
        start, end = match
        if self.matches:
            before = text[max(0, start - _BEFORE) : start]
            if _any(self.matches, _NAME.search(before).group() + text[start:end]):
                return True
        if not self.lines:
            return False
        last = text.find("\n", end)
        return _any(self.lines, text[text.rfind("\n", 0, start) + 1 : last if last >= 0 else len(text)])


def _any(expressions: tuple[str, ...], text: str) -> bool:
    return bool(expressions) and _together(expressions).search(text) is not None


@cache
def _together(expressions: tuple[str, ...]) -> "re2._Regexp":
    return re2.compile("|".join(f"(?:{expression})" for expression in expressions))
