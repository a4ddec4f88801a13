"""Exceptions of a gitleaks rule: matches that are not redacted, because they are examples, names or words."""

from functools import cache

import re2

from t2s_local.values.value import Value

_BEFORE = 50
"""Number of characters before a match that are searched for a name, such as ``public_`` before ``key``."""
_NAME = re2.compile(r"[\w.-]*$")


class Allowed(Value, frozen=True, kw_only=True):
    """Expressions and words that exempt a match from redaction; any single one is enough."""

    values: tuple[str, ...] = ()
    """Expressions that are searched in the text to be redacted."""
    matches: tuple[str, ...] = ()
    """Expressions that are searched in the whole match and the name before it."""
    lines: tuple[str, ...] = ()
    """Expressions that are searched in the lines with the match."""
    words: tuple[str, ...] = ()
    """Words in lower case that are searched in the text to be redacted, in any case."""

    def applies(self, text: str, match: tuple[int, int], value: str) -> bool:
        """Return whether *value*, found in *text* by a *match* (start and end), is exempt from redaction."""
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
