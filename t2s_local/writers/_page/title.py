"""Title of a skill: its name as words, with projects and abbreviations spelt as people write them."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.writers._page.rules import Rule

_WORD = re.compile(r"(?<![\w`/.-])[A-Za-z]{2,5}(?![\w`/-])")
_LONGEST_ABBREVIATION = 5
_THREE = re.compile(r"^(\S+ing \S+s) (\S+s and \S+s)$")
"""A title such as *Managing orders returns and exchanges*, which needs a comma between the first two nouns."""
SPELT = {
    "c": "C",
    "c++": "C++",
    "csv": "CSV",
    "html": "HTML",
    "dotnet": ".NET",
    "go": "Go",
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
_WORDS_TOO = frozenset({"c", "go"})
"""Languages that are words or letters elsewhere: languages only before *code* or *environments*."""
_OF_LANGUAGE = re.compile(rf"\b({'|'.join(sorted(_WORDS_TOO))})(?= (?:code|environments)\b)")


def titled(name: str, rules: Sequence[Rule], project: str | None, *, harness: str | None = None) -> str:
    """Return *name* as a title: ``writing-api-calls`` -> *Writing API calls*, ``working-on-a-b`` -> *Working on a-b*.

    A title names the *harness* that the rules are about: ``using-sql`` -> *Using SQL in InterCode*.

    A word is an abbreviation if the rules write it in capitals, and never otherwise outside of code.
    """
    words = f" {name.replace('-', ' ')} "
    if harness is not None:
        words = f"{words.removesuffix(_spaced(f' in {harness}'))} "
    for written in (project, project.rpartition("/")[2]) if project is not None else ():
        if _spaced(written).strip() and _spaced(written) in words:
            words = words.replace(_spaced(written), f" {written} ", 1)
            break
    texts = (text for rule in rules for text in (rule.situation, rule.options[0].do))
    spelt = Counter(word for text in texts for word in _WORD.findall(text))
    words = _OF_LANGUAGE.sub(lambda found: SPELT[found[1]], words)
    title = " ".join(_capitals(word, spelt) for word in words.split())
    title = _THREE.sub(r"\1, \2", title)
    return f"{title[:1].upper()}{title[1:]}{'' if harness is None else f' in {harness}'}"


def _spaced(name: str) -> str:
    """Return *name* as its words in a skill's name, with blanks around each: ``SWE-agent`` -> `` swe agent ``."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', name.lower()))} "


def _capitals(word: str, spelt: Counter[str]) -> str:
    if word in SPELT and word not in _WORDS_TOO:
        return SPELT[word]
    upper = word.upper()
    is_short = word.isalpha() and len(word) <= _LONGEST_ABBREVIATION
    return upper if is_short and spelt[upper] and not spelt[word] and not spelt[word.capitalize()] else word
