"""Programming language of tasks."""

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
    """Return the language that most tasks name by word or file, as a list; empty if less than a third of *tasks* do."""
    found = [{_LANGUAGES[one.lower()] for one in _OF_LANGUAGE.findall(task)} for task in tasks]
    counts = Counter(one for languages in found for one in languages)
    wide = [one for one, count in counts.items() if count * _ONE_IN >= len(found)]
    return sorted(wide, key=lambda one: (-counts[one], one))[:1]
