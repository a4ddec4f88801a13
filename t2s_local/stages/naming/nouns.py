"""English words that can be the object in a name, and verbs with their objects."""

from collections.abc import Iterator

from t2s_local.stages.naming.stopwords import STOP
from t2s_local.stages.naming.verbs import VERBS, gerund, plural, singular
from t2s_local.text.text import words

PAIR_WINDOW = 3
"""Most words from a verb to its object: *cancel my upcoming reservation*."""
_COUNTS = frozenset(
    words(
        "zero one two three four five six seven eight nine ten eleven twelve dozen hundred thousand million half "
        "single double pair first second third fourth fifth sixth seventh eighth ninth tenth last next "
        "millisecond second minute hour day week month year today tomorrow yesterday morning evening night "
        "monday tuesday wednesday thursday friday saturday sunday byte kilobyte megabyte gigabyte percent"
    )
)
"""Numbers, ordinals and measures: they state a quantity or a time, never an object."""
_QUALITIES = frozenset(
    words(
        "big large larger largest small smaller smallest long longer longest short shorter shortest high higher "
        "highest low lower lowest old older oldest late later latest early earlier earliest fast faster fastest slow "
        "cheap cheapest good better best bad worse worst full empty main whole entire extra own direct onestop "
        "nonstop unread such available unable able ready open closed free human valid invalid exact similar "
        "cool cold hot warm fresh dirty born"
    )
)
_NOUNS_IN_ED = frozenset(words("embed feed seed speed need deed weed breed reed"))
_NOUNS_IN_LY = frozenset(words("family assembly reply supply anomaly ally bully fly"))


def is_thing(word: str) -> bool:
    """Return whether *word*, in lower case, can be the object in a name.

    A number, measure, participle or adverb cannot.
    """
    if not word.isalpha() or len(word) < 3 or word in STOP or singular(word) in STOP or singular(word) in _COUNTS:
        return False
    if word in _QUALITIES:
        return False
    is_participle = word.endswith("ed") and len(word) > 4 and word not in _NOUNS_IN_ED
    is_adverb = word.endswith("ly") and word not in _NOUNS_IN_LY
    return not is_participle and not is_adverb


def pairs(text: str) -> Iterator[str]:
    """Yield the verb-object pairs of *text*, as gerunds: *cancel my reservation* -> ``cancelling-reservations``."""
    found = words(text)
    for position, verb in enumerate(found):
        if verb not in VERBS or verb in STOP:
            continue
        nouns = _objects(found[position + 1 : position + 1 + PAIR_WINDOW])
        for noun in dict.fromkeys((nouns[:1] + nouns[-1:]) if nouns else ()):
            yield f"{gerund(verb)}-{plural(singular(noun))}"


def _objects(following: list[str]) -> list[str]:
    """Return the first consecutive words that can be objects."""
    run: list[str] = []
    for word in following:
        if is_thing(word) and word not in VERBS:
            run.append(word)
        elif run or word in VERBS:
            break
    return run
