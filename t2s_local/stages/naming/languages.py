"""The programming language that tasks speak of."""

import re
from collections import Counter
from collections.abc import Iterable

_LANGUAGES = {
    "python": "python",
    "py": "python",
    "javascript": "javascript",
    "js": "javascript",
    "typescript": "typescript",
    "ts": "typescript",
    "golang": "go",
    "go": "go",
    "rust": "rust",
    "rs": "rust",
    "java": "java",
    "ruby": "ruby",
    "rb": "ruby",
    "php": "php",
    "cpp": "c++",
}
"""Names of programming languages, and endings of their files."""
_OF_LANGUAGE = re.compile(
    r"(?<=\w\.)(?:py|js|ts|go|rs|java|rb|php|cpp)\b|\b(?:python|javascript|typescript|golang|rust|ruby)\b",
    re.IGNORECASE,
)
_ONE_IN = 3


def spoken_languages(tasks: Iterable[str]) -> list[str]:
    """Return the programming language that a third of *tasks* name, or name a file of."""
    found = [{_LANGUAGES[one.lower()] for one in _OF_LANGUAGE.findall(task)} for task in tasks]
    counts = Counter(one for languages in found for one in languages)
    wide = [one for one, count in counts.items() if count * _ONE_IN >= len(found)]
    return sorted(wide, key=lambda one: (-counts[one], one))[:1]
