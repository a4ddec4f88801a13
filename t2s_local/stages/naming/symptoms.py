"""Names after the fault in an error message: systems, shells and languages share a few kinds of faults."""

import re
from collections.abc import Iterator

from t2s_local.stages.naming.nouns import pairs
from t2s_local.stages.naming.verbs import plural
from t2s_local.text.lesson_words import CODE, MESSAGE
from t2s_local.text.text import mask, words

_EXCEPTION = re.compile(r"\b(?P<module>[a-z]\w*)?(?:\.\w+)*?\.?\b(?P<name>[A-Z]\w*(?:Error|Exception|Warning))\b")
_VALUE = re.compile(r"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"|\([^()]*\)")
"""Quotations and brackets in a message: values of one run."""
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BROAD = frozenset(words("assertion attribute index key name os runtime type value"))
"""First words of errors that any code can raise."""
_ANYTHING = 0.5
_TELLING = 0.8
_OF_SYSTEM = 0.75
"""Worth of a name after a system's message: less than that of a command, unless the message covers several commands."""
_OF_WORDS = 0.35
"""Worth of the verb-object pairs of a message: more than those of a task, less than all other worths."""
_SAID = tuple(
    (re.compile(pattern, re.IGNORECASE), thing, worth)
    for pattern, thing, worth in (
        (r"no module named|cannot find module|ModuleNotFoundError", "missing-modules", _TELLING),
        (r"no such file or directory|FileNotFoundError|\bENOENT\b", "missing-files", _OF_SYSTEM),
        (r"command not found|is not recognized as", "missing-commands", _OF_SYSTEM),
        (r"permission denied|operation not permitted|PermissionError|\bEACCES\b", "denied-permissions", _OF_SYSTEM),
        (r"no space left on device", "full-disks", _OF_SYSTEM),
        (r"connection refused|\bECONNREFUSED\b", "refused-connections", _OF_SYSTEM),
        (r"address already in use|\bEADDRINUSE\b", "ports-in-use", _OF_SYSTEM),
        (r"timed out|TimeoutError|deadline exceeded", "timeouts", _OF_SYSTEM),
        (r"cannot import name", "failing-imports", _TELLING),
        (r"NameError|name '[^']*' is not defined", "undefined-names", _ANYTHING),
        (r"has no attribute|AttributeError", "missing-attributes", _ANYTHING),
        (r"KeyError", "missing-keys", _ANYTHING),
    )
)


def symptoms(when: str) -> Iterator[tuple[str, float]]:
    """Yield names after the fault in the message that *when* quotes, each with its worth; code in it is ignored."""
    text = CODE.sub(" ", when)
    said = [(f"handling-{thing}", worth) for pattern, thing, worth in _SAID if pattern.search(text)]
    yield from said or _exceptions(text)
    for message in MESSAGE.findall(_VALUE.sub(" ", mask(when)).replace("`", " ")):
        yield from ((name, _OF_WORDS) for name in pairs(message))


def _exceptions(text: str) -> Iterator[tuple[str, float]]:
    """Yield names after exceptions: ``json.decoder.JSONDecodeError`` -> handling-json-decode-errors."""
    for found in _EXCEPTION.finditer(text):
        parts = [part.lower() for part in _CAMEL.findall(found["name"])]
        worth = _ANYTHING if set(parts[:-1]) & _BROAD and len(parts) == 2 else _TELLING
        module = (found["module"] or "").replace("_", "-")
        name = plural("-".join([module, *parts] if module and module not in parts else parts))
        yield f"handling-{name}", worth
