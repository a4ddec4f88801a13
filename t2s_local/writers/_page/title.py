"""Title of a skill: its name as words, with projects and abbreviations spelt as people write them."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.writers._page.rules import Rule

_WORD = re.compile(r"(?<![\w`/.-])[A-Za-z]{2,5}(?![\w`/-])")
_LONGEST_ABBREVIATION = 5
_SPELT = {
    "csv": "CSV",
    "html": "HTML",
    "java": "Java",
    "javascript": "JavaScript",
    "json": "JSON",
    "php": "PHP",
    "python": "Python",
    "ruby": "Ruby",
    "rust": "Rust",
    "sql": "SQL",
    "xml": "XML",
    "yaml": "YAML",
}
"""Languages and notations as people write them."""


def titled(name: str, rules: Sequence[Rule], project: str | None) -> str:
    """Return *name* as a title: ``writing-api-calls`` -> *Writing API calls*, ``working-on-a-b`` -> *Working on a-b*.

    A word is an abbreviation if the rules write it in capitals, and never otherwise outside of code.
    """
    words = f" {name.replace('-', ' ')} "
    for written in (project, project.rpartition("/")[2]) if project is not None else ():
        spaced = " ".join(re.findall(r"[a-z0-9]+", written.lower()))
        if spaced and f" {spaced} " in words:
            words = words.replace(f" {spaced} ", f" {written} ", 1)
            break
    texts = (text for rule in rules for text in (rule.situation, rule.options[0].do))
    spelt = Counter(word for text in texts for word in _WORD.findall(text))
    title = " ".join(_capitals(word, spelt) for word in words.split())
    return f"{title[:1].upper()}{title[1:]}"


def _capitals(word: str, spelt: Counter[str]) -> str:
    if word in _SPELT:
        return _SPELT[word]
    upper = word.upper()
    is_short = word.isalpha() and len(word) <= _LONGEST_ABBREVIATION
    return upper if is_short and spelt[upper] and not spelt[word] and not spelt[word.capitalize()] else word
